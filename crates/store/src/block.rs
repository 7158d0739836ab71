//! Who blocks whom.

use crate::paged::{self, paged};
use crate::{Result, Tx};
use domain::{AccountId, Page};

/// Whether `account` blocks `target`.
pub fn exists(tx: &mut Tx, account: AccountId, target: AccountId) -> Result<bool> {
    let found = tx.find(
        "SELECT 1 FROM block WHERE account_id = $1 AND target_id = $2",
        &[&account, &target],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// Whether either of two accounts blocks the other.
pub fn either(tx: &mut Tx, one: AccountId, other: AccountId) -> Result<bool> {
    let found = tx.find(
        "SELECT 1 FROM block WHERE (account_id = $1 AND target_id = $2) OR (account_id = $2 AND target_id = $1) LIMIT 1",
        &[&one, &other],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// Of some accounts, those that block `target`.
pub fn blockers_among(tx: &mut Tx, accounts: &[AccountId], target: AccountId) -> Result<Vec<AccountId>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT account_id FROM block WHERE target_id = $1 AND account_id = ANY($2)",
        &[&target, &accounts],
        |row| row.get(0),
    )
}

/// Of some accounts, those that block one of the others.
pub fn blockers_of_any(tx: &mut Tx, accounts: &[AccountId], others: &[AccountId]) -> Result<Vec<AccountId>> {
    if accounts.is_empty() || others.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT DISTINCT account_id FROM block WHERE account_id = ANY($1) AND target_id = ANY($2)",
        &[&accounts, &others],
        |row| row.get(0),
    )
}

/// Of some accounts, those that block the other or that it blocks.
pub fn apart(tx: &mut Tx, accounts: &[AccountId], other: AccountId) -> Result<Vec<AccountId>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT account_id FROM block WHERE target_id = $1 AND account_id = ANY($2)
         UNION SELECT target_id FROM block WHERE account_id = $1 AND target_id = ANY($2)",
        &[&other, &accounts],
        |row| row.get(0),
    )
}

/// Writes a block; true where there was none before.
pub fn insert(tx: &mut Tx, account: AccountId, target: AccountId, activity_id: &str) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let rows = tx.execute(
        "INSERT INTO block (account_id, target_id, id, activity_id, created_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, target_id) DO NOTHING",
        &[&account, &target, &id, &activity_id, &now],
    )?;
    Ok(rows == 1)
}

/// Removes a block; the id of the Block that made it.
pub fn remove(tx: &mut Tx, account: AccountId, target: AccountId) -> Result<Option<String>> {
    let activity = tx.find(
        "SELECT activity_id FROM block WHERE account_id = $1 AND target_id = $2",
        &[&account, &target],
        |row| row.get(0),
    )?;
    tx.execute("DELETE FROM block WHERE account_id = $1 AND target_id = $2", &[&account, &target])?;
    Ok(activity)
}

/// Whom a Block with this id blocks.
pub fn by_activity(tx: &mut Tx, activity_id: &str) -> Result<Option<(AccountId, AccountId)>> {
    tx.find("SELECT account_id, target_id FROM block WHERE activity_id = $1", &[&activity_id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Blocked accounts, newest first, with the row to go on from.
pub fn list(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<(i64, AccountId)>> {
    let texts = paged!("id", "SELECT id, target_id FROM block WHERE account_id = $1");
    paged::list(tx, texts, &account, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}
