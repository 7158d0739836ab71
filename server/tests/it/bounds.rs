//! Any one message costs a bounded amount of work, whatever it leads to.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::peer::Answer;
use testkit::{Peer, Person, TestServer, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn scene() -> (TestServer, Person, Peer) {
    let server = TestServer::start().await;
    let alice = server.create("alice").await;
    let peer = Peer::start().await;
    peer.add("bob");
    (server, alice, peer)
}

/// Waits until an activity of the peer was acted upon.
async fn done(server: &TestServer, activity: &Value) {
    let id = activity["id"].as_str();
    eventually("it was acted upon", || async {
        let log = server.log().await;
        let line = log.into_iter().find(|line| line.activity_id.as_deref() == id)?;
        (line.state != domain::message::MessageState::Waiting).then_some(())
    })
    .await;
}

#[tokio::test]
async fn d05_three_thousand_mentions_of_unknown_actors_are_not_all_fetched() {
    let (server, alice, peer) = scene().await;
    let mut note = peer.note("bob", 1, "hello all", &[alice.id()]);
    let mentions: Vec<Value> = (0..3000)
        .map(|number| json!({ "type": "Mention", "href": peer.id(&format!("x{number}")) }))
        .collect();
    note["tag"] = json!(mentions);
    let create = peer.create("bob", &note);
    assert_eq!(peer.post("bob", &alice.inbox(), &create).await.code(), 202);
    done(&server, &create).await;
    assert!(peer.requests() <= 100, "{}", peer.requests());
}

#[tokio::test]
async fn d06_an_endless_chain_of_replies_ends() {
    let (server, alice, peer) = scene().await;
    for number in 1..300 {
        let mut note = peer.note("bob", number, "and before that", &[]);
        note["inReplyTo"] = json!(format!("{}/notes/{}", peer.id("bob"), number + 1));
        peer.serve(&note);
    }
    let mut note = peer.note("bob", 1000, "see above", &[alice.id()]);
    note["inReplyTo"] = json!(format!("{}/notes/1", peer.id("bob")));
    let create = peer.create("bob", &note);
    assert_eq!(peer.post("bob", &alice.inbox(), &create).await.code(), 202);
    done(&server, &create).await;
    assert!(peer.requests() <= 100, "{}", peer.requests());
}

#[tokio::test]
async fn d09_a_key_behind_endless_redirects_is_given_up() {
    let (_server, alice, peer) = scene().await;
    peer.add("loop");
    peer.answer("/users/loop", Answer::redirect(&peer.url("/users/loop")));
    let follow = peer.activity("loop", 1, "Follow", &json!(alice.id()));
    assert_eq!(peer.post("loop", &alice.inbox(), &follow).await.code(), 401);
    assert!(peer.asked("/users/loop") <= 10, "{}", peer.asked("/users/loop"));
}

#[tokio::test]
async fn d10_d11_documents_that_drip_or_never_end_are_cut_and_delay_nobody() {
    let (_server, alice, peer) = scene().await;
    let (slow, flood) = (Peer::start().await, Peer::start().await);
    let kind = |answer: Answer| answer.header("content-type", "application/activity+json");
    let mut waiting = Vec::new();
    for number in 0..4 {
        let name = format!("slow{number}");
        slow.add(&name);
        slow.answer(&format!("/users/{name}"), kind(Answer::status(200)).dripping());
        let letter =
            slow.letter(&name, &alice.inbox(), &slow.activity(&name, 1, "Follow", &json!(alice.id())));
        waiting.push(tokio::spawn(async move { letter.send().await.code() }));
    }
    flood.add("flood");
    flood.answer("/users/flood", kind(Answer::status(200)).endless());
    let follow = flood.activity("flood", 1, "Follow", &json!(alice.id()));
    let began = Instant::now();
    assert_eq!(flood.post("flood", &alice.inbox(), &follow).await.code(), 401);
    let follow = peer.activity("bob", 1, "Follow", &json!(alice.id()));
    assert_eq!(peer.post("bob", &alice.inbox(), &follow).await.code(), 202);
    peer.receives("Accept").await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    for letter in waiting {
        let code = letter.await.unwrap();
        assert!((400..600).contains(&code), "{code}");
    }
}

#[tokio::test]
async fn d15_slow_connections_do_not_keep_others_out_and_end() {
    let (server, _, _) = scene().await;
    let address = server.origin.trim_start_matches("http://");
    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"POST /inbox HTTP/1.1\r\nHost: x\r\nX-").await.unwrap();
        slow.push(stream);
    }
    let began = Instant::now();
    assert_eq!(server.http.get(&server.url("/health"), "*/*").await.code(), 200);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let mut rest = Vec::new();
    let mut first = slow.swap_remove(0);
    let ended = first.read_to_end(&mut rest);
    tokio::time::timeout(Duration::from_secs(15), ended).await.expect("it is closed").ok();
}

