//! What is not let in: each refusal with its reason, and nothing kept of it
//! but a line in the log.

use crate::stage::{Stage, stages};
use domain::message::MessageState;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use service::inbound::{self, Arrived, Refused};
use std::time::Duration;
use wire::signature::Scheme;

type Change = fn(&mut Arrived);

const SCHEMES: [Scheme; 2] = [Scheme::Cavage, Scheme::Rfc9421];

async fn waiting(stage: &Stage) -> i64 {
    stage.cx.read(|tx| Ok(store::message::waiting_count(tx)?)).await.unwrap()
}

fn set(arrived: &mut Arrived, name: &'static str, value: &str) {
    arrived.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
}

/// Capability H2.
/// A01, A05, A07, A08, A09, A11, A13, N04: each change of a good request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_was_changed_after_signing_is_not_believed() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        for scheme in SCHEMES {
            let good = || stage.signed(&bob.key, &bob.key_id, &bob.follows(&alice), scheme);
            let changes: [(&str, Change); 9] = [
                ("no signature", |it| {
                    it.headers.remove("signature");
                }),
                ("other body", |it| it.body = it.body.to_vec().iter().copied().chain(*b" ").collect()),
                ("no digest", |it| {
                    it.headers.remove("digest");
                    it.headers.remove("content-digest");
                }),
                ("other digest", |it| {
                    let value = wire::digest::header(b"other");
                    set(it, "digest", &value);
                    let value = wire::digest::content_digest(b"other");
                    set(it, "content-digest", &value);
                }),
                ("other target", |it| it.target = "/users/alice/inbox".into()),
                ("other host", |it| {
                    it.authority = "there.example".into();
                    set(it, "host", "there.example");
                }),
                ("other method", |it| it.method = http::Method::PUT),
                ("no coverage", |it| {
                    let text = it.headers["signature"].to_str().unwrap().to_owned();
                    if text.contains("headers=") {
                        let start = text.find("headers=\"").unwrap();
                        let end = text[start + 9..].find('"').unwrap() + start + 10;
                        set(it, "signature", &format!("{}headers=\"date\"{}", &text[..start], &text[end..]));
                    } else {
                        let input = it.headers["signature-input"].to_str().unwrap().to_owned();
                        let end = input.find(')').unwrap();
                        set(it, "signature-input", &format!("sig=(\"@method\"{}", &input[end..]));
                    }
                }),
                ("nonsense", |it| set(it, "signature", "keyId=\"\",,,\u{7f}".trim_end_matches('\u{7f}'))),
            ];
            for (what, change) in changes {
                let mut arrived = good();
                change(&mut arrived);
                let answer = inbound::accept(&stage.cx, arrived).await;
                assert!(matches!(answer, Err(Refused::Unproven { .. })), "{what} {scheme:?}: {answer:?}");
            }
            inbound::accept(&stage.cx, good()).await.unwrap();
            stage.settle().await;
        }
        assert_eq!(waiting(&stage).await, 0);
        assert!(
            stage.peer.asked_for("/users/bob") <= 3,
            "a key that does not fit is not asked for each time"
        );
    }
}

/// A08, A09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_of_another_day_is_not_believed() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        for scheme in SCHEMES {
            let old = stage.signed(&bob.key, &bob.key_id, &bob.follows(&alice), scheme);
            stage.advance(Duration::from_secs(13 * 3600));
            assert!(
                matches!(inbound::accept(&stage.cx, old).await, Err(Refused::Unproven { .. })),
                "{scheme:?}"
            );
            let now = stage.cx.now();
            stage.advance(Duration::from_secs(2 * 3600));
            let early = stage.signed(&bob.key, &bob.key_id, &bob.follows(&alice), scheme);
            stage.fresh.clock.set(now);
            assert!(
                matches!(inbound::accept(&stage.cx, early).await, Err(Refused::Unproven { .. })),
                "{scheme:?}"
            );
        }
    }
}

