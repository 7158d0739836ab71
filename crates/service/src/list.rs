//! Lists of accounts. Their timelines are written on arrival like home: read
//! by a query over the members, a page of a quiet list would have to pass over
//! the posts of everyone else, or gather those of each member first.

mod backfill;

use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::profile::{self, AccountView};
use crate::timeline::dress;
use crate::{Error, Result, filter};
use domain::filter::Context;
use domain::list::{Answered, List, MAX_LISTS, MAX_TITLE_CHARACTERS, Replies, shows};
use domain::{AccountId, ListId, Page, Post, PostView, Visibility};
use std::collections::HashSet;
use store::Tx;
use store::timeline::{self, Entry};

const LIST: &str = "list";
/// The most accounts that are added or taken out at once.
const MOST: usize = 1000;

/// What an owner decides of a list; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What it is called.
    pub title: Option<String>,
    /// Which answers it shows.
    pub replies: Option<Replies>,
    /// Whether its members leave home.
    pub exclusive: Option<bool>,
}

fn title(text: &str) -> Result<String> {
    let title = text.trim();
    if title.is_empty() {
        return Err(Error::invalid("Title", "can't be blank"));
    }
    if title.chars().count() > MAX_TITLE_CHARACTERS {
        return Err(Error::invalid(
            "Title",
            format!("is too long (maximum is {MAX_TITLE_CHARACTERS} characters)"),
        ));
    }
    Ok(title.to_owned())
}

/// Makes a list.
pub fn create(tx: &mut Tx, owner: AccountId, new: &Change) -> Result<List> {
    let list = List {
        id: ListId(tx.new_id()),
        owner,
        title: title(new.title.as_deref().unwrap_or_default())?,
        replies: new.replies.unwrap_or_default(),
        exclusive: new.exclusive.unwrap_or(false),
    };
    tx.lock(&format!("lists {owner}"))?;
    if store::list::count(tx, owner)? >= MAX_LISTS {
        return Err(Error::invalid("Account", "You have reached the maximum amount of lists"));
    }
    store::list::insert(tx, &list)?;
    Ok(list)
}

/// A list of the viewer.
pub fn one(tx: &mut Tx, owner: AccountId, id: ListId) -> Result<List> {
    store::list::find(tx, owner, id)?.or_not_found(LIST)
}

/// All lists of the viewer.
pub fn all(tx: &mut Tx, owner: AccountId) -> Result<Vec<List>> {
    Ok(store::list::of_owner(tx, owner)?)
}

/// Lists of the viewer that hold an account.
pub fn holding(tx: &mut Tx, owner: AccountId, member: AccountId) -> Result<Vec<List>> {
    profile::one(tx, member)?;
    Ok(store::list::holding_of(tx, owner, member)?)
}

/// Changes a list. Where it begins or ceases to be exclusive, home follows.
pub fn update(tx: &mut Tx, owner: AccountId, id: ListId, change: &Change) -> Result<List> {
    let mut list = one(tx, owner, id)?;
    let was_exclusive = list.exclusive;
    if let Some(text) = &change.title {
        list.title = title(text)?;
    }
    list.replies = change.replies.unwrap_or(list.replies);
    list.exclusive = change.exclusive.unwrap_or(list.exclusive);
    store::list::update(tx, &list)?;
    if list.exclusive != was_exclusive {
        let members = store::list::all_members(tx, id)?;
        if list.exclusive { leave_home(tx, owner, &members)? } else { return_home(tx, owner, &members)? }
    }
    Ok(list)
}

/// Removes a list.
pub fn delete(tx: &mut Tx, owner: AccountId, id: ListId) -> Result<()> {
    let list = one(tx, owner, id)?;
    let members = store::list::all_members(tx, id)?;
    store::list::remove(tx, id)?;
    if list.exclusive { return_home(tx, owner, &members) } else { Ok(()) }
}

