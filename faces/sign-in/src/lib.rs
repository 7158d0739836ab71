//! The sign-in face: log-in, sign-up, consent, OAuth, sessions.
//!
//! Pages without scripts for people; RFC 6749, 7009, 7636 and 8414 for their
//! programs.

mod applications;
mod authorize;
mod metadata;
mod oauth_error;
mod scope_words;
mod session;
mod sign_up;
mod token;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderValue, header};
use service::Cx;

/// All of its doors.
pub fn routes() -> Router<Cx> {
    Router::new()
        .route("/auth/sign_in", get(session::form).post(session::sign_in))
        .route("/auth/sign_out", post(session::sign_out))
        .route("/auth/sign_up", get(sign_up::form).post(sign_up::sign_up))
        .route("/oauth/authorize", get(authorize::ask).post(authorize::decide))
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(token::revoke))
        .route("/oauth/userinfo", get(token::userinfo).post(token::userinfo))
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/api/v1/apps", post(applications::register))
        .route("/api/v1/apps/verify_credentials", get(applications::verify_credentials))
        .layer(map_response(not_kept))
}

/// Nothing of this may lie in a cache (RFC 6749 §5.1).
async fn not_kept(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
