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

/// Other hosts we know accounts of, without those that are suspended.
pub fn peer_hosts(tx: &mut Tx, ours: &Host) -> Result<Vec<Host>> {
    tx.query(
        "WITH RECURSIVE known(host) AS (
            SELECT MIN(host) FROM account
            UNION ALL
            SELECT (SELECT MIN(a.host) FROM account a WHERE a.host > known.host) FROM known WHERE known.host IS NOT NULL)
         SELECT host FROM known WHERE host IS NOT NULL AND host <> $1
            AND NOT EXISTS (SELECT 1 FROM host_rule r WHERE r.name = known.host AND r.rule = 2)
         ORDER BY host",
        &[ours],
        |row| row.get(0),
    )
}

/// When the server began: when its first account was made.
pub fn began(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.find("SELECT created_at_ms FROM account WHERE home = 0 ORDER BY id LIMIT 1", &[], |row| row.get(0))
}

/// Milliseconds of a week.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// From the first Thursday of 1970 back to the Monday before it.
const TO_MONDAY_MS: i64 = 3 * 24 * 3_600_000;

/// The week a time is in: weeks since 1970 that begin on Mondays.
pub const fn week_of(at: Timestamp) -> i64 {
    (at.0 + TO_MONDAY_MS) / WEEK_MS
}

/// When a week begins.
pub const fn week_begins(week: i64) -> Timestamp {
    Timestamp(week * WEEK_MS - TO_MONDAY_MS)
}

/// Posts of ours by week, from a week on.
pub fn posts_by_week(tx: &mut Tx, since: i64) -> Result<Vec<(i64, i64)>> {
    let first = domain::id::first_at(week_begins(since).0);
    tx.query(
        "SELECT ((p.id / 65536) + $2) / $3, COUNT(*) FROM account a JOIN post p ON p.author_id = a.id AND p.id >= $1
         WHERE a.home = 0 GROUP BY 1",
        &[&first, &TO_MONDAY_MS, &WEEK_MS],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// New users by week, from a week on.
pub fn users_by_week(tx: &mut Tx, since: i64) -> Result<Vec<(i64, i64)>> {
    tx.query(
        "SELECT (created_at_ms + $2) / $3, COUNT(*) FROM user_ WHERE created_at_ms >= $1
         GROUP BY 1",
        &[&week_begins(since), &TO_MONDAY_MS, &WEEK_MS],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Remembers that a user signed in this week.
pub fn signed_in(tx: &mut Tx, user: domain::UserId) -> Result<()> {
    let week = week_of(tx.now());
    tx.execute(
        "INSERT INTO weekly_login (week, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&week, &user],
    )?;
    Ok(())
}

/// Users who signed in, by week, from a week on.
pub fn logins_by_week(tx: &mut Tx, since: i64) -> Result<Vec<(i64, i64)>> {
    tx.query("SELECT week, COUNT(*) FROM weekly_login WHERE week >= $1 GROUP BY week", &[&since], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}
