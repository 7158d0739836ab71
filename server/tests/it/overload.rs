//! More than there is room or time for: what is not taken is said, what is
//! taken is kept.

use domain::PostId;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::testing::limit_growth;
use testkit::{Peer, Person, Reply, TestServer, eventually};

/// The disk has so many pages more, or room again.
async fn room(server: &TestServer, pages: Option<i64>) {
    let store = server.cx().store.clone();
    tokio::task::spawn_blocking(move || limit_growth(&store, pages)).await.unwrap().unwrap();
}

fn long(what: &str) -> String {
    format!("{what} {}", "la ".repeat(150))
}

async fn write(server: &TestServer, person: &Person, text: &str) -> Reply {
    server.api(person, "POST", "/api/v1/statuses", Some(&json!({ "status": text }))).await
}

/// Says that there is no room, and when to come again.
fn is_full(reply: &Reply) -> bool {
    if reply.status.is_success() {
        return false;
    }
    assert_eq!(reply.code(), 503, "{}", reply.text());
    assert!(reply.headers.contains_key("retry-after"));
    true
}

async fn all_can_be_read(server: &TestServer, alice: &Person, uris: &[String]) {
    assert_eq!(server.document(alice.id()).await.code(), 200);
    assert_eq!(server.http.get(&server.url("/@alice"), "text/html").await.code(), 200);
    server.api_get(alice, "/api/v1/timelines/home").await;
    server.api_get(alice, "/api/v1/notifications").await;
    for uri in uris {
        assert_eq!(server.document(uri).await.code(), 200, "{uri}");
    }
}

