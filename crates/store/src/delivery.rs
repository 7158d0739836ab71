//! Deliveries: one activity to one inbox, and how each of them stands.
//!
//! `state = 0` (waiting) is written out here, not bound: only so is the
//! index of what waits used.

use crate::cursor::Cursor;
use crate::{Error, Result, Tx};
use domain::delivery::{Delivery, DeliveryState, HostReport};
use domain::{AccountId, DeliveryId, Host, Inbox, MessageId, Timestamp};
use url::Url;

/// A delivery to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewDelivery<'a> {
    /// What is sent.
    pub message: MessageId,
    /// Whose key signs.
    pub account: AccountId,
    /// The peer.
    pub host: &'a Host,
    /// Where it goes.
    pub inbox: &'a Inbox,
    /// Deliveries to one host with the same key go one after another.
    pub order_key: i64,
}

/// Writes a delivery; false where the message goes to this inbox already.
pub fn insert(tx: &mut Tx, delivery: &NewDelivery<'_>) -> Result<bool> {
    let (id, now) = (DeliveryId(tx.new_id()), tx.now());
    let rows = tx.execute(
        "INSERT INTO delivery (id, message_id, account_id, host, inbox, order_key, state, attempts, next_try_at_ms,
            answer, created_at_ms, done_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, NULL, $7, NULL) ON CONFLICT (message_id, inbox) DO NOTHING",
        &[
            &id,
            &delivery.message,
            &delivery.account,
            delivery.host,
            &delivery.inbox.as_str(),
            &delivery.order_key,
            &now,
        ],
    )?;
    Ok(rows == 1)
}

/// What may be sent to a host now, oldest first. What stands behind a resting
/// delivery of the same order key rests with it.
pub fn due(tx: &mut Tx, host: &Host, now: Timestamp, limit: i64) -> Result<Vec<Delivery>> {
    tx.query(
        "SELECT d.id, d.message_id, d.account_id, d.inbox, d.order_key, d.attempts, d.created_at_ms
         FROM delivery d WHERE d.state = 0 AND d.host = $1 AND d.next_try_at_ms <= $2
            AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.state = 0 AND e.host = $1 AND e.id < d.id
                AND e.order_key = d.order_key AND e.next_try_at_ms > $2)
         ORDER BY d.id LIMIT $3",
        &[host, &now, &limit],
        |row| read(&mut Cursor::new(row), host),
    )
}

fn read(c: &mut Cursor<'_, '_>, host: &Host) -> Result<Delivery> {
    let (id, message, account) = (c.next()?, c.next()?, c.next()?);
    let inbox: String = c.next()?;
    let inbox = Url::parse(&inbox).map_err(|error| Error::Corrupt(format!("inbox {inbox}: {error}")))?;
    Ok(Delivery {
        id,
        message,
        account,
        host: host.clone(),
        inbox,
        order_key: c.next()?,
        attempts: c.next()?,
        created_at: c.next()?,
    })
}

/// When the first of a host's resting deliveries may be tried.
pub fn earliest(tx: &mut Tx, host: &Host) -> Result<Option<Timestamp>> {
    tx.get("SELECT MIN(next_try_at_ms) FROM delivery WHERE state = 0 AND host = $1", &[host], |row| {
        row.get(0)
    })
}

/// Hosts for which something waits, by name from `after` on. Steps from host
/// to host in the index, however much waits for each.
pub fn hosts(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Host>> {
    tx.query(
        "WITH RECURSIVE next_host(host, number) AS (
            SELECT (SELECT d.host FROM delivery d WHERE d.state = 0 AND d.host > $1 ORDER BY d.host LIMIT 1), CAST(1 AS BIGINT)
            UNION ALL
            SELECT (SELECT d.host FROM delivery d WHERE d.state = 0 AND d.host > n.host ORDER BY d.host LIMIT 1),
                n.number + 1
            FROM next_host n WHERE n.host IS NOT NULL AND n.number < $2)
         SELECT host FROM next_host WHERE host IS NOT NULL ORDER BY host",
        &[&after, &limit],
        |row| row.get(0),
    )
}

