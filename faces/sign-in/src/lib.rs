//! The sign-in face: log-in, sign-up, consent, OAuth, sessions.
//!
//! Pages without scripts for people; RFC 6749, 7009, 7636 and 8414 for their
//! programs.

mod applications;
mod authorize;
mod metadata;
mod oauth_error;
mod scope_words;
mod token;
mod session;
mod device;
mod sign_up;
mod sign_up_api;
mod password;
mod security;
mod codes;
mod qr;
mod invites;
mod when;

use axum::Router;
use axum::middleware::map_response;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderValue, header};
use service::Cx;
use web::ApiError;

/// All of its doors.
pub fn routes() -> Router<Cx> {
    Router::new().merge(for_programs()).merge(for_people()).merge(settings()).layer(map_response(not_kept))
}

fn for_programs() -> Router<Cx> {
    Router::new()
        .route("/oauth/authorize", get(authorize::ask).post(authorize::decide))
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(token::revoke))
        .route("/oauth/userinfo", get(token::userinfo).post(token::userinfo))
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/api/v1/apps", post(applications::register))
        .route("/api/v1/apps/verify_credentials", get(applications::verify_credentials))
        .route("/api/v1/emails/confirmations", post(sign_up_api::confirm_again))
        .route("/api/v1/emails/check_confirmation", get(sign_up_api::is_confirmed))
        .method_not_allowed_fallback(async || ApiError::not_found())
        // The Mastodon face has this path too, and answers what is neither's.
        .route("/api/v1/accounts", post(sign_up_api::create))
}

fn for_people() -> Router<Cx> {
    Router::new()
        .route("/auth/sign_in", get(session::form).post(session::sign_in))
        .route("/auth/sign_in/code", post(session::second_step))
        .route("/auth/sign_out", post(session::sign_out))
        .route("/auth/sign_up", get(sign_up::form).post(sign_up::sign_up))
        .route("/auth/password", get(password::forgot).post(password::ask))
        .route("/auth/password/new", get(password::form).post(password::set))
        // Where managers of passwords look for the page (W3C change-password-url).
        .route("/.well-known/change-password", get(async || Redirect::to("/settings/security")))
        .route("/auth/confirm", get(password::confirm_form).post(password::confirm))
}

fn settings() -> Router<Cx> {
    Router::new()
        .route("/settings/security", get(security::show))
        .route("/settings/security/password", post(security::change_password))
        .route("/settings/security/email", post(security::change_email))
        .route("/settings/security/browsers", post(security::end_browser))
        .route("/settings/security/programs", post(security::end_program))
        .route("/settings/security/codes/begin", post(codes::begin))
        .route("/settings/security/codes", post(codes::switch_on))
        .route("/settings/security/codes/off", post(codes::switch_off))
        .route("/settings/security/codes/recovery", post(codes::new_recovery))
        .route("/settings/security/delete", post(security::delete))
        .route("/settings/invites", get(invites::show).post(invites::create))
        .route("/settings/invites/revoke", post(invites::revoke))
        .route("/settings/sign-ups", get(invites::applicants).post(invites::decide))
}

/// Nothing of this may lie in a cache (RFC 6749 §5.1).
async fn not_kept(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
