//! `/health`, known hosts, metrics.

use bytes::Bytes;
use http::Request;
use testkit::{Http, Setup, TestServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_server_that_is_well_says_so() {
    for server in TestServer::on_each_database().await {
        let reply = server.http.get(&server.url("/health"), "*/*").await;
        assert_eq!((reply.code(), reply.text().as_str()), (200, "OK"), "{}", server.database());
    }
}

#[tokio::test]
async fn a_store_that_failed_is_told_by_health() {
    let server = TestServer::start().await;
    server.cx().store.shut_down().await;
    assert_eq!(server.http.get(&server.url("/health"), "*/*").await.code(), 503);
}

#[tokio::test]
async fn a_foreign_host_is_misdirected() {
    let server = TestServer::start().await;
    for (host, code) in [("evil.example", 421), ("127.0.0.1", 421), ("", 421)] {
        let request = Request::get(server.url("/")).header("host", host).body(Bytes::new()).unwrap();
        assert_eq!(server.http.send(request).await.code(), code, "{host:?}");
    }
    assert_ne!(server.http.get(&server.url("/"), "*/*").await.code(), 421);
}

/// The status that a request gets which is sent exactly as it is written.
pub(crate) async fn status_of(server: &TestServer, written: &str) -> u16 {
    let mut stream = TcpStream::connect(server.url("/").split('/').nth(2).unwrap()).await.unwrap();
    stream.write_all(written.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_request_has_one_host() {
    let server = TestServer::start().await;
    let url = server.url("/nodeinfo/2.1");
    let ours = url.split('/').nth(2).unwrap();
    for (target, hosts, code) in [
        ("/nodeinfo/2.1", vec![ours], 200),
        ("/nodeinfo/2.1", vec![ours, "evil.example"], 400),
        ("/nodeinfo/2.1", vec!["evil.example", ours], 400),
        ("/nodeinfo/2.1", vec![ours, ours], 400),
        ("/nodeinfo/2.1", vec![], 421),
        (url.as_str(), vec![ours], 200),
        (url.as_str(), vec!["evil.example"], 200),
        ("http://evil.example/nodeinfo/2.1", vec![ours], 421),
    ] {
        let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        let written = format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        assert_eq!(status_of(&server, &written).await, code, "{target} {hosts}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_not_found_in_every_dialect() {
    let server = TestServer::start().await;
    for accept in ["text/html", "application/activity+json", "*/*"] {
        assert_eq!(server.http.get(&server.url("/nothing/here"), accept).await.code(), 404, "{accept}");
    }
    let api = server.http.get(&server.url("/api/v1/nothing"), "*/*").await;
    assert_eq!((api.code(), api.json()["error"].is_string()), (404, true));
}

#[tokio::test]
async fn numbers_are_served_on_their_own_address_only() {
    let setup = Setup::default().with(|settings| settings.metrics_listen = Some(([127, 0, 0, 1], 0).into()));
    let server = TestServer::start_with(setup).await.unwrap();
    let page = Http::default().get(&format!("http://{}/metrics", server.metrics()), "*/*").await;
    assert_eq!(page.code(), 200);
    for name in ["store_commits_total", "messages_waiting", "deliveries_waiting", "client_sockets_open"] {
        assert!(page.text().contains(&format!("\nantiphon_{name} ")), "{name}: {}", page.text());
    }
    assert_eq!(server.http.get(&server.url("/metrics"), "*/*").await.code(), 404);
}
