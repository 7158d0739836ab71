//! Conversations of direct posts: one for each thread and each set of people.

use crate::Result;
use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::profile::{self, AccountView};
use crate::timeline::dress;
use domain::{Account, AccountId, ConversationId, Page, Post, PostId, PostView, Visibility};
use std::collections::HashMap;
use store::Tx;
use store::conversation::Conversation;

pub use store::conversation::News;
use store::timeline::{Entry, visible_among};

/// A conversation as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationView {
    /// Our row.
    pub id: ConversationId,
    /// Something in it was not read.
    pub unread: bool,
    /// The others in it; the viewer, where there are none.
    pub accounts: Vec<AccountView>,
    /// Its newest post, where that may still be seen.
    pub last_post: Option<PostView>,
}

/// Adds a new post to the conversations of those of ours that it is for.
pub(crate) fn add(tx: &mut Tx, post: &Post, author: &Account, addressed: &[AccountId]) -> Result<()> {
    if post.visibility != Visibility::Direct {
        return Ok(());
    }
    let mut everyone: Vec<AccountId> = addressed.to_vec();
    everyone.push(author.id);
    everyone.sort_unstable();
    everyone.dedup();
    let mut readers = store::account::local_among(tx, &everyone)?;
    let apart = store::block::apart(tx, &readers, author.id)?;
    readers.retain(|reader| !apart.contains(reader));
    for reader in readers {
        let others: Vec<AccountId> = everyone.iter().copied().filter(|id| *id != reader).collect();
        let news = if reader == author.id { News::Read } else { News::Unread };
        store::conversation::add(tx, reader, post.conversation_id, &others, post.id, news)?;
    }
    Ok(())
}

/// Conversations of the viewer, the one with the newest post first.
pub fn list(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<ConversationView>> {
    let rows = store::conversation::list(tx, viewer, page)?;
    let views = dressed(tx, viewer, &rows)?;
    Ok(Listed::new(views, rows.iter().map(|row| row.last_post.0)))
}

/// One conversation of the viewer.
pub fn one(tx: &mut Tx, viewer: AccountId, id: ConversationId) -> Result<ConversationView> {
    let row = store::conversation::find(tx, viewer, id)?.or_not_found("conversation")?;
    dressed(tx, viewer, &[row])?.into_iter().next().or_not_found("conversation")
}

/// The conversation of the viewer that a direct post is in, for those who watch.
pub fn of_post(tx: &mut Tx, viewer: AccountId, post: PostId) -> Result<Option<ConversationView>> {
    let row = store::conversation::of_post(tx, viewer, post)?;
    Ok(dressed(tx, viewer, &row.into_iter().collect::<Vec<_>>())?.into_iter().next())
}

/// The viewer has read a conversation, or wants to read it again.
pub fn mark(tx: &mut Tx, viewer: AccountId, id: ConversationId, news: News) -> Result<ConversationView> {
    one(tx, viewer, id)?;
    store::conversation::mark(tx, id, news)?;
    one(tx, viewer, id)
}

/// Takes a conversation out of the viewer's list. A new post brings it back.
pub fn delete(tx: &mut Tx, viewer: AccountId, id: ConversationId) -> Result<()> {
    store::conversation::find(tx, viewer, id)?.or_not_found("conversation")?;
    Ok(store::conversation::remove(tx, id)?)
}

/// Direct posts that the viewer wrote or got.
pub fn posts(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<PostView>> {
    let entries = store::conversation::posts(tx, viewer, page)?;
    let views = dress(tx, Some(viewer), &entries)?;
    Ok(Listed::new(views, entries.iter().map(|entry| entry.id)))
}

fn dressed(tx: &mut Tx, viewer: AccountId, rows: &[Conversation]) -> Result<Vec<ConversationView>> {
    let mut ids: Vec<AccountId> = rows.iter().flat_map(|row| row.participants.iter().copied()).collect();
    ids.push(viewer);
    ids.sort_unstable();
    ids.dedup();
    let views = profile::many(tx, &ids)?.into_iter().map(|view| (view.account.id, view));
    let accounts: HashMap<AccountId, AccountView> = views.collect();
    let posts: Vec<PostId> = rows.iter().map(|row| row.last_post).collect();
    let seen = visible_among(tx, &posts, Some(viewer))?;
    let entries: Vec<Entry> = posts.into_iter().filter(|id| seen.contains(id)).map(Entry::from).collect();
    let mut posts: HashMap<PostId, PostView> =
        dress(tx, Some(viewer), &entries)?.into_iter().map(|view| (view.post.id, view)).collect();
    let one = |row: &Conversation| {
        let others = row.participants.iter().filter_map(|id| accounts.get(id).cloned());
        let mut others: Vec<AccountView> = others.collect();
        if others.is_empty() {
            others.extend(accounts.get(&viewer).cloned());
        }
        let last_post = posts.remove(&row.last_post);
        ConversationView { id: row.id, unread: row.unread, accounts: others, last_post }
    };
    Ok(rows.iter().map(one).collect())
}
