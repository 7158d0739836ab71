//! Drafts that become posts at their time.

use crate::paged::{self, paged};
use crate::value::Row;
use crate::{Result, Tx, json};
use domain::post::Attachment;
use domain::{AccountId, ApplicationId, Draft, Page, Timestamp};

/// A draft that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// Its row.
    pub id: i64,
    /// Who wrote it.
    pub account_id: AccountId,
    /// The program it was written with.
    pub application_id: Option<ApplicationId>,
    /// When it becomes a post.
    pub due_at: Timestamp,
    /// What it says.
    pub draft: Draft,
    /// What hangs on it. Its media hang on this row's number until then.
    pub attachments: Vec<Attachment>,
    /// By what the request is recognised when it comes again.
    pub key: Option<String>,
}

/// The columns that [`read`] wants.
macro_rules! select {
    ($($rest:literal)?) => {
        concat!(
            "SELECT id, account_id, application_id, due_at_ms, draft, attachments, idempotency_key FROM scheduled_post WHERE ",
            $($rest)?
        )
    };
}

fn read(row: &Row<'_>) -> Result<Scheduled> {
    Ok(Scheduled {
        id: row.get(0)?,
        account_id: row.get(1)?,
        application_id: row.get(2)?,
        due_at: row.get(3)?,
        draft: json::read_one(&row.get::<String>(4)?)?,
        attachments: json::read(&row.get::<String>(5)?)?,
        key: row.get(6)?,
    })
}

/// Adds a draft.
pub fn insert(tx: &mut Tx, scheduled: &Scheduled) -> Result<()> {
    tx.execute(
        "INSERT INTO scheduled_post (id, account_id, application_id, due_at_ms, not_before_ms, draft,
            attachments, idempotency_key)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
        &[
            &scheduled.id,
            &scheduled.account_id,
            &scheduled.application_id,
            &scheduled.due_at,
            &json::write_one(&scheduled.draft),
            &json::write(&scheduled.attachments),
            &scheduled.key,
        ],
    )?;
    Ok(())
}

/// The drafts of an account, newest first.
pub fn list(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<Scheduled>> {
    let texts = paged!("id", select!("account_id = $1"));
    paged::list(tx, texts, &account, page, &[], read)
}

/// A draft.
pub fn find(tx: &mut Tx, id: i64) -> Result<Option<Scheduled>> {
    tx.find(select!("id = $1"), &[&id], read)
}

/// The draft that an account handed in under a key.
pub fn by_key(tx: &mut Tx, account: AccountId, key: &str) -> Result<Option<Scheduled>> {
    tx.find(select!("account_id = $1 AND idempotency_key = $2"), &[&account, &key], read)
}

/// How many drafts of an account wait, and how many of them for a day.
pub fn count(tx: &mut Tx, account: AccountId, from: Timestamp, to: Timestamp) -> Result<(i64, i64)> {
    tx.get(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_at_ms >= $2 AND due_at_ms < $3 THEN 1 ELSE 0 END), 0)
         FROM scheduled_post WHERE account_id = $1",
        &[&account, &from, &to],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Gives a draft another time.
pub fn reschedule(tx: &mut Tx, id: i64, due: Timestamp) -> Result<()> {
    tx.execute("UPDATE scheduled_post SET due_at_ms = $2, not_before_ms = $2 WHERE id = $1", &[&id, &due])?;
    Ok(())
}

/// Takes a draft away; false where somebody else did.
pub fn take(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM scheduled_post WHERE id = $1", &[&id])? == 1)
}

/// Has a draft that could not be published tried again later.
pub fn postpone(tx: &mut Tx, id: i64, until: Timestamp) -> Result<()> {
    tx.execute("UPDATE scheduled_post SET not_before_ms = $2 WHERE id = $1", &[&id, &until])?;
    Ok(())
}

/// Drafts whose time has come, the longest waiting first.
pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<i64>> {
    tx.query(
        "SELECT id FROM scheduled_post WHERE not_before_ms <= $1 ORDER BY not_before_ms LIMIT $2",
        &[&now, &limit],
        |row| row.get(0),
    )
}
