//! What one request may cost.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wire::signature::Scheme;
use wire::{FetchError, Limits};

use crate::peer::{Peer, Reply};
use crate::{NOW, client, client_with, limits, signer, url};

/// D09
#[tokio::test]
async fn three_redirects_are_followed_and_a_fourth_is_not() {
    let peer = Peer::start("127.0.0.1", |_, seen| {
        let left: usize = seen.path.trim_start_matches('/').parse().unwrap();
        if left == 0 { Reply::document("{}") } else { Reply::redirect(&format!("{}", left - 1)) }
    })
    .await;
    let document = client().fetch_document(&peer.at("/3"), None, NOW).await.unwrap();
    assert_eq!(document.url.path(), "/0");
    assert_eq!(peer.seen().len(), 4);
    let failure = client().fetch_document(&peer.at("/4"), None, NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::TooManyRedirects);
    assert_eq!(peer.seen().len(), 8);
}

/// D09
#[tokio::test]
async fn a_redirect_to_itself_ends() {
    let peer = Peer::start("127.0.0.1", |origin, _| Reply::redirect(&format!("{origin}/loop"))).await;
    let failure = client().fetch_document(&peer.at("/loop"), None, NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::TooManyRedirects);
    assert_eq!(peer.seen().len(), 4);
}

/// Capability H5.
#[tokio::test]
async fn each_hop_is_signed_for_itself() {
    let last = Peer::start("127.0.0.2", |_, _| Reply::document("{}")).await;
    let to = last.at("/new?page=1");
    let first = Peer::start("127.0.0.1", move |_, _| Reply::redirect(&to)).await;
    client().fetch_document(&first.at("/old"), Some(&signer()), NOW).await.unwrap();
    let (first, last) = (first.seen().remove(0), last.seen().remove(0));
    assert!(first.header("signature").contains("keyId=\"https://here.example/actor#main-key\""));
    assert!(!last.header("signature").is_empty());
    assert_ne!(first.header("signature"), last.header("signature"));
    assert!(last.header("host").starts_with("127.0.0.2:"), "{last:?}");
    assert_eq!(last.header("user-agent"), "antiphon-test/0 (+https://here.example/)");
    assert!(last.header("accept").starts_with("application/activity+json, application/ld+json;"));
    assert!(!last.headers.contains_key("accept-encoding"));
}

/// D11
#[tokio::test]
async fn a_body_over_the_limit_is_cut() {
    let announced = "x".repeat(64 * 1024 + 1);
    let peer = Peer::start("127.0.0.1", move |_, seen| match seen.path.as_str() {
        "/endless" => Reply::document("").endless(),
        _ => Reply::document(announced.clone()),
    })
    .await;
    for path in ["/endless", "/announced"] {
        let failure = client().fetch_document(&peer.at(path), None, NOW).await.unwrap_err();
        assert_eq!(failure, FetchError::TooLarge(64 * 1024), "{path}");
    }
}

