//! Hosts of which an account wants nothing.

use crate::paged::{self, paged};
use crate::{Result, Tx};
use domain::{AccountId, Host, Page};

/// Writes a block of a host; true where there was none before.
pub fn insert(tx: &mut Tx, account: AccountId, host: &Host) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let rows = tx.execute(
        "INSERT INTO domain_block (account_id, host, id, created_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[&account, host, &id, &now],
    )?;
    Ok(rows == 1)
}

/// Removes a block of a host.
pub fn remove(tx: &mut Tx, account: AccountId, host: &Host) -> Result<()> {
    tx.execute("DELETE FROM domain_block WHERE account_id = $1 AND host = $2", &[&account, host])?;
    Ok(())
}

/// Blocked hosts, newest first, with the row to go on from.
pub fn list(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<(i64, String)>> {
    let texts = paged!("id", "SELECT id, host FROM domain_block WHERE account_id = $1");
    paged::list(tx, texts, &account, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Whether `account` blocks the host of `other`.
pub fn covers(tx: &mut Tx, account: AccountId, other: AccountId) -> Result<bool> {
    let found = tx.find(
        "SELECT 1 FROM account a JOIN domain_block d ON d.host = a.host OR d.host = a.domain
         WHERE d.account_id = $1 AND a.id = $2 LIMIT 1",
        &[&account, &other],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// Follows between an account and accounts of a host, in both directions:
/// follower and target.
pub fn follows_across(
    tx: &mut Tx,
    account: AccountId,
    host: &Host,
    limit: i64,
) -> Result<Vec<(AccountId, AccountId)>> {
    tx.query(
        "SELECT f.follower_id, f.target_id FROM follow f JOIN account a ON a.id = f.target_id
         WHERE f.follower_id = $1 AND (a.host = $2 OR a.domain = $2)
         UNION ALL SELECT f.follower_id, f.target_id FROM follow f JOIN account a ON a.id = f.follower_id
         WHERE f.target_id = $1 AND (a.host = $2 OR a.domain = $2)
         ORDER BY 1, 2 LIMIT $3",
        &[&account, host, &limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Removes what an account was told of accounts of a host.
pub fn forget_notifications(tx: &mut Tx, account: AccountId, host: &Host) -> Result<()> {
    tx.execute(
        "DELETE FROM notification WHERE account_id = $1
            AND from_id IN (SELECT id FROM account WHERE host = $2 OR domain = $2)",
        &[&account, host],
    )?;
    Ok(())
}
