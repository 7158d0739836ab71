//! What an account was told, with who and what it is about.

pub mod grouped;
pub mod request;

use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::marker::{self, Timeline};
use crate::profile::{self, AccountView};
use crate::report::{self, ReportView};
use crate::timeline::dress;
use crate::{Result, filter};
use domain::filter::Context;
use domain::notification::policy::Policy;
use domain::notification::{Notification, NotificationKind, Severance};
use domain::{AccountId, NotificationId, Page, PostId, PostView};
use std::collections::HashMap;
use std::sync::Arc;
use store::timeline::Entry;
use store::{Tx, timeline};

pub use store::notification::{Place, Selection};

/// A notification as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// What it says.
    pub notification: Notification,
    /// Who caused it.
    pub from: Arc<AccountView>,
    /// What it is about.
    pub post: Option<Arc<PostView>>,
    /// Which report or severance it is about.
    pub subject: Option<Subject>,
}

/// What is no post and yet told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A report.
    Report(Arc<ReportView>),
    /// Follows that ended.
    Severance(Severance),
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
    let mut from: Vec<AccountId> = rows.iter().map(|row| row.from).collect();
    from.sort_unstable();
    from.dedup();
    let people = people(tx, &from)?;
    let posts = posts(tx, viewer, rows.iter().filter_map(|row| row.post_id))?;
    let mut subjects = subjects(tx, viewer, &rows)?;
    let mut views = Vec::with_capacity(rows.len());
    for notification in rows {
        let Some(from) = people.get(&notification.from).map(Arc::clone) else { continue };
        let post = match notification.post_id {
            None => None,
            Some(id) => match posts.get(&id) {
                Some(post) => Some(Arc::clone(post)),
                None => continue,
            },
        };
        let subject = subjects.remove(&notification.id);
        views.push(NotificationView { notification, from, post, subject });
    }
    Ok(views)
}

/// Those of some accounts that are shown.
fn people(tx: &mut Tx, ids: &[AccountId]) -> Result<HashMap<AccountId, Arc<AccountView>>> {
    let views = profile::many(tx, ids)?.into_iter().filter(|view| view.account.state.is_live());
    Ok(views.map(|view| (view.account.id, Arc::new(view))).collect())
}

/// Those of some posts that the viewer may see, and wishes to.
fn posts(
    tx: &mut Tx,
    viewer: AccountId,
    ids: impl Iterator<Item = PostId>,
) -> Result<HashMap<PostId, Arc<PostView>>> {
    let mut ids: Vec<PostId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let seen = timeline::visible_among(tx, &ids, Some(viewer))?;
    let entries: Vec<Entry> = ids.into_iter().filter(|id| seen.contains(id)).map(Entry::from).collect();
    let views = dress(tx, Some(viewer), &entries)?;
    let wished = views.into_iter().filter(|view| !filter::drops(view, viewer, Context::Notifications));
    Ok(wished.map(|view| (view.post.id, Arc::new(view))).collect())
}

/// Reports and severances that notifications are about.
fn subjects(
    tx: &mut Tx,
    viewer: AccountId,
    rows: &[Notification],
) -> Result<HashMap<NotificationId, Subject>> {
    let ids = |kind| rows.iter().filter(move |row| row.kind == kind).filter_map(|row| row.subject_id);
    let reports = report::some(tx, &ids(NotificationKind::Report).collect::<Vec<_>>())?;
    let severances = ids(NotificationKind::Severed).collect::<Vec<_>>();
    let severances = store::notification::severance::some(tx, viewer, &severances)?;
    let subject = |row: &Notification| match (row.kind, row.subject_id?) {
        (NotificationKind::Report, id) => reports.get(&id).map(|report| Subject::Report(Arc::clone(report))),
        (_, id) => severances.iter().find(|severance| severance.id == id).cloned().map(Subject::Severance),
    };
    Ok(rows.iter().filter_map(|row| Some((row.id, subject(row)?))).collect())
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

/// How many there are that the viewer has not read, counted up to `most`.
pub fn count_unread(tx: &mut Tx, viewer: AccountId, selection: &Selection, most: i64) -> Result<i64> {
    let read = marker::last_read(tx, viewer, Timeline::Notifications)?;
    Ok(store::notification::count(tx, viewer, selection, read, most)?)
}

/// What the viewer wishes to be told of, and how much waits: of how many
/// senders, and how many notifications.
pub fn policy(tx: &mut Tx, viewer: AccountId) -> Result<(Policy, (i64, i64))> {
    let policy = store::notification::policy::find(tx, viewer)?;
    Ok((policy, store::notification::request::summary(tx, viewer)?))
}

/// Writes what the viewer wishes to be told of.
pub fn set_policy(tx: &mut Tx, viewer: AccountId, change: impl FnOnce(&mut Policy)) -> Result<()> {
    tx.lock(&format!("notification policy {viewer}"))?;
    let mut policy = store::notification::policy::find(tx, viewer)?;
    change(&mut policy);
    Ok(store::notification::policy::set(tx, viewer, &policy)?)
}
