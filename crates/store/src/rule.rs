//! Rules of this server, and its long texts.

use crate::{Result, Tx};
use domain::{RuleId, Timestamp};

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Our row.
    pub id: RuleId,
    /// What is asked.
    pub text: String,
    /// What it means, at more length.
    pub hint: String,
}

/// All rules, in the order they were made.
pub fn list(tx: &mut Tx) -> Result<Vec<Rule>> {
    tx.query("SELECT id, content, hint FROM rule ORDER BY id", &[], |row| {
        Ok(Rule { id: row.get(0)?, text: row.get(1)?, hint: row.get(2)? })
    })
}

/// Adds a rule, after those that there are.
pub fn add(tx: &mut Tx, text: &str, hint: &str) -> Result<RuleId> {
    // Small numbers: people say "rule 3".
    tx.get(
        "INSERT INTO rule (id, content, hint) SELECT COALESCE(MAX(id), 0) + 1, CAST($1 AS TEXT), CAST($2 AS TEXT)
         FROM rule RETURNING id",
        &[&text, &hint],
        |row| row.get(0),
    )
}

/// Removes a rule; false where there is none.
pub fn remove(tx: &mut Tx, id: RuleId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM rule WHERE id = $1", &[&id])? == 1)
}

/// One version of a long text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As typed, Markdown.
    pub source: String,
    /// Clean HTML.
    pub content_html: String,
    /// From when it stands.
    pub created_at: Timestamp,
}

/// All versions of a text, the newest first.
pub fn texts(tx: &mut Tx, name: &str) -> Result<Vec<Text>> {
    tx.query(
        "SELECT source, content_html, created_at_ms FROM instance_text WHERE name = $1 ORDER BY id DESC LIMIT 100",
        &[&name],
        |row| Ok(Text { source: row.get(0)?, content_html: row.get(1)?, created_at: row.get(2)? }),
    )
}

/// Writes a new version of a text.
pub fn set_text(tx: &mut Tx, name: &str, text: &Text) -> Result<()> {
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO instance_text (id, name, source, content_html, created_at_ms) VALUES ($1, $2, $3, $4, $5)",
        &[&id, &name, &text.source, &text.content_html, &text.created_at],
    )?;
    Ok(())
}

/// Removes a text with all its versions; false where there is none.
pub fn remove_text(tx: &mut Tx, name: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM instance_text WHERE name = $1", &[&name])? > 0)
}
