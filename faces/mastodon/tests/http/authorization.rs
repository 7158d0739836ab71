use crate::stage::{HOST, Server, id, on_each};
use axum::body::Body;
use http::{Method, Request};

const PRIVATE: [(&str, &str, &str); 33] = [
    ("GET", "/api/v1/accounts/verify_credentials", "read:accounts"),
    ("PATCH", "/api/v1/accounts/update_credentials", "write:accounts"),
    ("GET", "/api/v1/accounts/relationships?id[]=1", "read:follows"),
    ("GET", "/api/v1/accounts/search?q=x", "read:accounts"),
    ("POST", "/api/v1/accounts/1/follow", "write:follows"),
    ("POST", "/api/v1/accounts/1/unfollow", "write:follows"),
    ("POST", "/api/v1/accounts/1/remove_from_followers", "write:follows"),
    ("POST", "/api/v1/accounts/1/block", "write:blocks"),
    ("POST", "/api/v1/accounts/1/unblock", "write:blocks"),
    ("GET", "/api/v1/blocks", "read:blocks"),
    ("GET", "/api/v1/follow_requests", "read:follows"),
    ("POST", "/api/v1/follow_requests/1/authorize", "write:follows"),
    ("POST", "/api/v1/follow_requests/1/reject", "write:follows"),
    ("GET", "/api/v1/preferences", "read:accounts"),
    ("POST", "/api/v1/statuses", "write:statuses"),
    ("PUT", "/api/v1/statuses/1", "write:statuses"),
    ("DELETE", "/api/v1/statuses/1", "write:statuses"),
    ("GET", "/api/v1/statuses/1/source", "read:statuses"),
    ("POST", "/api/v1/statuses/1/favourite", "write:favourites"),
    ("POST", "/api/v1/statuses/1/unfavourite", "write:favourites"),
    ("POST", "/api/v1/statuses/1/reblog", "write:statuses"),
    ("POST", "/api/v1/statuses/1/unreblog", "write:statuses"),
    ("GET", "/api/v1/timelines/home", "read:statuses"),
    ("GET", "/api/v1/favourites", "read:favourites"),
    ("GET", "/api/v1/notifications", "read:notifications"),
    ("GET", "/api/v1/notifications/unread_count", "read:notifications"),
    ("GET", "/api/v1/notifications/1", "read:notifications"),
    ("POST", "/api/v1/notifications/1/dismiss", "write:notifications"),
    ("POST", "/api/v1/notifications/clear", "write:notifications"),
    ("GET", "/api/v2/search?q=x&resolve=true", "read:search"),
    ("GET", "/api/v2/search?q=x&offset=20", "read:search"),
    ("GET", "/api/v2/search?q=x&following=true", "read:search"),
    ("GET", "/api/v1/timelines/home?limit=1", "read:statuses"),
];

const PUBLIC: [(&str, &str); 13] = [
    ("/api/v1/accounts/1", "read:accounts"),
    ("/api/v1/accounts?id[]=1", "read:accounts"),
    ("/api/v1/accounts/lookup?acct=bob", "read:accounts"),
    ("/api/v1/accounts/1/statuses", "read:statuses"),
    ("/api/v1/accounts/1/followers", "read:accounts"),
    ("/api/v1/accounts/1/following", "read:accounts"),
    ("/api/v1/statuses/1", "read:statuses"),
    ("/api/v1/statuses?id[]=1", "read:statuses"),
    ("/api/v1/statuses/1/context", "read:statuses"),
    ("/api/v1/statuses/1/history", "read:statuses"),
    ("/api/v1/timelines/public", "read:statuses"),
    ("/api/v1/timelines/tag/x", "read:statuses"),
    ("/api/v2/search?q=x", "read:search"),
];

async fn ask(server: &Server, token: Option<&str>, method: &str, path: &str) -> crate::stage::Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    server.send(token, method, path, "", String::new()).await
}

#[test]
fn p10_private_routes_refuse_who_has_no_good_token() {
    on_each(async |server| {
        for (method, path, _) in PRIVATE {
            ask(&server, None, method, path).await.refused(401);
            ask(&server, Some("nonsense"), method, path).await.refused(401);
        }
    });
}

