//! Answers to client requests that may be repeated.

use crate::{Result, Tx};
use domain::AccountId;

/// What the first request with a key made.
pub fn find(tx: &mut Tx, account: AccountId, key: &str) -> Result<Option<i64>> {
    tx.find(
        "SELECT result_id FROM idempotency WHERE account_id = $1 AND key = $2",
        &[&account, &key],
        |row| row.get(0),
    )
}

/// Remembers what a request made; where one with the key came before, what that made.
pub fn claim(tx: &mut Tx, account: AccountId, key: &str, result: i64) -> Result<Option<i64>> {
    let now = tx.now();
    let rows = tx.execute(
        "INSERT INTO idempotency (account_id, key, result_id, created_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, key) DO NOTHING",
        &[&account, &key, &result, &now],
    )?;
    if rows == 1 { Ok(None) } else { find(tx, account, key) }
}
