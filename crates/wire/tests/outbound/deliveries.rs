//! One POST to an inbox, and what the peer says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use wire::FetchError;
use wire::signature::Scheme;

use crate::peer::{Peer, Reply};
use crate::{NOW, client, client_with, signer, url};

/// Capability N17.
#[tokio::test]
async fn an_activity_is_posted_and_signed() {
    let peer = Peer::start("127.0.0.1", |_, _| Reply::status(202)).await;
    let body = br#"{"type":"Follow"}"#;
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        let inbox = url(&peer.at("/inbox?x=1#y"));
        let answer = client().deliver(&inbox, body.to_vec().into(), &signer(), scheme, NOW).await.unwrap();
        assert!(answer.is_success());
        assert_eq!((answer.status, answer.words.as_str(), answer.retry_after), (202, "", None));
        let seen = peer.seen().pop().unwrap();
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/inbox?x=1"));
        assert_eq!(seen.body.as_ref(), body);
        assert_eq!(seen.header("content-type"), "application/activity+json");
        assert_eq!(seen.header("host"), peer.address.to_string());
        assert_eq!(seen.header("content-length"), body.len().to_string());
        assert_eq!(seen.is_rfc9421(), scheme == Scheme::Rfc9421);
        assert!(!seen.header("signature").is_empty());
    }
}

#[tokio::test]
async fn a_refusal_is_kept_with_its_words() {
    let peer = Peer::start("127.0.0.1", |_, seen| match seen.path.as_str() {
        "/limited" => Reply::status(429).header("retry-after", "90"),
        "/wants" => Reply::status(401).header("accept-signature", "sig1=(\"@method\");created").body("no"),
        _ => Reply::status(403).body(format!("{{\"error\":\"blocked\u{1b}[2J\"}}{}", "x".repeat(5000))),
    })
    .await;
    let (client, signer) = (client(), signer());
    let mut answers = Vec::new();
    for path in ["/limited", "/wants", "/inbox"] {
        let inbox = url(&peer.at(path));
        answers.push(client.deliver(&inbox, "{}".into(), &signer, Scheme::Cavage, NOW).await.unwrap());
    }
    assert_eq!(answers[0].retry_after, Some(Duration::from_secs(90)));
    assert!(!answers[0].accepts_rfc9421 && answers[1].accepts_rfc9421);
    assert_eq!(answers[1].words, "no");
    assert!(answers[2].words.starts_with("{\"error\":\"blocked [2J\"}x"), "{}", answers[2].words);
    assert!(answers[2].words.len() <= 1024);
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn an_answer_whose_body_never_ends_is_an_answer() {
    let peer = Peer::start("127.0.0.1", |_, seen| match seen.path.as_str() {
        "/drip" => Reply::status(202).drip(),
        _ => Reply::status(500).endless(),
    })
    .await;
    for (path, status) in [("/drip", 202), ("/endless", 500)] {
        let answer = client()
            .deliver(&url(&peer.at(path)), "{}".into(), &signer(), Scheme::Cavage, NOW)
            .await
            .unwrap();
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_closed_port_is_no_answer() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let inbox = url(&format!("http://{free}/inbox"));
    let failure = client().deliver(&inbox, "{}".into(), &signer(), Scheme::Cavage, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Connect(_)), "{failure:?}");
    assert!(!failure.is_lasting());
}

/// How many deliveries a second two cores make, the peer's work included:
/// `cargo test -p wire --release --test outbound -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, for release builds"]
async fn thousands_of_deliveries_a_second_leave() {
    const COUNT: u32 = 40_000;
    let peer = Peer::start("0.0.0.0", |_, _| Reply::status(202)).await;
    let limits = wire::Limits { max_sockets: 4096, ..wire::Limits::default() };
    let (client, signer) = (client_with(&["127.0.0.0/8"], limits), signer());
    let (turns, body) = (Arc::new(Semaphore::new(128)), bytes::Bytes::from(vec![b' '; 2048]));
    for hosts in [1, 100, 1000] {
        let start = Instant::now();
        for n in 0..COUNT {
            let turn = Arc::clone(&turns).acquire_owned().await.unwrap();
            let host = n % hosts;
            let inbox = url(&format!("http://127.5.{}.{}:{}/inbox", host / 250, host % 250 + 1, peer.port()));
            let (client, signer, body) = (client.clone(), signer.clone(), body.clone());
            tokio::spawn(async move {
                let answer = client.deliver(&inbox, body, &signer, Scheme::Cavage, NOW).await.unwrap();
                assert_eq!(answer.status, 202);
                drop(turn);
            });
        }
        drop(turns.acquire_many(128).await.unwrap());
        let rate = f64::from(COUNT) / start.elapsed().as_secs_f64();
        println!("{hosts} hosts: {rate:.0} deliveries/s, {:?}", client.stats());
        assert!(rate > 5_000.0);
    }
}
