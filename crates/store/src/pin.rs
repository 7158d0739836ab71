//! Posts that an account shows first on its profile: its `featured` collection.

use crate::timeline::{Entry, read_entry};
use crate::{Result, Tx};
use domain::{AccountId, ObjectId, PostId, Timestamp};

/// Pins a post; false where it is pinned already.
pub fn insert(tx: &mut Tx, account: AccountId, post: PostId) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let rows = tx.execute(
        "INSERT INTO pin (account_id, post_id, id, created_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[&account, &post, &id, &now],
    )?;
    Ok(rows == 1)
}

/// Takes a post down; false where it was not pinned.
pub fn remove(tx: &mut Tx, account: AccountId, post: PostId) -> Result<bool> {
    let rows = tx.execute("DELETE FROM pin WHERE account_id = $1 AND post_id = $2", &[&account, &post])?;
    Ok(rows == 1)
}

/// How many posts an account has pinned.
pub fn count(tx: &mut Tx, account: AccountId) -> Result<i64> {
    tx.get("SELECT COUNT(*) FROM pin WHERE account_id = $1", &[&account], |row| row.get(0))
}

/// What an account pinned as far as the viewer may see it, the newest pin first.
pub fn list(tx: &mut Tx, account: AccountId, viewer: Option<AccountId>, limit: i64) -> Result<Vec<Entry>> {
    let viewer = viewer.unwrap_or(AccountId(0));
    tx.query(
        concat!(
            "SELECT n.id, n.post_id, NULL FROM pin n JOIN post p ON p.id = n.post_id WHERE n.account_id = $1 AND ",
            crate::post::visible!("$2"),
            " ORDER BY n.id DESC LIMIT $3"
        ),
        &[&account, &viewer, &limit],
        read_entry,
    )
}

/// What an account pinned for everyone to see, the newest pin first.
pub fn open(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<(PostId, ObjectId)>> {
    tx.query(
        "SELECT p.id, p.object_id FROM pin n JOIN post p ON p.id = n.post_id
         WHERE n.account_id = $1 AND p.visibility <= 1 ORDER BY n.id DESC LIMIT $2",
        &[&account, &limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Takes down what is not among `kept`: a peer's collection says so.
pub fn keep_only(tx: &mut Tx, account: AccountId, kept: &[PostId]) -> Result<()> {
    tx.execute("DELETE FROM pin WHERE account_id = $1 AND post_id <> ALL($2)", &[&account, &kept])?;
    Ok(())
}

/// When what an account pinned was last asked for, and written down that it is
/// asked for now. None: it was asked for after `before`.
pub fn claim_asking(tx: &mut Tx, account: AccountId, before: Timestamp) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE account SET featured_at_ms = $3 WHERE id = $1 AND (featured_at_ms IS NULL OR featured_at_ms < $2)",
        &[&account, &before, &now],
    )?;
    Ok(rows == 1)
}

/// Whether what an account pinned was never asked for, or last before `before`.
pub fn is_due(tx: &mut Tx, account: AccountId, before: Timestamp) -> Result<bool> {
    let found = tx.find(
        "SELECT 1 FROM account WHERE id = $1 AND home = 2 AND featured_url IS NOT NULL
            AND (featured_at_ms IS NULL OR featured_at_ms < $2)",
        &[&account, &before],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}
