//! What stands under the addresses of pages: `/@NAME`, `/@NAME/ID` and the
//! feed beside them. Pages say what is gone; what the viewer may not see looks
//! missing.

use crate::error::OrNotFound;
use crate::timeline::{self, OfAuthor};
use crate::{Error, Result, thread};
use domain::{Account, AccountId, AccountState, BoostId, Page, PostId, PostView, Visibility};
use store::Tx;
use store::tombstone::Grave;

const ACCOUNT: &str = "account";
const POST: &str = "post";

/// The account of a handle: `name` for one of ours, else `name@host`. Asks nobody.
pub fn account(tx: &mut Tx, handle: &str) -> Result<Account> {
    let handle = tx.names().handle(handle).or_not_found(ACCOUNT)?;
    let account = store::account::by_handle(tx, &handle)?.or_not_found(ACCOUNT)?;
    match account.state {
        AccountState::Deleted => Err(Error::Gone(ACCOUNT)),
        AccountState::Suspended | AccountState::Waiting => Err(Error::NotFound(ACCOUNT)),
        AccountState::Active | AccountState::Silenced | AccountState::Moved => Ok(account),
    }
}

/// What an account itself wrote for everyone, newest first: for its feed.
pub fn feed_of(tx: &mut Tx, author: AccountId, limit: i64) -> Result<Vec<PostView>> {
    let selection = OfAuthor { without_boosts: true, without_replies: true, ..Default::default() };
    let mut posts = timeline::of_author(tx, None, author, &selection, Page::newest(limit))?.items;
    posts.retain(|view| view.post.visibility == Visibility::Public);
    Ok(posts)
}

/// An account that may be acted upon.
pub fn live_account(tx: &mut Tx, id: AccountId) -> Result<Account> {
    store::account::find(tx, id)?.filter(|account| account.state.is_live()).or_not_found(ACCOUNT)
}

/// A post among those it answers and those that answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// What it answers, from the first to the nearest.
    pub above: Vec<PostView>,
    /// The post.
    pub post: PostView,
    /// How often it was changed.
    pub edits: usize,
    /// What answers it, older first.
    pub below: Vec<PostView>,
}

/// What stands under the number of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A post.
    Thread(Box<Thread>),
    /// A boost of this post.
    Boost(Box<PostView>),
}

/// What an account published under a number. What the viewer may not see looks missing.
pub fn post(tx: &mut Tx, author: &Account, id: PostId, viewer: Option<AccountId>) -> Result<Shown> {
    if store::post::find(tx, id)?.is_some_and(|post| post.author_id == author.id) {
        return Ok(Shown::Thread(Box::new(thread_of(tx, id, viewer)?)));
    }
    let boost = store::boost::get(tx, BoostId(id.0))?;
    if boost.is_some_and(|boost| boost.account_id == author.id) {
        let boosted = thread::post_of(tx, viewer, id)?;
        return Ok(Shown::Boost(Box::new(thread::one(tx, viewer, boosted)?)));
    }
    let object = tx.names().post(&author.actor_id, id);
    match store::tombstone::find(tx, object.as_str())? {
        Some(left) if left.grave == Grave::Open => Err(Error::Gone(POST)),
        _ => Err(Error::NotFound(POST)),
    }
}

fn thread_of(tx: &mut Tx, id: PostId, viewer: Option<AccountId>) -> Result<Thread> {
    let around = thread::conversation(tx, viewer, id)?;
    let edits = store::post::revisions(tx, id)?.len();
    let post = thread::one(tx, viewer, id)?;
    Ok(Thread { above: around.ancestors, post, edits, below: around.descendants })
}

/// Clean HTML as plain text, for titles and summaries.
pub fn plain(html: &str) -> String {
    text::plain::from_html(html)
}
