//! The message log: one row per message, its body apart, and what waits.

use crate::cursor::Cursor;
use crate::{Error, Result, Tx};
use domain::message::{Direction, Message, MessageState};
use domain::{AccountId, Host, MessageId, Timestamp};

/// A message to be kept.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    /// Which way.
    pub direction: Direction,
    /// How it stands.
    pub state: MessageState,
    /// The activity's type.
    pub kind: &'a str,
    /// Type and id of its object, shortened.
    pub object: &'a str,
    /// The activity's id.
    pub activity_id: Option<&'a str>,
    /// Its `actor`.
    pub actor: Option<&'a str>,
    /// Who signed it.
    pub signer: Option<&'a str>,
    /// The peer.
    pub host: Option<&'a Host>,
    /// The inbox, or the URL asked for.
    pub target: &'a str,
    /// Verdict of each check, short words.
    pub checks: &'a str,
    /// Why it stands so.
    pub reason: Option<&'a str>,
    /// The message that caused it.
    pub cause: Option<MessageId>,
    /// The account of ours that sends it.
    pub account: Option<AccountId>,
    /// The body may be shown to anyone.
    pub is_open: bool,
    /// The headers that matter, a line each.
    pub headers: &'a str,
    /// The body as it came or went.
    pub bytes: &'a [u8],
}

/// Keeps a message with its body.
pub fn insert(tx: &mut Tx, m: &NewMessage<'_>) -> Result<MessageId> {
    let (id, now) = (MessageId(tx.new_id()), tx.now());
    let done_at = (m.state != MessageState::Waiting).then_some(now);
    tx.execute(
        "INSERT INTO message (id, direction, state, kind, object, activity_id, actor, signer, host, target, checks,
            reason, cause_id, account_id, is_open, created_at_ms, done_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        &[
            &id,
            &m.direction.code(),
            &m.state.code(),
            &m.kind,
            &m.object,
            &m.activity_id,
            &m.actor,
            &m.signer,
            &m.host,
            &m.target,
            &m.checks,
            &m.reason,
            &m.cause,
            &m.account,
            &m.is_open,
            &now,
            &done_at,
        ],
    )?;
    tx.execute(
        "INSERT INTO body (message_id, headers, bytes) VALUES ($1, $2, $3)",
        &[&id, &m.headers, &m.bytes],
    )?;
    Ok(id)
}

/// Says what became of a message.
pub fn set_state(tx: &mut Tx, id: MessageId, state: MessageState, reason: Option<&str>) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "UPDATE message SET state = $2, reason = $3, done_at_ms = $4 WHERE id = $1",
        &[&id, &state.code(), &reason, &now],
    )?;
    Ok(())
}

/// The body of a message, unless it has been emptied.
pub fn body(tx: &mut Tx, id: MessageId) -> Result<Option<Vec<u8>>> {
    tx.find("SELECT bytes FROM body WHERE message_id = $1", &[&id], |row| row.get(0))
}

/// The headers of a message that were kept, a line each.
pub fn headers(tx: &mut Tx, id: MessageId) -> Result<Option<String>> {
    tx.find("SELECT headers FROM body WHERE message_id = $1", &[&id], |row| row.get(0))
}

/// Which lines of the log to show.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only older ones.
    pub before: Option<MessageId>,
    /// Only newer ones.
    pub after: Option<MessageId>,
    /// Only this way.
    pub direction: Option<Direction>,
    /// Only in this state.
    pub state: Option<MessageState>,
    /// Only of this host.
    pub host: Option<String>,
}

/// Lines of the log, newest first.
pub fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Message>> {
    let direction = filter.direction.map_or(-1, Direction::code);
    let state = filter.state.map_or(-1, MessageState::code);
    let host = filter.host.as_deref().unwrap_or("");
    let (before, after) = (filter.before.map_or(i64::MAX, |id| id.0), filter.after.map_or(0, |id| id.0));
    tx.query(
        "SELECT id, direction, kind, object, activity_id, actor, signer, host, target, state, reason, created_at_ms,
            done_at_ms
         FROM message WHERE id < $1 AND id > $2 AND ($3 = -1 OR direction = $3) AND ($4 = -1 OR state = $4)
            AND ($5 = '' OR host = $5)
         ORDER BY id DESC LIMIT $6",
        &[&before, &after, &direction, &state, &host, &limit],
        |row| read(&mut Cursor::new(row)),
    )
}

fn read(c: &mut Cursor<'_, '_>) -> Result<Message> {
    let id = c.next()?;
    let direction: i64 = c.next()?;
    let (kind, object, activity_id, actor, signer) = (c.next()?, c.next()?, c.next()?, c.next()?, c.next()?);
    let host: Option<Host> = c.next()?;
    let target = c.next()?;
    let state: i64 = c.next()?;
    Ok(Message {
        id,
        direction: Direction::from_code(direction)
            .ok_or_else(|| Error::Corrupt(format!("direction {direction}")))?,
        kind,
        object,
        activity_id,
        actor,
        signer,
        host,
        target,
        state: MessageState::from_code(state)
            .ok_or_else(|| Error::Corrupt(format!("message state {state}")))?,
        reason: c.next()?,
        at: c.next()?,
        done_at: c.next()?,
    })
}

