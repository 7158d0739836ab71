//! What others read here, and what they do not.

use serde_json::{Value, json};
use testkit::{Peer, Person, TestServer};

async fn publish(server: &TestServer, person: &Person, visibility: &str) -> Value {
    let draft = json!({ "status": format!("a {visibility} post"), "visibility": visibility });
    server.api_post(person, "/api/v1/statuses", &draft).await
}

/// Capability W6.
#[tokio::test]
async fn webfinger_finds_an_account_in_each_of_its_forms() {
    for server in TestServer::on_each_database().await {
        let alice = server.create("alice").await;
        let host = server.origin.trim_start_matches("http://");
        for resource in [
            format!("acct:alice@{host}"),
            format!("acct%3Aalice%40{}", host.replace(':', "%3A")),
            format!("acct:ALICE@{host}"),
            alice.id().to_owned(),
            server.url("/@alice"),
        ] {
            let reply = server
                .http
                .get(&server.url(&format!("/.well-known/webfinger?resource={resource}")), "*/*")
                .await;
            assert_eq!(reply.code(), 200, "{resource}: {}", reply.text());
            let kind = reply.headers["content-type"].to_str().unwrap();
            assert!(kind.starts_with("application/jrd+json"), "{resource}: {kind}");
            let links = reply.json()["links"].clone();
            let own = links.as_array().unwrap().iter().find(|link| link["rel"] == "self").unwrap();
            assert_eq!(own["href"], alice.id());
        }
        for (query, code) in
            [("", 400), ("?resource=", 400), ("?resource=bob", 400), ("?resource=acct:bob@evil.example", 404)]
        {
            let reply = server.http.get(&server.url(&format!("/.well-known/webfinger{query}")), "*/*").await;
            assert_eq!(reply.code(), code, "{query}");
        }
        let unknown = format!("/.well-known/webfinger?resource=acct:nobody@{host}");
        assert_eq!(server.http.get(&server.url(&unknown), "*/*").await.code(), 404);
    }
}

/// Capability P7.
#[tokio::test]
async fn an_actor_can_be_read_and_its_keys_with_it() {
    let server = TestServer::start().await;
    let alice = server.create("alice").await;
    let reply = server.document(alice.id()).await;
    assert_eq!(reply.code(), 200);
    assert!(reply.headers["content-type"].to_str().unwrap().starts_with("application/activity+json"));
    let actor = reply.json();
    assert_eq!(actor["id"], alice.id());
    assert_eq!(actor["preferredUsername"], "alice");
    assert!(actor["publicKey"]["publicKeyPem"].as_str().unwrap().contains("BEGIN PUBLIC KEY"));
    assert_eq!(actor["endpoints"]["sharedInbox"], server.url("/inbox"));
    assert!(!actor.to_string().contains("PRIVATE"));
    assert_eq!(server.document(&server.url("/actor")).await.json()["type"], "Application");
    assert_eq!(server.document(&server.url("/users/nobody")).await.code(), 404);
}

#[tokio::test]
async fn h05_a_page_and_a_document_under_one_url_are_told_apart() {
    let server = TestServer::start().await;
    let alice = server.create("alice").await;
    for (url, accept, to) in [
        (alice.id().to_owned(), "text/html", server.url("/@alice")),
        (server.url("/@alice"), "application/activity+json", alice.id().to_owned()),
    ] {
        let reply = server.http.get(&url, accept).await;
        assert_eq!(reply.code(), 303, "{url} {accept}: {}", reply.text());
        let location = reply.headers["location"].to_str().unwrap();
        assert!(to.ends_with(location) || location == to, "{location}");
        assert!(reply.headers["vary"].to_str().unwrap().to_ascii_lowercase().contains("accept"));
    }
    let page = server.http.get(&server.url("/@alice"), "text/html").await;
    assert_eq!(page.code(), 200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors"), "{policy}");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn p01_p03_private_posts_look_like_missing_ones_everywhere() {
    for server in TestServer::on_each_database().await {
        let (alice, peer) = (server.create("alice").await, Peer::start().await);
        let eve = server.create("eve").await;
        peer.add("stranger");
        let open = publish(&server, &alice, "public").await;
        assert_eq!(server.document(open["uri"].as_str().unwrap()).await.code(), 200);
        for visibility in ["private", "direct"] {
            let post = publish(&server, &alice, visibility).await;
            let (uri, id) = (post["uri"].as_str().unwrap(), post["id"].as_str().unwrap());
            for path in ["", "/activity", "/replies", "/likes", "/shares"] {
                let reply = server.document(&format!("{uri}{path}")).await;
                assert_eq!(reply.code(), 404, "{visibility} {path}");
                assert!(!reply.text().contains(visibility));
            }
            let page = server.http.get(&server.url(&format!("/@alice/{id}")), "text/html").await;
            assert_eq!(page.code(), 404, "{visibility}: {}", page.text());
            for path in ["", "/context"] {
                let path = format!("/api/v1/statuses/{id}{path}");
                assert_eq!(server.api(&eve, "GET", &path, None).await.code(), 404, "{visibility} {path}");
                assert_eq!(
                    server.http.get(&server.url(&path), "*/*").await.code(),
                    404,
                    "{visibility} {path}"
                );
            }
            let boost = server.api(&eve, "POST", &format!("/api/v1/statuses/{id}/reblog"), None).await;
            assert_eq!(boost.code(), 404, "P07 {visibility}");
        }
        let outbox = server.document(&format!("{}/outbox?page=true", alice.id())).await.text();
        assert!(
            outbox.contains("a public post") && !outbox.contains("a private") && !outbox.contains("a direct")
        );
        let profile = server.http.get(&server.url("/@alice"), "text/html").await.text();
        assert!(!profile.contains("a private post") && !profile.contains("a direct post"));
    }
}

#[tokio::test]
async fn p10_the_client_api_wants_a_good_token() {
    let server = TestServer::start().await;
    let mut nobody = server.create("alice").await;
    "wrong".clone_into(&mut nobody.token);
    for path in [
        "/api/v1/timelines/home",
        "/api/v1/notifications",
        "/api/v1/accounts/verify_credentials",
        "/api/v1/follow_requests",
    ] {
        assert_eq!(server.http.get(&server.url(path), "*/*").await.code(), 401, "{path}");
        assert_eq!(server.api(&nobody, "GET", path, None).await.code(), 401, "{path}");
    }
}

#[tokio::test]
async fn h02_no_path_leads_to_a_file() {
    let server = TestServer::start().await;
    let up = ["../", "..%2f", "%2e%2e/", "..%5c", "....//", "%252e%252e%252f", "..%c0%af"];
    for start in ["/", "/users/", "/@", "/media/", "/assets/", "/emoji/", "/static/", "/api/v1/statuses/"] {
        for step in up {
            let path = format!("{start}{}etc/passwd", step.repeat(8));
            let reply = server.http.get(&server.url(&path), "*/*").await;
            assert!(reply.code() < 500 && !reply.text().contains("root:"), "{path}: {}", reply.code());
        }
    }
}
