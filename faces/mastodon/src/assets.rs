//! Pictures of ours, shown where somebody has none.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header;
use service::Cx;

pub(crate) fn routes() -> Router<Cx> {
    Router::new()
        .route("/avatars/original/missing.png", get(async || png(include_bytes!("../assets/avatar.png"))))
        .route("/headers/original/missing.png", get(async || png(include_bytes!("../assets/header.png"))))
        .route("/assets/icon.png", get(async || png(include_bytes!("../assets/icon.png"))))
        .route("/assets/server.png", get(async || png(include_bytes!("../assets/server.png"))))
}

fn png(bytes: &'static [u8]) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")], bytes)
}
