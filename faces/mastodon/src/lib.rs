//! The Mastodon face: the client API and, in [`entities`], its dialect.
//!
//! A door here extracts, calls one verb, and dresses the answer. What is not
//! built is not there: it answers 404, never with an empty list.

mod accounts;
mod answer;
mod assets;
mod entities;
mod follows;
mod instance;
mod interactions;
mod notifications;
mod own;
mod params;
mod search;
mod statuses;
mod timelines;
mod write;

use axum::Router;
use axum::routing::{get, post};
use service::Cx;
use web::ApiError;

/// All of its doors.
pub fn routes() -> Router<Cx> {
    Router::new()
        .merge(server())
        .merge(people())
        .merge(posts())
        .merge(lists())
        .method_not_allowed_fallback(async || ApiError::not_found())
        .merge(assets::routes())
}

fn server() -> Router<Cx> {
    Router::new()
        .route("/api/v1/instance", get(instance::version_1))
        .route("/api/v2/instance", get(instance::version_2))
        .route("/api/v1/instance/rules", get(instance::rules))
        .route("/api/v1/custom_emojis", get(instance::custom_emojis))
        .route("/api/v1/preferences", get(own::preferences))
}

fn people() -> Router<Cx> {
    Router::new()
        .route("/api/v1/accounts", get(accounts::several))
        .route("/api/v1/accounts/verify_credentials", get(own::verify))
        .route("/api/v1/accounts/update_credentials", axum::routing::patch(own::update))
        .route("/api/v1/accounts/relationships", get(follows::relationships))
        .route("/api/v1/accounts/lookup", get(accounts::lookup))
        .route("/api/v1/accounts/search", get(search::accounts))
        .route("/api/v1/accounts/{id}", get(accounts::one))
        .route("/api/v1/accounts/{id}/statuses", get(accounts::statuses))
        .route("/api/v1/accounts/{id}/followers", get(accounts::followers))
        .route("/api/v1/accounts/{id}/following", get(accounts::following))
        .route("/api/v1/accounts/{id}/follow", post(follows::follow))
        .route("/api/v1/accounts/{id}/unfollow", post(follows::unfollow))
        .route("/api/v1/accounts/{id}/remove_from_followers", post(follows::remove_follower))
        .route("/api/v1/accounts/{id}/block", post(follows::block))
        .route("/api/v1/accounts/{id}/unblock", post(follows::unblock))
        .route("/api/v1/blocks", get(follows::blocks))
        .route("/api/v1/follow_requests", get(follows::requests))
        .route("/api/v1/follow_requests/{id}/authorize", post(follows::authorize))
        .route("/api/v1/follow_requests/{id}/reject", post(follows::reject))
}

fn posts() -> Router<Cx> {
    Router::new()
        .route("/api/v1/statuses", get(statuses::several).post(write::publish))
        .route("/api/v1/statuses/{id}", get(statuses::one).put(write::edit).delete(write::delete))
        .route("/api/v1/statuses/{id}/context", get(statuses::context))
        .route("/api/v1/statuses/{id}/source", get(statuses::source))
        .route("/api/v1/statuses/{id}/history", get(statuses::history))
        .route("/api/v1/statuses/{id}/reblogged_by", get(statuses::boosters))
        .route("/api/v1/statuses/{id}/favourited_by", get(statuses::likers))
        .route("/api/v1/statuses/{id}/favourite", post(interactions::like))
        .route("/api/v1/statuses/{id}/unfavourite", post(interactions::unlike))
        .route("/api/v1/statuses/{id}/reblog", post(interactions::boost))
        .route("/api/v1/statuses/{id}/unreblog", post(interactions::unboost))
}

fn lists() -> Router<Cx> {
    Router::new()
        .route("/api/v1/timelines/home", get(timelines::home))
        .route("/api/v1/timelines/public", get(timelines::public))
        .route("/api/v1/timelines/tag/{name}", get(timelines::tagged))
        .route("/api/v1/favourites", get(timelines::liked))
        .route("/api/v1/tags/{name}", get(timelines::hashtag))
        .route("/api/v2/search", get(search::search))
        .route("/api/v1/notifications", get(notifications::list))
        .route("/api/v1/notifications/unread_count", get(notifications::count))
        .route("/api/v1/notifications/clear", post(notifications::clear))
        .route("/api/v1/notifications/{id}", get(notifications::one))
        .route("/api/v1/notifications/{id}/dismiss", post(notifications::dismiss))
}
