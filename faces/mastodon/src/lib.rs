//! The Mastodon face: the client API and, in [`entities`], its dialect.
//!
//! A door here extracts, calls one verb, and dresses the answer. What is not
//! built is not there: it answers 404, never with an empty list.

mod accounts;
mod announcements;
mod answer;
mod assets;
mod bookmarks;
mod discovery;
mod domain_blocks;
mod conversations;
mod emoji;
mod entities;
mod filters;
mod filters_v1;
mod follows;
mod grouped;
mod instance;
mod interactions;
mod media;
mod mutes;
mod languages;
mod lists;
mod markers;
mod notifications;
mod oembed;
mod own;
mod params;
mod policy;
mod push;
mod reports;
mod polls;
mod scheduled;
mod search;
mod statuses;
mod tags;
mod streaming;
mod timelines;
mod write;

pub use streaming::stream;

use axum::Router;
use axum::routing::{delete, get, post};
use service::Cx;
use web::ApiError;

/// All of its doors.
pub fn routes() -> Router<Cx> {
    Router::new()
        .merge(server())
        .merge(people())
        .merge(posts())
        .merge(files())
        .merge(lists())
        .merge(told())
        .merge(arranged())
        .merge(filtering())
        .merge(streaming::routes())
        .method_not_allowed_fallback(async || ApiError::not_found())
        .merge(assets::routes())
        .route("/emoji/{file}", get(emoji::picture))
}

fn server() -> Router<Cx> {
    Router::new()
        .route("/api/v1/instance", get(instance::version_1))
        .route("/api/v2/instance", get(instance::version_2))
        .route("/api/v1/instance/rules", get(instance::rules))
        .route("/api/v1/custom_emojis", get(emoji::list))
        .route("/api/v1/instance/peers", get(instance::peers))
        .route("/api/v1/instance/activity", get(instance::activity))
        .route("/api/v1/instance/languages", get(languages::list))
        .route("/api/v1/instance/extended_description", get(instance::extended_description))
        .route("/api/v1/instance/privacy_policy", get(instance::privacy_policy))
        .route("/api/v1/instance/terms_of_service", get(instance::terms_of_service))
        .route("/api/v1/instance/terms_of_service/{date}", get(instance::terms_of_a_day))
        .route("/api/v1/instance/domain_blocks", get(instance::domain_blocks))
        .route("/api/v1/instance/translation_languages", get(instance::translation_languages))
        .route("/api/v1/announcements", get(announcements::list))
        .route("/api/v1/announcements/{id}/dismiss", post(announcements::dismiss))
        .route(
            "/api/v1/announcements/{id}/reactions/{name}",
            axum::routing::put(announcements::react).delete(announcements::unreact),
        )
        .route("/api/oembed", get(oembed::oembed))
        .route("/api/v1/preferences", get(own::preferences))
}

fn people() -> Router<Cx> {
    Router::new()
        .route("/api/v1/accounts", get(accounts::several))
        .route("/api/v1/accounts/verify_credentials", get(own::verify))
        .route(
            "/api/v1/accounts/update_credentials",
            axum::routing::patch(own::update).layer(media::picture_limit()),
        )
        .route(
            "/api/v1/profile",
            get(own::profile_of).patch(own::update_profile).layer(media::picture_limit()),
        )
        .route("/api/v1/accounts/relationships", get(follows::relationships))
        .route("/api/v1/accounts/lookup", get(accounts::lookup))
        .route("/api/v1/accounts/search", get(search::accounts))
        .route("/api/v1/accounts/familiar_followers", get(discovery::familiar_followers))
        .route("/api/v1/accounts/{id}", get(accounts::one))
        .route("/api/v1/accounts/{id}/statuses", get(accounts::statuses))
        .route("/api/v1/accounts/{id}/followers", get(accounts::followers))
        .route("/api/v1/accounts/{id}/following", get(accounts::following))
        .route("/api/v1/accounts/{id}/follow", post(follows::follow))
        .route("/api/v1/accounts/{id}/unfollow", post(follows::unfollow))
        .route("/api/v1/accounts/{id}/remove_from_followers", post(follows::remove_follower))
        .route("/api/v1/accounts/{id}/block", post(follows::block))
        .route("/api/v1/accounts/{id}/unblock", post(follows::unblock))
        .route("/api/v1/accounts/{id}/mute", post(mutes::mute))
        .route("/api/v1/accounts/{id}/unmute", post(mutes::unmute))
        .route("/api/v1/accounts/{id}/note", post(follows::note))
        .route("/api/v1/accounts/{id}/identity_proofs", get(accounts::proofs))
        .route("/api/v1/accounts/{id}/featured_tags", get(tags::featured_of))
        .route("/api/v1/directory", get(discovery::directory))
        .route("/api/v1/suggestions", get(discovery::suggested_accounts))
        .route("/api/v1/suggestions/{id}", delete(discovery::dismiss))
        .route("/api/v2/suggestions", get(discovery::suggestions))
        .route("/api/v1/reports", post(reports::file))
        .route("/api/v1/mutes", get(mutes::list))
        .route(
            "/api/v1/domain_blocks",
            get(domain_blocks::list).post(domain_blocks::block).delete(domain_blocks::unblock),
        )
        .route("/api/v1/blocks", get(follows::blocks))
        .route("/api/v1/follow_requests", get(follows::requests))
        .route("/api/v1/follow_requests/{id}/authorize", post(follows::authorize))
        .route("/api/v1/follow_requests/{id}/reject", post(follows::reject))
}

