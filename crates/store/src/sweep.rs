//! What has served its time and goes. Each statement takes few rows and says
//! how many: it is called until nothing is left.

use crate::{Result, Tx};
use domain::{AccountId, MessageId, Timestamp};

/// Bytes that the bodies of the log take. Reads a number from each row.
pub fn log_bytes(tx: &mut Tx) -> Result<u64> {
    tx.get("SELECT CAST(COALESCE(SUM(LENGTH(bytes) + LENGTH(headers)), 0) AS BIGINT) FROM body", &[], |row| {
        row.get(0)
    })
}

/// The oldest bodies that nothing waits for, of messages before `before`:
/// each with its size.
pub fn oldest_bodies(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<(MessageId, u64)>> {
    tx.query(
        "SELECT b.message_id, LENGTH(b.bytes) + LENGTH(b.headers) FROM body b WHERE b.message_id < $1
            AND NOT EXISTS (SELECT 1 FROM inbound i WHERE i.message_id = b.message_id)
            AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = b.message_id)
            AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = b.message_id AND d.state = 0)
         ORDER BY b.message_id LIMIT $2",
        &[&first_id(before), &limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Empties messages.
pub fn remove_bodies(tx: &mut Tx, messages: &[MessageId]) -> Result<u64> {
    tx.execute("DELETE FROM body WHERE message_id = ANY($1)", &[&messages])
}

/// Refused messages before `before`: they and their bodies are noise soon.
pub fn refused(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<MessageId>> {
    tx.query(
        "SELECT id FROM message WHERE state = 3 AND id < $1 ORDER BY id LIMIT $2",
        &[&first_id(before), &limit],
        |row| row.get(0),
    )
}

/// Removes lines of the log.
pub fn remove_messages(tx: &mut Tx, messages: &[MessageId]) -> Result<u64> {
    tx.execute("DELETE FROM message WHERE id = ANY($1)", &[&messages])
}

/// Forgets activity ids seen before `before`.
pub fn seen(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM seen WHERE hash IN (SELECT hash FROM seen WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)",
        &[&before, &limit],
    )
}

/// Ends sessions that were last used before `before`.
pub fn sessions(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE seen_at_ms < $1 ORDER BY id LIMIT $2)",
        &[&before, &limit],
    )
}

/// Removes authorization codes that ran out before `before`.
pub fn codes(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM authorization_code WHERE code_hash IN (
            SELECT code_hash FROM authorization_code WHERE expires_at_ms < $1 ORDER BY code_hash LIMIT $2)",
        &[&before, &limit],
    )
}

/// Forgets answers to repeated requests from before `before`.
pub fn idempotency(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM idempotency WHERE (account_id, key) IN (
            SELECT account_id, key FROM idempotency WHERE created_at_ms < $1 ORDER BY account_id, key LIMIT $2)",
        &[&before, &limit],
    )
}

/// Owners of home timelines, from `after` on.
pub fn home_owners(tx: &mut Tx, after: AccountId, limit: i64) -> Result<Vec<AccountId>> {
    tx.query(
        "WITH RECURSIVE owner(id, number) AS (
            SELECT (SELECT MIN(h.owner_id) FROM home_entry h WHERE h.owner_id > $1), CAST(1 AS BIGINT)
            UNION ALL
            SELECT (SELECT MIN(h.owner_id) FROM home_entry h WHERE h.owner_id > o.id), o.number + 1
            FROM owner o WHERE o.id IS NOT NULL AND o.number < $2)
         SELECT id FROM owner WHERE id IS NOT NULL ORDER BY id",
        &[&after, &limit],
        |row| row.get(0),
    )
}

/// Shortens a home timeline to its newest `keep`; how many went.
pub fn home(tx: &mut Tx, owner: AccountId, keep: i64, limit: i64) -> Result<u64> {
    let last: Option<i64> = tx.find(
        "SELECT id FROM home_entry WHERE owner_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2",
        &[&owner, &keep],
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(0) };
    tx.execute(
        "DELETE FROM home_entry WHERE owner_id = $1 AND id IN (
            SELECT id FROM home_entry WHERE owner_id = $1 AND id <= $2 ORDER BY id LIMIT $3)",
        &[&owner, &last, &limit],
    )
}

fn first_id(at: Timestamp) -> i64 {
    domain::id::first_at(at.0)
}

/// Lines of the log from before a time that nothing waits for any more.
pub fn old_messages(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<MessageId>> {
    tx.query(
        "SELECT m.id FROM message m WHERE m.id < $1
            AND NOT EXISTS (SELECT 1 FROM inbound i WHERE i.message_id = m.id)
            AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = m.id)
            AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = m.id)
         ORDER BY m.id LIMIT $2",
        &[&domain::id::first_at(before.0), &limit],
        |row| row.get(0),
    )
}
