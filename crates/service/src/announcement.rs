//! What the administrator tells everyone here, and what people say to it.

use crate::error::OrNotFound;
use crate::{Error, Result, emoji};
use domain::account::Emoji;
use domain::{Account, AccountId, AnnouncementId, Event, Handle, PostId, Timestamp};
use std::collections::HashMap;
use store::Tx;
use store::announcement as rows;
use text::{Around, Resolved};

pub use store::announcement::{Announcement, Reaction};

const ANNOUNCEMENT: &str = "announcement";
/// The longest text, in characters.
const MAX_CHARACTERS: usize = 10_000;
/// Different reactions to one announcement.
const MAX_REACTIONS: usize = 8;

/// An announcement as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncementView {
    /// What is told.
    pub announcement: Announcement,
    /// The viewer has put it away.
    pub read: bool,
    /// Accounts that it names.
    pub mentions: Vec<Account>,
    /// Posts that it links to, with their addresses.
    pub posts: Vec<(PostId, String)>,
    /// Hashtags in it, lower case.
    pub hashtags: Vec<String>,
    /// Emoji of ours in it.
    pub emojis: Vec<Emoji>,
    /// What people said to it, each with its picture, where it has one.
    pub reactions: Vec<(Reaction, Option<Emoji>)>,
}

/// What an administrator announces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    /// Markdown.
    pub text: String,
    /// When what it is about begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// Only the days of these times count.
    pub all_day: bool,
}

/// Tells something to everyone here.
pub fn create(tx: &mut Tx, new: &New) -> Result<Announcement> {
    let source = new.text.trim();
    if source.is_empty() {
        return Err(Error::invalid("text", "can't be blank"));
    }
    if source.chars().count() > MAX_CHARACTERS {
        return Err(Error::invalid("text", "is too long"));
    }
    if let (Some(starts), Some(ends)) = (new.starts_at, new.ends_at)
        && ends < starts
    {
        return Err(Error::invalid("ends", "must not be before it starts"));
    }
    let named = named(tx, source)?;
    let names = tx.names().clone();
    let resolve = |mention: &text::Mention| {
        named.iter().find(|(written, _)| written == mention).map(|(_, account)| resolved(account))
    };
    let content_html = text::format::markdown(source, &Around { names: &names, resolve: &resolve }).html;
    let announcement = Announcement {
        id: AnnouncementId(tx.new_id()),
        source: source.to_owned(),
        content_html,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        all_day: new.all_day,
        published_at: tx.now(),
        updated_at: tx.now(),
    };
    rows::insert(tx, &announcement)?;
    tx.tell(Event::Announced(announcement.id));
    Ok(announcement)
}

/// The accounts that a text names, as far as they are known here.
fn named(tx: &mut Tx, text: &str) -> Result<Vec<(text::Mention, Account)>> {
    let mut accounts: Vec<(text::Mention, Account)> = Vec::new();
    for found in text::mention::find(text) {
        let domain = found.mention.domain.clone().unwrap_or_else(|| tx.names().domain().clone());
        let handle = Handle { name: found.mention.name.clone(), domain };
        if let Some(account) =
            store::account::by_handle(tx, &handle)?.filter(|account| account.state.is_live())
        {
            accounts.push((found.mention, account));
        }
    }
    Ok(accounts)
}

fn resolved(account: &Account) -> Resolved {
    let page = account.profile.url.clone().unwrap_or_else(|| account.actor_id.to_string());
    Resolved { account: account.id, page, shown: account.handle.name.clone() }
}

/// Takes an announcement back.
pub fn delete(tx: &mut Tx, id: AnnouncementId) -> Result<()> {
    rows::remove(tx, id)?.then_some(()).or_not_found(ANNOUNCEMENT)?;
    tx.tell(Event::AnnouncementDeleted(id));
    Ok(())
}

/// All there are, for the administrator.
pub fn all(tx: &mut Tx) -> Result<Vec<Announcement>> {
    Ok(rows::all(tx)?)
}

/// Which announcements to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those the viewer has not put away.
    New,
    /// These too.
    All,
}

/// Announcements that have not ended, the oldest first.
pub fn list(tx: &mut Tx, viewer: AccountId, which: Which) -> Result<Vec<AnnouncementView>> {
    let now = tx.now();
    let mut current = rows::all(tx)?;
    current.retain(|one| one.ends_at.is_none_or(|end| end > now));
    let mut views = dressed(tx, viewer, current)?;
    if which == Which::New {
        views.retain(|view| !view.read);
    }
    Ok(views)
}

