//! Who changed what by hand.

use crate::{Result, Tx};
use domain::UserId;

/// Writes down what was done. `by`: nobody where it was done by a command.
pub fn insert(tx: &mut Tx, by: Option<UserId>, action: &str, target: &str, note: &str) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO audit (id, user_id, action, target, note, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&id, &by, &action, &target, &note, &now],
    )?;
    Ok(())
}
