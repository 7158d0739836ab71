//! Follows that ended together.

use crate::value::Row;
use crate::{Error, Result, Tx};
use domain::AccountId;
use domain::notification::{Severance, SeveranceKind};

/// Writes down what an account lost.
pub fn insert(
    tx: &mut Tx,
    account: AccountId,
    kind: SeveranceKind,
    target: &str,
    lost: (i64, i64),
) -> Result<i64> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO severance (id, account_id, kind, target, followers, following, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&id, &account, &kind.code(), &target, &lost.0, &lost.1, &now],
    )?;
    Ok(id)
}

fn read(row: &Row<'_>) -> Result<Severance> {
    let kind: i64 = row.get(1)?;
    Ok(Severance {
        id: row.get(0)?,
        kind: SeveranceKind::from_code(kind)
            .ok_or_else(|| Error::Corrupt(format!("severance kind {kind}")))?,
        target: row.get(2)?,
        followers: row.get(3)?,
        following: row.get(4)?,
        created_at: row.get(5)?,
    })
}

/// Some of what an account lost.
pub fn some(tx: &mut Tx, account: AccountId, ids: &[i64]) -> Result<Vec<Severance>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT id, kind, target, followers, following, created_at_ms FROM severance
         WHERE account_id = $1 AND id = ANY($2)",
        &[&account, &ids],
        read,
    )
}