/// Members of a list.
pub fn members(tx: &mut Tx, owner: AccountId, id: ListId, page: Page) -> Result<Listed<AccountView>> {
    one(tx, owner, id)?;
    let rows = store::list::members(tx, id, page)?;
    profile::listed(tx, &rows)
}

/// Puts accounts into a list, all or none: only whom its owner follows, or
/// asked to follow, and the owner.
pub fn add(tx: &mut Tx, owner: AccountId, id: ListId, members: &[AccountId]) -> Result<()> {
    let list = one(tx, owner, id)?;
    let mut known = HashSet::new();
    for member in members.iter().take(MOST).filter(|member| known.insert(**member)) {
        store::account::find(tx, *member)?
            .filter(|account| account.state.is_live())
            .or_not_found("account")?;
        let follow = store::follow::find(tx, owner, *member)?;
        if *member != owner && follow.is_none() {
            return Err(Error::NotFound("follow"));
        }
        if !store::list::add(tx, id, *member)? {
            return Err(Error::invalid("Account", "has already been taken"));
        }
        if *member == owner || follow.is_some_and(|follow| follow.accepted) {
            backfill::list(tx, &list, *member)?;
        }
        if list.exclusive {
            leave_home(tx, owner, &[*member])?;
        }
    }
    Ok(())
}

/// Takes accounts out of a list.
pub fn remove(tx: &mut Tx, owner: AccountId, id: ListId, members: &[AccountId]) -> Result<()> {
    let list = one(tx, owner, id)?;
    let there: HashSet<AccountId> = store::list::all_members(tx, id)?.into_iter().collect();
    let leaving: Vec<AccountId> = members.iter().copied().filter(|member| there.contains(member)).collect();
    store::list::drop_members(tx, id, &leaving)?;
    if list.exclusive { return_home(tx, owner, &leaving) } else { Ok(()) }
}

/// The timeline of a list.
pub fn timeline(tx: &mut Tx, owner: AccountId, id: ListId, page: Page) -> Result<Listed<PostView>> {
    let list = one(tx, owner, id)?;
    let entries = store::list::timeline(tx, &list, page)?;
    let mut views = dress(tx, Some(owner), &entries)?;
    views.retain(|view| !filter::drops(view, owner, Context::Home));
    Ok(Listed::new(views, entries.iter().map(|entry| entry.id)))
}

fn leave_home(tx: &mut Tx, owner: AccountId, members: &[AccountId]) -> Result<()> {
    for member in members.iter().filter(|member| **member != owner) {
        timeline::withdraw(tx, owner, *member)?;
    }
    Ok(())
}

/// Those that no other exclusive list holds are in home again.
fn return_home(tx: &mut Tx, owner: AccountId, members: &[AccountId]) -> Result<()> {
    for member in members.iter().filter(|member| **member != owner) {
        let followed = store::follow::find(tx, owner, *member)?.is_some_and(|follow| follow.accepted);
        let elsewhere = store::list::holding_of(tx, owner, *member)?.iter().any(|list| list.exclusive);
        if followed && !elsewhere {
            backfill::home(tx, owner, *member)?;
        }
    }
    Ok(())
}

/// A follow begins: what the followed account wrote last enters the lists that
/// hold it already, and home, unless one of them keeps it out of there.
pub(crate) fn follow_began(tx: &mut Tx, owner: AccountId, followed: AccountId) -> Result<()> {
    let lists = store::list::holding_of(tx, owner, followed)?;
    for list in &lists {
        backfill::list(tx, list, followed)?;
    }
    if lists.iter().all(|list| !list.exclusive) {
        backfill::home(tx, owner, followed)?;
    }
    Ok(())
}

/// A follow ends: who is not followed is in no list.
pub(crate) fn follow_ended(tx: &mut Tx, owner: AccountId, followed: AccountId) -> Result<()> {
    Ok(store::list::leave(tx, owner, followed)?)
}

