//! What an event means to those who watch, told after its commit.

use crate::Result;
use crate::announcement::{self, AnnouncementView};
use crate::conversation::{self, ConversationView};
use crate::notification::{self, NotificationView};
use crate::timeline::dress;
use crate::watch::{Streams, Target};
use crate::{filter, list};
use domain::event::Withdrawn;
use domain::stream::{Reach, Side, Topic};
use domain::{
    AccountId, AccountState, AnnouncementId, BoostId, Event, NotificationId, PostId, PostView, TokenId,
    Visibility,
};
use std::collections::HashSet;
use store::Tx;
use store::timeline::Entry;

/// What happened.
#[derive(Debug)]
pub enum Told {
    /// A post or a boost is new.
    Posted(Box<PostView>),
    /// A post says something else.
    Edited(Box<PostView>),
    /// What was listed under this id is gone.
    Deleted(i64),
    /// The account was told something.
    Notified(Box<NotificationView>),
    /// The account is shown what was kept back from it.
    Merged,
    /// A direct conversation has a new post.
    Conversed(Box<ConversationView>),
    /// The account's word filters are others now.
    FiltersChanged,
    /// An announcement is new or says something else.
    Announced(Box<AnnouncementView>),
    /// Somebody reacted to an announcement with this.
    Reacted(Box<AnnouncementView>, String),
    /// An announcement is gone.
    AnnouncementDeleted(AnnouncementId),
}

/// What happened, and which lines hear of it.
#[derive(Debug)]
pub struct News {
    /// What.
    pub told: Told,
    /// For whom.
    pub to: Vec<Target>,
}

/// Whether [`news`] may have something to say of an event.
pub fn concerns_watchers(event: &Event) -> bool {
    matches!(
        event,
        Event::Posted(_)
            | Event::Boosted(_)
            | Event::Edited(_)
            | Event::Withdrawn(_)
            | Event::Notified(..)
            | Event::Merged(_)
            | Event::FiltersChanged(_)
            | Event::Announced(_)
            | Event::AnnouncementReacted(..)
            | Event::AnnouncementDeleted(_)
    )
}

/// Of the tokens of those who watch, the ones that are still good.
pub fn good_tokens(tx: &mut Tx, tokens: &[TokenId]) -> Result<HashSet<TokenId>> {
    Ok(store::oauth::good_among(tx, tokens)?)
}

/// What an event means. The statements are as many however many watch, but
/// for those to whom a post looks different than to the others.
pub fn news(tx: &mut Tx, streams: &Streams, event: &Event) -> Result<Vec<News>> {
    match event {
        Event::Posted(id) => posted(tx, streams, *id),
        Event::Boosted(id) => boosted(tx, streams, *id),
        Event::Edited(id) => edited(tx, streams, *id),
        Event::Withdrawn(withdrawn) => Ok(self::withdrawn(streams, withdrawn)),
        Event::Notified(account, id) => notified(tx, streams, *account, *id),
        Event::FiltersChanged(account) => {
            let to = streams.targets([Topic::Home(*account)]);
            Ok(some(Told::FiltersChanged, to).into_iter().collect())
        }
        Event::Announced(id) => announced(tx, streams, *id, Told::Announced),
        Event::AnnouncementReacted(id, name) => {
            announced(tx, streams, *id, |view| Told::Reacted(view, name.clone()))
        }
        Event::AnnouncementDeleted(id) => {
            Ok(some(Told::AnnouncementDeleted(*id), streams.homes()).into_iter().collect())
        }
        Event::Merged(account) => {
            let to = streams.targets([Topic::Notifications(*account)]);
            Ok(some(Told::Merged, to).into_iter().collect())
        }
        _ => Ok(Vec::new()),
    }
}

fn homes(owners: Vec<AccountId>) -> impl Iterator<Item = Topic> {
    owners.into_iter().map(Topic::Home)
}

fn posted(tx: &mut Tx, streams: &Streams, id: PostId) -> Result<Vec<News>> {
    let owners = store::stream::owners(tx, id, id.0)?;
    let topics = homes(owners).chain(lists(tx, id.into())?).chain(among_all(tx, id)?);
    let mut news = post_news(tx, id.into(), None, &streams.targets(topics), Told::Posted)?;
    news.extend(conversed(tx, streams, id)?);
    Ok(news)
}

/// Lists of everyone's posts show no boosts.
fn boosted(tx: &mut Tx, streams: &Streams, id: BoostId) -> Result<Vec<News>> {
    let Some(boost) = store::boost::get(tx, id)? else { return Ok(Vec::new()) };
    let entry = Entry { id: id.0, post_id: boost.post_id, boost_id: Some(id) };
    let owners = store::stream::owners(tx, entry.post_id, entry.id)?;
    let targets = streams.targets(homes(owners).chain(lists(tx, entry)?));
    post_news(tx, entry, Some(boost.account_id), &targets, Told::Posted)
}

