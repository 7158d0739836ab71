//! Inboxes: an activity is on disk before the yes (ActivityPub §5.2, §7).

use crate::{answer, ask};
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use http::{HeaderMap, Request, StatusCode, header};
use serde::Deserialize;
use service::reading::{self, Owner};
use service::{Cx, inbound};
use web::Problem;

/// The longest activity that is taken, in bytes.
const MAX_BODY_BYTES: usize = 1 << 20;
/// What makes JSON-LD an activity (ActivityPub §7).
const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Params {
    name: String,
}

/// `POST /inbox`
pub(crate) async fn shared(State(cx): State<Cx>, request: Request<Body>) -> Response {
    Box::pin(accept(&cx, request)).await.unwrap_or_else(|refused| refused)
}

/// The inbox of one actor.
pub(crate) fn of(owner: fn(String) -> Owner) -> MethodRouter<Cx> {
    post(async move |State(cx): State<Cx>, Path(params): Path<Params>, request: Request<Body>| {
        match reading::takes_messages(&cx, owner(params.name)).await {
            Ok(()) => Box::pin(accept(&cx, request)).await.unwrap_or_else(|refused| refused),
            Err(error) => Problem::from(error).into_response(),
        }
    })
}

/// What is wrong comes back as the answer it gets.
async fn accept(cx: &Cx, request: Request<Body>) -> Result<Response, Response> {
    if !is_activity(request.headers()) {
        let text = "send application/activity+json, or application/ld+json with the ActivityStreams profile";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response());
    }
    let (mut arrived, body) = ask::split(request);
    arrived.body = read(&arrived.headers, body).await?;
    inbound::accept(cx, arrived).await.map_err(|why| answer::refused(&why))?;
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn read(headers: &HeaderMap, body: Body) -> Result<bytes::Bytes, Response> {
    let too_large =
        || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "an activity has at most 1 MiB").into_response();
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES) {
        return Err(too_large());
    }
    // A body that breaks off looks the same; its sender does not hear us.
    to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| too_large())
}

fn is_activity(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    match kind.trim().to_ascii_lowercase().as_str() {
        "application/activity+json" => true,
        // Some leave the profile out; another one says that it is something else.
        "application/ld+json" => {
            let mut profiles = parameters.split(';').filter_map(profiles).peekable();
            profiles.peek().is_none() || profiles.any(is_ours)
        }
        _ => false,
    }
}

/// `profile="…"`: one or more, parted by spaces (RFC 6906).
fn profiles(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("profile").then(|| value.trim().trim_matches('"'))
}

fn is_ours(profiles: &str) -> bool {
    profiles.split_ascii_whitespace().any(|profile| profile == PROFILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_says_that_it_is_one() {
        let fits = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            is_activity(&headers)
        };
        for kind in [
            "application/activity+json",
            "Application/Activity+JSON; charset=utf-8",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json",
            "application/ld+json; charset=utf-8",
            "application/ld+json;charset=utf-8;Profile=\"https://x.example/ https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(fits(kind), "{kind}");
        }
        for kind in [
            "application/ld+json; profile=\"https://x.example/\"",
            "application/json",
            "text/plain",
            "",
            "multipart/form-data; boundary=x",
        ] {
            assert!(!fits(kind), "{kind}");
        }
        assert!(!is_activity(&HeaderMap::new()));
    }
}
