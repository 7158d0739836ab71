//! What an inbox refuses. The names of cases are those of the security list.

use domain::message::MessageState;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use testkit::peer::{Letter, SCHEMES};
use testkit::{Peer, Person, TestServer, eventually};
use wire::signature::Scheme;

/// A server with alice, and a peer with bob.
struct Scene {
    server: TestServer,
    alice: Person,
    peer: Peer,
    next: u32,
}

impl Scene {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let alice = server.create("alice").await;
        let peer = Peer::start().await;
        peer.add("bob");
        Self { server, alice, peer, next: 0 }
    }

    /// A Create of a note of bob's for alice.
    fn create(&mut self) -> Value {
        self.next += 1;
        let note = self.peer.note("bob", self.next, "hello", &[self.alice.id()]);
        self.peer.create("bob", &note)
    }

    fn letter(&self, create: &Value) -> Letter {
        self.peer.letter("bob", &self.server.url("/inbox"), create)
    }

    /// The letter is refused with this status, the log says why, and nothing
    /// of it is kept.
    async fn refuses(&self, what: &str, letter: Letter, create: &Value, code: u16) {
        let reply = letter.send().await;
        assert_eq!(reply.code(), code, "{what}: {}", reply.text());
        assert_eq!(reply.headers["content-type"], "application/problem+json", "{what}");
        let detail = reply.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(!detail.is_empty(), "{what}: the sender is told why");
        self.is_logged(what, create).await;
        let id = create["object"]["id"].as_str().unwrap();
        assert!(self.server.post(id).await.is_none(), "{what}: nothing is stored");
    }

    async fn is_logged(&self, what: &str, create: &Value) {
        let id = create["id"].as_str();
        eventually(&format!("{what}: a line in the log"), || async {
            let line = self.server.log().await.into_iter().find(|line| line.activity_id.as_deref() == id)?;
            assert_eq!(line.state, MessageState::Refused, "{what}");
            assert!(line.reason.is_some_and(|reason| !reason.is_empty()), "{what}");
            Some(())
        })
        .await;
    }

    async fn takes(&self, what: &str, letter: Letter, create: &Value) {
        let reply = letter.send().await;
        assert_eq!(reply.code(), 202, "{what}: {}", reply.text());
        let id = create["object"]["id"].as_str().unwrap();
        eventually(&format!("{what}: the post is here"), || self.server.post(id)).await;
    }
}

#[tokio::test]
async fn a_signed_activity_is_taken_in_both_dialects() {
    let mut scene = Scene::new().await;
    for scheme in SCHEMES {
        let create = scene.create();
        scene.takes(scheme.name(), scene.letter(&create).scheme(scheme), &create).await;
    }
}

/// Capability H2.
#[tokio::test]
async fn a01_a_request_without_a_signature_is_refused() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    scene.refuses("A01", scene.letter(&create).without("signature"), &create, 401).await;
}

/// Capability H2.
#[tokio::test]
async fn a02_another_actors_key_does_not_sign_for_this_one() {
    let mut scene = Scene::new().await;
    scene.peer.add("mallory");
    let create = scene.create();
    let bob = scene.peer.signer("bob");
    let mut forged = scene.peer.signer("mallory");
    forged.key_id = bob.key_id;
    scene.refuses("A02", scene.letter(&create).signer(forged), &create, 401).await;
}

/// Capability H2.
#[tokio::test]
async fn a04_an_activity_of_somebody_else_is_refused() {
    let mut scene = Scene::new().await;
    scene.peer.add("carol");
    let create = scene.create();
    scene.refuses("A04", scene.letter(&create).signer(scene.peer.signer("carol")), &create, 403).await;
}

/// A03, O03: it is taken as a hint, and its origin knows nothing of it.
#[tokio::test]
async fn a03_what_another_server_says_for_somebody_is_not_believed() {
    let mut scene = Scene::new().await;
    let other = Peer::start().await;
    other.add("mallory");
    let create = scene.create();
    let reply = scene.letter(&create).signer(other.signer("mallory")).send().await;
    assert_eq!(reply.code(), 202, "{}", reply.text());
    let id = create["id"].as_str();
    eventually("the end of it in the log", || async {
        let line = scene.server.log().await.into_iter().find(|line| line.activity_id.as_deref() == id)?;
        (line.state == MessageState::Ignored && line.reason.is_some()).then_some(())
    })
    .await;
    assert!(scene.server.post(create["object"]["id"].as_str().unwrap()).await.is_none());
    let bob = scene.peer.id("bob");
    let follow = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{bob}/follows/1"),
        "type": "Follow", "actor": bob, "object": scene.alice.id() });
    let letter = scene.peer.letter("bob", &scene.server.url("/inbox"), &follow);
    assert_eq!(letter.signer(other.signer("mallory")).send().await.code(), 403);
}

