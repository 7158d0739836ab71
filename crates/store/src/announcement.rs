//! What the administrator tells everyone here.

use crate::{Result, Tx};
use domain::{AccountId, AnnouncementId, Timestamp};

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Our row.
    pub id: AnnouncementId,
    /// As typed, Markdown.
    pub source: String,
    /// Clean HTML.
    pub content_html: String,
    /// When what it is about begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends; the announcement goes with it.
    pub ends_at: Option<Timestamp>,
    /// Only the days of these times count.
    pub all_day: bool,
    /// When it was told.
    pub published_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

fn read(row: &crate::value::Row<'_>) -> Result<Announcement> {
    Ok(Announcement {
        id: row.get(0)?,
        source: row.get(1)?,
        content_html: row.get(2)?,
        starts_at: row.get(3)?,
        ends_at: row.get(4)?,
        all_day: row.get(5)?,
        published_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}

/// Writes a new announcement.
pub fn insert(tx: &mut Tx, new: &Announcement) -> Result<()> {
    tx.execute(
        "INSERT INTO announcement (id, source, content_html, starts_at_ms, ends_at_ms, all_day, published_at_ms,
            updated_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &new.id,
            &new.source,
            &new.content_html,
            &new.starts_at,
            &new.ends_at,
            &new.all_day,
            &new.published_at,
            &new.updated_at,
        ],
    )?;
    Ok(())
}

/// Removes an announcement and all that hangs on it; false where there is none.
pub fn remove(tx: &mut Tx, id: AnnouncementId) -> Result<bool> {
    tx.execute("DELETE FROM announcement_dismissal WHERE announcement_id = $1", &[&id])?;
    tx.execute("DELETE FROM announcement_reaction WHERE announcement_id = $1", &[&id])?;
    Ok(tx.execute("DELETE FROM announcement WHERE id = $1", &[&id])? == 1)
}

/// All announcements, the oldest first.
pub fn all(tx: &mut Tx) -> Result<Vec<Announcement>> {
    tx.query(
        "SELECT id, source, content_html, starts_at_ms, ends_at_ms, all_day, published_at_ms, updated_at_ms
         FROM announcement ORDER BY id",
        &[],
        read,
    )
}

/// One announcement that has not ended at `now`.
pub fn find(tx: &mut Tx, id: AnnouncementId, now: Timestamp) -> Result<Option<Announcement>> {
    tx.find(
        "SELECT id, source, content_html, starts_at_ms, ends_at_ms, all_day, published_at_ms, updated_at_ms
         FROM announcement WHERE id = $1 AND (ends_at_ms IS NULL OR ends_at_ms > $2)",
        &[&id, &now],
        read,
    )
}

/// Which of the announcements an account has put away.
pub fn dismissed(tx: &mut Tx, account: AccountId, ids: &[AnnouncementId]) -> Result<Vec<AnnouncementId>> {
    tx.query(
        "SELECT announcement_id FROM announcement_dismissal WHERE account_id = $1 AND announcement_id = ANY($2)",
        &[&account, &ids],
        |row| row.get(0),
    )
}

/// An account puts an announcement away.
pub fn dismiss(tx: &mut Tx, account: AccountId, id: AnnouncementId) -> Result<()> {
    tx.execute(
        "INSERT INTO announcement_dismissal (announcement_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&id, &account],
    )?;
    Ok(())
}

/// How often a reaction was given to an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// To which.
    pub announcement: AnnouncementId,
    /// An emoji, or a shortcode.
    pub name: String,
    /// By how many.
    pub count: i64,
    /// By the account that asks too.
    pub mine: bool,
}

/// The reactions to some announcements, the first given first.
pub fn reactions(tx: &mut Tx, ids: &[AnnouncementId], account: AccountId) -> Result<Vec<Reaction>> {
    tx.query(
        "SELECT announcement_id, name, COUNT(*), MAX(CASE WHEN account_id = $2 THEN 1 ELSE 0 END)
         FROM announcement_reaction WHERE announcement_id = ANY($1)
         GROUP BY announcement_id, name ORDER BY announcement_id, MIN(id)",
        &[&ids, &account],
        |row| {
            let mine: i64 = row.get(3)?;
            Ok(Reaction { announcement: row.get(0)?, name: row.get(1)?, count: row.get(2)?, mine: mine == 1 })
        },
    )
}

/// Gives a reaction; once is enough.
pub fn react(tx: &mut Tx, id: AnnouncementId, name: &str, account: AccountId) -> Result<()> {
    let row = tx.new_id();
    tx.execute(
        "INSERT INTO announcement_reaction (announcement_id, name, account_id, id) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &[&id, &name, &account, &row],
    )?;
    Ok(())
}

/// Takes a reaction back; false where it was not given.
pub fn unreact(tx: &mut Tx, id: AnnouncementId, name: &str, account: AccountId) -> Result<bool> {
    let rows = tx.execute(
        "DELETE FROM announcement_reaction WHERE announcement_id = $1 AND name = $2 AND account_id = $3",
        &[&id, &name, &account],
    )?;
    Ok(rows == 1)
}
