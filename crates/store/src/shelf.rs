//! Which files on the shelf are claimed, and which are to go.

use crate::{Result, Tx};
use domain::Timestamp;

/// Dooms a file to go at a time. Written before the file is.
pub fn doom(tx: &mut Tx, name: &str, at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO doomed_file (name, at_ms) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at_ms = $2",
        &[&name, &at],
    )?;
    Ok(())
}

/// Claims a file: it stays.
pub fn claim(tx: &mut Tx, name: &str) -> Result<()> {
    tx.execute("DELETE FROM doomed_file WHERE name = $1", &[&name])?;
    Ok(())
}

/// Files whose time has come.
pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<String>> {
    tx.query(
        "SELECT name FROM doomed_file WHERE at_ms <= $1 ORDER BY at_ms, name LIMIT $2",
        &[&now, &limit],
        |row| row.get(0),
    )
}

/// Forgets files that are gone.
pub fn gone(tx: &mut Tx, names: &[String]) -> Result<()> {
    tx.execute("DELETE FROM doomed_file WHERE name = ANY($1)", &[&names])?;
    Ok(())
}

/// A file of a peer that is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name on the shelf.
    pub name: String,
    /// When it was last looked at.
    pub used_at: Timestamp,
}

/// The file that is kept of an address, by the address's hash.
pub fn kept(tx: &mut Tx, key: &str) -> Result<Option<Kept>> {
    tx.find("SELECT name, used_at_ms FROM remote_file WHERE key = $1", &[&key], |row| {
        Ok(Kept { name: row.get(0)?, used_at: row.get(1)? })
    })
}

/// Keeps a file of a peer; false where one is kept already.
pub fn keep(tx: &mut Tx, key: &str, name: &str, size_bytes: u64, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "INSERT INTO remote_file (key, name, size_bytes, used_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[&key, &name, &size_bytes, &now],
    )?;
    Ok(rows == 1)
}

/// Writes down that a file was looked at.
pub fn used(tx: &mut Tx, key: &str, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE remote_file SET used_at_ms = $2 WHERE key = $1", &[&key, &now])?;
    Ok(())
}

/// Bytes that files of peers take.
pub fn kept_bytes(tx: &mut Tx) -> Result<u64> {
    tx.get("SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM remote_file", &[], |row| row.get(0))
}

/// Files of peers that nobody has looked at for longest: key, name, bytes.
pub fn least_used(tx: &mut Tx, limit: i64) -> Result<Vec<(String, String, u64)>> {
    tx.query(
        "SELECT key, name, size_bytes FROM remote_file ORDER BY used_at_ms, size_bytes, key LIMIT $1",
        &[&limit],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Gives up a file of a peer; its name, if it was kept.
pub fn give_up(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let kept = kept(tx, key)?;
    tx.execute("DELETE FROM remote_file WHERE key = $1", &[&key])?;
    Ok(kept.map(|kept| kept.name))
}

/// A secret that one server makes once: the first one offered is kept.
pub fn secret(tx: &mut Tx, offered: &str) -> Result<String> {
    tx.execute(
        "INSERT INTO setting (key, value) VALUES ('media_key', $1) ON CONFLICT (key) DO NOTHING",
        &[&offered],
    )?;
    tx.get("SELECT value FROM setting WHERE key = 'media_key'", &[], |row| row.get(0))
}