/// Capability H2.
#[tokio::test]
async fn a05_a_body_that_was_changed_after_signing_is_refused() {
    let mut scene = Scene::new().await;
    for scheme in SCHEMES {
        let create = scene.create();
        let altered = create.to_string().replace("hello", "hullo");
        scene.refuses("A05", scene.letter(&create).scheme(scheme).altered(altered), &create, 401).await;
    }
}

/// Capability H4.
#[tokio::test]
async fn a06_a10_a11_a13_a_signature_must_cover_the_request() {
    let mut scene = Scene::new().await;
    let (target, host, date, digest) = ("(request-target)", "host", "date", "digest");
    for (case, parts) in [
        ("A06 digest", [target, host, date].as_slice()),
        ("A10 date only", &[date]),
        ("A11 target", &[host, date, digest]),
        ("A13 host", &[target, date, digest]),
        ("date", &[target, host, digest]),
    ] {
        let create = scene.create();
        scene.refuses(case, scene.letter(&create).covering(parts), &create, 401).await;
    }
    let create = scene.create();
    scene.takes("all of it", scene.letter(&create).covering(&[target, host, date, digest]), &create).await;
}

/// Capability H4.
#[tokio::test]
async fn a07_a_body_without_a_digest_is_refused() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    scene.refuses("A07", scene.letter(&create).without("digest"), &create, 401).await;
    let create = scene.create();
    let letter = scene.letter(&create).scheme(Scheme::Rfc9421).without("content-digest");
    scene.refuses("A07", letter, &create, 401).await;
}

/// Capability H4.
#[tokio::test]
async fn a08_a09_a_date_too_far_from_now_is_refused() {
    let mut scene = Scene::new().await;
    let now = scene.peer.now();
    let (hour, two_days) = (Duration::from_hours(1), Duration::from_hours(48));
    for scheme in SCHEMES {
        for (case, at) in
            [("A08", now.minus(two_days)), ("A09", now.plus(two_days)), ("A08", now.minus(hour * 13))]
        {
            let create = scene.create();
            scene.refuses(case, scene.letter(&create).scheme(scheme).at(at), &create, 401).await;
        }
        let create = scene.create();
        scene.takes("11 h old", scene.letter(&create).scheme(scheme).at(now.minus(hour * 11)), &create).await;
    }
}

#[tokio::test]
async fn a14_the_same_request_again_has_no_second_effect() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    let letter = scene.letter(&create);
    for _ in 0..5 {
        let code = letter.send().await.code();
        assert!((200..500).contains(&code), "{code}");
    }
    eventually("each is in the log", || async {
        let lines = scene.server.log().await;
        let states: Vec<MessageState> = lines
            .iter()
            .filter(|line| line.activity_id.as_deref() == create["id"].as_str())
            .map(|line| line.state)
            .collect();
        let processed = states.iter().filter(|state| **state == MessageState::Processed).count();
        (states.len() == 5 && processed == 1).then_some(())
    })
    .await;
    assert_eq!(scene.server.http.get(&scene.server.url("/health"), "*/*").await.code(), 200);
}

