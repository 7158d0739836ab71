//! A request as the verbs want it.

use axum::body::Body;
use axum::extract::{FromRequestParts, OriginalUri};
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Uri, header};
use service::inbound::Arrived;
use service::reading::Window;
use std::convert::Infallible;
use web::Wants;

/// A request without a body.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Page or document.
    pub(crate) wants: Wants,
    /// All that a signature may cover.
    pub(crate) arrived: Arrived,
}

impl<S: Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self { wants: Wants::of(&parts.headers), arrived: arrived(parts) })
    }
}

/// Head and body of a request.
pub(crate) fn split(request: Request<Body>) -> (Arrived, Body) {
    let (parts, body) = request.into_parts();
    (arrived(&parts), body)
}

fn arrived(parts: &Parts) -> Arrived {
    // As it came, whatever routers in between made of it.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    Arrived {
        method: parts.method.clone(),
        authority: authority(parts, uri),
        target: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        headers: parts.headers.clone(),
        body: Bytes::new(),
    }
}

/// HTTP/1.1 has the host in a header, HTTP/2 in the URL.
fn authority(parts: &Parts, uri: &Uri) -> String {
    let written = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    written.or_else(|| uri.authority().map(http::uri::Authority::as_str)).unwrap_or_default().to_owned()
}

/// Which page of a collection a query asks for; `None` where it asks for
/// something that is none.
pub(crate) fn window(query: &[(String, String)]) -> Option<Window> {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    match value("page") {
        None => Some(Window::Whole),
        Some("1" | "true" | "") => match value("max_id") {
            None => Some(Window::Page(None)),
            Some(id) if id.bytes().all(|b| b.is_ascii_digit()) => Some(Window::Page(Some(id.parse().ok()?))),
            Some(_) => None,
        },
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &[(&str, &str)]) -> Option<Window> {
        let query: Vec<_> =
            query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        window(&query)
    }

    #[test]
    fn a_page_is_named_by_the_row_before_it() {
        assert_eq!(of(&[]), Some(Window::Whole));
        assert_eq!(of(&[("page", "1")]), Some(Window::Page(None)));
        assert_eq!(of(&[("page", "true"), ("max_id", "12")]), Some(Window::Page(Some(12))));
        for wrong in ["x", "-1", "1e3", "99999999999999999999"] {
            assert_eq!(of(&[("page", "1"), ("max_id", wrong)]), None, "{wrong}");
        }
        assert_eq!(of(&[("page", "2")]), None);
    }
}
