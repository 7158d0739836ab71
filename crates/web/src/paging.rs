//! Pages of lists as Mastodon clients ask for them: `max_id`, `since_id`,
//! `min_id`, `limit`, and the `Link` header (RFC 8288) that leads on.

use crate::error::ApiError;
use crate::form;
use axum::extract::FromRequestParts;
use domain::Page;
use http::HeaderValue;
use http::request::Parts;
use serde::Deserialize;

/// What a client may write. Ids are texts, as clients send odd ones.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Written {
    max_id: Option<String>,
    since_id: Option<String>,
    min_id: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

/// Which page of a list is wanted. Ids are those of rows, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paging {
    /// Only older than this.
    pub max_id: Option<i64>,
    /// Only newer than this; the newest first.
    pub since_id: Option<i64>,
    /// Only newer than this; the ones next to it first.
    pub min_id: Option<i64>,
    /// How many the client wants.
    limit: Option<i64>,
    /// How many to pass over, where a list has no ids.
    pub offset: i64,
}

impl Paging {
    /// Reads them out of a query.
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let written: Written = form::from_urlencoded(query)?;
        Ok(Self {
            max_id: id(written.max_id.as_deref())?,
            since_id: id(written.since_id.as_deref())?,
            min_id: id(written.min_id.as_deref())?,
            limit: number(written.limit.as_deref()),
            offset: number(written.offset.as_deref()).unwrap_or(0).clamp(0, 100_000),
        })
    }

    /// How many to return: what the client wants, else `default`, at least 1
    /// and at most `max`.
    pub fn limit(&self, default: i64, max: i64) -> i64 {
        self.limit.unwrap_or(default).clamp(1, max)
    }

    /// Whether the client wrote `limit=0`, which a few lists take for "all".
    pub fn wants_all(&self) -> bool {
        self.limit == Some(0)
    }

    /// The window for lists of `service`.
    pub fn page(&self, default: i64, max: i64) -> Page {
        let Self { max_id, since_id, min_id, .. } = *self;
        Page { max_id, since_id, min_id, limit: self.limit(default, max) }
    }
}

/// An absent or empty id is none; a number beyond 63 bits is as good as the
/// greatest. Other texts are refused: ignoring one would show the first page
/// for ever.
fn id(text: Option<&str>) -> Result<Option<i64>, ApiError> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(text.parse().unwrap_or(i64::MAX))),
        Some(_) => Err(ApiError::invalid("Validation failed: an id is a decimal number")),
    }
}

fn number(text: Option<&str>) -> Option<i64> {
    text?.trim().parse().ok()
}

impl<S: Sync> FromRequestParts<S> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

/// The `Link` header of a page: `next` is older, `prev` is newer. `url` is
/// the absolute URL of the list without a query; `keep` is what else stood in
/// the query and must stay; `first` and `last` are the ids of the page's ends.
/// `goes_on`: there may be something older.
pub fn link(
    url: &str,
    keep: &[(&str, &str)],
    limit: i64,
    ends: Option<(i64, i64)>,
    goes_on: bool,
) -> Option<HeaderValue> {
    let (first, last) = ends?;
    let page = |name: &str, id: i64| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(keep);
        query.append_pair("limit", &limit.to_string());
        query.append_pair(name, &id.to_string());
        format!("{url}?{}", query.finish())
    };
    let mut links = vec![format!("<{}>; rel=\"prev\"", page("min_id", first))];
    if goes_on {
        links.insert(0, format!("<{}>; rel=\"next\"", page("max_id", last)));
    }
    HeaderValue::from_str(&links.join(", ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_and_kept_within_reason() {
        let paging = Paging::parse("max_id=12&limit=500&min_id=").unwrap();
        assert_eq!((paging.max_id, paging.min_id, paging.limit(20, 40)), (Some(12), None, 40));
        assert_eq!(Paging::parse("limit=0").unwrap().limit(20, 40), 1);
        assert_eq!(Paging::parse("limit=-3").unwrap().limit(20, 40), 1);
        assert_eq!(Paging::parse("limit=many").unwrap().limit(20, 40), 20);
        assert_eq!(Paging::parse("max_id=99999999999999999999").unwrap().max_id, Some(i64::MAX));
    }

    #[test]
    fn an_id_that_is_none_is_refused() {
        assert!(Paging::parse("max_id=abc").is_err());
        assert!(Paging::parse("since_id=-1").is_err());
    }

    #[test]
    fn the_links_lead_both_ways_and_keep_the_query() {
        let keep = [("local", "true"), ("q", "a&b>")];
        let links = |goes_on| link("https://a.test/api/v1/x", &keep, 2, Some((9, 4)), goes_on).unwrap();
        assert_eq!(
            links(true),
            "<https://a.test/api/v1/x?local=true&q=a%26b%3E&limit=2&max_id=4>; rel=\"next\", \
             <https://a.test/api/v1/x?local=true&q=a%26b%3E&limit=2&min_id=9>; rel=\"prev\""
        );
        assert_eq!(
            links(false),
            "<https://a.test/api/v1/x?local=true&q=a%26b%3E&limit=2&min_id=9>; rel=\"prev\""
        );
        assert_eq!(link("https://a.test/x", &[], 2, None, true), None);
    }
}
