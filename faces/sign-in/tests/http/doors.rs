//! What stands in front of every face.

use crate::browser::{HOST, With, on_each};
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request};
use std::net::SocketAddr;

#[test]
fn a_host_that_is_not_ours_is_refused() {
    on_each(With::default(), async |server| {
        let ask = async |host: &str| {
            let request = Request::get("/auth/sign_in").header("host", host);
            server.send(request.body(Body::empty()).unwrap()).await
        };
        assert_eq!(ask("here.example").await.status, 200);
        assert_eq!(ask("HERE.example:443").await.status, 200);
        for host in ["evil.example", "here.example.evil.example", "here.example:8080", "", "a b"] {
            let answer = ask(host).await;
            assert_eq!(answer.status, 421, "{host}");
            assert!(answer.body.contains("https://here.example"));
        }
        let bare = server.send(Request::get("/auth/sign_in").body(Body::empty()).unwrap()).await;
        assert_eq!(bare.status, 421);
        // Nobody trusts whoever sends this.
        let request =
            Request::get("/").header("host", "evil.example").header("x-forwarded-host", "here.example");
        assert_eq!(server.send(request.body(Body::empty()).unwrap()).await.status, 421);
    });
}

/// H07, X06
#[test]
fn pages_cannot_be_framed_and_run_no_scripts() {
    on_each(With::default(), async |server| {
        for path in ["/auth/sign_in", "/nothing/here"] {
            let page = server.browser().get(path).await;
            let policy = page.header("content-security-policy");
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{policy}"
            );
            assert!(!policy.contains("script-src") && !policy.contains("unsafe"));
            assert_eq!(page.header("x-content-type-options"), "nosniff");
            assert_eq!(page.header("x-frame-options"), "DENY");
            assert!(!page.header("permissions-policy").is_empty());
            assert_eq!(page.header("access-control-allow-origin"), "");
            assert!(!page.body.contains("<script") && !page.body.contains(" style="));
        }
    });
}

/// H07
#[test]
fn scripts_of_other_sites_may_call_the_api_without_cookies() {
    on_each(With::default(), async |server| {
        let preflight = Request::builder()
            .method(Method::OPTIONS)
            .uri("/api/v1/apps")
            .header("host", crate::browser::HOST)
            .header("origin", "https://client.example")
            .header("access-control-request-method", "POST");
        let answer = server.send(preflight.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (204, "*"));
        assert!(answer.header("access-control-allow-headers").contains("Authorization"));
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let answer = server.browser().get("/.well-known/oauth-authorization-server").await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.json()["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    });
}

#[test]
fn what_programs_ask_in_a_wrong_way_is_not_found() {
    on_each(With::default(), async |server| {
        for (method, path) in [
            (Method::GET, "/oauth/token"),
            (Method::GET, "/oauth/revoke"),
            (Method::DELETE, "/oauth/userinfo"),
            (Method::PUT, "/oauth/authorize"),
            (Method::GET, "/api/v1/apps"),
            (Method::POST, "/api/v1/apps/verify_credentials"),
            (Method::GET, "/api/v1/emails/confirmations"),
            (Method::POST, "/api/v1/emails/check_confirmation"),
        ] {
            let request = Request::builder().method(method.clone()).uri(path).header("host", HOST);
            let answer = server.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 404, "{method} {path}");
            assert_eq!(answer.error(), "Record not found", "{method} {path}");
        }
    });
}

/// N25
#[test]
fn clients_are_counted_and_told() {
    on_each(With { rate_limit: true, ..With::default() }, async |server| {
        let mut browser = server.browser();
        let first = browser.get("/api/v1/apps/verify_credentials").await;
        assert_eq!(
            (first.header("x-ratelimit-limit"), first.header("x-ratelimit-remaining")),
            ("300", "299")
        );
        assert!(first.header("x-ratelimit-reset").starts_with("20"));
        // No spelling of the path and no header escapes.
        for path in ["/api/v1/apps/verify_credentials/", "/api/v1/apps/verify_credentials.json", "/api//v1"] {
            browser.get(path).await;
        }
        for _ in 4..300 {
            browser.get("/api/v1/none").await;
        }
        let last = browser.get("/api/v1/apps/verify_credentials").await;
        assert_eq!(last.status, 429);
        assert!(!last.header("retry-after").is_empty());
        browser.address = "203.0.113.8".parse().unwrap();
        assert_eq!(browser.get("/api/v1/apps/verify_credentials").await.status, 401);
    });
}

/// N25
#[test]
fn nobody_is_another_by_saying_so() {
    on_each(With { rate_limit: true, ..With::default() }, async |server| {
        let ask = async |address: &str, path: &str, header: Option<&str>| {
            let mut request = Request::get(path).header("host", HOST);
            for (name, value) in header.iter().flat_map(|value| SAYS_WHO.map(|name| (name, *value))) {
                request = request.header(name, value);
            }
            let mut request = request.body(Body::empty()).unwrap();
            let address = SocketAddr::new(address.parse().unwrap(), 40_000);
            request.extensions_mut().insert(ConnectInfo(address));
            server.send(request).await.status.as_u16()
        };
        let path = "/api/v1/apps/verify_credentials";
        for network in ["203.0.113.7", "2001:db8:1:2::1"] {
            for number in 0..300 {
                // Each from somewhere else, if they are believed.
                assert_eq!(ask(network, path, Some(&format!("198.51.100.{}", number % 256))).await, 401);
            }
            for spelling in [path, "/api/v1/apps/verify_credentials/", "/api/v1/apps/verify_credentials.json"]
            {
                for header in [None, Some("198.51.100.1"), Some("for=198.51.100.1"), Some("127.0.0.1, ::1")] {
                    assert_eq!(ask(network, spelling, header).await, 429, "{network} {spelling} {header:?}");
                }
            }
        }
        for mapped in ["::ffff:203.0.113.7", "2001:db8:1:2:ffff::9"] {
            assert_eq!(ask(mapped, path, None).await, 429, "{mapped} is no other place");
        }
        assert_eq!(ask("2001:db8:1:3::1", path, None).await, 401);
    });
}

/// What proxies say of who asks.
const SAYS_WHO: [&str; 5] = ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "x-client-ip"];

#[test]
fn the_stylesheet_that_pages_link_is_there() {
    on_each(With::default(), async |server| {
        let page = server.browser().get("/auth/sign_in").await;
        let start = page.body.find("/assets/").unwrap();
        let path = page.body[start..].split('"').next().unwrap();
        let style = server.browser().get(path).await;
        assert_eq!((style.status.as_u16(), style.header("content-type")), (200, "text/css; charset=utf-8"));
    });
}
