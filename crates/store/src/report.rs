//! What accounts tell the administrators.

use crate::value::Row;
use crate::{Error, Result, Tx, json};
use domain::AccountId;
use domain::report::{Category, Report};

/// A statement for reports, as [`read`] wants them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, target_id, category, comment, rule_ids, post_ids, forwarded, activity_id, resolution,
                resolved_at_ms, created_at_ms FROM report ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<Report> {
    let category: String = row.get(3)?;
    Ok(Report {
        id: row.get(0)?,
        account_id: row.get(1)?,
        target_id: row.get(2)?,
        category: Category::from_word(&category)
            .ok_or_else(|| Error::Corrupt(format!("report category {category:?}")))?,
        comment: row.get(4)?,
        rule_ids: json::read(&row.get::<String>(5)?)?,
        post_ids: json::read(&row.get::<String>(6)?)?,
        forwarded: row.get(7)?,
        activity_id: row.get(8)?,
        resolution: row.get(9)?,
        resolved_at: row.get(10)?,
        created_at: row.get(11)?,
    })
}

/// Writes a report; false where the same Flag told of the target before.
pub fn insert(tx: &mut Tx, report: &Report) -> Result<bool> {
    let rows = tx.execute(
        "INSERT INTO report (id, account_id, target_id, category, comment, rule_ids, post_ids, forwarded, activity_id,
            created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        &[
            &report.id,
            &report.account_id,
            &report.target_id,
            &report.category.as_str(),
            &report.comment,
            &json::write(&report.rule_ids),
            &json::write(&report.post_ids),
            &report.forwarded,
            &report.activity_id,
            &report.created_at,
        ],
    )?;
    Ok(rows == 1)
}

/// One report.
pub fn find(tx: &mut Tx, id: i64) -> Result<Option<Report>> {
    tx.find(select!("WHERE id = $1"), &[&id], read)
}

/// Some reports.
pub fn some(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Report>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(select!("WHERE id = ANY($1)"), &[&ids], read)
}

/// Which reports to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those nobody has dealt with.
    Open,
    /// All.
    All,
}

/// Reports, the newest first.
pub fn list(tx: &mut Tx, which: Which, limit: i64) -> Result<Vec<Report>> {
    let sql = select!("WHERE ($1 = 1 OR resolved_at_ms IS NULL) ORDER BY id DESC LIMIT $2");
    tx.query(sql, &[&i64::from(which == Which::All), &limit], read)
}

/// How many reports of an account nobody has dealt with, up to `most`.
pub fn count_open_from(tx: &mut Tx, account: AccountId, most: i64) -> Result<i64> {
    tx.get(
        "SELECT COUNT(*) FROM (SELECT 1 FROM report WHERE account_id = $1 AND resolved_at_ms IS NULL LIMIT $2) few",
        &[&account, &most],
        |row| row.get(0),
    )
}

/// Closes a report; false where it is not there or closed.
pub fn resolve(tx: &mut Tx, id: i64, note: &str) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE report SET resolution = $2, resolved_at_ms = $3 WHERE id = $1 AND resolved_at_ms IS NULL",
        &[&id, &note, &now],
    )?;
    Ok(rows == 1)
}
