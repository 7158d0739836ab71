//! Notifications in groups: twenty who like a post are one line.

use super::{Selection, Subject, people, posts, subjects};
use crate::Result;
use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::marker::{self, Timeline};
use crate::profile::{self, AccountView};
use domain::notification::{GroupKey, Kinds, Notification};
use domain::{AccountId, NotificationId, Page, PostId, PostView, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::Tx;
use store::notification::group::{self, Member};

/// Which part of a group is on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The oldest of it.
    pub oldest: NotificationId,
    /// The newest of it.
    pub newest: NotificationId,
    /// When the newest came.
    pub at: Timestamp,
}

/// Several notifications as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The one that stands for it.
    pub notification: Notification,
    /// What it is called.
    pub key: GroupKey,
    /// How many there are.
    pub count: i64,
    /// The newest of them.
    pub newest: NotificationId,
    /// Who caused the newest, the newest first.
    pub sample: Vec<AccountId>,
    /// What of it is on this page; none where there is no page.
    pub span: Option<Span>,
    /// Which report or severance it is about.
    pub subject: Option<Subject>,
}

/// Which accounts are shown whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expand {
    /// All.
    Full,
    /// The newest of each group; of the others hardly more than the picture.
    Newest,
}

/// Groups, and everything they name, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouped {
    /// The groups, newest first.
    pub groups: Vec<Group>,
    /// Accounts that are shown whole.
    pub accounts: Vec<Arc<AccountView>>,
    /// Accounts that are shown in part; none where all are shown whole.
    pub partial: Option<Vec<Arc<AccountView>>>,
    /// Posts.
    pub posts: Vec<Arc<PostView>>,
    /// The first and the last row of the page.
    pub ends: Option<(i64, i64)>,
}

impl Grouped {
    /// A page with nothing on it.
    pub fn empty(expand: Expand) -> Self {
        let partial = (expand == Expand::Newest).then(Vec::new);
        Self { groups: Vec::new(), accounts: Vec::new(), partial, posts: Vec::new(), ends: None }
    }
}

/// A page of groups of the viewer's notifications. Kinds outside of `grouped`
/// are not put together.
pub fn list(
    tx: &mut Tx,
    viewer: AccountId,
    selection: &Selection,
    grouped: Kinds,
    expand: Expand,
    page: Page,
) -> Result<Grouped> {
    let grouped = grouped.and(Kinds::GROUPED);
    let rows = group::list(tx, viewer, selection, grouped, page)?;
    let window = window(&rows, page);
    dressed(tx, viewer, rows, grouped, expand, window)
}

/// From where to where a page reaches: as far as its rows, and where it is not
/// full as far as was asked for, since nothing else lies there.
fn window(rows: &[Notification], page: Page) -> Option<(i64, i64)> {
    let (newest, oldest) = (rows.first()?.id.0, rows.last()?.id.0);
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= page.limit;
    Some(match (full, page.is_upward()) {
        (true, _) => (oldest, newest),
        (false, true) => (oldest, page.before().saturating_sub(1)),
        (false, false) => (page.after().saturating_add(1), newest),
    })
}

/// One group of the viewer's, with what it names.
pub fn one(tx: &mut Tx, viewer: AccountId, key: GroupKey) -> Result<Grouped> {
    let newest = group::newest(tx, viewer, key)?.or_not_found("notification")?;
    let grouped = match key {
        GroupKey::Alone(_) => Kinds::NONE,
        GroupKey::Together { .. } => Kinds::GROUPED,
    };
    let found = dressed(tx, viewer, vec![newest], grouped, Expand::Full, None)?;
    if found.groups.is_empty() { Err(crate::Error::NotFound("notification")) } else { Ok(found) }
}

/// Who caused the notifications of a group.
pub fn senders(tx: &mut Tx, viewer: AccountId, key: GroupKey, page: Page) -> Result<Listed<AccountView>> {
    let rows = group::senders(tx, viewer, key, page)?;
    profile::listed(tx, &rows)
}

/// Takes a group away.
pub fn dismiss(tx: &mut Tx, viewer: AccountId, key: GroupKey) -> Result<()> {
    Ok(group::dismiss(tx, viewer, key)?)
}

