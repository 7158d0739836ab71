//! What stands in front of all faces: known hosts, limits, headers, and an
//! answer where no face has one.

use crate::error::{ApiError, PageError, Problem};
use crate::guess::Guesses;
use crate::layout;
use crate::limit::Limits;
use crate::negotiate::Wants;
use crate::{headers, host, limit, path};
use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use domain::Host;
use http::request::Parts;
use http::{StatusCode, Uri};
use ipnet::IpNet;
use service::Cx;
use std::sync::Arc;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

/// How the doors are set.
#[derive(Debug, Clone)]
pub struct DoorSettings {
    /// Whether callers are counted (`ANTIPHON_RATE_LIMIT`).
    pub rate_limit: bool,
    /// Whose `X-Forwarded-*` is believed (`ANTIPHON_TRUSTED_PROXIES`).
    pub trusted_proxies: Vec<IpNet>,
    /// Hosts that serve files and nothing else (`ANTIPHON_MEDIA_ORIGIN`).
    pub media_hosts: Vec<Host>,
}

impl Default for DoorSettings {
    fn default() -> Self {
        Self { rate_limit: true, trusted_proxies: Vec::new(), media_hosts: Vec::new() }
    }
}

/// Settings and counters of the doors. An extractor, too.
#[derive(Debug, Clone)]
pub struct Doors {
    /// How they are set.
    pub settings: Arc<DoorSettings>,
    /// Who came how often.
    pub limits: Limits,
    /// Who guesses at passwords.
    pub guesses: Guesses,
}

impl Doors {
    /// Doors with all counters at zero.
    pub fn new(settings: DoorSettings) -> Self {
        let (limits, guesses) = (Limits::new(settings.rate_limit), Guesses::new(settings.rate_limit));
        Self { settings: Arc::new(settings), limits, guesses }
    }
}

impl<S: Sync> FromRequestParts<S> for Doors {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let doors = parts.extensions.get::<Self>().cloned();
        doors.ok_or_else(|| {
            tracing::error!("a face was mounted without web::open");
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here; it is in our log")
        })
    }
}

/// Opens the doors: the faces, with everything in front of them.
pub fn open(faces: Router<Cx>, cx: Cx, doors: Doors) -> Router {
    let front = Front { cx: cx.clone(), doors };
    let doors = faces
        .merge(layout::routes())
        .fallback(nothing_here)
        .with_state(cx)
        .layer(from_fn_with_state(front.clone(), limit::count))
        .layer(from_fn_with_state(front.clone(), host::check))
        .layer(from_fn_with_state(front, headers::add))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a door panicked");
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here; it is in our log")
                .into_response()
        }));
    // A layer would come after the choice of the door, and so too late.
    Router::new().fallback_service(ServiceBuilder::new().map_request(without_last_slash).service(doors))
}

/// Some clients end the paths of the API with a slash.
fn without_last_slash(mut request: Request) -> Request {
    if let Some(uri) = path::without_last_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

/// What the layers in front of the faces know.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    pub(crate) cx: Cx,
    pub(crate) doors: Doors,
}

async fn nothing_here(wants: Wants, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") || uri.path().starts_with("/oauth/") {
        return ApiError::not_found().into_response();
    }
    match wants {
        Wants::ActivityPub => {
            Problem::new(StatusCode::NOT_FOUND, "there is nothing at this URL").into_response()
        }
        Wants::Html => PageError::not_found().into_response(),
    }
}
