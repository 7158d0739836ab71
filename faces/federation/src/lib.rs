//! The federation face: what other servers write to and read.
//!
//! Inboxes take activities; actors, posts and their collections are read under
//! their ids, which are this face's own: asked for a page it answers with the
//! way to the page. WebFinger and `NodeInfo` say who and what is here.

mod answer;
mod ask;
mod documents;
mod inbox;
mod nodeinfo;
mod well_known;

use axum::Router;
use axum::routing::{get, post};
use service::Cx;
use service::reading::{Owner, Part, PostPart};

/// All routes of this face.
pub fn routes() -> Router<Cx> {
    Router::new()
        .route("/.well-known/webfinger", get(well_known::webfinger))
        .route("/.well-known/host-meta", get(well_known::host_meta))
        .route("/.well-known/host-meta.json", get(well_known::host_meta_json))
        .route("/.well-known/nodeinfo", get(nodeinfo::index))
        .route("/nodeinfo/2.0", get(nodeinfo::version_2_0))
        .route("/nodeinfo/2.1", get(nodeinfo::version_2_1))
        .route("/inbox", post(inbox::shared))
        .route("/actor", documents::of(server, Part::Actor))
        .route("/actor/inbox", inbox::of(server))
        .route("/actor/outbox", documents::paged(server, Part::Outbox))
        .route("/activities/{id}", get(documents::activity))
        .route("/emojis/{id}", get(documents::emoji))
        .merge(actors("users", Owner::Person))
        .merge(actors("groups", Owner::Group))
}

fn server(_name: String) -> Owner {
    Owner::Server
}

/// An actor, and what lies under its id.
fn actors(folder: &str, owner: fn(String) -> Owner) -> Router<Cx> {
    let at = |path: &str| format!("/{folder}/{{name}}{path}");
    Router::new()
        .route(&at(""), documents::of(owner, Part::Actor))
        .route(&at("/inbox"), inbox::of(owner))
        .route(&at("/outbox"), documents::paged(owner, Part::Outbox))
        .route(&at("/followers"), documents::paged(owner, Part::Followers))
        .route(&at("/following"), documents::paged(owner, Part::Following))
        .route(&at("/collections/featured"), documents::of(owner, Part::Featured))
        .route(&at("/collections/tags"), documents::of(owner, Part::Tags))
        .route(&at("/collections/devices"), documents::of(owner, Part::Devices))
        .route(&at("/statuses/{id}"), documents::of_post(owner, |_| PostPart::Note))
        .route(&at("/statuses/{id}/activity"), documents::of_post(owner, |_| PostPart::Activity))
        .route(&at("/statuses/{id}/replies"), documents::of_post(owner, PostPart::Replies))
        .route(&at("/statuses/{id}/likes"), documents::of_post(owner, |_| PostPart::Likes))
        .route(&at("/statuses/{id}/shares"), documents::of_post(owner, |_| PostPart::Shares))
}
