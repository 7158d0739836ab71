//! Numbers of the whole server.

use crate::{Result, Tx};
use domain::{AccountId, Host, Timestamp};

/// How many other hosts we know accounts of.
pub fn peers(tx: &mut Tx, ours: &Host) -> Result<i64> {
    // One step of the index for each host, not for each account.
    tx.get(
        "WITH RECURSIVE known(host) AS (
            SELECT MIN(host) FROM account
            UNION ALL
            SELECT (SELECT MIN(a.host) FROM account a WHERE a.host > known.host) FROM known WHERE known.host IS NOT NULL)
         SELECT COUNT(host) FROM known WHERE host IS NOT NULL AND host <> $1",
        &[ours],
        |row| row.get(0),
    )
}

/// How many people who sign in here wrote something after `since`.
pub fn writers(tx: &mut Tx, since: Timestamp) -> Result<i64> {
    tx.get(
        "SELECT COUNT(*) FROM user_ u JOIN account_count c ON c.account_id = u.account_id
         WHERE u.state = 'active' AND c.last_post_at_ms > $1",
        &[&since],
        |row| row.get(0),
    )
}

/// The account of the first administrator.
pub fn administrator(tx: &mut Tx) -> Result<Option<AccountId>> {
    tx.find(
        "SELECT account_id FROM user_ WHERE role = 'admin' AND state = 'active' ORDER BY id LIMIT 1",
        &[],
        |row| row.get(0),
    )
}
