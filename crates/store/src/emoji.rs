//! Emoji of this server, with their pictures.

use crate::{Result, Tx};
use domain::{EmojiId, Timestamp};

/// An emoji, without its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji {
    /// Our row; its picture's address has this number.
    pub id: EmojiId,
    /// Its name without colons.
    pub shortcode: String,
    /// What it stands among where it is picked.
    pub category: Option<String>,
    /// Of the picture.
    pub media_type: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A statement for emoji, as [`read`] wants them.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, shortcode, category, media_type, created_at_ms FROM custom_emoji ", $rest)
    };
}

fn read(row: &crate::value::Row<'_>) -> Result<Emoji> {
    Ok(Emoji {
        id: row.get(0)?,
        shortcode: row.get(1)?,
        category: row.get(2)?,
        media_type: row.get(3)?,
        created_at: row.get(4)?,
    })
}

/// Those that are offered, by name.
pub fn list(tx: &mut Tx) -> Result<Vec<Emoji>> {
    tx.query(select!("WHERE retired = 0 ORDER BY shortcode"), &[], read)
}

/// Of some names, those that are offered.
pub fn among(tx: &mut Tx, shortcodes: &[String]) -> Result<Vec<Emoji>> {
    if shortcodes.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(select!("WHERE retired = 0 AND shortcode = ANY($1)"), &[&shortcodes.to_vec()], read)
}

/// One emoji, offered or not any more.
pub fn find(tx: &mut Tx, id: EmojiId) -> Result<Option<Emoji>> {
    tx.find(select!("WHERE id = $1"), &[&id], read)
}

/// Its picture.
pub fn picture(tx: &mut Tx, id: EmojiId) -> Result<Option<Vec<u8>>> {
    tx.find("SELECT bytes FROM custom_emoji WHERE id = $1", &[&id], |row| row.get(0))
}

/// Adds an emoji.
pub fn insert(tx: &mut Tx, emoji: &Emoji, bytes: &[u8]) -> Result<()> {
    tx.execute(
        "INSERT INTO custom_emoji (id, shortcode, category, media_type, bytes, created_at_ms, retired)
         VALUES ($1, $2, $3, $4, $5, $6, 0)",
        &[&emoji.id, &emoji.shortcode, &emoji.category, &emoji.media_type, &bytes, &emoji.created_at],
    )?;
    Ok(())
}

/// Offers an emoji no longer; false where there is none.
pub fn retire(tx: &mut Tx, shortcode: &str) -> Result<bool> {
    let rows = tx
        .execute("UPDATE custom_emoji SET retired = 1 WHERE shortcode = $1 AND retired = 0", &[&shortcode])?;
    Ok(rows > 0)
}
