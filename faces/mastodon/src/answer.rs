//! How every door answers: JSON written once, and the links of a list.

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use domain::Page;
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use service::Cx;
use web::{ApiError, paging};

/// What a door returns.
pub(crate) type Answer = Result<Response, ApiError>;

/// Room for a page of statuses, so that writing seldom grows it.
const ROOM: usize = 16 * 1024;

/// An entity as the body of a response.
pub(crate) fn json(entity: &impl Serialize) -> Answer {
    let mut body = Vec::with_capacity(ROOM);
    serde_json::to_writer(&mut body, entity).map_err(|error| service::Error::Internal(error.to_string()))?;
    let kind: (HeaderName, HeaderValue) =
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    Ok(([kind], body).into_response())
}

/// The empty object, where there is nothing more to say than yes.
pub(crate) fn nothing() -> Answer {
    json(&serde_json::Map::new())
}

/// The id in a path. What is no id is the id of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) i64);

/// Reads an id as clients write it.
pub(crate) fn id(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Reads ids; others than numbers are ids of nothing and left out.
pub(crate) fn ids(texts: &[String], most: usize) -> Vec<i64> {
    texts.iter().filter_map(|text| id(text)).take(most).collect()
}

impl FromRequestParts<Cx> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, cx).await;
        path.ok().and_then(|Path(text)| id(&text)).map(Self).ok_or_else(ApiError::not_found)
    }
}

/// Where a list is, for the links to the pages beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    url: String,
    keep: Vec<(String, String)>,
}

impl FromRequestParts<Cx> for Place {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let paging = |name: &str| matches!(name, "max_id" | "since_id" | "min_id" | "limit" | "access_token");
        let keep = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| !paging(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        Ok(Self { url: cx.names.url(parts.uri.path()), keep })
    }
}

impl Place {
    /// A page of a list, with links (RFC 8288) to the older and the newer one.
    pub(crate) fn list(&self, page: Page, ends: Option<(i64, i64)>, entities: &impl Serialize) -> Answer {
        let mut response = json(entities)?;
        let keep: Vec<(&str, &str)> =
            self.keep.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if let Some(link) = paging::link(&self.url, &keep, page.limit, ends) {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits() {
        assert_eq!(id("17"), Some(17));
        for wrong in ["", "-1", "+1", "1.0", "x", "99999999999999999999999"] {
            assert_eq!(id(wrong), None, "{wrong}");
        }
        assert_eq!(ids(&["1".into(), "x".into(), "2".into(), "3".into()], 2), [1, 2]);
    }
}
