//! The faces, one line each: take a line out and the face is gone.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;
use service::Cx;
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;
use web::{DoorSettings, Doors};

/// How long one request may take, its body included.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the store may take to show that it is well.
const HEALTHY_WITHIN: Duration = Duration::from_secs(3);

/// Every face.
fn faces() -> Router<Cx> {
    Router::new()
        .merge(federation::routes())
        .merge(sign_in::routes())
        .merge(mastodon::routes())
        .merge(files::routes())
        .merge(pages::routes())
}

/// All doors, with what stands in front of them.
pub(crate) fn open(cx: Cx, settings: DoorSettings) -> Router {
    let faces = faces().route("/health", get(health));
    web::open(faces, cx, Doors::new(settings))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE))
}

/// `GET /health`: 200 while the store reads and takes writes.
async fn health(State(cx): State<Cx>) -> Response {
    match tokio::time::timeout(HEALTHY_WITHIN, ask_store(&cx)).await {
        // The word that client libraries look for.
        Ok(Ok(())) => "OK".into_response(),
        Ok(Err(error)) => unwell(&error.to_string()),
        Err(_) => unwell("the store does not answer"),
    }
}

async fn ask_store(cx: &Cx) -> service::Result<()> {
    cx.read(|tx| Ok(store::lane::counts(tx)?)).await?;
    cx.write(|_| Ok(())).await
}

fn unwell(why: &str) -> Response {
    tracing::error!(why, "not healthy");
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "failing" }))).into_response()
}
