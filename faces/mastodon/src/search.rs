//! Finding accounts, statuses and hashtags.

use crate::answer::{Answer, json};
use crate::entities::Dialect;
use crate::params::id as id_of;
use axum::extract::State;
use domain::AccountId;
use serde::Deserialize;
use service::Cx;
use service::search::{self as verbs, Kind, Query};
use web::{ApiError, MaybeViewer, Paging, Params, Viewer};

/// The longest text that is searched for, in characters.
const MAX_CHARACTERS: usize = 2048;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchForm {
    q: String,
    r#type: Option<String>,
    resolve: bool,
    following: bool,
    account_id: Option<String>,
    exclude_unreviewed: bool,
}

impl SearchForm {
    fn is_blank(&self) -> bool {
        self.q.trim().is_empty()
    }

    fn query(self, kind: Option<Kind>, paging: &Paging, limit: i64) -> Result<Query, ApiError> {
        if self.is_blank() {
            return Err(ApiError::new(http::StatusCode::BAD_REQUEST, "Validation failed: q can't be blank"));
        }
        if self.q.chars().count() > MAX_CHARACTERS {
            return Err(ApiError::invalid("Validation failed: q is too long"));
        }
        Ok(Query {
            text: self.q,
            kind,
            ask: self.resolve,
            followed_only: self.following,
            limit,
            // Of one kind alone one can go on.
            offset: if kind.is_some() { paging.offset } else { 0 },
            author: None,
            max_id: paging.max_id,
            min_id: paging.min_id.or(paging.since_id),
            exact_hashtag: self.exclude_unreviewed,
        })
    }
}

/// `GET /api/v2/search`: signed out, only what is known here is looked at.
pub(crate) async fn search(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    paging: Paging,
    Params(form): Params<SearchForm>,
) -> Answer {
    viewer.require("read:search")?;
    if viewer.0.is_none() && (form.resolve || paging.offset > 0 || form.following) {
        return Err(ApiError::new(
            http::StatusCode::UNAUTHORIZED,
            "Search queries that resolve remote resources or page through results need a signed-in account",
        ));
    }
    let author = match form.account_id.as_deref().filter(|id| !id.is_empty()) {
        Some(text) => Some(AccountId(id_of(text).ok_or_else(ApiError::not_found)?)),
        None => None,
    };
    let kind = match form.r#type.as_deref() {
        None | Some("") => None,
        Some("accounts") => Some(Kind::Accounts),
        Some("statuses") => Some(Kind::Posts),
        Some("hashtags") => Some(Kind::Hashtags),
        Some(_) => return Err(ApiError::invalid("Validation failed: type is not included in the list")),
    };
    let me = viewer.id();
    let query = Query { author, ..form.query(kind, &paging, paging.limit(20, 40))? };
    let results = Box::pin(verbs::search(&cx, me, query)).await?;
    json(&Dialect::new(&cx.names).search(&results))
}

/// `GET /api/v1/accounts/search`: nothing is found by nothing.
pub(crate) async fn accounts(
    State(cx): State<Cx>,
    viewer: Viewer,
    paging: Paging,
    Params(form): Params<SearchForm>,
) -> Answer {
    viewer.require("read:accounts")?;
    if form.is_blank() {
        return json(&[(); 0]);
    }
    let me = viewer.account().id;
    let query = form.query(Some(Kind::Accounts), &paging, paging.limit(40, 80))?;
    let results = Box::pin(verbs::search(&cx, Some(me), query)).await?;
    json(&Dialect::new(&cx.names).profiles(&results.accounts))
}