/// Capability P6.
#[tokio::test]
async fn what_comes_to_both_inboxes_has_one_effect() {
    let mut scene = Scene::new().await;
    let (own, shared) = (scene.alice.inbox(), scene.server.url("/inbox"));
    let (one, two) = (scene.create(), scene.create());
    for (create, inboxes) in [(&one, [&own, &shared]), (&two, [&shared, &own])] {
        for inbox in inboxes {
            let reply = scene.peer.post("bob", inbox, create).await;
            assert_eq!(reply.code(), 202, "{inbox}: {}", reply.text());
        }
    }
    // At the same time, too.
    let follow = scene.peer.activity("bob", 9, "Follow", &json!(scene.alice.id()));
    let (here, there) =
        tokio::join!(scene.peer.post("bob", &own, &follow), scene.peer.post("bob", &shared, &follow));
    assert_eq!((here.code(), there.code()), (202, 202));
    eventually("all is acted upon", || async {
        let log = scene.server.log().await;
        let arrived: Vec<_> =
            log.iter().filter(|line| line.direction == domain::message::Direction::In).collect();
        let done = arrived.iter().all(|line| line.state != MessageState::Waiting);
        (arrived.len() == 6 && done).then_some(())
    })
    .await;
    let told = scene.server.api_get(&scene.alice, "/api/v1/notifications").await;
    let kinds: Vec<_> = told.as_array().unwrap().iter().map(|told| told["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["follow", "mention", "mention"]);
    for create in [&one, &two] {
        assert!(scene.server.post(create["object"]["id"].as_str().unwrap()).await.is_some());
    }
    let followers = scene.server.document(&format!("{}/followers", scene.alice.id())).await.json();
    assert_eq!(followers["totalItems"], 1);
}

#[tokio::test]
async fn a20_a_key_id_that_leads_nowhere_is_refused_without_a_fetch() {
    let mut scene = Scene::new().await;
    let long = format!("https://a.example/{}", "k".repeat(8192));
    for key_id in [
        "file:///etc/passwd",
        "data:text/plain,x",
        "javascript:alert(1)",
        "gopher://127.0.0.1/",
        "https://[::1",
        "",
        "/users/bob#main-key",
        "acct:bob@b.example",
        long.as_str(),
    ] {
        let create = scene.create();
        scene
            .refuses(key_id.get(..20).unwrap_or(key_id), scene.letter(&create).key_id(key_id), &create, 401)
            .await;
    }
    assert_eq!(scene.peer.requests(), 0);
}

#[tokio::test]
async fn a23_a24_a_rotated_key_is_taken_after_one_look_and_the_old_one_no_more() {
    let mut scene = Scene::new().await;
    let old = scene.peer.signer("bob");
    let create = scene.create();
    scene.takes("the first key", scene.letter(&create), &create).await;
    scene.peer.add("bob");
    let create = scene.create();
    scene.takes("A23", scene.letter(&create), &create).await;
    let create = scene.create();
    scene.refuses("A24", scene.letter(&create).signer(old), &create, 401).await;
}

#[tokio::test]
async fn rubbish_in_a_peers_name_costs_the_peer_little() {
    let mut scene = Scene::new().await;
    scene.peer.add("mallory");
    let (bob, mallory) = (scene.peer.signer("bob"), scene.peer.signer("mallory"));
    let create = scene.create();
    scene.takes("the first", scene.letter(&create), &create).await;
    let asked = scene.peer.asked("/users/bob");
    for number in 0..20 {
        let mut forged = mallory.clone();
        forged.key_id =
            format!("{}{}", bob.key_id, if number % 2 == 0 { String::new() } else { number.to_string() });
        let create = scene.create();
        assert_eq!(scene.letter(&create).signer(forged).send().await.code(), 401);
    }
    assert!(scene.peer.asked("/users/bob") <= asked + 3, "{}", scene.peer.asked("/users/bob"));
    let create = scene.create();
    scene.takes("the next", scene.letter(&create), &create).await;
}

#[tokio::test]
async fn what_is_signed_for_another_host_is_not_taken() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    let elsewhere = scene.peer.letter("bob", "http://evil.example/inbox", &create).request();
    let ours = scene.server.url("/inbox");
    let mut replayed = elsewhere.clone();
    *replayed.uri_mut() = ours.parse().unwrap();
    let mut written = format!("POST {ours} HTTP/1.1\r\n");
    for (name, value) in replayed.headers() {
        written += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    let body = std::str::from_utf8(replayed.body()).unwrap();
    written += &format!("content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    assert!(written.contains("evil.example"));
    assert_eq!(crate::health::status_of(&scene.server, &written).await, 401);
    assert!(scene.server.post(create["object"]["id"].as_str().unwrap()).await.is_none());
}

#[tokio::test]
async fn a26_a_key_that_cannot_be_had_is_not_asked_for_again_and_again() {
    let mut scene = Scene::new().await;
    scene.peer.remove("carol");
    scene.peer.add("carol");
    let carol = scene.peer.signer("carol");
    scene.peer.remove("carol");
    for _ in 0..20 {
        let create = scene.create();
        assert_eq!(scene.letter(&create).signer(carol.clone()).send().await.code(), 401);
    }
    assert!(scene.peer.asked("/users/carol") <= 3, "{}", scene.peer.asked("/users/carol"));
}

#[tokio::test]
async fn a25_a_key_on_a_port_that_refuses_is_answered_soon_after_few_tries() {
    let mut scene = Scene::new().await;
    let closed = {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        port.local_addr().unwrap()
    };
    let hangs_up = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rude = hangs_up.local_addr().unwrap();
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = hangs_up.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            drop(stream);
        }
    });
    for address in [closed, rude] {
        let create = scene.create();
        let key_id = format!("http://{address}/users/bob#main-key");
        let began = Instant::now();
        for _ in 0..5 {
            let code = scene.letter(&create).key_id(&key_id).send().await.code();
            assert!(code == 401 || code == 503, "{address}: {code}");
        }
        assert!(began.elapsed() < Duration::from_secs(12), "{address}: {:?}", began.elapsed());
    }
    assert!(tries.load(Ordering::Relaxed) <= 4, "{tries:?}");
}