/// How many groups there are that the viewer has not read, counted up to `most`.
pub fn count_unread(
    tx: &mut Tx,
    viewer: AccountId,
    selection: &Selection,
    grouped: Kinds,
    most: i64,
) -> Result<i64> {
    let read = marker::last_read(tx, viewer, Timeline::Notifications)?;
    Ok(group::count(tx, viewer, selection, grouped.and(Kinds::GROUPED), read, most)?)
}

fn dressed(
    tx: &mut Tx,
    viewer: AccountId,
    rows: Vec<Notification>,
    grouped: Kinds,
    expand: Expand,
    window: Option<(i64, i64)>,
) -> Result<Grouped> {
    let ends = rows.first().zip(rows.last()).map(|(first, last)| (first.id.0, last.id.0));
    let together: Vec<NotificationId> =
        rows.iter().filter(|row| grouped.has(row.kind)).map(|row| row.id).collect();
    let (from, to) = window.unwrap_or((0, i64::MAX));
    let mut members: HashMap<NotificationId, Vec<Member>> = HashMap::new();
    for member in group::members(tx, &together, from, to)? {
        members.entry(member.group).or_default().push(member);
    }
    let mut senders: Vec<AccountId> = rows.iter().map(|row| row.from).collect();
    senders.extend(members.values().flatten().map(|member| member.from));
    senders.sort_unstable();
    senders.dedup();
    let people = people(tx, &senders)?;
    let posts = posts(tx, viewer, rows.iter().filter_map(|row| row.post_id))?;
    let mut subjects = subjects(tx, viewer, &rows)?;
    let mut groups = Vec::with_capacity(rows.len());
    for row in rows {
        let subject = subjects.remove(&row.id);
        let mut group = match members.get(&row.id) {
            Some(members) => together_as_one(row, members, subject),
            None => alone(row, subject),
        };
        if window.is_none() {
            group.span = None;
        }
        group.sample.retain(|id| people.contains_key(id));
        let readable = group.notification.post_id.is_none_or(|id| posts.contains_key(&id));
        if readable && !group.sample.is_empty() {
            groups.push(group);
        }
    }
    Ok(gathered(groups, &people, &posts, expand, ends))
}

fn alone(row: Notification, subject: Option<Subject>) -> Group {
    Group {
        key: GroupKey::Alone(row.id),
        count: 1,
        newest: row.id,
        sample: vec![row.from],
        span: Some(Span { oldest: row.id, newest: row.id, at: row.created_at }),
        notification: row,
        subject,
    }
}

/// `members` are the newest of the group, the newest first.
fn together_as_one(row: Notification, members: &[Member], subject: Option<Subject>) -> Group {
    let first = members.first();
    Group {
        key: row.group,
        count: first.map_or(1, |member| member.total),
        newest: first.map_or(row.id, |member| member.id),
        sample: members.iter().map(|member| member.from).collect(),
        span: Some(Span {
            oldest: first.map_or(row.id, |member| member.oldest),
            newest: first.map_or(row.id, |member| member.id),
            at: first.map_or(row.created_at, |member| member.created_at),
        }),
        notification: row,
        subject,
    }
}

/// Everything that groups name, each once, in the order in which it is named.
fn gathered(
    groups: Vec<Group>,
    people: &HashMap<AccountId, Arc<AccountView>>,
    posts: &HashMap<PostId, Arc<PostView>>,
    expand: Expand,
    ends: Option<(i64, i64)>,
) -> Grouped {
    let mut named = HashSet::new();
    let mut take = |id: &AccountId| if named.insert(*id) { people.get(id).map(Arc::clone) } else { None };
    let newest: Vec<_> =
        groups.iter().filter_map(|group| group.sample.first()).filter_map(&mut take).collect();
    let others: Vec<_> =
        groups.iter().flat_map(|group| group.sample.iter().skip(1)).filter_map(take).collect();
    let mut about = HashSet::new();
    let mut once = |id: PostId| if about.insert(id) { posts.get(&id).map(Arc::clone) } else { None };
    let posts = groups.iter().filter_map(|group| group.notification.post_id).filter_map(&mut once).collect();
    let (accounts, partial) = match expand {
        Expand::Full => (newest.into_iter().chain(others).collect(), None),
        Expand::Newest => (newest, Some(others)),
    };
    Grouped { groups, accounts, partial, posts, ends }
}