/// A message that waits to be acted upon.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its row.
    pub id: MessageId,
    /// What must not be acted upon at the same time.
    pub order_key: i64,
    /// How often acting upon it was begun.
    pub attempts: i64,
    /// Not before.
    pub not_before: Timestamp,
    /// Who signed it.
    pub signer: String,
    /// Where it came in.
    pub target: String,
    /// The body.
    pub bytes: Vec<u8>,
}

/// Lets a message wait to be acted upon.
pub fn wait(tx: &mut Tx, id: MessageId, order_key: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO inbound (message_id, order_key, attempts, not_before_ms) VALUES ($1, $2, 0, 0)",
        &[&id, &order_key],
    )?;
    Ok(())
}

/// Messages that wait, oldest first, after the given one.
pub fn waiting(tx: &mut Tx, after: MessageId, limit: i64) -> Result<Vec<Waiting>> {
    tx.query(
        "SELECT i.message_id, i.order_key, i.attempts, i.not_before_ms, m.signer, m.target, b.bytes
         FROM inbound i JOIN message m ON m.id = i.message_id JOIN body b ON b.message_id = i.message_id
         WHERE i.message_id > $1 ORDER BY i.message_id LIMIT $2",
        &[&after, &limit],
        |row| {
            Ok(Waiting {
                id: row.get(0)?,
                order_key: row.get(1)?,
                attempts: row.get(2)?,
                not_before: row.get(3)?,
                signer: row.get::<Option<String>>(4)?.unwrap_or_default(),
                target: row.get(5)?,
                bytes: row.get(6)?,
            })
        },
    )
}

/// How many messages wait.
pub fn waiting_count(tx: &mut Tx) -> Result<i64> {
    tx.get("SELECT COUNT(*) FROM inbound", &[], |row| row.get(0))
}

/// Whether a message still waits.
pub fn is_waiting(tx: &mut Tx, id: MessageId) -> Result<bool> {
    let found = tx.find("SELECT 1 FROM inbound WHERE message_id = $1", &[&id], |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

/// Whether a message waits that must not be acted upon at the same time.
pub fn is_any_waiting(tx: &mut Tx, order_key: i64) -> Result<bool> {
    let found = tx
        .find("SELECT 1 FROM inbound WHERE order_key = $1 LIMIT 1", &[&order_key], |row| row.get::<i64>(0))?;
    Ok(found.is_some())
}

/// The activity id and the signer of a message.
pub fn identity(tx: &mut Tx, id: MessageId) -> Result<(Option<String>, Option<String>)> {
    tx.get("SELECT activity_id, signer FROM message WHERE id = $1", &[&id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Whether [`mark_seen`] remembered something.
pub fn is_seen(tx: &mut Tx, hash: i64) -> Result<bool> {
    Ok(tx.find("SELECT 1 FROM seen WHERE hash = $1", &[&hash], |row| row.get::<i64>(0))?.is_some())
}

/// The type of a message and what it is about.
pub fn subject(tx: &mut Tx, id: MessageId) -> Result<Option<(String, String)>> {
    tx.find("SELECT kind, object FROM message WHERE id = $1", &[&id], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Forgets what [`mark_seen`] remembered; false where it did not.
pub fn forget_seen(tx: &mut Tx, hash: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM seen WHERE hash = $1", &[&hash])? == 1)
}

/// Takes a message out of those that wait; false where it was taken before.
pub fn take(tx: &mut Tx, id: MessageId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM inbound WHERE message_id = $1", &[&id])? == 1)
}

/// Counts a start of acting upon a message, and says when to try again.
pub fn postpone(tx: &mut Tx, id: MessageId, not_before: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE inbound SET attempts = attempts + 1, not_before_ms = $2 WHERE message_id = $1",
        &[&id, &not_before],
    )?;
    Ok(())
}

/// Remembers that an activity was acted upon; false where it had been before.
/// `hash` is of the activity id and its signer.
pub fn mark_seen(tx: &mut Tx, hash: i64) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "INSERT INTO seen (hash, at_ms) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
        &[&hash, &now],
    )?;
    Ok(rows == 1)
}

/// Empties the bodies of what came about an object that is gone.
pub fn empty_bodies_about(tx: &mut Tx, object: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM body WHERE message_id IN (SELECT id FROM message WHERE object = $1 AND state <> 0 AND kind <> 'Delete')",
        &[&object],
    )?;
    Ok(())
}

/// An activity of ours by id, for who dereferences it.
#[derive(Debug, Clone)]
pub struct OwnActivity {
    /// Whose it is.
    pub account_id: AccountId,
    /// Anyone may read it.
    pub is_open: bool,
    /// Otherwise these actors may.
    pub audience: Vec<String>,
    /// The activity.
    pub json: String,
}

/// Keeps an activity of ours that is not a Create, so that it can be read.
pub fn keep_activity(tx: &mut Tx, id: i64, activity: &OwnActivity) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO activity (id, account_id, is_open, audience, json, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO NOTHING",
        &[
            &id,
            &activity.account_id,
            &activity.is_open,
            &crate::json::write(&activity.audience),
            &activity.json,
            &now,
        ],
    )?;
    Ok(())
}

/// An activity of ours by its number.
pub fn find_activity(tx: &mut Tx, id: i64) -> Result<Option<OwnActivity>> {
    tx.find("SELECT account_id, is_open, audience, json FROM activity WHERE id = $1", &[&id], |row| {
        Ok(OwnActivity {
            account_id: row.get(0)?,
            is_open: row.get(1)?,
            audience: crate::json::read(&row.get::<String>(2)?)?,
            json: row.get(3)?,
        })
    })
}
