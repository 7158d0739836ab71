//! Boosts: an account shows another's post to its followers.

use crate::paged::{self, paged};
use crate::{Error, Result, Tx};
use domain::{AccountId, BoostId, ObjectId, Page, PostId, Timestamp, Visibility};

/// A boost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boost {
    /// Our row.
    pub id: BoostId,
    /// The Announce.
    pub activity_id: ObjectId,
    /// Who boosts.
    pub account_id: AccountId,
    /// What.
    pub post_id: PostId,
    /// For whom.
    pub visibility: Visibility,
    /// When.
    pub created_at: Timestamp,
}

fn read(row: &crate::value::Row<'_>) -> Result<Boost> {
    let visibility: i64 = row.get(4)?;
    Ok(Boost {
        id: row.get(0)?,
        activity_id: row.get(1)?,
        account_id: row.get(2)?,
        post_id: row.get(3)?,
        visibility: Visibility::from_code(visibility)
            .ok_or_else(|| Error::Corrupt(format!("visibility {visibility}")))?,
        created_at: row.get(5)?,
    })
}

/// Writes a boost and counts it; false where the account boosts the post already.
pub fn insert(tx: &mut Tx, boost: &Boost) -> Result<bool> {
    let rows = tx.execute(
        "INSERT INTO boost (id, activity_id, account_id, post_id, visibility, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[
            &boost.id,
            &boost.activity_id,
            &boost.account_id,
            &boost.post_id,
            &boost.visibility.code(),
            &boost.created_at,
        ],
    )?;
    if rows == 1 {
        crate::post::add_counts(tx, boost.post_id, 0, 1, 0)?;
        crate::account::posted(tx, boost.account_id, boost.created_at)?;
    }
    Ok(rows == 1)
}

/// The boost of a row.
pub fn get(tx: &mut Tx, id: BoostId) -> Result<Option<Boost>> {
    tx.find(
        "SELECT id, activity_id, account_id, post_id, visibility, created_at_ms FROM boost WHERE id = $1",
        &[&id],
        read,
    )
}

/// The boost of a post by an account.
pub fn find(tx: &mut Tx, account: AccountId, post: PostId) -> Result<Option<Boost>> {
    tx.find(
        "SELECT id, activity_id, account_id, post_id, visibility, created_at_ms FROM boost
         WHERE account_id = $1 AND post_id = $2",
        &[&account, &post],
        read,
    )
}

/// The boost of an Announce.
pub fn by_activity(tx: &mut Tx, activity_id: &str) -> Result<Option<Boost>> {
    tx.find(
        "SELECT id, activity_id, account_id, post_id, visibility, created_at_ms FROM boost WHERE activity_id = $1",
        &[&activity_id],
        read,
    )
}

/// Removes a boost from everywhere.
pub fn remove(tx: &mut Tx, boost: &Boost) -> Result<bool> {
    crate::stream::withdraw_boost(tx, boost)?;
    let rows = tx.execute("DELETE FROM boost WHERE id = $1", &[&boost.id])?;
    if rows == 1 {
        crate::post::add_counts(tx, boost.post_id, 0, -1, 0)?;
        crate::account::add_counts(tx, boost.account_id, 0, 0, -1)?;
        tx.execute(
            "DELETE FROM home_entry WHERE post_id = $1 AND boost_id = $2",
            &[&boost.post_id, &boost.id],
        )?;
        tx.execute(
            "DELETE FROM list_entry WHERE post_id = $1 AND boost_id = $2",
            &[&boost.post_id, &boost.id],
        )?;
    }
    Ok(rows == 1)
}

/// Who boosted a post, newest first, with the row to go on from.
pub fn boosters(tx: &mut Tx, post: PostId, page: Page) -> Result<Vec<(i64, AccountId)>> {
    let texts = paged!("id", "SELECT id, account_id FROM boost WHERE post_id = $1 AND visibility <= 1");
    paged::list(tx, texts, &post, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Boosts of an account, for a sweep.
pub fn some_of(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<Boost>> {
    tx.query(
        "SELECT id, activity_id, account_id, post_id, visibility, created_at_ms FROM boost WHERE account_id = $1
         ORDER BY id LIMIT $2",
        &[&account, &limit],
        read,
    )
}

/// Accounts of ours that boosted a post.
pub fn local_boosters(tx: &mut Tx, post: PostId, limit: i64) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT b.account_id FROM boost b JOIN account a ON a.id = b.account_id
         WHERE b.post_id = $1 AND a.home = 0 ORDER BY b.id LIMIT $2",
        &[&post, &limit],
        |row| row.get(0),
    )
}
