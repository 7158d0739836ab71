//! `/health`, known hosts, metrics.

use bytes::Bytes;
use http::Request;
use testkit::{Http, Setup, TestServer};

#[tokio::test]
async fn a_server_that_is_well_says_so() {
    for server in TestServer::on_each_database().await {
        let reply = server.http.get(&server.url("/health"), "*/*").await;
        assert_eq!(
            (reply.code(), reply.text().as_str()),
            (200, r#"{"status":"ok"}"#),
            "{}",
            server.database()
        );
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
