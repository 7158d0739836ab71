//! Conversations of direct posts, as one of ours sees them.

use crate::paged::{self, paged};
use crate::timeline::{Entry, read_entry};
use crate::{Error, Result, Tx};
use domain::{AccountId, ConversationId, Page, PostId};

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Our row.
    pub id: ConversationId,
    /// The others in it; none where somebody writes to nobody.
    pub participants: Vec<AccountId>,
    /// Its newest post.
    pub last_post: PostId,
    /// Something in it was not read.
    pub unread: bool,
}

fn key(participants: &[AccountId]) -> String {
    let mut ids: Vec<AccountId> = participants.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn parse(text: &str) -> Result<Vec<AccountId>> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    let id = |part: &str| part.parse().map_err(|_| Error::Corrupt(format!("participants {text}")));
    parts.map(id).collect()
}

fn read(row: &crate::value::Row<'_>) -> Result<Conversation> {
    Ok(Conversation {
        id: row.get(0)?,
        participants: parse(&row.get::<String>(1)?)?,
        last_post: row.get(2)?,
        unread: row.get(3)?,
    })
}

/// Whether a new post is news to who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Somebody else wrote it.
    Unread,
    /// The account wrote it itself, so it has read what came before.
    Read,
}

/// Adds a post to the conversation that one account has in a thread with some
/// others; the conversation.
pub fn add(
    tx: &mut Tx,
    account: AccountId,
    thread: PostId,
    others: &[AccountId],
    post: PostId,
    news: News,
) -> Result<ConversationId> {
    let (id, key, unread) = (ConversationId(tx.new_id()), key(others), news == News::Unread);
    let id: ConversationId = tx.get(
        "INSERT INTO conversation (id, account_id, thread_id, participants, last_post_id, unread)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, thread_id, participants) DO UPDATE SET unread = $6,
            last_post_id = CASE WHEN conversation.last_post_id < $5 THEN $5 ELSE conversation.last_post_id END
         RETURNING id",
        &[&id, &account, &thread, &key, &post, &unread],
        |row| row.get(0),
    )?;
    tx.execute(
        "INSERT INTO conversation_post (account_id, post_id, conversation_id) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
        &[&account, &post, &id],
    )?;
    Ok(id)
}

/// Conversations of an account by their newest post, newest first.
pub fn list(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<Conversation>> {
    let texts = paged!(
        "last_post_id",
        "SELECT id, participants, last_post_id, unread FROM conversation WHERE account_id = $1"
    );
    paged::list(tx, texts, &account, page, &[], read)
}

/// A conversation of an account.
pub fn find(tx: &mut Tx, account: AccountId, id: ConversationId) -> Result<Option<Conversation>> {
    tx.find(
        "SELECT id, participants, last_post_id, unread FROM conversation WHERE account_id = $1 AND id = $2",
        &[&account, &id],
        read,
    )
}

/// Says whether something of a conversation is to be read.
pub fn mark(tx: &mut Tx, id: ConversationId, news: News) -> Result<()> {
    tx.execute("UPDATE conversation SET unread = $2 WHERE id = $1", &[&id, &(news == News::Unread)])?;
    Ok(())
}

/// Removes a conversation from its account's list. Its posts stay.
pub fn remove(tx: &mut Tx, id: ConversationId) -> Result<()> {
    tx.execute("DELETE FROM conversation WHERE id = $1", &[&id])?;
    Ok(())
}

/// Removes the conversations of an account in which somebody takes part. Their
/// posts stay.
pub fn remove_with(tx: &mut Tx, account: AccountId, other: AccountId) -> Result<()> {
    tx.execute(
        "DELETE FROM conversation WHERE account_id = $1 AND ',' || participants || ',' LIKE $2",
        &[&account, &format!("%,{other},%")],
    )?;
    Ok(())
}

/// Direct posts that an account wrote or got, newest first.
pub fn posts(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<Entry>> {
    let texts = paged!(
        "c.post_id",
        "SELECT c.post_id, c.post_id, NULL FROM conversation_post c JOIN post p ON p.id = c.post_id
         WHERE c.account_id = $1 AND ",
        crate::post::visible!("$1")
    );
    paged::list(tx, texts, &account, page, &[], read_entry)
}

/// Takes a post that is going out of all conversations: the one before is the
/// newest then, and a conversation with nothing left goes too.
pub(crate) fn forget_post(tx: &mut Tx, post: PostId) -> Result<()> {
    for sql in [
        "UPDATE conversation SET last_post_id = COALESCE((SELECT MAX(c.post_id) FROM conversation_post c
            WHERE c.conversation_id = conversation.id AND c.post_id <> $1), 0)
         WHERE last_post_id = $1 AND id IN (SELECT conversation_id FROM conversation_post WHERE post_id = $1)",
        "DELETE FROM conversation WHERE last_post_id = 0
            AND id IN (SELECT conversation_id FROM conversation_post WHERE post_id = $1)",
        "DELETE FROM conversation_post WHERE post_id = $1",
    ] {
        tx.execute(sql, &[&post])?;
    }
    Ok(())
}

/// The conversation of an account that a post is in.
pub fn of_post(tx: &mut Tx, account: AccountId, post: PostId) -> Result<Option<Conversation>> {
    tx.find(
        "SELECT v.id, v.participants, v.last_post_id, v.unread
         FROM conversation_post c JOIN conversation v ON v.id = c.conversation_id
         WHERE c.account_id = $1 AND c.post_id = $2",
        &[&account, &post],
        read,
    )
}

/// Removes the conversations of a deleted account.
pub fn remove_all(tx: &mut Tx, owner: AccountId) -> Result<()> {
    for sql in [
        "DELETE FROM conversation WHERE account_id = $1",
        "DELETE FROM conversation_post WHERE account_id = $1",
    ] {
        tx.execute(sql, &[&owner])?;
    }
    Ok(())
}