/// How many deliveries wait.
pub fn waiting_count(tx: &mut Tx) -> Result<i64> {
    tx.get("SELECT COUNT(*) FROM delivery WHERE state = 0", &[], |row| row.get(0))
}

/// Notes that the peer took these.
pub fn delivered(tx: &mut Tx, ids: &[DeliveryId]) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "UPDATE delivery SET state = 1, attempts = attempts + 1, answer = NULL, done_at_ms = $2
         WHERE id = ANY($1) AND state = 0",
        &[&ids, &now],
    )?;
    Ok(())
}

/// Notes that a delivery has come to another end.
pub fn end(tx: &mut Tx, id: DeliveryId, state: DeliveryState, answer: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "UPDATE delivery SET state = $2, attempts = attempts + 1, answer = $3, done_at_ms = $4
         WHERE id = $1 AND state = 0",
        &[&id, &state.code(), &answer, &now],
    )?;
    Ok(())
}

/// Notes a failure, and when to try again.
pub fn postpone(tx: &mut Tx, id: DeliveryId, not_before: Timestamp, answer: &str) -> Result<()> {
    tx.execute(
        "UPDATE delivery SET attempts = attempts + 1, next_try_at_ms = $2, answer = $3 WHERE id = $1 AND state = 0",
        &[&id, &not_before, &answer],
    )?;
    Ok(())
}

/// How a message stands at each inbox, at most `limit` of them. Where the
/// host rests, its next try is that of its lane.
pub fn of_message(tx: &mut Tx, message: MessageId, limit: i64) -> Result<Vec<HostReport>> {
    tx.query(
        "SELECT d.host, d.state, d.attempts, d.next_try_at_ms, COALESCE(l.next_try_at_ms, 0), d.answer
         FROM delivery d LEFT JOIN lane l ON l.host = d.host
         WHERE d.message_id = $1 ORDER BY d.host, d.id LIMIT $2",
        &[&message, &limit],
        |row| {
            let code: i64 = row.get(1)?;
            let state = DeliveryState::from_code(code)
                .ok_or_else(|| Error::Corrupt(format!("delivery state {code}")))?;
            let next: Timestamp = row.get::<Timestamp>(3)?.max(row.get(4)?);
            Ok(HostReport {
                host: row.get(0)?,
                state,
                attempts: row.get(2)?,
                next_try_at: (state == DeliveryState::Waiting).then_some(next),
                answer: row.get(5)?,
            })
        },
    )
}

/// Gives up what waits for a host and was written before `before`; how many.
pub fn expire(tx: &mut Tx, host: &Host, before: Timestamp, limit: i64) -> Result<u64> {
    let now = tx.now();
    tx.execute(
        "UPDATE delivery SET state = 4, done_at_ms = $3 WHERE id IN (
            SELECT id FROM delivery WHERE state = 0 AND host = $1 AND id < $2 ORDER BY id LIMIT $4)",
        &[host, &first_id(before), &now, &limit],
    )
}

/// Gives up whatever waits and was written before `before`; how many.
pub fn expire_all(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let now = tx.now();
    tx.execute(
        "UPDATE delivery SET state = 4, done_at_ms = $2 WHERE id IN (
            SELECT id FROM delivery WHERE state = 0 AND id < $1 ORDER BY id LIMIT $3)",
        &[&first_id(before), &now, &limit],
    )
}

/// Removes deliveries that were written before `before` and have ended; how many.
pub fn remove_ended(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM delivery WHERE id IN (
            SELECT id FROM delivery WHERE id < $1 AND state <> 0 ORDER BY id LIMIT $2)",
        &[&first_id(before), &limit],
    )
}

fn first_id(at: Timestamp) -> i64 {
    domain::id::first_at(at.0)
}

/// Who sends a delivery, and where it goes.
pub fn inbox(tx: &mut Tx, id: DeliveryId) -> Result<Option<(AccountId, String)>> {
    tx.find("SELECT account_id, inbox FROM delivery WHERE id = $1", &[&id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}
