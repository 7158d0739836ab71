//! Who looks at a page, and what its frame shows them.

use axum::extract::FromRequestParts;
use domain::{Account, AccountId, Names};
use http::request::Parts;
use service::Cx;
use std::sync::Arc;
use web::layout::Layout;
use web::{Csrf, MaybePageViewer, PageError, PageViewer};

/// Who looks. For who is not signed in nothing is read and no cookie is set.
#[derive(Debug)]
pub(crate) struct Visitor {
    viewer: Option<(PageViewer, Csrf)>,
    /// Path and query of the page.
    pub(crate) here: String,
    /// How files are named for them.
    pub(crate) names: Arc<Names>,
}

impl Visitor {
    /// Who is not signed in.
    pub(crate) fn nobody(cx: &Cx) -> Self {
        Self { viewer: None, here: "/".to_owned(), names: Arc::clone(&cx.names) }
    }

    /// The account they are signed in with.
    pub(crate) fn account(&self) -> Option<&Account> {
        self.viewer.as_ref().map(|(viewer, _)| &viewer.account)
    }

    /// Its row.
    pub(crate) fn id(&self) -> Option<AccountId> {
        self.account().map(|account| account.id)
    }

    /// What their forms repeat; empty for who is not signed in.
    pub(crate) fn csrf(&self) -> &str {
        self.viewer.as_ref().map_or("", |(_, csrf)| csrf.token())
    }

    /// The frame of a page.
    pub(crate) fn layout(&self, cx: &Cx, title: impl Into<String>) -> Layout {
        let layout = Layout::new(cx, title);
        match self.account() {
            Some(account) => layout.seen_by(&account.handle.name, self.csrf()),
            None => layout,
        }
    }
}

impl FromRequestParts<Cx> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, PageError> {
        let here = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
        let MaybePageViewer(found) = MaybePageViewer::from_request_parts(parts, cx).await?;
        let viewer = match found {
            Some(viewer) => Some((viewer, Csrf::from_request_parts(parts, cx).await?)),
            None => None,
        };
        Ok(Self { viewer, here, names: Arc::clone(&cx.names) })
    }
}