#[tokio::test]
async fn a27_deletes_of_actors_nobody_knows_cost_nothing() {
    let scene = Scene::new().await;
    let bob = scene.peer.signer("bob");
    for number in 0..20 {
        let id = scene.peer.id(&format!("gone{number}"));
        let delete = json!({ "id": format!("{id}#delete"), "type": "Delete", "actor": id, "object": id, "to": ["https://www.w3.org/ns/activitystreams#Public"] });
        let mut signer = bob.clone();
        signer.key_id = format!("{id}#main-key");
        let code = scene.letter(&delete).signer(signer).send().await.code();
        assert!((200..500).contains(&code), "{code}");
    }
    assert_eq!(scene.peer.requests(), 0);
}

#[tokio::test]
async fn n01_n02_a_signature_inside_the_document_gives_no_authority() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    scene.takes("bob's own", scene.letter(&create), &create).await;
    let note = create["object"]["id"].as_str().unwrap();
    scene.peer.serve(&create["object"]);
    let carrier = Peer::start().await;
    carrier.add("mallory");
    let inside = json!({
        "type": "RsaSignature2017",
        "creator": scene.peer.signer("bob").key_id,
        "created": "2026-01-01T00:00:00Z",
        "signatureValue": "c2lnbmVkIGJ5IGJvYg==",
    });
    let mut lie = scene.create();
    let mut delete = scene.peer.activity("bob", 900, "Delete", &json!(note));
    let mut update = scene.peer.activity("bob", 901, "Update", &create["object"]);
    update["object"]["content"] = json!("<p>a lie</p>");
    for activity in [&mut lie, &mut delete, &mut update] {
        activity["signature"] = inside.clone();
        let kind = activity["type"].clone();
        let forwarded = carrier.letter("mallory", &scene.server.url("/inbox"), activity);
        assert_eq!(forwarded.send().await.code(), 202, "{kind} by another is a hint");
        let unsigned = scene.letter(activity).without("signature");
        assert_eq!(unsigned.send().await.code(), 401, "{kind} by nobody");
    }
    eventually("all of it was looked at", || async {
        let log = scene.server.log().await;
        log.iter().all(|line| line.state != MessageState::Waiting).then_some(())
    })
    .await;
    assert!(scene.server.post(lie["object"]["id"].as_str().unwrap()).await.is_none());
    let kept = scene.server.post(note).await.expect("the post stays");
    assert!(kept.text.content_html.contains("hello"));
}

#[tokio::test]
async fn n48_what_a_header_says_of_followers_removes_nobody() {
    let mut scene = Scene::new().await;
    let follow = scene.peer.activity("bob", 700, "Follow", &json!(scene.alice.id()));
    assert_eq!(scene.peer.post("bob", &scene.alice.inbox(), &follow).await.code(), 202);
    scene.peer.receives("Accept").await;
    let elsewhere = Peer::start().await;
    for (collection, url) in [
        (scene.peer.url("/users/bob/followers"), scene.peer.url("/users/bob/followers_synchronization")),
        (format!("{}/followers", scene.alice.id()), elsewhere.url("/followers")),
    ] {
        let header = format!("collectionId=\"{collection}\", digest=\"{}\", url=\"{url}\"", "0".repeat(64));
        let create = scene.create();
        let letter = scene.letter(&create).header("collection-synchronization", &header);
        scene.takes(&collection, letter, &create).await;
    }
    let followers = scene.server.document(&format!("{}/followers", scene.alice.id())).await.json();
    assert_eq!(followers["totalItems"], 1);
    assert_eq!((elsewhere.requests(), scene.peer.asked("/users/bob/followers_synchronization")), (0, 0));
}

#[tokio::test]
async fn d01_an_activity_of_20_mb_is_too_large() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    let body = create.to_string().replace("hello", &"x".repeat(20 << 20));
    // The answer may come before the body is through, and the connection be gone.
    if let Some(reply) = scene.letter(&create).body(body).try_send().await {
        assert_eq!(reply.code(), 413);
    }
    let body = create.to_string().replace("hello", &"x".repeat(1 << 20));
    assert_eq!(scene.letter(&create).body(body).send().await.code(), 413);
    assert_eq!(scene.server.http.get(&scene.server.url("/health"), "*/*").await.code(), 200);
}