/// One announcement, for those who watch.
pub fn one(tx: &mut Tx, viewer: AccountId, id: AnnouncementId) -> Result<AnnouncementView> {
    let found = current(tx, id)?;
    dressed(tx, viewer, vec![found])?.into_iter().next().or_not_found(ANNOUNCEMENT)
}

fn current(tx: &mut Tx, id: AnnouncementId) -> Result<Announcement> {
    let now = tx.now();
    rows::find(tx, id, now)?.or_not_found(ANNOUNCEMENT)
}

fn dressed(tx: &mut Tx, viewer: AccountId, found: Vec<Announcement>) -> Result<Vec<AnnouncementView>> {
    let ids: Vec<AnnouncementId> = found.iter().map(|one| one.id).collect();
    let read = rows::dismissed(tx, viewer, &ids)?;
    let mut reactions: HashMap<AnnouncementId, Vec<(Reaction, Option<Emoji>)>> = HashMap::new();
    for reaction in rows::reactions(tx, &ids, viewer)? {
        let picture = picture_of(tx, &reaction.name)?;
        reactions.entry(reaction.announcement).or_default().push((reaction, picture));
    }
    let mut views = Vec::with_capacity(found.len());
    for announcement in found {
        let mut mentions: Vec<Account> = Vec::new();
        for (_, account) in named(tx, &announcement.source)? {
            if mentions.iter().all(|known| known.id != account.id) {
                mentions.push(account);
            }
        }
        views.push(AnnouncementView {
            read: read.contains(&announcement.id),
            mentions,
            posts: linked(tx, viewer, &announcement.source)?,
            hashtags: hashtags(&announcement.source),
            emojis: emoji::used(tx, &[&announcement.source])?,
            reactions: reactions.remove(&announcement.id).unwrap_or_default(),
            announcement,
        });
    }
    Ok(views)
}

fn hashtags(source: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for found in text::hashtag::find(source) {
        let key = text::hashtag::key(&found.name);
        if !names.contains(&key) {
            names.push(key);
        }
    }
    names
}

/// Posts of ours that a text links to, as far as the viewer may see them.
fn linked(tx: &mut Tx, viewer: AccountId, source: &str) -> Result<Vec<(PostId, String)>> {
    let links = text::link::find(source).into_iter().filter_map(|range| source.get(range));
    let ours = tx.names().url("/");
    let written: Vec<(PostId, String)> = links
        .filter(|link| link.starts_with(&ours))
        .filter_map(|link| Some((link.rsplit('/').next()?.parse().ok()?, link.to_owned())))
        .collect();
    let ids: Vec<PostId> = written.iter().map(|(id, _)| *id).collect();
    let seen = store::timeline::visible_among(tx, &ids, Some(viewer))?;
    Ok(written.into_iter().filter(|(id, _)| seen.contains(id)).collect())
}

/// The picture of a reaction; none where it is an emoji of Unicode.
fn picture_of(tx: &mut Tx, name: &str) -> Result<Option<Emoji>> {
    if text::emoji::is_unicode(name) {
        return Ok(None);
    }
    Ok(emoji::used(tx, &[&format!(":{name}:")])?.into_iter().next())
}

/// The viewer puts an announcement away.
pub fn dismiss(tx: &mut Tx, viewer: AccountId, id: AnnouncementId) -> Result<()> {
    current(tx, id)?;
    Ok(rows::dismiss(tx, viewer, id)?)
}

/// The viewer says something to an announcement: an emoji of Unicode, or the
/// shortcode of one of ours.
pub fn react(tx: &mut Tx, viewer: AccountId, id: AnnouncementId, name: &str) -> Result<()> {
    current(tx, id)?;
    if !text::emoji::is_unicode(name) && picture_of(tx, name)?.is_none() {
        return Err(Error::invalid("Name", "is not a recognized emoji"));
    }
    tx.lock(&format!("announcement {id}"))?;
    let given = rows::reactions(tx, &[id], viewer)?;
    if given.len() >= MAX_REACTIONS && given.iter().all(|reaction| reaction.name != name) {
        return Err(Error::Refused("Validation failed: Limit of different reactions reached".into()));
    }
    rows::react(tx, id, name, viewer)?;
    tx.tell(Event::AnnouncementReacted(id, name.to_owned()));
    Ok(())
}

/// The viewer takes it back.
pub fn unreact(tx: &mut Tx, viewer: AccountId, id: AnnouncementId, name: &str) -> Result<()> {
    current(tx, id)?;
    rows::unreact(tx, id, name, viewer)?.then_some(()).or_not_found("reaction")?;
    tx.tell(Event::AnnouncementReacted(id, name.to_owned()));
    Ok(())
}
