//! `kill -9` loses nothing that was acknowledged, and doubles nothing.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use store::Clock;
use testkit::{Http, Peer, Program, eventually};

const SENDERS: u32 = 8;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_antiphon"))
}

/// Opens what a program left, in this process.
async fn opened(program: &Program) -> service::Cx {
    let mut settings =
        server::Settings { data_dir: program.folder().join("antiphon-data"), ..server::Settings::default() };
    settings.origin = domain::Origin::of(&url::Url::parse(&program.origin).unwrap()).unwrap();
    server::boot::open(&settings, Clock::system()).await.unwrap()
}

/// Notes that were acknowledged, and how many so far.
#[derive(Debug, Default)]
struct Acknowledged {
    ids: Mutex<Vec<String>>,
    count: AtomicUsize,
}

/// Sends Creates until nobody answers.
async fn send(
    peer: Peer,
    name: String,
    alice: String,
    inbox: String,
    acknowledged: Arc<Acknowledged>,
    start: u32,
) {
    for number in start.. {
        let note = peer.note(&name, number, &format!("number {number}"), &[&alice]);
        let letter = peer.letter(&name, &inbox, &peer.create(&name, &note));
        match letter.try_send().await {
            Some(reply) if reply.code() == 202 => {
                acknowledged.ids.lock().unwrap().push(note["id"].as_str().unwrap().to_owned());
                acknowledged.count.fetch_add(1, Ordering::Relaxed);
            }
            Some(reply) => assert_eq!(reply.code(), 503, "{}", reply.text()),
            None => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k01_every_acknowledged_activity_is_there_once_after_kill_9() {
    let mut program = program();
    let peer = Peer::start().await;
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    let (alice, inbox) = (format!("{}/users/alice", program.origin), format!("{}/inbox", program.origin));
    let acknowledged = Arc::new(Acknowledged::default());
    for round in 0..3 {
        let before = acknowledged.count.load(Ordering::Relaxed);
        let mut senders = Vec::new();
        for sender in 0..SENDERS {
            let name = format!("sender{sender}");
            if round == 0 {
                peer.add(&name);
            }
            let (peer, alice, inbox) = (peer.clone(), alice.clone(), inbox.clone());
            let start = round * 1_000_000;
            senders.push(tokio::spawn(send(peer, name, alice, inbox, acknowledged.clone(), start)));
        }
        eventually("some are acknowledged", || async {
            (acknowledged.count.load(Ordering::Relaxed) >= before + 60).then_some(())
        })
        .await;
        program.kill();
        for sender in senders {
            sender.await.unwrap();
        }
        program.start().await;
    }
    eventually("all was acted upon", || async {
        (program.metric("antiphon_messages_waiting").await == 0.0).then_some(())
    })
    .await;
    assert_eq!(program.terminate().await.code(), Some(0));
    let ids = acknowledged.ids.lock().unwrap().clone();
    is_there_once(&program, &ids).await;
}

/// Each is a post, and was acted upon once.
async fn is_there_once(program: &Program, ids: &[String]) {
    let cx = opened(program).await;
    let mut processed: BTreeMap<String, usize> = BTreeMap::new();
    let mut before = None;
    loop {
        let filter = store::message::Filter { before, ..Default::default() };
        let lines = cx.read(move |tx| Ok(store::message::list(tx, &filter, 1000)?)).await.unwrap();
        let Some(last) = lines.last() else { break };
        before = Some(last.id);
        for line in lines.iter().filter(|line| line.state == domain::message::MessageState::Processed) {
            *processed.entry(line.activity_id.clone().unwrap_or_default()).or_default() += 1;
        }
    }
    for id in ids {
        let object = domain::ObjectId::parse(id).unwrap();
        let post = cx.read(move |tx| Ok(store::post::by_object(tx, &object)?)).await.unwrap();
        assert!(post.is_some(), "{id} is lost");
        assert_eq!(processed.get(&format!("{id}/activity")), Some(&1), "{id}");
    }
    cx.store.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k03_every_post_that_was_acknowledged_is_there_after_kill_9() {
    let mut program = program();
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    let token = program.says(&["token", "create", "alice"], "").trim().to_owned();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for round in 0..3 {
        let wanted = (round + 1) * 40;
        let mut writers = Vec::new();
        for writer in 0..6 {
            let (origin, token, acknowledged) = (program.origin.clone(), token.clone(), acknowledged.clone());
            writers.push(tokio::spawn(async move {
                let http = Http::default();
                for number in 0.. {
                    let body =
                        json!({ "status": format!("round {round}, writer {writer}, number {number}") });
                    let request = http::Request::post(format!("{origin}/api/v1/statuses"))
                        .header("authorization", format!("Bearer {token}"))
                        .header("content-type", "application/json")
                        .body(bytes::Bytes::from(body.to_string()))
                        .unwrap();
                    let Ok(reply) = http.try_send(request).await else { return };
                    assert_eq!(reply.code(), 200, "{}", reply.text());
                    acknowledged.lock().unwrap().push(reply.json()["uri"].as_str().unwrap().to_owned());
                }
            }));
        }
        eventually("some are acknowledged", || async {
            (acknowledged.lock().unwrap().len() >= wanted).then_some(())
        })
        .await;
        program.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        program.start().await;
    }
    let http = Http::default();
    let uris = acknowledged.lock().unwrap().clone();
    for uri in uris {
        assert_eq!(http.get(&uri, "application/activity+json").await.code(), 200, "{uri} is lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k02_a_post_reaches_a_follower_that_was_away_also_after_kill_9() {
    let mut program = program();
    let peer = Peer::start().await;
    peer.add("bob");
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    let token = program.says(&["token", "create", "alice"], "");
    let alice = format!("{}/users/alice", program.origin);
    let follow = peer.activity("bob", 1, "Follow", &json!(alice));
    assert_eq!(peer.post("bob", &format!("{alice}/inbox"), &follow).await.code(), 202);
    peer.receives("Accept").await;
    peer.answer("/inbox", testkit::peer::Answer::status(503).header("retry-after", "1"));
    let body = json!({ "status": "hello?" }).to_string();
    let request = http::Request::post(format!("{}/api/v1/statuses", program.origin))
        .header("authorization", format!("Bearer {}", token.trim()))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(body))
        .unwrap();
    let post: Value = Http::default().send(request).await.json();
    eventually("a first try", || async { (peer.asked("/inbox") > 0).then_some(()) }).await;
    program.kill();
    program.start().await;
    peer.answer("/inbox", testkit::peer::Answer::status(202));
    // Any signed request of it says that it is alive.
    let like = peer.activity("bob", 5, "Like", &post["uri"]);
    assert_eq!(peer.post("bob", &format!("{}/inbox", program.origin), &like).await.code(), 202);
    let create = peer.receives("Create").await;
    assert_eq!(create.json["object"]["id"], post["uri"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn n60_sigterm_under_load_loses_nothing() {
    let mut program = program();
    let peer = Peer::start().await;
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    let (alice, inbox) = (format!("{}/users/alice", program.origin), format!("{}/inbox", program.origin));
    let acknowledged = Arc::new(Acknowledged::default());
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let name = format!("sender{sender}");
            peer.add(&name);
            tokio::spawn(send(peer.clone(), name, alice.clone(), inbox.clone(), acknowledged.clone(), 0))
        })
        .collect();
    eventually("some are acknowledged", || async {
        (acknowledged.count.load(Ordering::Relaxed) >= 60).then_some(())
    })
    .await;
    assert_eq!(program.terminate().await.code(), Some(0));
    for sender in senders {
        sender.await.unwrap();
    }
    program.start().await;
    eventually("all was acted upon", || async {
        (program.metric("antiphon_messages_waiting").await == 0.0).then_some(())
    })
    .await;
    program.terminate().await;
    let ids = acknowledged.ids.lock().unwrap().clone();
    is_there_once(&program, &ids).await;
}