#[tokio::test]
async fn s01_keys_on_forbidden_addresses_are_not_asked_for() {
    let setup = testkit::Setup::default()
        .with(|settings| settings.peers_allow = vec!["127.0.0.0/9".parse().unwrap()]);
    let server = TestServer::start_with(setup).await.unwrap();
    let alice = server.create("alice").await;
    let peer = Peer::start().await;
    let trap = std::net::TcpListener::bind("127.200.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let port = trap.local_addr().unwrap().port();
    peer.add("bob");
    peer.answer("/away", Answer::redirect(&format!("http://127.200.0.1:{port}/")));
    let mut key_ids = vec![peer.url("/away")];
    for host in [
        "127.200.0.1",
        "0x7fc80001",
        "2143813633",
        "017762000001",
        "127.200.1",
        "[::ffff:127.200.0.1]",
        "[::ffff:7fc8:1]",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "good.example@127.200.0.1",
        "[64:ff9b::7fc8:1]",
    ] {
        key_ids.push(format!("http://{host}:{port}/key"));
        key_ids.push(format!("https://{host}:{port}/key"));
    }
    for key_id in &key_ids {
        let follow = peer.activity("bob", 1, "Follow", &json!(alice.id()));
        let code = peer.letter("bob", &alice.inbox(), &follow).key_id(key_id).send().await.code();
        assert!((400..500).contains(&code), "{key_id}: {code}");
        assert!(trap.accept().is_err(), "{key_id} was asked");
    }
}

#[tokio::test]
async fn s05_a_search_asks_nobody_inside_and_reads_no_file() {
    let setup = testkit::Setup::default()
        .with(|settings| settings.peers_allow = vec!["127.0.0.0/9".parse().unwrap()]);
    let server = TestServer::start_with(setup).await.unwrap();
    let alice = server.create("alice").await;
    let trap = std::net::TcpListener::bind("127.200.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let port = trap.local_addr().unwrap().port();
    let peer = Peer::start().await;
    peer.answer("/away", Answer::redirect(&format!("http://127.200.0.1:{port}/")));
    let mut wanted = vec![peer.url("/away")];
    for host in
        ["127.200.0.1", "0x7fc80001", "2143813633", "127.200.1", "[::ffff:127.200.0.1]", "0.0.0.0", "[::1]"]
    {
        wanted.push(format!("http://{host}:{port}/users/root"));
        wanted.push(format!("https://{host}:{port}/users/root"));
        wanted.push(format!("gopher://{host}:{port}/_GET"));
        wanted.push(format!("@root@{host}:{port}"));
    }
    wanted.extend(
        ["file:///etc/passwd", "file://127.200.0.1/etc/passwd", "data:text/html,root:", "ftp://127.200.0.1/"]
            .map(str::to_owned),
    );
    for what in &wanted {
        let query: String = url::form_urlencoded::byte_serialize(what.as_bytes()).collect();
        for path in [
            format!("/api/v2/search?resolve=true&q={query}"),
            format!("/api/v1/accounts/search?resolve=true&q={query}"),
            format!("/api/v1/accounts/lookup?acct={query}"),
        ] {
            let reply = server.api(&alice, "GET", &path, None).await;
            assert!(reply.code() < 500, "{path}: {}", reply.code());
            assert!(!reply.text().contains("root:"), "{path}");
            assert!(trap.accept().is_err(), "{what} was asked");
        }
    }
}

#[tokio::test]
async fn n34_http_2_is_not_spoken_to_us() {
    let (server, _, _) = scene().await;
    let address = server.origin.trim_start_matches("http://");
    let upgrade = format!(
        "GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
    );
    for (opening, answer) in
        [("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None), (upgrade.as_str(), Some("HTTP/1.1 200"))]
    {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(opening.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        let ended = stream.read_to_end(&mut said);
        tokio::time::timeout(Duration::from_secs(5), ended).await.expect("it ends").ok();
        let said = String::from_utf8_lossy(&said);
        match answer {
            Some(answer) => assert!(said.starts_with(answer), "{said}"),
            None => assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said:?}"),
        }
    }
}
