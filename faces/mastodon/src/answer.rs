//! How every door answers: JSON written once, and the links of a list.

use crate::entities::Dialect;
use crate::params;
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use domain::{Names, Page, PostView};
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::profile::AccountView;
use service::{Cx, Listed};
use std::sync::Arc;
use web::viewer::QUERY_NAMES;
use web::{ApiError, Paging, paging};

/// What a door returns.
pub(crate) type Answer = Result<Response, ApiError>;

/// Room for a status, so that writing seldom grows it.
const ROOM: usize = 4 * 1024;

/// An entity as the body of a response.
pub(crate) fn json(entity: &impl Serialize) -> Answer {
    written(entity, ROOM)
}

fn written(entity: &impl Serialize, room: usize) -> Answer {
    let mut body = Vec::with_capacity(room);
    serde_json::to_writer(&mut body, entity).map_err(|error| service::Error::Internal(error.to_string()))?;
    let kind: (HeaderName, HeaderValue) =
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    Ok(([kind], body).into_response())
}

/// The empty object, where there is nothing more to say than yes.
pub(crate) fn nothing() -> Answer {
    json(&serde_json::Map::new())
}

/// What a path names. What cannot be read is the name of nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Cx> for At<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        let path = Path::<T>::from_request_parts(parts, cx).await;
        path.map(|Path(names)| Self(names)).map_err(|_| ApiError::not_found())
    }
}

/// The id in a path. What is no id is the id of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) i64);

impl FromRequestParts<Cx> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        let At(text) = At::<String>::from_request_parts(parts, cx).await?;
        params::id(&text).map(Self).ok_or_else(ApiError::not_found)
    }
}

/// Where a list is and which page of it is wanted, for that page and the links
/// to those beside it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    names: Arc<Names>,
    url: String,
    keep: Vec<(String, String)>,
    pub(crate) paging: Paging,
}

impl FromRequestParts<Cx> for Place {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let paging = |name: &str| matches!(name, "max_id" | "since_id" | "min_id" | "limit");
        let keep = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| !paging(name) && !QUERY_NAMES.contains(&&**name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let (names, url) = (Arc::clone(&cx.names), cx.names.url(parts.uri.path()));
        Ok(Self { names, url, keep, paging: Paging::parse(query)? })
    }
}

impl Place {
    /// The window that is wanted; see [`Paging::page`].
    pub(crate) fn page(&self, default: i64, max: i64) -> Page {
        self.paging.page(default, max)
    }

    /// A page of statuses.
    pub(crate) fn statuses(&self, page: Page, posts: &Listed<PostView>) -> Answer {
        self.list(page, posts, &Dialect::new(&self.names).statuses(&posts.items))
    }

    /// A page of a timeline.
    pub(crate) fn timeline(&self, page: Page, posts: &Listed<PostView>) -> Answer {
        self.endless(page, posts.ends, &Dialect::new(&self.names).statuses(&posts.items))
    }

    /// A page of accounts.
    pub(crate) fn profiles(&self, page: Page, found: &Listed<AccountView>) -> Answer {
        self.list(page, found, &Dialect::new(&self.names).profiles(&found.items))
    }

    /// A page of a list, with links (RFC 8288) to the older and the newer one.
    /// Nothing older is named after a page that was not full: there are programs
    /// that ask for the next page for as long as there is one.
    pub(crate) fn list<T>(&self, page: Page, found: &Listed<T>, entities: &impl Serialize) -> Answer {
        let full = i64::try_from(found.rows).is_ok_and(|rows| rows >= page.limit);
        self.page_of(page, found.ends, full || page.is_upward(), entities)
    }

    /// The same of a list that older things may still be added to.
    pub(crate) fn endless(&self, page: Page, ends: Option<(i64, i64)>, entities: &impl Serialize) -> Answer {
        self.page_of(page, ends, true, entities)
    }

    fn page_of(
        &self,
        page: Page,
        ends: Option<(i64, i64)>,
        goes_on: bool,
        entities: &impl Serialize,
    ) -> Answer {
        /// A page of twenty statuses is seldom longer.
        const PAGE: usize = 64 * 1024;
        let mut response = written(entities, PAGE)?;
        let keep: Vec<(&str, &str)> =
            self.keep.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if let Some(link) = paging::link(&self.url, &keep, page.limit, ends, goes_on) {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }
}
