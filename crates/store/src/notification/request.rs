//! Senders whose mentions are kept back, until they are let in or turned away.

use crate::paged::{self, paged};
use crate::value::Row;
use crate::{Result, Tx};
use domain::{AccountId, Page, PostId, Timestamp};

/// What an account has not looked at yet, of one sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Our row.
    pub id: i64,
    /// Who.
    pub from: AccountId,
    /// The newest mention.
    pub last_post_id: Option<PostId>,
    /// Since when.
    pub created_at: Timestamp,
    /// When the newest came.
    pub updated_at: Timestamp,
    /// How many are kept back, counted up to a hundred.
    pub count: i64,
}

/// Notes that a mention was kept back.
pub fn note(tx: &mut Tx, account: AccountId, from: AccountId, post: Option<PostId>) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO notification_request (id, account_id, from_id, last_post_id, created_at_ms, updated_at_ms)
         VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (account_id, from_id) DO UPDATE SET last_post_id = $4, updated_at_ms = $5",
        &[&id, &account, &from, &post, &now],
    )?;
    Ok(())
}

/// A request under the alias `r`, with how many mentions wait. Those of
/// which nothing is left are not there.
macro_rules! waiting {
    () => {
        "SELECT r.id, r.from_id, r.last_post_id, r.created_at_ms, r.updated_at_ms,
            (SELECT COUNT(*) FROM (SELECT 1 AS one FROM notification n WHERE n.account_id = r.account_id
                AND n.from_id = r.from_id AND n.kind = 0 AND n.filtered = 1 LIMIT 100) few)
         FROM notification_request r JOIN account a ON a.id = r.from_id
         WHERE r.account_id = $1 AND a.state IN (0, 1, 3) AND EXISTS (SELECT 1 FROM notification n
            WHERE n.account_id = r.account_id AND n.from_id = r.from_id AND n.kind = 0 AND n.filtered = 1)"
    };
}

fn read(row: &Row<'_>) -> Result<Request> {
    Ok(Request {
        id: row.get(0)?,
        from: row.get(1)?,
        last_post_id: row.get(2)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
        count: row.get(5)?,
    })
}

/// Requests of an account, newest first.
pub fn list(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<Request>> {
    paged::list(tx, paged!("r.id", waiting!()), &account, page, &[], read)
}

/// Some requests of an account.
pub fn some(tx: &mut Tx, account: AccountId, ids: &[i64]) -> Result<Vec<Request>> {
    tx.query(concat!(waiting!(), " AND r.id = ANY($2) ORDER BY r.id DESC"), &[&account, &ids], read)
}

/// How many senders wait, up to a hundred, and how many mentions of theirs.
pub fn summary(tx: &mut Tx, account: AccountId) -> Result<(i64, i64)> {
    let waiting = list(tx, account, Page::newest(100))?;
    let mentions = waiting.iter().map(|request| request.count).sum();
    Ok((i64::try_from(waiting.len()).unwrap_or(100), mentions))
}

/// Lets senders in for good.
pub fn permit(tx: &mut Tx, account: AccountId, from: &[AccountId]) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO notification_permission (account_id, from_id, created_at_ms)
         SELECT CAST($1 AS BIGINT), a.id, CAST($3 AS BIGINT) FROM account a WHERE a.id = ANY($2)
         ON CONFLICT (account_id, from_id) DO NOTHING",
        &[&account, &from, &now],
    )?;
    Ok(())
}

/// Shows what was kept back.
pub fn show(tx: &mut Tx, account: AccountId, from: &[AccountId]) -> Result<()> {
    tx.execute(
        "UPDATE notification SET filtered = 0 WHERE account_id = $1 AND from_id = ANY($2) AND filtered = 1",
        &[&account, &from],
    )?;
    Ok(())
}

/// Removes what was kept back.
pub fn discard(tx: &mut Tx, account: AccountId, from: &[AccountId]) -> Result<()> {
    tx.execute(
        "DELETE FROM notification WHERE account_id = $1 AND from_id = ANY($2) AND filtered = 1",
        &[&account, &from],
    )?;
    Ok(())
}

/// Removes requests.
pub fn remove(tx: &mut Tx, account: AccountId, from: &[AccountId]) -> Result<()> {
    tx.execute(
        "DELETE FROM notification_request WHERE account_id = $1 AND from_id = ANY($2)",
        &[&account, &from],
    )?;
    Ok(())
}
