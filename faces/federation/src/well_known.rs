//! WebFinger (RFC 7033) and host-meta (RFC 6415).

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use domain::{Account, Names};
use http::{StatusCode, header};
use serde_json::{Value, json};
use service::{Cx, Error, reading};
use web::Problem;

const JRD: &str = "application/jrd+json; charset=utf-8";

/// `GET /.well-known/webfinger?resource=…`
pub(crate) async fn webfinger(State(cx): State<Cx>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let Some((_, resource)) = query.into_iter().find(|(name, _)| name == "resource") else {
        return Problem::new(StatusCode::BAD_REQUEST, "a resource is needed: acct:NAME@HOST or a URL")
            .into_response();
    };
    match cx.read(move |tx| reading::find_resource(tx, &resource)).await {
        Ok(account) => shared(JRD, descriptor(&cx.names, &account).to_string()),
        Err(Error::Invalid { field, problem }) => {
            Problem::new(StatusCode::BAD_REQUEST, format!("{field} {problem}")).into_response()
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

fn descriptor(names: &Names, account: &Account) -> Value {
    let page = account.profile.url.clone().unwrap_or_else(|| names.profile_page(&account.handle.name));
    let id = account.actor_id.as_str();
    json!({
        "subject": format!("acct:{}", account.handle),
        "aliases": [page, id],
        "links": [
            { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page },
            { "rel": "self", "type": "application/activity+json", "href": id },
            {
                "rel": "http://ostatus.org/schema/1.0/subscribe",
                "template": names.url("/authorize_interaction?uri={uri}"),
            },
        ],
    })
}

/// `GET /.well-known/host-meta`
pub(crate) async fn host_meta(State(cx): State<Cx>) -> Response {
    let template = cx.names.url("/.well-known/webfinger?resource={uri}");
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{template}\"/>\n</XRD>\n"
    );
    shared("application/xrd+xml; charset=utf-8", document)
}

/// `GET /.well-known/host-meta.json`
pub(crate) async fn host_meta_json(State(cx): State<Cx>) -> Response {
    let template = cx.names.url("/.well-known/webfinger?resource={uri}");
    shared("application/json", json!({ "links": [{ "rel": "lrdd", "template": template }] }).to_string())
}

/// Who is here is no secret, and scripts of any site may ask.
pub(crate) fn shared(kind: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    (headers, body).into_response()
}
