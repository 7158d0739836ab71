//! Copies of the database. `VACUUM INTO` and not the online backup API, which
//! begins anew after every write and so never ends on a busy server.

use crate::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Writes a copy of the database to `to`, which appears only once it is
/// complete and on disk. Has a connection of its own, so nobody waits for it.
pub(crate) fn copy(database: &Path, to: &Path) -> Result<()> {
    let partial = with_suffix(to, ".partial");
    remove_if_there(&partial)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    let name = partial.to_str().ok_or_else(|| Error::File(format!("{}: not UTF-8", partial.display())))?;
    let copied = connection.execute("VACUUM INTO ?1", [name]).map_err(Error::from);
    if let Err(error) = copied.and_then(|_| publish(&partial, to)) {
        remove_if_there(&partial)?;
        return Err(error);
    }
    Ok(())
}

/// `VACUUM INTO` does not sync what it wrote.
pub(crate) fn publish(partial: &Path, to: &Path) -> Result<()> {
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    sync(partial).map_err(|error| Error::file(partial, &error))?;
    fs::rename(partial, to).map_err(|error| Error::file(to, &error))?;
    match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            sync(folder).map_err(|error| Error::file(folder, &error))
        }
        _ => Ok(()),
    }
}

pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(path, &error)),
        _ => Ok(()),
    }
}

/// Copies the database beside itself before its shape changes from migration
/// `number` on, if there is room for it and for the migration.
pub(crate) fn before_migrating(database: &Path, number: i64) -> Result<()> {
    let size = fs::metadata(database).map_err(|error| Error::file(database, &error))?.len();
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let free = fs4::available_space(folder).map_err(|error| Error::file(folder, &error))?;
    let needed = size.saturating_mul(2);
    if free < needed {
        return Err(Error::NoRoomForCopy { needed, free });
    }
    let to = copy_before(database, number);
    tracing::info!(copy = %to.display(), "copying the database before migrating it");
    copy(database, &to)
}

/// Where the copy before a migration lies.
pub(crate) fn copy_before(database: &Path, number: i64) -> PathBuf {
    with_suffix(database, &format!(".before-{number:04}"))
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