#[test]
fn a_token_reaches_as_far_as_its_scopes() {
    on_each(async |server| {
        server.person("bob").await;
        // Everything but the scope that each route asks for.
        let scopes = ["accounts", "follows", "blocks", "statuses", "favourites", "notifications", "search"];
        for (method, path, needed) in PRIVATE {
            let mut others: Vec<String> =
                scopes.iter().flat_map(|part| [format!("read:{part}"), format!("write:{part}")]).collect();
            others.retain(|scope| scope != needed && scope != "write:search");
            let token = server.token("bob", &others.join(" ")).await;
            let words = ask(&server, Some(&token), method, path).await.refused(403);
            assert_eq!(words, "This action is outside the authorized scopes", "{method} {path}");
            let token = server.token("bob", needed).await;
            let answer = ask(&server, Some(&token), method, path).await;
            assert!(![401, 403].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.body);
        }
    });
}

#[test]
fn public_routes_need_no_token_but_hold_one_to_its_scopes() {
    on_each(async |server| {
        server.person("bob").await;
        let token = server.token("bob", "write").await;
        for (path, _) in PUBLIC {
            let answer = server.get(path).await;
            assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.body);
            ask(&server, Some(&token), "GET", path).await.refused(403);
            ask(&server, Some("nonsense"), "GET", path).await.refused(401);
        }
        for (path, needed) in PUBLIC {
            let token = server.token("bob", needed).await;
            let answer = ask(&server, Some(&token), "GET", path).await;
            assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.body);
        }
    });
}

#[test]
fn a_program_that_may_read_the_profile_may_read_it() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let own = bob
            .with(&server.token("bob", "profile").await)
            .get("/api/v1/accounts/verify_credentials")
            .await
            .ok();
        assert_eq!(own["username"], "bob");
    });
}

#[test]
fn a_token_in_the_query_is_as_good_as_one_in_the_header() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let path = format!("/api/v1/statuses/{}", id(&bob.writes("mine", "private").await));
        server.get(&path).await.refused(404);
        for name in ["access_token", "bearer_token"] {
            let with = |path: &str, token: &str| format!("{path}?{name}={token}");
            server.get(&with(&path, bob.token())).await.ok();
            server.get(&with("/api/v1/preferences", bob.token())).await.ok();
            server.get(&with("/api/v1/timelines/public", "nonsense")).await.refused(401);
            server.get(&with("/api/v1/timelines/public", "")).await.ok();
            let token = server.token("bob", "write").await;
            server.get(&with("/api/v1/timelines/public", &token)).await.refused(403);
            let list = server.get(&with("/api/v1/timelines/public", bob.token())).await;
            assert!(list.link("prev").is_none_or(|link| !link.contains(name)));
        }
        // The header goes before.
        ask(&server, Some("nonsense"), "GET", &format!("{path}?access_token={}", bob.token()))
            .await
            .refused(401);
    });
}

#[test]
fn who_authorizes_by_no_token_is_a_stranger() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let long = format!("Bearer {}", "x".repeat(600));
        let ask = async |path: &str, written: &[u8]| {
            let request = Request::get(path).header("host", HOST).header("authorization", written);
            server.sent(request.body(Body::empty()).unwrap()).await
        };
        for written in ["Basic Ym9iOnB3", "Bearer ", "Bearer", "", "Digest x"] {
            ask("/api/v1/timelines/public", written.as_bytes()).await.ok();
            ask("/api/v1/preferences", written.as_bytes()).await.refused(401);
            let path = format!("/api/v1/preferences?access_token={}", bob.token());
            ask(&path, written.as_bytes()).await.ok();
        }
        for written in [long.as_bytes(), b"Bearer nonsense", b"Bearer \xff"] {
            ask("/api/v1/timelines/public", written).await.refused(401);
        }
    });
}

#[test]
fn what_is_the_same_for_all_asks_for_no_scope() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let narrow = bob.with(&server.token("bob", "push").await);
        narrow.get("/api/v1/tags/choir").await.ok();
        narrow.get(&format!("/api/v1/accounts/{}/featured_tags", bob.id())).await.ok();
        let proofs = format!("/api/v1/accounts/{}/identity_proofs", bob.id());
        narrow.get(&proofs).await.ok();
        server.get(&proofs).await.refused(401);
    });
}