fn posts() -> Router<Cx> {
    Router::new()
        .route("/api/v1/statuses", get(statuses::several).post(write::publish))
        .route("/api/v1/statuses/{id}", get(statuses::one).put(write::edit).delete(write::delete))
        .route("/api/v1/polls/{id}", get(polls::one))
        .route("/api/v1/polls/{id}/votes", post(polls::vote))
        .route("/api/v1/scheduled_statuses", get(scheduled::list))
        .route(
            "/api/v1/scheduled_statuses/{id}",
            get(scheduled::one).put(scheduled::change).delete(scheduled::cancel),
        )
        .route("/api/v1/statuses/{id}/context", get(statuses::context))
        .route("/api/v1/statuses/{id}/source", get(statuses::source))
        .route("/api/v1/statuses/{id}/history", get(statuses::history))
        .route("/api/v1/statuses/{id}/reblogged_by", get(statuses::boosters))
        .route("/api/v1/statuses/{id}/favourited_by", get(statuses::likers))
        .route("/api/v1/statuses/{id}/favourite", post(interactions::like))
        .route("/api/v1/statuses/{id}/unfavourite", post(interactions::unlike))
        .route("/api/v1/statuses/{id}/reblog", post(interactions::boost))
        .route("/api/v1/statuses/{id}/unreblog", post(interactions::unboost))
        .route("/api/v1/statuses/{id}/bookmark", post(bookmarks::keep))
        .route("/api/v1/statuses/{id}/unbookmark", post(bookmarks::drop))
        .route("/api/v1/statuses/{id}/pin", post(bookmarks::pin))
        .route("/api/v1/statuses/{id}/unpin", post(bookmarks::unpin))
        .route("/api/v1/statuses/{id}/mute", post(mutes::leave))
        .route("/api/v1/statuses/{id}/unmute", post(mutes::rejoin))
}

fn files() -> Router<Cx> {
    let uploads = Router::new()
        .route("/api/v1/media", post(media::upload_and_wait))
        .route("/api/v2/media", post(media::upload))
        .layer(media::upload_limit());
    Router::new()
        .route("/api/v1/profile/avatar", delete(own::remove_avatar))
        .route("/api/v1/profile/header", delete(own::remove_header))
        .route("/api/v1/media/{id}", get(media::one).put(media::change).delete(media::remove))
        .layer(media::picture_limit())
        .merge(uploads)
}

fn lists() -> Router<Cx> {
    Router::new()
        .route("/api/v1/timelines/home", get(timelines::home))
        .route("/api/v1/timelines/public", get(timelines::public))
        .route("/api/v1/timelines/tag/{name}", get(timelines::tagged))
        .route("/api/v1/favourites", get(timelines::liked))
        .route("/api/v1/bookmarks", get(bookmarks::list))
        .route("/api/v1/tags/{name}", get(tags::one))
        .route("/api/v1/tags/{name}/follow", post(tags::follow))
        .route("/api/v1/tags/{name}/unfollow", post(tags::unfollow))
        .route("/api/v1/tags/{name}/feature", post(tags::feature))
        .route("/api/v1/tags/{name}/unfeature", post(tags::unfeature))
        .route("/api/v1/followed_tags", get(tags::followed))
        .route("/api/v1/featured_tags", get(tags::featured).post(tags::add))
        .route("/api/v1/featured_tags/suggestions", get(tags::suggested))
        .route("/api/v1/featured_tags/{id}", delete(tags::remove))
        .route("/api/v2/search", get(search::search))
}

