//! Posts that an account keeps to find them again. Nobody else learns of it.

use crate::paged::{self, paged};
use crate::timeline::{Entry, read_entry};
use crate::{Result, Tx};
use domain::{AccountId, Page, PostId};

/// Keeps a post. Twice is once.
pub fn insert(tx: &mut Tx, account: AccountId, post: PostId) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO bookmark (post_id, account_id, id, created_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[&post, &account, &id, &now],
    )?;
    Ok(())
}

/// Keeps a post no more; false where it was not kept.
pub fn remove(tx: &mut Tx, account: AccountId, post: PostId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM bookmark WHERE post_id = $1 AND account_id = $2", &[&post, &account])? == 1)
}

/// What an account keeps, by the time it was kept, newest first.
pub fn list(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<Entry>> {
    let texts = paged!(
        "m.id",
        "SELECT m.id, m.post_id, NULL FROM bookmark m JOIN post p ON p.id = m.post_id WHERE m.account_id = $1 AND ",
        crate::post::visible!("$1")
    );
    paged::list(tx, texts, &account, page, &[], read_entry)
}

/// Removes the bookmarks of an account that is gone, up to `limit` rows.
pub fn clear(tx: &mut Tx, account: AccountId, limit: i64) -> Result<()> {
    tx.execute(
        "DELETE FROM bookmark WHERE (post_id, account_id) IN (
            SELECT post_id, account_id FROM bookmark WHERE account_id = $1 ORDER BY id LIMIT $2)",
        &[&account, &limit],
    )?;
    Ok(())
}