#[tokio::test]
async fn n61_a_full_disk_is_said_loses_nothing_and_passes() {
    let mut server = TestServer::start().await;
    let (alice, peer) = (server.create("alice").await, Peer::start().await);
    peer.add("bob");
    let follow = peer.activity("bob", 1, "Follow", &json!(alice.id()));
    assert_eq!(peer.post("bob", &alice.inbox(), &follow).await.code(), 202);
    peer.receives("Accept").await;
    room(&server, Some(0)).await;

    let mut uris = Vec::new();
    let mut refused = 0;
    for number in 0..500 {
        let reply = write(&server, &alice, &long(&format!("number {number}"))).await;
        if is_full(&reply) {
            refused += 1;
            if refused == 3 {
                break;
            }
        } else {
            uris.push(reply.json()["uri"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(refused, 3, "the disk never filled up");
    let mut taken = Vec::new();
    let mut kept_out = None;
    for number in 0..500 {
        let note = peer.note("bob", number, &long("from afar"), &[alice.id()]);
        let create = peer.create("bob", &note);
        if is_full(&peer.post("bob", &alice.inbox(), &create).await) {
            kept_out = Some(create);
            break;
        }
        taken.push(note["id"].as_str().unwrap().to_owned());
    }
    let kept_out = kept_out.expect("an inbox says that the disk is full");
    all_can_be_read(&server, &alice, &uris).await;

    room(&server, None).await;
    assert_eq!(write(&server, &alice, "room again").await.code(), 200);
    assert_eq!(peer.post("bob", &alice.inbox(), &kept_out).await.code(), 202, "sent once more, as peers do");
    taken.push(kept_out["object"]["id"].as_str().unwrap().to_owned());
    for id in &taken {
        eventually("what was taken is acted upon", || server.post(id)).await;
    }
    eventually("what was written is sent", || async {
        let creates = peer.received().into_iter().filter(|it| it.kind() == "Create").count();
        (creates == uris.len() + 1).then_some(())
    })
    .await;
    server.restart().await;
    all_can_be_read(&server, &alice, &uris).await;
}

#[tokio::test]
async fn n63_while_nothing_can_be_written_nobody_is_told_that_it_was() {
    for server in TestServer::on_each_database().await {
        let (alice, peer) = (server.create("alice").await, Peer::start().await);
        peer.add("bob");
        let first = peer.note("bob", 1000, "before", &[alice.id()]);
        assert_eq!(peer.post("bob", &alice.inbox(), &peer.create("bob", &first)).await.code(), 202);
        eventually("it is here", || server.post(first["id"].as_str().unwrap())).await;
        // On PostgreSQL others go on beside it: there nothing has to wait.
        let (release, held) = std::sync::mpsc::channel::<()>();
        let holding = tokio::spawn({
            let store = server.cx().store.clone();
            let held = std::sync::Mutex::new(held);
            async move {
                let hold = move |_: &mut store::Tx| {
                    let _ = held.lock().map(|held| held.recv());
                    Ok::<(), store::Error>(())
                };
                store.write(hold).await
            }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut waiting = Vec::new();
        for number in 0..20 {
            let note = peer.note("bob", number, "meanwhile", &[alice.id()]);
            let letter = peer.letter("bob", &alice.inbox(), &peer.create("bob", &note));
            let id = note["id"].as_str().unwrap().to_owned();
            waiting.push((id, tokio::spawn(async move { letter.send().await })));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(server.http.get(&server.url("/@alice"), "text/html").await.code(), 200, "reads go on");
        if server.database() == "SQLite" {
            assert!(waiting.iter().all(|(_, answer)| !answer.is_finished()), "told before it was written");
        }
        drop(release);
        holding.await.unwrap().unwrap();
        for (id, answer) in waiting {
            assert_eq!(answer.await.unwrap().code(), 202);
            eventually("it is here", || server.post(&id)).await;
        }
        let told = server.api_get(&alice, "/api/v1/notifications?limit=80").await;
        assert_eq!(told.as_array().unwrap().len(), 21, "each once");
    }
}

/// Sends a Create of each actor at once; the notes that were acknowledged.
async fn all_at_once(peer: &Peer, names: &[String], number: u32, alice: &Person) -> Vec<String> {
    let mut sending = Vec::new();
    for name in names {
        let note = peer.note(name, number, "hello from a new place", &[alice.id()]);
        let letter = peer.letter(name, &alice.inbox(), &peer.create(name, &note));
        let id = note["id"].as_str().unwrap().to_owned();
        sending.push(tokio::spawn(async move { (id, letter.send().await.code()) }));
    }
    let mut acknowledged = Vec::new();
    for sent in sending {
        let (id, code) = sent.await.unwrap();
        assert!([202, 429, 503].contains(&code), "{id}: {code}");
        if code == 202 {
            acknowledged.push(id);
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d20_n58_hundreds_of_new_actors_at_once_break_nothing_and_lose_nothing() {
    let server = TestServer::start().await;
    let (alice, peer) = (server.create("alice").await, Peer::start().await);
    peer.add("x0");
    let key = peer.signer("x0").key;
    let names: Vec<String> = (0..300).map(|number| format!("x{number}")).collect();
    for name in &names {
        peer.add_with_key(name, key.clone());
    }
    let began = Instant::now();
    let mut acknowledged = all_at_once(&peer, &names, 1, &alice).await;
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    // Those who are known by now.
    acknowledged.extend(all_at_once(&peer, &names[..100], 2, &alice).await);
    assert!(acknowledged.len() >= 300, "{}", acknowledged.len());
    for id in &acknowledged {
        eventually("what was acknowledged is here", || server.post(id)).await;
    }
    assert_eq!(server.http.get(&server.url("/health"), "*/*").await.code(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n57_a_post_that_hundreds_ask_for_at_once_is_given_to_all() {
    let server = TestServer::start().await;
    let alice = server.create("alice").await;
    let post: Value = write(&server, &alice, "look at me").await.json();
    let note = post["uri"].as_str().unwrap().to_owned();
    let page = format!("/@alice/{}", post["id"].as_str().unwrap().parse::<PostId>().unwrap());
    let mut asking = Vec::new();
    for _ in 0..100 {
        for (url, accept) in [
            (note.clone(), "application/activity+json"),
            (alice.id().to_owned(), "application/activity+json"),
            (server.url(&page), "text/html"),
            (server.url("/.well-known/nodeinfo"), "*/*"),
        ] {
            let http = server.http.clone();
            asking.push(tokio::spawn(async move { http.get(&url, accept).await }));
        }
    }
    for answer in asking {
        assert_eq!(answer.await.unwrap().code(), 200);
    }
    let first = server.document(&note).await;
    let request = http::Request::get(&note)
        .header("accept", "application/activity+json")
        .header("if-none-match", first.headers["etag"].clone())
        .body(bytes::Bytes::new())
        .unwrap();
    assert_eq!(server.http.send(request).await.code(), 304, "who has it is not sent it again");
}
