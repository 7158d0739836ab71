//! `NodeInfo` 2.0 and 2.1: what kind of server this is and how large.

use crate::well_known::shared;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use service::{Cx, reading};
use web::Problem;

const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";

/// `GET /.well-known/nodeinfo`
pub(crate) async fn index(State(cx): State<Cx>) -> Response {
    let link = |version: &str| json!({ "rel": format!("{SCHEMA}{version}"), "href": cx.names.url(&format!("/nodeinfo/{version}")) });
    shared("application/json", json!({ "links": [link("2.0"), link("2.1")] }).to_string())
}

/// `GET /nodeinfo/2.0`
pub(crate) async fn version_2_0(State(cx): State<Cx>) -> Response {
    let kind = "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\"";
    document(&cx, "2.0", kind).await
}

/// `GET /nodeinfo/2.1`
pub(crate) async fn version_2_1(State(cx): State<Cx>) -> Response {
    let kind = "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"";
    document(&cx, "2.1", kind).await
}

async fn document(cx: &Cx, version: &str, kind: &'static str) -> Response {
    let usage = match cx.read(reading::usage).await {
        Ok(usage) => usage,
        Err(error) => return Problem::from(error).into_response(),
    };
    let settings = &cx.settings;
    let document = json!({
        "version": version,
        "software": { "name": "antiphon", "version": env!("CARGO_PKG_VERSION") },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": settings.sign_up.takes_strangers(),
        "usage": {
            "users": {
                "total": usage.accounts,
                "activeMonth": usage.active_month,
                "activeHalfyear": usage.active_halfyear,
            },
            "localPosts": usage.posts,
        },
        "metadata": {
            "nodeName": settings.title,
            "nodeDescription": settings.description,
            // Clients that know only one client API ask for its upstream.
            "upstream": { "name": "mastodon" },
        },
    });
    shared(kind, document.to_string())
}
