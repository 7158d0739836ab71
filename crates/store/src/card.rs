//! Pages that posts link to, and what was read of them.

use crate::{Result, Tx, json};
use domain::card::Card;
use domain::{PostId, Timestamp};
use std::collections::HashMap;

/// Says which page a post is shown with, and what its author says of it.
pub fn link(tx: &mut Tx, post: PostId, url: &str, own: Option<&Card>) -> Result<()> {
    tx.execute(
        "INSERT INTO post_link (post_id, url, own_card) VALUES ($1, $2, $3)
         ON CONFLICT (post_id) DO UPDATE SET url = excluded.url, own_card = excluded.own_card",
        &[&post, &url, &own.map(json::write_one)],
    )?;
    Ok(())
}

/// Shows a post without a page.
pub fn unlink(tx: &mut Tx, post: PostId) -> Result<()> {
    tx.execute("DELETE FROM post_link WHERE post_id = $1", &[&post])?;
    Ok(())
}

/// The cards of posts. Pages that were never read, or long ago, are wished for.
pub fn of_posts(tx: &mut Tx, posts: &[PostId]) -> Result<HashMap<PostId, Card>> {
    let rows = tx.query(
        "SELECT l.post_id, l.url, l.own_card, c.card, c.expires_at_ms FROM post_link l
         LEFT JOIN card c ON c.url = l.url WHERE l.post_id = ANY($1)",
        &[&posts],
        |row| {
            let (post, url): (PostId, String) = (row.get(0)?, row.get(1)?);
            let (own, read): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
            Ok((post, url, own, read, row.get::<Option<Timestamp>>(4)?))
        },
    )?;
    let now = tx.now();
    let mut cards = HashMap::with_capacity(rows.len());
    for (post, url, own, read, expires) in rows {
        if own.is_none() && expires.is_none_or(|expires| expires <= now) {
            tx.wish(&url);
        }
        if let Some(card) = own.or(read) {
            cards.insert(post, json::read_one(&card)?);
        }
    }
    Ok(cards)
}

/// Pages that were wished for since the last time, each once.
pub fn wished(tx: &Tx) -> Vec<String> {
    tx.take_wishes()
}

/// Claims the reading of a page until a time; false where it needs no reading.
pub fn claim(tx: &mut Tx, url: &str, until: Timestamp) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "INSERT INTO card (url, tries, expires_at_ms) VALUES ($1, 0, $2)
         ON CONFLICT (url) DO UPDATE SET expires_at_ms = excluded.expires_at_ms WHERE card.expires_at_ms <= $3",
        &[&url, &until, &now],
    )?;
    Ok(rows == 1)
}

/// Keeps what was read of a page.
pub fn keep(tx: &mut Tx, url: &str, card: Option<&Card>, expires: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE card SET card = $2, tries = 0, expires_at_ms = $3 WHERE url = $1",
        &[&url, &card.map(json::write_one), &expires],
    )?;
    Ok(())
}

/// Counts a failed reading; how many there were in a row. What was read before stays.
pub fn failed(tx: &mut Tx, url: &str) -> Result<i64> {
    tx.get("UPDATE card SET tries = tries + 1 WHERE url = $1 RETURNING tries", &[&url], |row| row.get(0))
}

/// Says when a page is worth another try.
pub fn expire_at(tx: &mut Tx, url: &str, at: Timestamp) -> Result<()> {
    tx.execute("UPDATE card SET expires_at_ms = $2 WHERE url = $1", &[&url, &at])?;
    Ok(())
}

/// Removes pages that nobody wanted again for long after they had expired.
pub fn sweep(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM card WHERE url IN (SELECT c.url FROM card c WHERE c.expires_at_ms < $1 LIMIT $2)",
        &[&before, &limit],
    )
}