#[tokio::test]
async fn d02_d03_what_is_no_activity_is_refused() {
    let scene = Scene::new().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_inside = format!("{{\"type\":\"Create\",\"object\":{deep}}}");
    let letter = scene.letter(&json!({}));
    for body in [
        deep.as_bytes(),
        deep_inside.as_bytes(),
        b"",
        b"[]",
        b"\"x\"",
        b"1",
        b"null",
        b"true",
        b"{",
        b"{}",
        b"\xff\xfe",
        b"{\"type\":\"Create\xff\"}",
        b"<html></html>",
        b"{\"type\":\"Create\"}",
    ] {
        let reply = letter.clone().body(body.to_vec()).send().await;
        assert_eq!(reply.code(), 400, "{}", String::from_utf8_lossy(body.get(..40).unwrap_or(body)));
    }
    assert_eq!(scene.server.http.get(&scene.server.url("/health"), "*/*").await.code(), 200);
}

/// Wrong values for any member.
fn wrong_values() -> Vec<Value> {
    let values = [
        json!(null),
        json!(7),
        json!(true),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!({ "id": 7 }),
        json!("x"),
    ];
    values.into_iter().chain([json!(["", null, {}]), json!("https://"), json!({ "type": {} })]).collect()
}

#[tokio::test]
async fn d04_missing_and_mistyped_members_never_break_anything() {
    let mut scene = Scene::new().await;
    let members = ["id", "type", "actor", "object", "to", "cc"];
    let inside =
        ["id", "type", "attributedTo", "content", "to", "tag", "attachment", "published", "inReplyTo", "url"];
    let mut bodies = Vec::new();
    for member in members {
        let mut without = scene.create();
        without.as_object_mut().unwrap().remove(member);
        bodies.push(without);
    }
    for wrong in wrong_values() {
        for member in members {
            let mut create = scene.create();
            create[member] = wrong.clone();
            bodies.push(create);
        }
        for member in inside {
            let mut create = scene.create();
            create["object"][member] = wrong.clone();
            bodies.push(create);
        }
    }
    for kind in [
        "Follow", "Undo", "Accept", "Reject", "Like", "Announce", "Block", "Delete", "Update", "Move", "Add",
        "Flag",
    ] {
        for wrong in wrong_values() {
            scene.next += 1;
            bodies.push(scene.peer.activity("bob", scene.next, kind, &wrong));
        }
    }
    for body in &bodies {
        let reply = scene.letter(body).send().await;
        assert!(reply.code() < 500, "{}: {body}", reply.code());
    }
    let create = scene.create();
    scene.takes("a good one after all", scene.letter(&create), &create).await;
    let failed = scene
        .server
        .log()
        .await
        .into_iter()
        .find(|line| line.state == MessageState::Failed && line.kind != "GET");
    assert!(failed.is_none(), "{failed:?}");
}

#[tokio::test]
async fn n05_n04_an_rfc_9421_signature_must_cover_the_request_too() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    scene.takes("N05", scene.letter(&create).scheme(Scheme::Rfc9421), &create).await;
    let create = scene.create();
    let letter = scene.letter(&create).scheme(Scheme::Rfc9421);
    let input = letter.request().headers()["signature-input"].to_str().unwrap().to_owned();
    for part in ["\"content-digest\"", "\"@method\""] {
        let spoilt = letter
            .clone()
            .header("signature-input", &input.replace(&format!("{part} "), "").replace(part, ""));
        scene.refuses("N04", spoilt, &create, 401).await;
    }
}

#[tokio::test]
async fn h03_an_inbox_takes_only_activities_and_only_by_post() {
    let mut scene = Scene::new().await;
    let create = scene.create();
    let elsewhere = "application/ld+json; profile=\"https://x.example/\"";
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded", elsewhere] {
        let reply = scene.letter(&create).header("content-type", kind).send().await;
        assert_eq!(reply.code(), 415, "{kind}");
    }
    for inbox in [scene.server.url("/inbox"), scene.alice.inbox()] {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let mut request = scene.letter(&create).request();
            *request.uri_mut() = inbox.parse().unwrap();
            *request.method_mut() = method.parse().unwrap();
            let code = scene.server.http.send(request).await.code();
            assert!((400..500).contains(&code), "{method} {inbox}: {code}");
        }
    }
    let nobody = scene.server.url("/users/nobody/inbox");
    assert_eq!(scene.peer.post("bob", &nobody, &create).await.code(), 404);
    assert!(scene.server.post(create["object"]["id"].as_str().unwrap()).await.is_none());
}
