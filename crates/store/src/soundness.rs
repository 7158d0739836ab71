//! Whether a SQLite file is whole, and how a copy takes its place.
//!
//! A page that a disk or a hand has damaged may lie unread for months, while
//! the good copies are thrown away one after the other. So a small file is read
//! through at each start, and any file daily.

use crate::backup::{remove_if_there, with_suffix};
use crate::error::{Error, Result};
use domain::Timestamp;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};

/// A start reads a file through up to this size: it takes some milliseconds.
const AT_START_BYTES: u64 = 32 * 1024 * 1024;

/// Refuses a damaged file before anything is written to it.
pub(crate) fn at_start(database: &Path) -> Result<()> {
    match fs::metadata(database) {
        Ok(found) if (1..=AT_START_BYTES).contains(&found.len()) => check(database),
        _ => Ok(()),
    }
}

/// Reads the whole file, with what its journal holds, on a connection of its own.
pub(crate) fn check(database: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(crate::sqlite::BUSY_TIMEOUT)?;
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Error::Damaged(found.replace('\n', " "))) }
}

/// Puts a copy in the place of the database, which is kept beside it under the
/// name that is returned; `None` where there was none. Nothing may have it open.
pub(crate) fn restore(copy: &Path, database: &Path, now: Timestamp) -> Result<Option<PathBuf>> {
    if !copy.is_file() {
        return Err(Error::File(format!("{}: there is no such file", copy.display())));
    }
    let beside = with_suffix(database, ".restoring");
    for suffix in ["", "-wal", "-shm"] {
        remove_if_there(&with_suffix(&beside, suffix))?;
    }
    // The copy is checked here: opening the original could change it.
    fs::copy(copy, &beside).map_err(|error| Error::file(&beside, &error))?;
    check(&beside).and_then(|()| check_ours(&beside)).inspect_err(|_| {
        // What is left is removed by the next attempt.
        let _ = fs::remove_file(&beside);
    })?;
    for suffix in ["-wal", "-shm"] {
        remove_if_there(&with_suffix(&beside, suffix))?;
    }
    let kept = set_aside(database, now)?;
    crate::backup::publish(&beside, database)?;
    Ok(kept)
}

fn check_ours(database: &Path) -> Result<()> {
    let connection = Connection::open(database)?;
    let ours = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('migration', 'setting', 'account')";
    let tables: i64 = connection.query_row(ours, [], |row| row.get(0))?;
    if tables == 3 { Ok(()) } else { Err(Error::NotOurs) }
}

/// A journal belongs to its file: they move together.
fn set_aside(database: &Path, now: Timestamp) -> Result<Option<PathBuf>> {
    if !database.exists() {
        return Ok(None);
    }
    let kept = with_suffix(database, &format!(".replaced-{}", now.0));
    for suffix in ["-wal", "-shm", ""] {
        let from = with_suffix(database, suffix);
        if from.exists() {
            fs::rename(&from, with_suffix(&kept, suffix)).map_err(|error| Error::file(&from, &error))?;
        }
    }
    Ok(Some(kept))
}