/// D12
#[tokio::test]
async fn a_gzip_bomb_is_cut_and_honest_gzip_is_read() {
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let (bomb, honest) = (gzip(&vec![b' '; 16 << 20]), gzip(br#"{"type":"Note"}"#));
    assert!(bomb.len() < 64 * 1024);
    let peer = Peer::start("127.0.0.1", move |_, seen| {
        let body = if seen.path == "/bomb" { bomb.clone() } else { honest.clone() };
        Reply::document(body).header("content-encoding", "gzip")
    })
    .await;
    let failure = client().fetch_document(&peer.at("/bomb"), None, NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::TooLarge(64 * 1024));
    let document = client().fetch_document(&peer.at("/honest"), None, NOW).await.unwrap();
    assert_eq!(document.json, json!({ "type": "Note" }));
}

/// D10
#[tokio::test]
async fn a_dripping_body_is_cut_when_the_time_is_over() {
    let peer = Peer::start("127.0.0.1", |_, _| Reply::document("").drip()).await;
    let start = Instant::now();
    let failure = client().fetch_document(&peer.at("/drip"), None, NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::Timeout);
    assert!(!failure.is_lasting());
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_dripping_file_is_given_up() {
    let peer = Peer::start("127.0.0.1", |_, _| Reply::document("").drip()).await;
    let (file, start) = (url(&peer.at("/drip")), Instant::now());
    let mut passing = client().open(&file, "*/*", None, 1 << 20, NOW).await.unwrap();
    let failure = loop {
        match passing.piece().await {
            Ok(piece) => assert!(piece.is_some()),
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure, FetchError::Timeout);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_left_when_the_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}/", listener.local_addr().unwrap());
    let failure = client().fetch_document(&silent, None, NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::Timeout);
    let answer = client().deliver(&url(&silent), "{}".into(), &signer(), Scheme::Cavage, NOW).await;
    assert_eq!(answer, Err(FetchError::Timeout));
}

/// D10
#[tokio::test]
async fn dripping_peers_do_not_hold_up_an_honest_one() {
    let slow = Peer::start("127.0.0.1", |_, _| Reply::document("").drip()).await;
    let honest = Peer::start("127.0.0.2", |_, _| Reply::document("{}")).await;
    let client = client_with(&["127.0.0.0/8"], Limits { fetches: 10, fetches_per_host: 4, ..limits() });
    let waiting: Vec<_> = (0..20)
        .map(|n| {
            let (client, id) = (client.clone(), slow.at(&format!("/{n}")));
            tokio::spawn(async move { client.fetch_document(&id, None, NOW).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(client.stats().fetches, 4);
    let start = Instant::now();
    client.fetch_document(&honest.at("/key"), None, NOW).await.unwrap();
    assert!(start.elapsed() < Duration::from_millis(300), "{:?}", start.elapsed());
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn whoever_waits_too_long_for_a_turn_is_told_so() {
    let slow = Peer::start("127.0.0.1", |_, _| Reply::document("").drip()).await;
    let queue = Duration::from_millis(50);
    let client = client_with(&["127.0.0.0/8"], Limits { fetches_per_host: 1, queue, ..limits() });
    let first = tokio::spawn({
        let (client, id) = (client.clone(), slow.at("/first"));
        async move { client.fetch_document(&id, None, NOW).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(client.fetch_document(&slow.at("/second"), None, NOW).await.unwrap_err(), FetchError::Busy);
    assert_eq!(first.await.unwrap().unwrap_err(), FetchError::Timeout);
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let peer = Peer::start("127.0.0.1", |_, _| Reply::document("{}")).await;
    let client = client();
    for _ in 0..10 {
        client.fetch_document(&peer.at("/note"), None, NOW).await.unwrap();
    }
    assert_eq!(peer.connections(), 1);
    let stats = client.stats();
    assert_eq!((stats.open_sockets, stats.opened_sockets, stats.requests), (1, 1, 10));
}

#[tokio::test]
async fn many_hosts_are_asked_with_few_sockets() {
    let peer = Peer::start("0.0.0.0", |_, _| Reply::document("{}")).await;
    let client = client_with(&["127.0.0.0/8"], Limits { max_sockets: 20, ..limits() });
    for host in 1..=100 {
        let id = format!("http://127.7.0.{host}:{}/note", peer.port());
        client.fetch_document(&id, None, NOW).await.unwrap();
        assert!(client.stats().open_sockets <= 20);
    }
    assert!(client.stats().open_sockets <= 11, "{:?}", client.stats());
}

#[tokio::test]
async fn a_request_is_made_again_where_the_idle_connection_was_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for connection in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            if connection == 0 {
                // The second request is read, and the connection closed without an answer.
                let _ = stream.read(&mut request).await.unwrap();
            }
        }
    });
    let (client, signer, inbox) = (client(), signer(), url(&format!("http://{address}/inbox")));
    for _ in 0..2 {
        let answer = client.deliver(&inbox, "{}".into(), &signer, Scheme::Cavage, NOW).await.unwrap();
        assert_eq!(answer.status, 202);
    }
    assert_eq!(client.stats().requests, 3);
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
        }
    });
    let failure = client().fetch_document(&format!("http://{address}/"), None, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Protocol(_)), "{failure:?}");
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failure = client().fetch_document(&format!("http://{free}/"), None, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Connect(_)), "{failure:?}");
    let failure = client().fetch_document("https://nobody.invalid/", None, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Dns(_) | FetchError::Timeout), "{failure:?}");
}