/// Capability H2, H6.
/// A02, A03, A04
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_speaks_with_the_voice_of_another() {
    for stage in stages().await {
        let (local, alice, bob) =
            (stage.local("local").await, stage.remote("alice").await, stage.remote("bob").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        for liar in [&bob, &mallory] {
            for scheme in SCHEMES {
                let follow = alice.follows(&local);
                let own_key = stage.knock_with(&liar.key, &liar.key_id, &follow, scheme).await;
                assert!(matches!(own_key, Err(Refused::NotYours(_))), "{own_key:?}");
                let her_key = stage.knock_with(&liar.key, &alice.key_id, &follow, scheme).await;
                assert!(matches!(her_key, Err(Refused::Unproven { .. })), "{her_key:?}");
            }
        }
        let mut as_ours = mallory.follows(&local);
        as_ours["actor"] = json!(local.actor_id.as_str());
        assert!(matches!(stage.knock(&mallory, &as_ours).await, Err(Refused::NotYours(_))));
        assert_eq!(waiting(&stage).await, 0);
        assert_eq!(stage.follows(&alice.account, &local).await, None);
    }
}

/// Capability H6.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signed_is_in_the_log_beside_whom_it_speaks_for() {
    for stage in stages().await {
        let (local, alice) = (stage.local("local").await, stage.remote("alice").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        let forged = alice.follows(&local);
        assert!(matches!(stage.knock(&mallory, &forged).await, Err(Refused::NotYours(_))));
        let line = loop {
            let id = forged["id"].as_str();
            match stage.log().await.into_iter().find(|line| line.activity_id.as_deref() == id) {
                Some(line) => break line,
                None => tokio::task::yield_now().await,
            }
        };
        assert_eq!(
            (line.signer.as_deref(), line.actor.as_deref(), line.state),
            (Some(mallory.id.as_str()), Some(alice.id.as_str()), MessageState::Refused)
        );
        assert_eq!(line.host.as_ref(), Some(mallory.account.actor_id.host()), "it came from there");

        // What is announced is somebody else's, and so is not believed but asked for.
        stage.befriend(&local, &mallory.account).await;
        let note = alice.public_note("real");
        stage.peer.serve(&note);
        let announce = mallory.announces(note["id"].as_str().unwrap());
        stage.take(&mallory, &announce).await;
        let log = stage.log().await;
        let line = log.iter().find(|line| line.activity_id.as_deref() == announce["id"].as_str()).unwrap();
        assert_eq!(
            (line.signer.as_deref(), &line.object),
            (Some(mallory.id.as_str()), &note["id"].as_str().unwrap().to_owned())
        );
        assert_eq!(stage.find(&note).await.unwrap().author_id, alice.account.id);
    }
}

/// A20, S01
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_lies_nowhere_is_not_asked_for() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let long = format!("https://x.example/{}", "k".repeat(8192));
        for key_id in [
            "",
            "key",
            "/users/bob#main-key",
            "file:///etc/passwd",
            "data:text/plain,x",
            "javascript:x",
            "gopher://x.example/",
            "acct:bob@x.example",
            "https://[::1",
            "http://10.0.0.1/k",
            "http://[::]/k",
            "http://169.254.169.254/k",
            "https://192.168.0.1/k",
            "http://[::ffff:10.0.0.1]/k",
            "http://0x0a000001/k",
            "https://u@x.example/k",
            &long,
            "https://here.example/users/alice#main-key",
        ] {
            let answer = stage.knock_with(&bob.key, key_id, &bob.follows(&alice), Scheme::Cavage).await;
            assert!(
                matches!(answer, Err(Refused::Unproven { .. } | Refused::NotYours(_))),
                "{key_id}: {answer:?}"
            );
        }
        assert_eq!((waiting(&stage).await, stage.peer.asked()), (0, 0));
    }
}

/// D02, D03, D04
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_activity_is_refused_or_ignored_and_never_our_fault() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let nested = format!("{}1{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000));
        for body in [
            "",
            "[]",
            "\"x\"",
            "1",
            "null",
            "{",
            "{}",
            "{\"type\":\"Create\"}",
            deep.as_str(),
            nested.as_str(),
        ] {
            let mut arrived = stage.signed(&bob.key, &bob.key_id, &json!({}), Scheme::Cavage);
            arrived.body = body.to_owned().into();
            let answer = inbound::accept(&stage.cx, arrived).await;
            assert!(
                matches!(answer, Err(Refused::Malformed(_))),
                "{}: {answer:?}",
                &body[..body.len().min(20)]
            );
        }
        let mut arrived = stage.signed(&bob.key, &bob.key_id, &json!({}), Scheme::Cavage);
        arrived.body = vec![b'{', 0xff, 0xfe, b'}'].into();
        assert!(matches!(inbound::accept(&stage.cx, arrived).await, Err(Refused::Malformed(_))));

        let odd = [
            Value::Null,
            json!(7),
            json!([]),
            json!({}),
            json!(""),
            json!("x"),
            json!([[]]),
            json!({ "id": 7 }),
            json!("\u{0}"),
            json!({ "type": "Note" }),
            json!({ "type": [], "id": [] }),
            json!({ "type": "Person", "id": bob.id }),
            json!({ "type": "Follow" }),
            json!({ "type": "Undo", "object": { "type": "Undo" } }),
        ];
        for kind in activitypub::activity::VERBS.iter().copied().chain(["Nonsense", "", "Note"]) {
            for object in odd.iter().filter(|object| kind != "Delete" || object["type"] != "Person") {
                let mut activity = bob.does(kind, object);
                activity["to"] = json!([alice.actor_id.as_str(), null, 7, {}]);
                let answer = stage.knock(&bob, &activity).await;
                match answer {
                    Ok(()) => {
                        stage.settle().await;
                        let end = stage.end_of(&activity).await;
                        assert!(
                            !end.contains("internal") && !end.contains("the store failed"),
                            "{kind} {object}: {end}"
                        );
                    }
                    Err(Refused::Malformed(_)) => (),
                    other => panic!("{kind} {object}: {other:?}"),
                }
            }
        }
        assert_eq!(waiting(&stage).await, 0);
        stage.take(&bob, &bob.follows(&alice)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_with_a_null_character_is_kept_without_it() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut note = bob.public_note("a\u{0}b");
        note["summary"] = json!("\u{0}");
        note["name"] = json!("t\u{0}");
        note["tag"] = json!([{ "type": "Hashtag", "name": "#a\u{0}b" }]);
        note["attachment"] = json!([{ "type": "Image", "url": "https://x.example/\u{0}", "name": "\u{0}" }]);
        stage.take(&bob, &bob.creates(&note)).await;
        assert!(stage.find(&note).await.is_some());
        let mut odd = bob.follows(&alice);
        odd["id"] = json!("urn:a\u{0}b");
        stage.knock(&bob, &odd).await.unwrap();
        stage.settle().await;
        assert_eq!(waiting(&stage).await, 0);
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_activity_without_an_id_has_an_effect() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let mut follow = bob.follows(&alice);
        follow.as_object_mut().unwrap().remove("id");
        stage.knock(&bob, &follow).await.unwrap();
        stage.knock(&bob, &follow).await.unwrap();
        stage.settle().await;
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true));
        assert_eq!(stage.numbers(&alice).await, (1, 0));
    }
}
