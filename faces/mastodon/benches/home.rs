//! What a home timeline of twenty costs: reading it, and the whole request
//! with token, JSON and headers. The difference is dressing and writing it.
//!
//! `cargo bench -p mastodon --bench home`
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made may end at once")]

use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::post::{Draft, Format};
use domain::user::{Role, Scopes};
use domain::{AccountId, AccountKind, Page, Visibility};
use http::Request;
use service::user::NewUser;
use service::{Cx, Settings, notification, timeline};
use std::net::SocketAddr;
use std::sync::LazyLock;
use store::testing::Fresh;
use tokio::runtime::Runtime;
use tower::ServiceExt;

struct Stage {
    runtime: Runtime,
    cx: Cx,
    app: axum::Router,
    token: String,
    viewer: AccountId,
    _fresh: Fresh,
}

fn user(name: &str) -> NewUser {
    NewUser {
        name: name.into(),
        kind: AccountKind::Person,
        display_name: "Somebody with a name".into(),
        email: None,
        password: None,
        role: Role::Member,
    }
}

fn draft(number: usize) -> Draft {
    Draft {
        text: format!(
            "@bob post {number}: https://example.org/path and #tag{number}. {}",
            "words ".repeat(40)
        ),
        format: Format::Plain,
        warning: String::new(),
        sensitive: false,
        language: Some("en".into()),
        visibility: Visibility::Public,
        in_reply_to: None,
        ..Draft::default()
    }
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let fresh = Fresh::sqlite(|_| ());
    let config = wire::ClientConfig { user_agent: "bench".into(), ..wire::ClientConfig::default() };
    let cx = Cx::new(fresh.store.clone(), wire::Client::new(config).unwrap(), Settings::default());
    let (viewer, token) = runtime.block_on(async {
        let (_, bob) = service::user::create(&cx, user("bob")).await.unwrap();
        for author in 0..10 {
            let (_, author) = service::user::create(&cx, user(&format!("author{author}"))).await.unwrap();
            let (me, other) = (bob.clone(), author.clone());
            let wishes = service::follow::Wishes::default();
            cx.write(move |tx| service::follow::request(tx, &me, &other, &wishes)).await.unwrap();
            for number in 0..40 {
                let post = service::post::publish(&cx, &author, draft(number), None, None).await.unwrap();
                if number % 5 == 0 {
                    let me = bob.clone();
                    cx.write(move |tx| service::like::like(tx, &me, post.id)).await.unwrap();
                }
            }
        }
        let scopes = Scopes::parse("read").unwrap();
        let granted = cx.write(move |tx| service::oauth::create_token(tx, "bob", &scopes)).await.unwrap();
        (bob.id, granted.text)
    });
    let doors = web::Doors::new(web::DoorSettings { rate_limit: false, ..web::DoorSettings::default() });
    let app = web::open(mastodon::routes(), cx.clone(), doors);
    Stage { runtime, cx, app, token, viewer, _fresh: fresh }
});

fn request(path: &str) -> usize {
    let stage = &*STAGE;
    let mut request = Request::get(path)
        .header("host", "here.example")
        .header("authorization", format!("Bearer {}", stage.token))
        .body(Body::empty())
        .unwrap();
    let from: SocketAddr = "203.0.113.7:4000".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(from));
    stage.runtime.block_on(async {
        let response = stage.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap().len()
    })
}

#[divan::bench]
fn home_read() -> usize {
    let stage = &*STAGE;
    let (viewer, page) = (stage.viewer, Page::newest(20));
    stage.runtime.block_on(stage.cx.read(move |tx| timeline::home(tx, viewer, page))).unwrap().items.len()
}

#[divan::bench]
fn home_request() -> usize {
    request("/api/v1/timelines/home")
}

#[divan::bench]
fn notifications_read() -> usize {
    let stage = &*STAGE;
    let (viewer, page) = (stage.viewer, Page::newest(20));
    let all = notification::Selection::default();
    stage
        .runtime
        .block_on(stage.cx.read(move |tx| notification::list(tx, viewer, &all, page)))
        .unwrap()
        .items
        .len()
}

#[divan::bench]
fn notifications_request() -> usize {
    request("/api/v1/notifications?limit=20")
}

#[divan::bench]
fn public_request() -> usize {
    request("/api/v1/timelines/public")
}

#[divan::bench]
fn token_alone() -> usize {
    request("/api/v1/preferences")
}

/// Four requests at a time, as many clients send them.
#[divan::bench(sample_size = 1, sample_count = 20)]
fn home_requests_200() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| assert!(request("/api/v1/timelines/home") > 0)));
        }
    });
}

fn main() {
    divan::main();
}
