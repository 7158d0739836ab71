//! Hashtags that people follow, and those they show on their profiles.

use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::{Error, Result};
use domain::{Account, AccountId, Page, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use store::Tx;

pub use store::tag::Featured;

/// The most hashtags on a profile.
pub const MOST_FEATURED: usize = 10;
const TOO_MANY: &str = "Validation failed: You have already featured the maximum number of hashtags";
/// How many hashtags are suggested.
const SUGGESTED: i64 = 10;
/// Days a hashtag's use is told of.
const TAG_DAYS: i64 = 7;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A hashtag and its use in the last days, the newest day first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagView {
    /// Without `#`.
    pub name: String,
    /// Its days.
    pub days: Vec<TagDay>,
    /// Whether the viewer follows it; none for nobody.
    pub following: Option<bool>,
    /// Whether it stands on the viewer's profile; none for nobody.
    pub featuring: Option<bool>,
}

/// How much a hashtag was used on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagDay {
    /// Its beginning.
    pub day: Timestamp,
    /// Public posts.
    pub uses: i64,
    /// Their authors.
    pub accounts: i64,
}

/// What a hashtag is looked up by, as somebody wrote it; `None` where it is none.
pub fn key(text: &str) -> Option<String> {
    text::hashtag::key_of(text)
}

/// One hashtag, used or not; none where the text is none.
pub fn find(tx: &mut Tx, viewer: Option<AccountId>, text: &str) -> Result<Option<TagView>> {
    let Some(key) = text::hashtag::key_of(text) else { return Ok(None) };
    Ok(views(tx, viewer, vec![key])?.pop())
}

/// Hashtags (lower case) with their use, and what they are to the viewer.
pub(crate) fn views(tx: &mut Tx, viewer: Option<AccountId>, names: Vec<String>) -> Result<Vec<TagView>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let today = tx.now().0.div_euclid(DAY_MS);
    let oldest = today - TAG_DAYS + 1;
    let rows = store::timeline::tag_days(tx, &names, domain::id::first_at(oldest * DAY_MS))?;
    let known: HashMap<(String, i64), (i64, i64)> =
        rows.into_iter().map(|row| ((row.name, row.day), (row.uses, row.accounts))).collect();
    let days = |name: &str| {
        let day = |day: i64| {
            let (uses, accounts) = known.get(&(name.to_owned(), day)).copied().unwrap_or_default();
            TagDay { day: Timestamp(day * DAY_MS), uses, accounts }
        };
        (oldest..=today).rev().map(day).collect()
    };
    let relations = match viewer {
        Some(viewer) => store::tag::relations(tx, viewer, &names)?,
        None => Vec::new(),
    };
    let related = |name: &str, is: fn(&store::tag::Relation) -> bool| {
        viewer.map(|_| relations.iter().any(|relation| relation.name == name && is(relation)))
    };
    Ok(names
        .into_iter()
        .map(|name| TagView {
            days: days(&name),
            following: related(&name, |it| it.following),
            featuring: related(&name, |it| it.featuring),
            name,
        })
        .collect())
}

fn name_of(text: &str) -> Result<String> {
    text::hashtag::parse(text).or_not_found("hashtag")
}

fn shown(tx: &mut Tx, viewer: &Account, name: &str) -> Result<TagView> {
    find(tx, Some(viewer.id), name)?.or_not_found("hashtag")
}

/// Public posts with a hashtag enter the viewer's home from now on.
pub fn follow(tx: &mut Tx, viewer: &Account, name: &str) -> Result<TagView> {
    let name = name_of(name)?;
    store::tag::follow(tx, viewer.id, &text::hashtag::key(&name))?;
    shown(tx, viewer, &name)
}

/// Posts with a hashtag enter home no more; what only it brought there goes.
pub fn unfollow(tx: &mut Tx, viewer: &Account, name: &str) -> Result<TagView> {
    let name = name_of(name)?;
    let key = text::hashtag::key(&name);
    if store::tag::unfollow(tx, viewer.id, &key)? {
        store::tag::withdraw(tx, viewer.id, &key)?;
    }
    shown(tx, viewer, &name)
}

/// Hashtags the viewer follows.
pub fn followed(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<TagView>> {
    let rows = store::tag::followed(tx, viewer, page)?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let names = rows.into_iter().map(|(_, name)| name).collect();
    Ok(Listed::new(views(tx, Some(viewer), names)?, ids.into_iter()))
}

/// A hashtag on the own profile. Twice is once.
pub fn feature(tx: &mut Tx, viewer: &Account, name: &str) -> Result<TagView> {
    let name = put(tx, viewer, name)?;
    shown(tx, viewer, &name)
}

fn put(tx: &mut Tx, viewer: &Account, name: &str) -> Result<String> {
    let name = text::hashtag::parse(name)
        .ok_or_else(|| Error::invalid("Tag", "must be letters, digits and underscores"))?;
    let key = text::hashtag::key(&name);
    tx.lock(&format!("featured tags {}", viewer.id))?;
    let there = store::tag::featured(tx, viewer.id)?;
    let known = there.iter().any(|tag| text::hashtag::key(&tag.name) == key);
    if !known && there.len() >= MOST_FEATURED {
        return Err(Error::Refused(TOO_MANY.into()));
    }
    store::tag::feature(tx, viewer.id, &name, &key)?;
    Ok(name)
}

/// A hashtag on the own profile, as it stands there.
pub fn add(tx: &mut Tx, viewer: &Account, name: &str) -> Result<Featured> {
    if name.trim().is_empty() {
        return Err(Error::invalid("Tag", "can't be blank"));
    }
    let key = text::hashtag::key(&put(tx, viewer, name)?);
    let mut all = store::tag::featured(tx, viewer.id)?;
    all.retain(|tag| text::hashtag::key(&tag.name) == key);
    all.pop().or_not_found("hashtag")
}

/// A hashtag off the own profile.
pub fn unfeature(tx: &mut Tx, viewer: &Account, name: &str) -> Result<TagView> {
    let name = name_of(name)?;
    store::tag::unfeature(tx, viewer.id, &text::hashtag::key(&name))?;
    shown(tx, viewer, &name)
}

/// The same by its row.
pub fn remove(tx: &mut Tx, viewer: &Account, id: i64) -> Result<()> {
    if store::tag::unfeature_row(tx, viewer.id, id)? { Ok(()) } else { Err(Error::NotFound("hashtag")) }
}

/// Hashtags on a profile, with its account.
pub fn featured(tx: &mut Tx, account: AccountId) -> Result<(Arc<Account>, Vec<Featured>)> {
    let owner = crate::profile::one(tx, account)?.account;
    let tags = if owner.state.is_live() { store::tag::featured(tx, account)? } else { Vec::new() };
    Ok((owner, tags))
}

/// Hashtags that the viewer uses most and does not show.
pub fn suggested(tx: &mut Tx, viewer: AccountId) -> Result<Vec<TagView>> {
    let names = store::tag::often_used(tx, viewer, SUGGESTED)?;
    views(tx, Some(viewer), names)
}