fn edited(tx: &mut Tx, streams: &Streams, id: PostId) -> Result<Vec<News>> {
    let owners = store::stream::holders(tx, id)?;
    let lists = store::stream::lists(tx, id)?.into_iter().map(Topic::List);
    let targets = streams.targets(homes(owners).chain(lists).chain(among_all(tx, id)?));
    post_news(tx, id.into(), None, &targets, Told::Edited)
}

fn lists(tx: &mut Tx, entry: Entry) -> Result<Vec<Topic>> {
    Ok(list::showing(tx, entry)?.into_iter().map(|list| Topic::List(list.id)).collect())
}

/// A direct post is told as its conversation, to each who is in it.
fn conversed(tx: &mut Tx, streams: &Streams, id: PostId) -> Result<Vec<News>> {
    let Some(post) = store::post::find(tx, id)? else { return Ok(Vec::new()) };
    if post.visibility != Visibility::Direct {
        return Ok(Vec::new());
    }
    let mut news = Vec::new();
    for account in store::post::addressed(tx, id)?.into_iter().chain([post.author_id]) {
        let to = streams.targets([Topic::Direct(account)]);
        if to.is_empty() {
            continue;
        }
        if let Some(view) = conversation::of_post(tx, account, id)? {
            news.extend(some(Told::Conversed(Box::new(view)), to));
        }
    }
    Ok(news)
}

fn announced(
    tx: &mut Tx,
    streams: &Streams,
    id: AnnouncementId,
    told: impl Fn(Box<AnnouncementView>) -> Told,
) -> Result<Vec<News>> {
    let to = streams.homes();
    let Some(viewer) = to.first().map(|target| target.account) else { return Ok(Vec::new()) };
    match announcement::one(tx, viewer, id) {
        Ok(view) => Ok(some(told(Box::new(view)), to).into_iter().collect()),
        Err(crate::Error::NotFound(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Where a post stands among everyone's.
fn among_all(tx: &mut Tx, id: PostId) -> Result<Vec<Topic>> {
    let Some(post) = store::post::find(tx, id)? else { return Ok(Vec::new()) };
    let Some(author) = store::account::find(tx, post.author_id)? else { return Ok(Vec::new()) };
    let listed = matches!(author.state, AccountState::Active | AccountState::Moved);
    let reach = Reach::of(&post, Side::of(&author.home)).filter(|_| listed);
    Ok(reach.map(|reach| reach.topics()).unwrap_or_default())
}

fn withdrawn(streams: &Streams, withdrawn: &Withdrawn) -> Vec<News> {
    let among_all = withdrawn.reach.iter().flat_map(Reach::topics);
    let lists = withdrawn.lists.iter().copied().map(Topic::List);
    let to = streams.targets(homes(withdrawn.to.clone()).chain(lists).chain(among_all));
    some(Told::Deleted(withdrawn.id), to).into_iter().collect()
}

fn notified(tx: &mut Tx, streams: &Streams, account: AccountId, id: NotificationId) -> Result<Vec<News>> {
    let to = streams.targets([Topic::Notifications(account)]);
    if to.is_empty() {
        return Ok(Vec::new());
    }
    match notification::one(tx, account, id) {
        Ok(view) => Ok(some(Told::Notified(Box::new(view)), to).into_iter().collect()),
        // Taken back, or about what may not be seen.
        Err(crate::Error::NotFound(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn some(told: Told, to: Vec<Target>) -> Option<News> {
    (!to.is_empty()).then_some(News { told, to })
}

/// A post for all who may see it: once for those to whom it looks the same,
/// and once for each of the others.
fn post_news(
    tx: &mut Tx,
    entry: Entry,
    booster: Option<AccountId>,
    targets: &[Target],
    told: fn(Box<PostView>) -> Told,
) -> Result<Vec<News>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let watching: HashSet<AccountId> = targets.iter().map(|target| target.account).collect();
    let watching: Vec<AccountId> = watching.into_iter().collect();
    let readers: Vec<AccountId> = store::stream::readers_among(tx, entry.post_id, booster, &watching)?;
    let familiar: HashSet<AccountId> =
        store::stream::familiar_among(tx, entry.post_id, &readers)?.into_iter().collect();
    let (own, same): (Vec<AccountId>, Vec<AccountId>) =
        readers.into_iter().partition(|account| familiar.contains(account));
    let groups = own.iter().map(std::slice::from_ref).chain(Some(same.as_slice()));
    let mut news = Vec::new();
    for group in groups {
        let Some(viewer) = group.first() else { continue };
        let Some(view) = dress(tx, Some(*viewer), &[entry])?.pop() else { continue };
        let group: HashSet<&AccountId> = group.iter().collect();
        let hears = |target: &&Target| {
            group.contains(&target.account) && !filter::drops(&view, target.account, target.context)
        };
        let to = targets.iter().filter(hears).cloned().collect();
        news.extend(some(told(Box::new(view)), to));
    }
    Ok(news)
}
