//! Likes.

use crate::paged::{self, paged};
use crate::{Result, Tx};
use domain::{AccountId, Page, PostId};

/// Writes a like and counts it; false where the account likes the post already.
pub fn insert(tx: &mut Tx, account: AccountId, post: PostId, activity_id: Option<&str>) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let rows = tx.execute(
        "INSERT INTO like_ (post_id, account_id, id, activity_id, created_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (post_id, account_id) DO NOTHING",
        &[&post, &account, &id, &activity_id, &now],
    )?;
    if rows == 1 {
        crate::post::add_counts(tx, post, 0, 0, 1)?;
    }
    Ok(rows == 1)
}

/// Removes a like; the id of the Like that made it, where it was there.
pub fn remove(tx: &mut Tx, account: AccountId, post: PostId) -> Result<Option<Option<String>>> {
    let found = tx.find(
        "SELECT activity_id FROM like_ WHERE post_id = $1 AND account_id = $2",
        &[&post, &account],
        |row| row.get::<Option<String>>(0),
    )?;
    let rows = tx.execute("DELETE FROM like_ WHERE post_id = $1 AND account_id = $2", &[&post, &account])?;
    if rows == 1 {
        crate::post::add_counts(tx, post, 0, 0, -1)?;
    }
    Ok(found.filter(|_| rows == 1))
}

/// Who likes what by a Like.
pub fn by_activity(tx: &mut Tx, activity_id: &str) -> Result<Option<(AccountId, PostId)>> {
    tx.find("SELECT account_id, post_id FROM like_ WHERE activity_id = $1", &[&activity_id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Who likes a post, newest first, with the row to go on from.
pub fn likers(tx: &mut Tx, post: PostId, page: Page) -> Result<Vec<(i64, AccountId)>> {
    let texts = paged!("id", "SELECT id, account_id FROM like_ WHERE post_id = $1");
    paged::list(tx, texts, &post, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Posts an account likes, for a sweep.
pub fn some_of(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<PostId>> {
    tx.query(
        "SELECT post_id FROM like_ WHERE account_id = $1 ORDER BY id LIMIT $2",
        &[&account, &limit],
        |row| row.get(0),
    )
}
