//! Our collections: whole with their size, and page by page (ActivityPub §5).

use super::find::under;
use super::wanted::Window;
use crate::{Result, documents};
use activitypub::render::{self, PageDocument};
use domain::post::{BoostView, Post, PostView};
use domain::{Account, AccountId, Page};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use store::Tx;
use store::boost::Boost;
use store::follow::Side;
use store::post::Selection;

/// Ids on a page.
const IDS: i64 = 40;
/// Activities on a page of an outbox.
const ACTIVITIES: i64 = 20;

/// A collection that has pages.
struct Paged {
    id: String,
    total: i64,
    size: i64,
}

/// The entries of a page, and the row after which the next one begins.
struct Entries {
    items: Vec<Value>,
    next: Option<i64>,
}

impl Paged {
    fn render(
        &self,
        tx: &mut Tx,
        window: Window,
        list: impl FnOnce(&mut Tx, Page) -> Result<Entries>,
    ) -> Result<Value> {
        let total_items = u64::try_from(self.total).unwrap_or(0);
        let Window::Page(before) = window else {
            return Ok(render::ordered_collection(&self.id, total_items, Some(&self.page(None))));
        };
        // One more than shown tells whether there is a next page.
        let entries = list(tx, Page { max_id: before, ..Page::newest(self.size + 1) })?;
        Ok(render::ordered_collection_page(PageDocument {
            id: self.page(before),
            part_of: self.id.clone(),
            total_items,
            next: entries.next.map(|last| self.page(Some(last))),
            prev: None,
            items: entries.items,
        }))
    }

    fn page(&self, before: Option<i64>) -> String {
        match before {
            Some(before) => format!("{}?page=1&max_id={before}", self.id),
            None => format!("{}?page=1", self.id),
        }
    }
}

/// Cuts off the entry that is one too many.
fn cut<T>(rows: &mut Vec<T>, size: i64, id: impl Fn(&T) -> i64) -> Option<i64> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if rows.len() <= size {
        return None;
    }
    rows.truncate(size);
    rows.last().map(id)
}

/// Who follows an account.
pub(super) fn followers(tx: &mut Tx, account: &Account, window: Window) -> Result<Value> {
    let total = store::account::counts(tx, account.id)?.followers;
    follows(tx, account, window, ("followers", total, Side::Followers))
}

/// Whom an account follows.
pub(super) fn following(tx: &mut Tx, account: &Account, window: Window) -> Result<Value> {
    let total = store::account::counts(tx, account.id)?.following;
    follows(tx, account, window, ("following", total, Side::Following))
}

fn follows(
    tx: &mut Tx,
    account: &Account,
    window: Window,
    (part, total, side): (&str, i64, Side),
) -> Result<Value> {
    let paged = Paged { id: format!("{}/{part}", account.actor_id), total, size: IDS };
    if account.profile.details.hides_collections {
        return match window {
            // How many there are, and no page to begin with.
            Window::Whole => Ok(counted(&paged.id, total)),
            Window::Page(_) => Err(crate::Error::NotFound("document")),
        };
    }
    paged.render(tx, window, |tx, page| {
        let mut rows = store::follow::list(tx, account.id, side, page)?;
        let next = cut(&mut rows, IDS, |(row, _)| *row);
        let ids: Vec<AccountId> = rows.iter().map(|(_, id)| *id).collect();
        let known: HashMap<AccountId, Arc<Account>> =
            store::account::list(tx, &ids)?.into_iter().map(|(account, _)| (account.id, account)).collect();
        let live = ids.iter().filter_map(|id| known.get(id)).filter(|account| account.state.is_live());
        Ok(Entries { items: live.map(|account| account.actor_id.as_str().into()).collect(), next })
    })
}

/// What an account published for everyone, newest first.
pub(super) fn outbox(tx: &mut Tx, account: &Account, window: Window) -> Result<Value> {
    let total = store::account::counts(tx, account.id)?.posts;
    let paged = Paged { id: format!("{}/outbox", account.actor_id), total, size: ACTIVITIES };
    paged.render(tx, window, |tx, page| {
        let mut entries = store::post::by_author(tx, account.id, None, Selection::default(), page)?;
        let next = cut(&mut entries, ACTIVITIES, |entry| entry.id);
        let views = store::timeline::views(tx, None, &entries)?;
        let items: Result<Vec<Value>> = views.iter().map(|view| published(tx, account, view)).collect();
        Ok(Entries { items: items?, next })
    })
}

/// The Create of a post, or the Announce of a boost.
fn published(tx: &mut Tx, account: &Account, view: &PostView) -> Result<Value> {
    match &view.boost {
        Some(boost) => documents::announce(tx, &row(boost, &view.post), account, &view.post),
        None => documents::create(tx, &view.post, account),
    }
}

fn row(boost: &BoostView, post: &Post) -> Boost {
    Boost {
        id: boost.id,
        activity_id: boost.activity_id.clone(),
        account_id: boost.account.id,
        post_id: post.id,
        visibility: boost.visibility,
        created_at: boost.created_at,
    }
}

/// The answers to a post that anyone may read.
pub(super) fn replies(tx: &mut Tx, post: &Post, window: Window) -> Result<Value> {
    let total = store::post::count_open_replies(tx, post.id)?;
    let paged = Paged { id: under(post, "replies"), total, size: IDS };
    paged.render(tx, window, |tx, page| {
        let mut rows = store::post::open_replies(tx, post.id, page)?;
        let next = cut(&mut rows, IDS, |(row, _)| *row);
        Ok(Entries { items: rows.iter().map(|(_, id)| id.as_str().into()).collect(), next })
    })
}

/// How many like a post; who they are is not told.
pub(super) fn likes(tx: &mut Tx, post: &Post) -> Result<Value> {
    let total = store::post::counts(tx, post.id)?.likes;
    Ok(counted(&under(post, "likes"), total))
}

/// How many boosted a post; who they are is not told.
pub(super) fn shares(tx: &mut Tx, post: &Post) -> Result<Value> {
    let counts = store::post::counts(tx, post.id)?;
    Ok(counted(&under(post, "shares"), documents::shares(post, counts)))
}

fn counted(id: &str, total: i64) -> Value {
    render::ordered_collection(id, u64::try_from(total).unwrap_or(0), None)
}

/// What an account pinned for everyone to see.
pub(super) fn featured(tx: &mut Tx, account: &Account) -> Result<Value> {
    let pinned = crate::pin::documents(tx, account)?;
    Ok(render::ordered_collection_of(&format!("{}/collections/featured", account.actor_id), pinned))
}

/// The hashtags on an account's profile.
pub(super) fn tags(tx: &mut Tx, account: &Account) -> Result<Value> {
    let names = tx.names().clone();
    let tags = store::tag::featured(tx, account.id)?;
    let tags = tags.iter().map(|tag| documents::hashtag_document(&names, &tag.name)).collect();
    Ok(render::ordered_collection_of(&format!("{}/collections/tags", account.actor_id), tags))
}

/// A collection of an actor that has nothing in it.
pub(super) fn empty(account: &Account, part: &str) -> Value {
    render::ordered_collection_of(&format!("{}/{part}", account.actor_id), Vec::new())
}
