//! What an account notes about another, for its own eyes.

use crate::{Result, Tx};
use domain::AccountId;

/// Writes a note; an empty one takes it away.
pub fn set(tx: &mut Tx, account: AccountId, target: AccountId, text: &str) -> Result<()> {
    if text.is_empty() {
        tx.execute(
            "DELETE FROM account_note WHERE account_id = $1 AND target_id = $2",
            &[&account, &target],
        )?;
    } else {
        tx.execute(
            "INSERT INTO account_note (account_id, target_id, text) VALUES ($1, $2, $3)
             ON CONFLICT (account_id, target_id) DO UPDATE SET text = $3",
            &[&account, &target, &text],
        )?;
    }
    Ok(())
}
