//! Whom an account does not want to meet, and conversations it left.

use crate::paged::{self, paged};
use crate::{Result, Tx};
use domain::{AccountId, Page, PostId, Timestamp};

/// A mute without an end.
const NEVER: i64 = i64::MAX;

/// A mute, as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mute {
    /// The row, in the order of time.
    pub id: i64,
    /// Who is muted.
    pub target_id: AccountId,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Mutes an account; muted before, the new wishes count.
pub fn set(
    tx: &mut Tx,
    account: AccountId,
    target: AccountId,
    notifications: bool,
    expires_at: Option<Timestamp>,
) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO mute (account_id, target_id, id, notifications, expires_at_ms, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, target_id) DO UPDATE SET notifications = $4, expires_at_ms = $5",
        &[&account, &target, &id, &notifications, &expires_at.map_or(NEVER, |at| at.0), &now],
    )?;
    Ok(())
}

/// Ends a mute.
pub fn remove(tx: &mut Tx, account: AccountId, target: AccountId) -> Result<()> {
    tx.execute("DELETE FROM mute WHERE account_id = $1 AND target_id = $2", &[&account, &target])?;
    Ok(())
}

/// Removes mutes that ended before `now`.
pub fn expire(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM mute WHERE (account_id, target_id) IN (
            SELECT account_id, target_id FROM mute WHERE expires_at_ms <= $1 ORDER BY expires_at_ms LIMIT $2)",
        &[&now, &limit],
    )
}

/// Whom an account mutes, newest first.
pub fn list(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<Mute>> {
    let now = tx.now();
    let texts = paged!(
        "id",
        "SELECT id, target_id, expires_at_ms FROM mute WHERE account_id = $1 AND expires_at_ms > $5"
    );
    paged::list(tx, texts, &account, page, &[&now], |row| {
        Ok(Mute { id: row.get(0)?, target_id: row.get(1)?, expires_at: end(row.get(2)?) })
    })
}

/// When a mute ends, if ever.
pub(crate) fn end(stored: i64) -> Option<Timestamp> {
    (stored != NEVER).then_some(Timestamp(stored))
}

/// Of some accounts, those that do not want to meet one of the others: they
/// mute or block it, or block its host.
pub fn averse_among(tx: &mut Tx, accounts: &[AccountId], others: &[AccountId]) -> Result<Vec<AccountId>> {
    if accounts.is_empty() || others.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    tx.query(
        "SELECT account_id FROM mute WHERE account_id = ANY($1) AND target_id = ANY($2) AND expires_at_ms > $3
         UNION SELECT account_id FROM block WHERE account_id = ANY($1) AND target_id = ANY($2)
         UNION SELECT d.account_id FROM domain_block d JOIN account a ON a.host = d.host OR a.domain = d.host
         WHERE d.account_id = ANY($1) AND a.id = ANY($2)",
        &[&accounts, &others, &now],
        |row| row.get(0),
    )
}

/// Leaves a conversation: nothing of it is told any more.
pub fn leave(tx: &mut Tx, account: AccountId, conversation: PostId) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO conversation_mute (account_id, conversation_id, created_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
        &[&account, &conversation, &now],
    )?;
    Ok(())
}

/// Comes back to a conversation.
pub fn rejoin(tx: &mut Tx, account: AccountId, conversation: PostId) -> Result<()> {
    tx.execute(
        "DELETE FROM conversation_mute WHERE account_id = $1 AND conversation_id = $2",
        &[&account, &conversation],
    )?;
    Ok(())
}

/// Who left a conversation has left the one that it turned out to be part of.
pub(crate) fn follow_conversation(tx: &mut Tx, old: PostId, new: PostId) -> Result<()> {
    tx.execute(
        "INSERT INTO conversation_mute (account_id, conversation_id, created_at_ms)
         SELECT account_id, CAST($2 AS BIGINT), created_at_ms FROM conversation_mute WHERE conversation_id = $1
         ON CONFLICT DO NOTHING",
        &[&old, &new],
    )?;
    Ok(())
}

/// Of some accounts, those that the viewer does not want to meet.
pub fn unwanted_among(tx: &mut Tx, viewer: AccountId, others: &[AccountId]) -> Result<Vec<AccountId>> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    tx.query(
        "SELECT target_id FROM mute WHERE account_id = $1 AND target_id = ANY($2) AND expires_at_ms > $3
         UNION SELECT a.id FROM account a JOIN domain_block d ON d.host = a.host OR d.host = a.domain
         WHERE d.account_id = $1 AND a.id = ANY($2)",
        &[&viewer, &others, &now],
        |row| row.get(0),
    )
}

/// Whether an account is not to be told what another did (about a post): it
/// mutes it with its notifications, blocks its host, or left the conversation.
pub fn silences(tx: &mut Tx, account: AccountId, from: AccountId, post: Option<PostId>) -> Result<bool> {
    let now = tx.now();
    let found = tx.find(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM mute m WHERE m.account_id = $1 AND m.target_id = $2
                AND m.notifications = 1 AND m.expires_at_ms > $4)
            OR EXISTS (SELECT 1 FROM domain_block d CROSS JOIN account a WHERE d.account_id = $1 AND a.id = $2
                AND (a.host = d.host OR a.domain = d.host))
            OR EXISTS (SELECT 1 FROM post p JOIN conversation_mute c ON c.conversation_id = p.conversation_id
                WHERE p.id = $3 AND c.account_id = $1)",
        &[&account, &from, &post.unwrap_or(PostId(0)), &now],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}
