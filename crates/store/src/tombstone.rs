//! What is gone for ever: objects, and activities that were taken back. A
//! Create after its Delete, or a Follow after its Undo, stays without effect.

use crate::{Result, Tx};
use domain::Timestamp;

/// Who may learn that something was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grave {
    /// Anyone: it was open.
    Open,
    /// Nobody: what was private looks missing, gone or not.
    Hidden,
}

/// Says that an id is gone for ever. `author`: the actor whose it was.
pub fn bury(tx: &mut Tx, id: &str, author: &str, former_type: Option<&str>, grave: Grave) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO tombstone (object_id, author, former_type, is_open, deleted_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (object_id) DO NOTHING",
        &[&id, &author, &former_type, &(grave == Grave::Open), &now],
    )?;
    Ok(())
}

/// What is left of something that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Whose it was.
    pub author: String,
    /// What it was.
    pub former_type: Option<String>,
    /// Who may learn of it.
    pub grave: Grave,
    /// When it went.
    pub deleted_at: Timestamp,
}

/// The tombstone of an id.
pub fn find(tx: &mut Tx, id: &str) -> Result<Option<Tombstone>> {
    tx.find(
        "SELECT author, former_type, is_open, deleted_at_ms FROM tombstone WHERE object_id = $1",
        &[&id],
        |row| {
            Ok(Tombstone {
                author: row.get(0)?,
                former_type: row.get(1)?,
                grave: if row.get(2)? { Grave::Open } else { Grave::Hidden },
                deleted_at: row.get(3)?,
            })
        },
    )
}
