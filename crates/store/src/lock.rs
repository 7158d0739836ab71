//! One folder, one process: a lock on a file beside the database.

use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::path::Path;

const NAME: &str = "antiphon.lock";

/// Held until it is dropped; the system frees it when the process dies.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder that the database lies in.
    pub(crate) fn take(database: &Path) -> Result<Self> {
        let path = database.with_file_name(NAME);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Error::file(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Held(database.display().to_string())),
            Err(TryLockError::Error(error)) => Err(Error::file(&path, &error)),
        }
    }
}
