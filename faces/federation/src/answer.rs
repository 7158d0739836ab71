//! Documents and refusals as HTTP answers.

use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use service::inbound::Refused;
use service::reading::{Denied, Served};
use std::hash::{DefaultHasher, Hash, Hasher};
use web::Problem;
use web::negotiate::ACTIVITY_JSON;

/// How long caches may keep what everyone may read: a deleted post is to be
/// gone everywhere within a minute.
const OPEN: &str = "public, max-age=60";
/// What depends on who asks is kept by nobody, and neither is a refusal.
const CLOSED: &str = "private, no-store";
/// What peers need to know to sign.
const CHALLENGE: &str = "Signature headers=\"(request-target) host date\"";
/// After how many seconds a busy server is asked again.
const BUSY_SECONDS: u64 = 30;

/// A document, or word that the reader has it already.
pub(crate) fn document(served: Served, asked: &HeaderMap) -> Response {
    let tag = tag(&served.body);
    let status = match (served.is_gone, is_known(asked, &tag)) {
        (true, _) => StatusCode::GONE,
        (false, true) => StatusCode::NOT_MODIFIED,
        (false, false) => StatusCode::OK,
    };
    let mut response = match status {
        StatusCode::NOT_MODIFIED => status.into_response(),
        _ => (status, [(header::CONTENT_TYPE, ACTIVITY_JSON)], served.body).into_response(),
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    mark(headers, served.is_open);
    response
}

/// Why there is no document.
pub(crate) fn denied(denied: Denied) -> Response {
    let mut response = match denied {
        Denied::Signature(why) => refused(&why),
        Denied::Verb(error) => Problem::from(error).into_response(),
    };
    mark(response.headers_mut(), false);
    response
}

/// There is nothing at this URL, in the words of all other such answers.
pub(crate) fn missing() -> Response {
    denied(Denied::Verb(service::Error::NotFound("document")))
}

/// Why an inbox, or a signature, was refused.
pub(crate) fn refused(why: &Refused) -> Response {
    let status = match why {
        Refused::Malformed(_) => StatusCode::BAD_REQUEST,
        Refused::Unproven { .. } => StatusCode::UNAUTHORIZED,
        Refused::NotYours(_) | Refused::Policy(_) => StatusCode::FORBIDDEN,
        Refused::Later(why) => {
            let problem = Problem::later(StatusCode::SERVICE_UNAVAILABLE, why.clone(), BUSY_SECONDS);
            return problem.into_response();
        }
    };
    let mut response = Problem::new(status, why.to_string()).into_response();
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110 §11.6.1: a 401 says how to do better.
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    }
    response
}

/// The way to the page of the same thing.
pub(crate) fn to_page(url: &str) -> Response {
    let mut response = Redirect::to(url).into_response();
    mark(response.headers_mut(), true);
    response
}

/// Any site's script may read; caches must tell the two forms apart. What is
/// open is open to all, so that only closed answers differ by signature.
fn mark(headers: &mut HeaderMap, is_open: bool) {
    let set = |headers: &mut HeaderMap, name: HeaderName, value| {
        headers.insert(name, HeaderValue::from_static(value))
    };
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(headers, header::VARY, if is_open { "Accept" } else { "Accept, Signature, Signature-Input" });
    set(headers, header::CACHE_CONTROL, if is_open { OPEN } else { CLOSED });
}

/// Weak: the same document may be written in other bytes one day.
fn tag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}

/// Whether `If-None-Match` names the document (RFC 9110 §13.1.2).
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let strong = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || strong(known) == strong(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_has_it_is_told_so() {
        let tag = tag(b"{}");
        let known = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
            is_known(&headers, &tag)
        };
        assert!(
            known(&tag)
                && known("*")
                && known(&format!("\"x\", {tag}"))
                && known(tag.trim_start_matches("W/"))
        );
        assert!(!known("\"x\"") && !known(""));
        assert_ne!(tag, super::tag(b"{ }"));
    }
}
