//! What is known about the road to each host: its failures, its next try.

use crate::{Result, Tx};
use domain::delivery::Lane;
use domain::{Host, Timestamp};

/// The road to a host, where anything is known about it.
///
/// One that failed for the first time in the future did so by a clock that was
/// wrong: then it may be tried at once.
pub fn find(tx: &mut Tx, host: &Host) -> Result<Option<Lane>> {
    let now = tx.now();
    let found = tx.find(
        "SELECT failures, next_try_at_ms, failing_since_ms, last_success_at_ms, reads_rfc9421
         FROM lane WHERE host = $1",
        &[host],
        |row| {
            Ok(Lane {
                host: host.clone(),
                failures: row.get(0)?,
                next_try_at: row.get(1)?,
                failing_since: row.get(2)?,
                last_success_at: row.get(3)?,
                reads_rfc9421: row.get(4)?,
            })
        },
    )?;
    Ok(found.map(|lane: Lane| match lane.failing_since {
        Some(since) if since > now => Lane { next_try_at: now, failing_since: Some(now), ..lane },
        _ => lane,
    }))
}

/// Keeps what is known now.
pub fn keep(tx: &mut Tx, lane: &Lane) -> Result<()> {
    tx.execute(
        "INSERT INTO lane (host, failures, next_try_at_ms, failing_since_ms, last_success_at_ms, reads_rfc9421)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (host) DO UPDATE SET failures = $2, next_try_at_ms = $3, failing_since_ms = $4,
            last_success_at_ms = $5, reads_rfc9421 = $6",
        &[
            &lane.host,
            &lane.failures,
            &lane.next_try_at,
            &lane.failing_since,
            &lane.last_success_at,
            &lane.reads_rfc9421,
        ],
    )?;
    Ok(())
}

/// Lets a failing host be tried now instead of after `later_than`; true where
/// that changed anything.
pub fn hasten(tx: &mut Tx, host: &Host, later_than: Timestamp) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE lane SET next_try_at_ms = $2 WHERE host = $1 AND failures > 0 AND next_try_at_ms > $3",
        &[host, &now, &later_than],
    )?;
    Ok(rows == 1)
}

/// How many hosts fail, and how many there are.
pub fn counts(tx: &mut Tx) -> Result<(u64, u64)> {
    tx.get(
        "SELECT COALESCE(SUM(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0), COUNT(*) FROM lane",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Hosts that have been failing since before `since`, by name from `after` on.
pub fn failing(tx: &mut Tx, since: Timestamp, after: &str, limit: i64) -> Result<Vec<Host>> {
    tx.query(
        "SELECT host FROM lane WHERE host > $1 AND failing_since_ms < $2 ORDER BY host LIMIT $3",
        &[&after, &since, &limit],
        |row| row.get(0),
    )
}

/// Forgets hosts to which nothing waits and nothing went since `since`; how many.
pub fn forget(tx: &mut Tx, since: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM lane WHERE host IN (
            SELECT l.host FROM lane l
            WHERE COALESCE(l.last_success_at_ms, l.failing_since_ms, 0) < $1
               AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.state = 0 AND d.host = l.host)
            ORDER BY l.host LIMIT $2)",
        &[&since, &limit],
    )
}
