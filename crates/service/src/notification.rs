//! What an account was told, with who and what it is about.

use crate::Result;
use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::profile::{self, AccountView};
use crate::timeline::dress;
use domain::notification::Notification;
use domain::{AccountId, NotificationId, Page, PostId, PostView};
use std::collections::HashMap;
use store::timeline::Entry;
use store::{Tx, timeline};

pub use store::notification::Selection;

/// A notification as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// What it says.
    pub notification: Notification,
    /// Who caused it.
    pub from: AccountView,
    /// What it is about.
    pub post: Option<PostView>,
}

/// Notifications of the viewer, newest first.
pub fn list(
    tx: &mut Tx,
    viewer: AccountId,
    selection: &Selection,
    page: Page,
) -> Result<Listed<NotificationView>> {
    let rows = store::notification::list(tx, viewer, selection, page)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let views = dressed(tx, viewer, rows)?;
    Ok(Listed::new(views, ids.into_iter()))
}

/// One notification of the viewer.
pub fn one(tx: &mut Tx, viewer: AccountId, id: NotificationId) -> Result<NotificationView> {
    let row = store::notification::find(tx, viewer, id)?.or_not_found("notification")?;
    dressed(tx, viewer, vec![row])?.into_iter().next().or_not_found("notification")
}

/// What is about someone or something that may no longer be seen is left out.
fn dressed(tx: &mut Tx, viewer: AccountId, rows: Vec<Notification>) -> Result<Vec<NotificationView>> {
    let from: Vec<AccountId> = rows.iter().map(|row| row.from).collect();
    let accounts: HashMap<AccountId, AccountView> = profile::many(tx, &from)?
        .into_iter()
        .filter(|view| view.account.state.is_live())
        .map(|view| (view.account.id, view))
        .collect();
    let posts = posts(tx, viewer, &rows)?;
    let mut views = Vec::with_capacity(rows.len());
    for notification in rows {
        let Some(from) = accounts.get(&notification.from).cloned() else { continue };
        let post = match notification.post_id {
            None => None,
            Some(id) => match posts.get(&id) {
                Some(post) => Some(post.clone()),
                None => continue,
            },
        };
        views.push(NotificationView { notification, from, post });
    }
    Ok(views)
}

fn posts(tx: &mut Tx, viewer: AccountId, rows: &[Notification]) -> Result<HashMap<PostId, PostView>> {
    let mut ids: Vec<PostId> = rows.iter().filter_map(|row| row.post_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let seen = timeline::visible_among(tx, &ids, Some(viewer))?;
    let entries: Vec<Entry> = ids.into_iter().filter(|id| seen.contains(id)).map(Entry::from).collect();
    Ok(dress(tx, Some(viewer), &entries)?.into_iter().map(|view| (view.post.id, view)).collect())
}

/// Takes one notification away.
pub fn dismiss(tx: &mut Tx, viewer: AccountId, id: NotificationId) -> Result<()> {
    store::notification::find(tx, viewer, id)?.or_not_found("notification")?;
    Ok(store::notification::dismiss(tx, viewer, id)?)
}

/// Takes all notifications away.
pub fn clear(tx: &mut Tx, viewer: AccountId) -> Result<()> {
    Ok(store::notification::clear(tx, viewer)?)
}

/// How many there are, counted up to `most`.
pub fn count(tx: &mut Tx, viewer: AccountId, selection: &Selection, most: i64) -> Result<usize> {
    Ok(store::notification::list(tx, viewer, selection, Page::newest(most))?.len())
}
