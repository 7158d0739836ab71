//! Letters that wait to be sent, and what the links in them prove.

use crate::value::Row;
use crate::{Result, Tx};
use domain::{Timestamp, UserId};

/// A letter to be written and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Our row.
    pub id: i64,
    /// What for.
    pub kind: String,
    /// About whom; none: whoever has the address.
    pub user_id: Option<UserId>,
    /// To where.
    pub address: String,
    /// How often it was tried.
    pub attempts: i64,
}

fn read(row: &Row<'_>) -> Result<Letter> {
    Ok(Letter {
        id: row.get(0)?,
        kind: row.get(1)?,
        user_id: row.get(2)?,
        address: row.get(3)?,
        attempts: row.get(4)?,
    })
}

/// Asks for a letter.
pub fn insert(tx: &mut Tx, kind: &str, user: Option<UserId>, address: &str) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO letter (id, kind, user_id, address, attempts, next_try_at_ms) VALUES ($1, $2, $3, $4, 0, $5)",
        &[&id, &kind, &user, &address, &now],
    )?;
    Ok(())
}

/// Letters whose time has come.
pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Letter>> {
    tx.query(
        "SELECT id, kind, user_id, address, attempts FROM letter WHERE next_try_at_ms <= $1
         ORDER BY next_try_at_ms, id LIMIT $2",
        &[&now, &limit],
        read,
    )
}

/// Counts a try and says when the next one is.
pub fn again(tx: &mut Tx, id: i64, next_try_at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE letter SET attempts = attempts + 1, next_try_at_ms = $2 WHERE id = $1",
        &[&id, &next_try_at],
    )?;
    Ok(())
}

/// A letter is sent, or given up.
pub fn remove(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("DELETE FROM letter WHERE id = $1", &[&id])?;
    Ok(())
}

/// What a link proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Whose it is.
    pub user_id: UserId,
    /// Where the letter went.
    pub address: String,
}

/// Adds a ticket.
pub fn insert_ticket(
    tx: &mut Tx,
    secret_hash: &[u8],
    purpose: &str,
    ticket: &Ticket,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO ticket (secret_hash, purpose, user_id, address, expires_at_ms) VALUES ($1, $2, $3, $4, $5)",
        &[&secret_hash, &purpose, &ticket.user_id, &ticket.address, &expires_at],
    )?;
    Ok(())
}

/// A ticket that is still good.
pub fn find_ticket(tx: &mut Tx, secret_hash: &[u8], purpose: &str, now: Timestamp) -> Result<Option<Ticket>> {
    tx.find(
        "SELECT user_id, address FROM ticket WHERE secret_hash = $1 AND purpose = $2 AND expires_at_ms > $3",
        &[&secret_hash, &purpose, &now],
        |row| Ok(Ticket { user_id: row.get(0)?, address: row.get(1)? }),
    )
}

/// Uses up a ticket; false where another use came first.
pub fn use_ticket(tx: &mut Tx, secret_hash: &[u8]) -> Result<bool> {
    Ok(tx.execute("DELETE FROM ticket WHERE secret_hash = $1", &[&secret_hash])? == 1)
}

/// Voids all tickets of a user for a purpose.
pub fn void(tx: &mut Tx, user: UserId, purpose: &str) -> Result<()> {
    tx.execute("DELETE FROM ticket WHERE user_id = $1 AND purpose = $2", &[&user, &purpose])?;
    Ok(())
}

/// Forgets tickets that ran out before `before`.
pub fn sweep_tickets(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM ticket WHERE expires_at_ms < $1", &[&before])
}
