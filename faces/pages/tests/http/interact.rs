//! Going on from another server, and coming from one.

use crate::world::{EVIL, encode, on_each};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use domain::Visibility;

/// A peer that answers every WebFinger question with a template; its address.
async fn peer(template: impl Fn(&str) -> String) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let descriptor = format!(
        "{{\"subject\": \"acct:bob@{host}\", \"links\": [
            {{\"rel\": \"self\", \"type\": \"application/activity+json\", \"href\": \"http://{host}/users/bob\"}},
            {{\"rel\": \"http://ostatus.org/schema/1.0/subscribe\", \"template\": \"{}\"}}]}}",
        template(&host)
    );
    let answer = async move || ([(CONTENT_TYPE, "application/jrd+json")], descriptor.clone());
    let app = Router::new().route("/.well-known/webfinger", get(answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    host
}

/// Capability W3.
#[test]
fn a_stranger_is_asked_for_their_own_server() {
    on_each(async |world| {
        let uri = format!("https://b.example/1?{EVIL}");
        let mut browser = world.browser();
        let page = browser.get(&format!("/authorize_interaction?{}", encode(&[("uri", &uri)]))).await;
        assert_eq!(page.status, 200);
        assert!(page.has("Your handle") && page.has("/auth/sign_in?next=%2Fauthorize_interaction%3Furi%3D"));
        assert!(!page.has("<script"), "{}", page.body);
        assert!(page.header("set-cookie").contains("HttpOnly"));
        assert_eq!(page.header("cache-control"), "private, no-store");
        assert_eq!(browser.get("/authorize_interaction").await.status, 200);
    });
}

#[test]
fn a_visitor_goes_on_to_their_own_server_and_nowhere_else() {
    on_each(async |world| {
        let uri = "https://here.example/users/alice?x=1&y=2#z";
        let host = peer(|host| format!("http://{host}/interact?uri={{uri}}")).await;
        let mut browser = world.browser();
        let page = browser.get(&format!("/authorize_interaction?{}", encode(&[("uri", uri)]))).await;
        let csrf = page.field("csrf");
        assert_eq!(page.field("uri"), uri.replace('&', "&#38;"));
        let go = |handle: String| [("csrf", csrf.clone()), ("uri", uri.to_owned()), ("handle", handle)];
        let form = go(format!("@bob@{host}"));
        let answer = browser.post("/remote_follow", &form.each_ref().map(|(k, v)| (*k, v.as_str()))).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let expected = "uri=https%3A%2F%2Fhere.example%2Fusers%2Falice%3Fx%3D1%26y%3D2%23z";
        assert_eq!(answer.header("location"), format!("http://{host}/interact?{expected}"));

        for template in
            ["https://evil.example/?u={uri}", "//evil.example/{uri}", "javascript:'{uri}'", "nothing"]
        {
            let host = peer(|_| template.to_owned()).await;
            let form = go(format!("bob@{host}"));
            let answer =
                browser.post("/remote_follow", &form.each_ref().map(|(k, v)| (*k, v.as_str()))).await;
            assert_eq!(answer.status, 422, "{template}");
            assert!(answer.header("location").is_empty(), "{template}");
        }
        for handle in
            ["", "bob", "@", "https://evil.example/", "a@b/c", "alice@here.example", EVIL, "bob@127.0.0.1:1"]
        {
            let form = go(handle.to_owned());
            let answer =
                browser.post("/remote_follow", &form.each_ref().map(|(k, v)| (*k, v.as_str()))).await;
            assert_eq!(answer.status, 422, "{handle}");
            assert!(answer.has("role=\"alert\"") && !answer.has("<script"), "{handle}");
        }
    });
}

#[test]
fn the_way_on_needs_the_token_of_its_form_and_patience() {
    on_each(async |world| {
        let mut browser = world.browser();
        let form = [("csrf", "guessed"), ("uri", "x"), ("handle", "bob@127.0.0.1:1")];
        assert_eq!(browser.post("/remote_follow", &form).await.status, 403);
        let csrf = browser.get("/authorize_interaction?uri=x").await.field("csrf");
        let form = [("csrf", csrf.as_str()), ("uri", "x"), ("handle", "nonsense")];
        let mut last = 0;
        for _ in 0..21 {
            last = browser.post("/remote_follow", &form).await.status.as_u16();
        }
        assert_eq!(last, 429);
    });
}

#[test]
fn the_page_of_the_form_may_lead_to_another_server_and_run_nothing() {
    on_each(async |world| {
        let page = world.get("/authorize_interaction?uri=x").await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("form-action 'self' https:;") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
    });
}

/// Capability W3.
#[test]
fn who_is_signed_in_meets_accounts_and_posts() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let bob = world.peer("bob", "b.example").await;
        let said = world.say(&carol, "said by carol", Visibility::Public).await;
        let secret = world.say(&carol, "a secret", Visibility::Followers).await;
        let mut browser = world.browser_of(&alice).await;
        for (uri, text) in [
            ("acct:carol@here.example".to_owned(), "@carol@here.example"),
            ("@bob@b.example".to_owned(), "@bob@b.example"),
            (bob.actor_id.to_string(), "@bob@b.example"),
            ("https://here.example/@carol".to_owned(), "@carol@here.example"),
            (format!("https://here.example/@carol/{said}"), "said by carol"),
            (format!("https://here.example/users/carol/statuses/{said}"), "said by carol"),
        ] {
            let page = browser.get(&format!("/authorize_interaction?{}", encode(&[("uri", &uri)]))).await;
            assert_eq!(page.status, 200, "{uri}");
            assert!(page.has(text) && page.has("action=\"/interact\""), "{uri}: {}", page.body);
        }
        for uri in [
            "nonsense",
            "https://here.example/@nobody",
            "https://127.0.0.1:1/x",
            "file:///etc/passwd",
            EVIL,
            &format!("https://here.example/users/carol/statuses/{secret}"),
        ] {
            let page = browser.get(&format!("/authorize_interaction?{}", encode(&[("uri", uri)]))).await;
            assert_eq!(page.status, 404, "{uri}");
            assert!(!page.has("a secret") && !page.has("<script"), "{uri}");
        }
    });
}
