//! Streaming: what happens, as it happens, over a WebSocket or as server-sent
//! events (<https://docs.joinmastodon.org/methods/streaming/>).

mod hub;
mod names;
mod sent;
mod socket;

pub use hub::stream;

use axum::Router;
use axum::routing::get;
use http::{HeaderMap, StatusCode, Uri, header};
use serde::Deserialize;
use service::Cx;
use service::watch::{Line, Refused, Watcher};
use std::borrow::Cow;
use web::limit::Who;
use web::{ApiError, ClientAddr, Viewer};

/// Its doors.
pub(crate) fn routes() -> Router<Cx> {
    let sent = |name: &'static str| {
        get(move |cx, from, headers, uri, form| sent::open(name, cx, from, headers, uri, form))
    };
    Router::new()
        .route("/api/v1/streaming", get(socket::open))
        .route("/api/v1/streaming/health", get(async || "OK"))
        .route("/api/v1/streaming/user", sent("user"))
        .route("/api/v1/streaming/user/notification", sent("user:notification"))
        .route("/api/v1/streaming/public", sent("public"))
        .route("/api/v1/streaming/public/local", sent("public:local"))
        .route("/api/v1/streaming/public/remote", sent("public:remote"))
        .route("/api/v1/streaming/hashtag", sent("hashtag"))
        .route("/api/v1/streaming/hashtag/local", sent("hashtag:local"))
        .route("/api/v1/streaming/list", sent("list"))
        .route("/api/v1/streaming/direct", sent("direct"))
}

/// What a client writes into the URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StreamForm {
    stream: Option<String>,
    tag: Option<String>,
    list: Option<String>,
    only_media: bool,
}

/// What a client offers as the WebSocket's protocol: some can put their token
/// nowhere else.
fn protocol(headers: &HeaderMap) -> Option<&str> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    offered.split(',').next().map(str::trim).filter(|first| !first.is_empty())
}

/// Who asks, by whatever token there is.
async fn viewer(cx: &Cx, headers: &HeaderMap, uri: &Uri) -> Result<Viewer, ApiError> {
    let token = web::viewer::token(headers, uri).or_else(|| protocol(headers).map(Cow::Borrowed));
    let Some(token) = token else {
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "Missing access token"));
    };
    // A program that acts for itself watches nothing.
    web::viewer::of_token(cx, &token).await.map_err(|error| match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY => ApiError::unauthorized(),
        _ => error,
    })
}

fn line(cx: &Cx, viewer: &Viewer, from: ClientAddr) -> Result<Line, ApiError> {
    let Who::Network(network) = Who::at(from) else { return Err(ApiError::too_many(BUSY_SECONDS)) };
    let watcher = Watcher { account: viewer.account().id, token: viewer.token_id(), network };
    cx.streams.open(watcher).map_err(refused)
}

/// When to come again where there is no room now.
const BUSY_SECONDS: u64 = 60;

fn refused(why: Refused) -> ApiError {
    match why {
        Refused::TooMany => ApiError::too_many(BUSY_SECONDS),
        Refused::Stopping => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping"),
    }
}
