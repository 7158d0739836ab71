//! The pages face: HTML for people. Readable without script and style; what
//! programs need (microformats, `rel=me`, the way to the ActivityPub document,
//! a feed) is in it.
//!
//! It owns `/@…`; asked there for ActivityPub, it answers with the way to the id.

mod visitor;
mod when;
mod card;
mod numbers;
mod front;
mod profile;
mod thread;
mod embed;
mod tag;
mod texts;
mod interact;
mod home;
mod files;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::{HeaderValue, header};
use service::Cx;

/// All of its doors.
pub fn routes() -> Router<Cx> {
    Router::new()
        .route("/", get(front::front))
        .route("/about", get(front::about))
        .route("/privacy-policy", get(texts::privacy))
        .route("/terms-of-service", get(texts::terms))
        .route("/@{name}", get(profile::profile))
        .route("/@{name}/{id}", get(thread::thread))
        .route("/@{name}/tagged/{tag}", get(profile::tagged))
        .route("/@{name}/{id}/embed", get(embed::embed))
        .route("/tags/{name}", get(tag::tag))
        .route("/authorize_interaction", get(interact::ask))
        .route("/remote_follow", post(interact::remote_follow))
        .route("/interact", post(interact::interact))
        .route("/home", get(home::home).post(home::write))
        .layer(from_fn(kept))
        .route("/robots.txt", get(files::robots))
        .route("/favicon.svg", get(files::favicon))
        // Browsers ask for it wherever a page names no other.
        .route("/favicon.ico", get(files::favicon))
        .layer(Extension(numbers::Numbers::default()))
}

/// One URL has a page and a way to a document, and a page differs by who looks:
/// no cache may mistake one for the other, and none keeps what is personal.
async fn kept(request: Request, next: Next) -> Response {
    let personal = request.headers().contains_key(header::COOKIE);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let personal = personal || headers.contains_key(header::SET_COOKIE);
    let lasts = if personal { "private, no-store" } else { "no-cache" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(lasts));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Cookie"));
    response
}
