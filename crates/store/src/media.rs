//! Pictures, films and recordings that people hand in.

use crate::cursor::Cursor;
use crate::{Error, Result, Tx, json};
use domain::media::{Files, MediaState, Medium};
use domain::{AccountId, MediaId, PostId, Timestamp};

/// The columns of a medium under the alias `m`, as [`read`] wants them.
macro_rules! columns {
    () => {
        "m.id, m.account_id, m.post_id, m.state, m.upload, m.main, m.preview, m.attachment, m.created_at_ms"
    };
}

fn read(c: &mut Cursor<'_, '_>) -> Result<Medium> {
    let (id, account_id, post_id) = (c.next()?, c.next()?, c.next()?);
    let state: i64 = c.next()?;
    let files = Files { upload: c.next()?, main: c.next()?, preview: c.next()? };
    let attachment: String = c.next()?;
    Ok(Medium {
        id,
        account_id,
        post_id,
        state: MediaState::from_code(state).ok_or_else(|| Error::Corrupt(format!("media state {state}")))?,
        files,
        attachment: json::read_one(&attachment)?,
        created_at: c.next()?,
    })
}

/// Adds a medium.
pub fn insert(tx: &mut Tx, medium: &Medium) -> Result<()> {
    tx.execute(
        "INSERT INTO media (id, account_id, post_id, state, attempts, upload, main, preview, attachment, created_at_ms)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9)",
        &[
            &medium.id,
            &medium.account_id,
            &medium.post_id,
            &medium.state.code(),
            &medium.files.upload,
            &medium.files.main,
            &medium.files.preview,
            &json::write_one(&medium.attachment),
            &medium.created_at,
        ],
    )?;
    Ok(())
}

/// Writes what has become of a medium. Who reads it before to change it holds
/// its [`lock`].
pub fn update(tx: &mut Tx, medium: &Medium) -> Result<()> {
    tx.execute(
        "UPDATE media SET post_id = $2, state = $3, upload = $4, main = $5, preview = $6, attachment = $7,
            created_at_ms = $8
         WHERE id = $1",
        &[
            &medium.id,
            &medium.post_id,
            &medium.state.code(),
            &medium.files.upload,
            &medium.files.main,
            &medium.files.preview,
            &json::write_one(&medium.attachment),
            &medium.created_at,
        ],
    )?;
    Ok(())
}

/// Holds a medium until the transaction ends.
pub fn lock(tx: &mut Tx, id: MediaId) -> Result<()> {
    tx.lock(&format!("media {id}"))
}

/// The medium of a row.
pub fn find(tx: &mut Tx, id: MediaId) -> Result<Option<Medium>> {
    tx.find(concat!("SELECT ", columns!(), " FROM media m WHERE m.id = $1"), &[&id], |row| {
        read(&mut Cursor::new(row))
    })
}

/// Media of an account, those of the ids that are there; in no order.
pub fn list(tx: &mut Tx, account: AccountId, ids: &[MediaId]) -> Result<Vec<Medium>> {
    tx.query(
        concat!("SELECT ", columns!(), " FROM media m WHERE m.id = ANY($2) AND m.account_id = $1"),
        &[&account, &ids],
        |row| read(&mut Cursor::new(row)),
    )
}

/// All that ever hung on a post and is still kept for it.
pub fn of_post(tx: &mut Tx, post: PostId) -> Result<Vec<Medium>> {
    tx.query(
        concat!("SELECT ", columns!(), " FROM media m WHERE m.post_id = $1 ORDER BY m.id"),
        &[&post],
        |row| read(&mut Cursor::new(row)),
    )
}

/// Hangs media on a post that hang on no other; how many there were.
pub fn attach(tx: &mut Tx, account: AccountId, post: PostId, ids: &[MediaId]) -> Result<u64> {
    tx.execute(
        "UPDATE media SET post_id = $2 WHERE id = ANY($3) AND account_id = $1 AND (post_id IS NULL OR post_id = $2)",
        &[&account, &post, &ids],
    )
}

/// Takes all media off a post; they can be hung on another.
pub fn detach(tx: &mut Tx, post: PostId) -> Result<()> {
    tx.execute("UPDATE media SET post_id = NULL WHERE post_id = $1", &[&post])?;
    Ok(())
}

/// How many media an account has that hang on nothing.
pub fn count_unattached(tx: &mut Tx, account: AccountId) -> Result<i64> {
    tx.get("SELECT COUNT(*) FROM media WHERE account_id = $1 AND post_id IS NULL", &[&account], |row| {
        row.get(0)
    })
}

/// The oldest that waits to be looked at.
pub fn next_waiting(tx: &mut Tx) -> Result<Option<MediaId>> {
    tx.find("SELECT id FROM media WHERE state = 0 ORDER BY id LIMIT 1", &[], |row| row.get(0))
}

/// Writes down that somebody begins to look at a medium.
pub fn begin(tx: &mut Tx, id: MediaId) -> Result<()> {
    tx.execute("UPDATE media SET attempts = attempts + 1 WHERE id = $1 AND state = 0", &[&id])?;
    Ok(())
}

/// How often somebody began to look at a medium.
pub fn attempts(tx: &mut Tx, id: MediaId) -> Result<i64> {
    tx.get("SELECT attempts FROM media WHERE id = $1", &[&id], |row| row.get(0))
}

/// Media of before `before` that hang on no post.
pub fn old_unattached(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<Medium>> {
    tx.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM media m WHERE m.post_id IS NULL AND m.created_at_ms < $1 ORDER BY m.id LIMIT $2"
        ),
        &[&before, &limit],
        |row| read(&mut Cursor::new(row)),
    )
}

/// Some media of an account.
pub fn some_of(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<Medium>> {
    tx.query(
        concat!("SELECT ", columns!(), " FROM media m WHERE m.account_id = $1 ORDER BY m.id LIMIT $2"),
        &[&account, &limit],
        |row| read(&mut Cursor::new(row)),
    )
}

/// Removes rows. Their files are the caller's matter.
pub fn remove(tx: &mut Tx, ids: &[MediaId]) -> Result<()> {
    tx.execute("DELETE FROM media WHERE id = ANY($1)", &[&ids])?;
    Ok(())
}

/// All media of an account are to go, by and by.
pub fn purge(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("INSERT INTO media_purge (account_id) VALUES ($1) ON CONFLICT DO NOTHING", &[&account])?;
    Ok(())
}

/// An account whose media are to go.
pub fn next_purge(tx: &mut Tx) -> Result<Option<AccountId>> {
    tx.find("SELECT account_id FROM media_purge ORDER BY account_id LIMIT 1", &[], |row| row.get(0))
}

/// Nothing of an account is left.
pub fn purged(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("DELETE FROM media_purge WHERE account_id = $1", &[&account])?;
    Ok(())
}
