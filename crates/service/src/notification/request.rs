//! Senders whose mentions are kept back until the account says what it wants.

use super::{people, posts};
use crate::Result;
use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::profile::AccountView;
use domain::{AccountId, Event, Page, PostView};
use std::sync::Arc;
use store::Tx;
use store::notification::request::{self, Request};

/// A sender who waits, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestView {
    /// What waits.
    pub request: Request,
    /// Who.
    pub from: Arc<AccountView>,
    /// The newest mention, as far as it may be seen.
    pub post: Option<Arc<PostView>>,
}

/// Senders who wait, newest first.
pub fn list(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<RequestView>> {
    let rows = request::list(tx, viewer, page)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    Ok(Listed::new(dressed(tx, viewer, rows)?, ids.into_iter()))
}

/// One sender who waits.
pub fn one(tx: &mut Tx, viewer: AccountId, id: i64) -> Result<RequestView> {
    let rows = request::some(tx, viewer, &[id])?;
    dressed(tx, viewer, rows)?.into_iter().next().or_not_found("request")
}

fn dressed(tx: &mut Tx, viewer: AccountId, rows: Vec<Request>) -> Result<Vec<RequestView>> {
    let from: Vec<AccountId> = rows.iter().map(|row| row.from).collect();
    let people = people(tx, &from)?;
    let posts = posts(tx, viewer, rows.iter().filter_map(|row| row.last_post_id))?;
    let view = |request: Request| {
        let from = people.get(&request.from).map(Arc::clone)?;
        let post = request.last_post_id.and_then(|id| posts.get(&id).map(Arc::clone));
        Some(RequestView { request, from, post })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

/// What the viewer decides about senders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// What they sent is shown, now and later.
    Accept,
    /// What they sent goes; the next of them asks again.
    Dismiss,
}

/// Decides about one sender.
pub fn decide(tx: &mut Tx, viewer: AccountId, id: i64, decision: Decision) -> Result<()> {
    if request::some(tx, viewer, &[id])?.is_empty() {
        return Err(crate::Error::NotFound("request"));
    }
    decide_all(tx, viewer, &[id], decision)
}

/// Decides about several senders; those who do not wait are passed over.
pub fn decide_all(tx: &mut Tx, viewer: AccountId, ids: &[i64], decision: Decision) -> Result<()> {
    let from: Vec<AccountId> = request::some(tx, viewer, ids)?.iter().map(|request| request.from).collect();
    if from.is_empty() {
        return Ok(());
    }
    match decision {
        Decision::Accept => {
            request::permit(tx, viewer, &from)?;
            request::show(tx, viewer, &from)?;
            tx.tell(Event::Merged(viewer));
        }
        Decision::Dismiss => request::discard(tx, viewer, &from)?,
    }
    Ok(request::remove(tx, viewer, &from)?)
}
