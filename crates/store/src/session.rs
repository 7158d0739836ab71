//! Who is signed in with a browser.

use crate::value::Row;
use crate::{Result, Tx};
use domain::{Timestamp, UserId};

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Our row.
    pub id: i64,
    /// Who.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
    /// About when it was last used.
    pub seen_at: Timestamp,
    /// What the browser said it was.
    pub agent: Option<String>,
    /// From where the person signed in.
    pub address: Option<String>,
}

/// From where somebody signs in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// What the browser says it is.
    pub agent: Option<String>,
    /// The address it comes from.
    pub address: Option<String>,
}

fn read(row: &Row<'_>) -> Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        user_id: row.get(1)?,
        created_at: row.get(2)?,
        seen_at: row.get(3)?,
        agent: row.get(4)?,
        address: row.get(5)?,
    })
}

/// Begins a session.
pub fn insert(
    tx: &mut Tx,
    id: i64,
    secret_hash: &[u8],
    user: UserId,
    device: &Device,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO session (id, secret_hash, user_id, created_at_ms, seen_at_ms, agent, address)
         VALUES ($1, $2, $3, $4, $4, $5, $6)",
        &[&id, &secret_hash, &user, &now, &device.agent, &device.address],
    )?;
    Ok(())
}

/// The session of a secret, begun after `since`.
pub fn find(tx: &mut Tx, secret_hash: &[u8], since: Timestamp) -> Result<Option<Session>> {
    tx.find(
        "SELECT id, user_id, created_at_ms, seen_at_ms, agent, address FROM session
         WHERE secret_hash = $1 AND created_at_ms > $2",
        &[&secret_hash, &since],
        read,
    )
}

/// The sessions of a user, newest first.
pub fn list(tx: &mut Tx, user: UserId, since: Timestamp) -> Result<Vec<Session>> {
    tx.query(
        "SELECT id, user_id, created_at_ms, seen_at_ms, agent, address FROM session
         WHERE user_id = $1 AND created_at_ms > $2 ORDER BY id DESC LIMIT 200",
        &[&user, &since],
        read,
    )
}

/// Remembers that a session was used.
pub fn seen(tx: &mut Tx, id: i64, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE session SET seen_at_ms = $2 WHERE id = $1", &[&id, &now])?;
    Ok(())
}

/// Ends the session of a secret.
pub fn end(tx: &mut Tx, secret_hash: &[u8]) -> Result<()> {
    tx.execute("DELETE FROM session WHERE secret_hash = $1", &[&secret_hash])?;
    Ok(())
}

/// Ends one session of a user; false where it is not theirs.
pub fn end_one(tx: &mut Tx, user: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM session WHERE id = $1 AND user_id = $2", &[&id, &user])? == 1)
}

/// Ends all sessions of a user but one.
pub fn end_others(tx: &mut Tx, user: UserId, but: i64) -> Result<()> {
    tx.execute("DELETE FROM session WHERE user_id = $1 AND id <> $2", &[&user, &but])?;
    Ok(())
}

/// Ends all sessions of a user.
pub fn end_all(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM session WHERE user_id = $1", &[&user])?;
    Ok(())
}