/// Writes a new post into the lists that hold its author. `readers`: who of
/// ours may have it in a timeline. Returns who does not want it in home.
pub(crate) fn spread_post(
    tx: &mut Tx,
    new: &Post,
    readers: &HashSet<AccountId>,
) -> Result<HashSet<AccountId>> {
    let lists = held(tx, new.author_id, readers)?;
    if lists.is_empty() {
        return Ok(HashSet::new());
    }
    let elsewhere = exclusive(&lists, new.author_id);
    // What is written to some people is no part of a list.
    if new.visibility == Visibility::Direct {
        return Ok(elsewhere);
    }
    let answered = answered(tx, new, &lists)?;
    let showing = lists.iter().zip(answered).filter(|(list, answered)| shows(list.replies, *answered));
    let ids: Vec<ListId> = showing.map(|(list, _)| list.id).collect();
    store::list::push(tx, &ids, Entry::from(new.id), new.author_id)?;
    Ok(elsewhere)
}

/// Writes a boost into the lists that hold the booster, where it is not to be
/// seen `since` some id. Returns who does not want it in home.
pub(crate) fn spread_boost(
    tx: &mut Tx,
    entry: Entry,
    booster: AccountId,
    readers: &HashSet<AccountId>,
    since: i64,
) -> Result<HashSet<AccountId>> {
    let lists = held(tx, booster, readers)?;
    if lists.is_empty() {
        return Ok(HashSet::new());
    }
    let mut ids: Vec<ListId> = lists.iter().map(|list| list.id).collect();
    let having = store::list::having(tx, &ids, entry.post_id, since)?;
    ids.retain(|id| !having.contains(id));
    store::list::push(tx, &ids, entry, booster)?;
    Ok(exclusive(&lists, booster))
}

fn held(tx: &mut Tx, member: AccountId, readers: &HashSet<AccountId>) -> Result<Vec<List>> {
    let mut lists = store::list::holding(tx, member)?;
    lists.retain(|list| list.owner == member || readers.contains(&list.owner));
    Ok(lists)
}

/// Nobody loses the own posts out of home.
fn exclusive(lists: &[List], member: AccountId) -> HashSet<AccountId> {
    lists.iter().filter(|list| list.exclusive && list.owner != member).map(|list| list.owner).collect()
}

/// Whom a post answers, for each of the lists.
fn answered(tx: &mut Tx, new: &Post, lists: &[List]) -> Result<Vec<Answered>> {
    let other = match (&new.in_reply_to, new.in_reply_to_account_id) {
        (None, _) => return Ok(vec![Answered::Nobody; lists.len()]),
        (Some(_), None) => return Ok(vec![Answered::Unknown; lists.len()]),
        (Some(_), Some(author)) if author == new.author_id => return Ok(vec![Answered::Nobody; lists.len()]),
        (Some(_), Some(other)) => other,
    };
    let owners: Vec<AccountId> = lists.iter().map(|list| list.owner).collect();
    let following = store::follow::followers_among(tx, &owners, other)?;
    let ids: Vec<ListId> = lists.iter().map(|list| list.id).collect();
    let holding = store::list::among_holding(tx, &ids, other)?;
    let answered = |list: &List| {
        if list.owner == other {
            Answered::Owner
        } else {
            Answered::Other { followed: following.contains(&list.owner), member: holding.contains(&list.id) }
        }
    };
    Ok(lists.iter().map(answered).collect())
}

/// Whether a post belongs into a list that holds its author.
fn belongs(tx: &mut Tx, post: &Post, list: &List) -> Result<bool> {
    let answered = answered(tx, post, std::slice::from_ref(list))?;
    Ok(answered.first().is_some_and(|answered| shows(list.replies, *answered)))
}

/// The lists that an entry was written into, with their owners: for those who
/// watch.
pub fn showing(tx: &mut Tx, entry: Entry) -> Result<Vec<List>> {
    Ok(store::list::showing(tx, entry.post_id, entry.id)?)
}