fn told() -> Router<Cx> {
    Router::new()
        .route("/api/v1/notifications", get(notifications::list))
        .route("/api/v1/notifications/unread_count", get(notifications::count))
        .route("/api/v1/notifications/clear", post(notifications::clear))
        .route("/api/v1/notifications/{id}", get(notifications::one))
        .route("/api/v1/notifications/{id}/dismiss", post(notifications::dismiss))
        .route("/api/v2/notifications", get(grouped::list))
        .route("/api/v2/notifications/unread_count", get(grouped::count))
        .route("/api/v2/notifications/clear", post(notifications::clear))
        .route("/api/v2/notifications/{group_key}", get(grouped::one))
        .route("/api/v2/notifications/{group_key}/accounts", get(grouped::accounts))
        .route("/api/v2/notifications/{group_key}/dismiss", post(grouped::dismiss))
        .route("/api/v2/notifications/policy", get(policy::get).patch(policy::set).put(policy::set))
        .route("/api/v1/notifications/policy", get(policy::get_v1).put(policy::set_v1).patch(policy::set_v1))
        .route(
            "/api/v1/push/subscription",
            get(push::get).post(push::subscribe).put(push::change).delete(push::unsubscribe),
        )
        .route("/api/v1/notifications/requests", get(policy::requests))
        .route("/api/v1/notifications/requests/accept", post(policy::accept_all))
        .route("/api/v1/notifications/requests/dismiss", post(policy::dismiss_all))
        .route("/api/v1/notifications/requests/merged", get(policy::merged))
        .route("/api/v1/notifications/requests/{id}", get(policy::request))
        .route("/api/v1/notifications/requests/{id}/accept", post(policy::accept))
        .route("/api/v1/notifications/requests/{id}/dismiss", post(policy::dismiss))
}

/// What people arrange for themselves.
fn arranged() -> Router<Cx> {
    Router::new()
        .route("/api/v1/lists", get(lists::all).post(lists::create))
        .route("/api/v1/lists/{id}", get(lists::one).put(lists::update).delete(lists::delete))
        .route("/api/v1/lists/{id}/accounts", get(lists::members).post(lists::add).delete(lists::remove))
        .route("/api/v1/accounts/{id}/lists", get(lists::holding))
        .route("/api/v1/timelines/list/{id}", get(lists::timeline))
        .route("/api/v1/markers", get(markers::list).post(markers::save))
        .route("/api/v1/conversations", get(conversations::list))
        .route("/api/v1/conversations/{id}", axum::routing::delete(conversations::delete))
        .route("/api/v1/conversations/{id}/read", post(conversations::read))
        .route("/api/v1/conversations/{id}/unread", post(conversations::unread))
        .route("/api/v1/timelines/direct", get(conversations::posts))
}

fn filtering() -> Router<Cx> {
    Router::new()
        .route("/api/v1/filters", get(filters_v1::all).post(filters_v1::create))
        .route(
            "/api/v1/filters/{id}",
            get(filters_v1::one).put(filters_v1::update).delete(filters_v1::delete),
        )
        .route("/api/v2/filters", get(filters::all).post(filters::create))
        .route("/api/v2/filters/{id}", get(filters::one).put(filters::update).delete(filters::delete))
        .route("/api/v2/filters/{id}/keywords", get(filters::keywords).post(filters::add_keyword))
        .route("/api/v2/filters/{id}/statuses", get(filters::statuses).post(filters::add_status))
        .route(
            "/api/v2/filters/keywords/{id}",
            get(filters::keyword).put(filters::change_keyword).delete(filters::delete_keyword),
        )
        .route("/api/v2/filters/statuses/{id}", get(filters::status).delete(filters::delete_status))
}
