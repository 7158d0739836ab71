//! How far somebody has read.

use crate::{Result, Tx};
use domain::{AccountId, Timestamp};

/// How far somebody has read in a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Of which timeline.
    pub timeline: String,
    /// The newest entry that was read.
    pub last_read_id: i64,
    /// How often it was moved.
    pub version: i64,
    /// When it was moved last.
    pub updated_at: Timestamp,
}

/// Markers of an account.
pub fn list(tx: &mut Tx, account: AccountId, timelines: &[&str]) -> Result<Vec<Marker>> {
    tx.query(
        "SELECT timeline, last_read_id, version, updated_at_ms FROM marker
         WHERE account_id = $1 AND timeline = ANY($2) ORDER BY timeline",
        &[&account, &timelines],
        |row| {
            Ok(Marker {
                timeline: row.get(0)?,
                last_read_id: row.get(1)?,
                version: row.get(2)?,
                updated_at: row.get(3)?,
            })
        },
    )
}

/// Moves a marker from the version that was `known` on (0: there is none yet);
/// false where somebody else moved it meanwhile.
pub fn set(tx: &mut Tx, account: AccountId, timeline: &str, last_read_id: i64, known: i64) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "INSERT INTO marker (account_id, timeline, last_read_id, version, updated_at_ms) VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (account_id, timeline) DO UPDATE SET last_read_id = $3, version = marker.version + 1,
            updated_at_ms = $4 WHERE marker.version = $5",
        &[&account, &timeline, &last_read_id, &now, &known],
    )?;
    Ok(rows == 1)
}

/// Removes the markers of a deleted account.
pub fn remove_all(tx: &mut Tx, owner: AccountId) -> Result<()> {
    tx.execute("DELETE FROM marker WHERE account_id = $1", &[&owner])?;
    Ok(())
}
