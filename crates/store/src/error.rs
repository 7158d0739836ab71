//! Why the store did not do what it was asked.

use crate::tx::Tx;

/// What most of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store did not do what it was asked. Cloned where one cause ends
/// several verbs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too many verbs wait already: the caller answers 503 and nothing was done.
    #[error("the store is busy")]
    Busy,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// No room left on the disk.
    #[error("the disk is full")]
    Full,
    /// The database cannot be reached for now, or is held by another program.
    /// Where the connection broke during a commit, the outcome is unknown.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Transactions kept colliding, however often this one was repeated.
    #[error("the transaction collided with others too often")]
    Contended,
    /// A row with this key exists. Verbs expect this with `ON CONFLICT` instead.
    #[error("conflict: {0}")]
    Conflict(String),
    /// A row that had to be there is not.
    #[error("row not found")]
    Missing,
    /// A stored value is not what its column promises.
    #[error("stored value cannot be read: {0}")]
    Corrupt(String),
    /// An earlier statement of this transaction failed, so nothing of it counts.
    #[error("an earlier statement of the transaction failed")]
    Poisoned,
    /// A verb given to `read` tried to write.
    #[error("a read tried to write")]
    ReadOnly,
    /// The verb panicked; nothing of it was kept.
    #[error("panicked: {0}")]
    Panicked(String),
    /// The database belongs to a server with another origin.
    #[error("the database belongs to {stored}, not to {given}")]
    OtherOrigin {
        /// Whose database it is.
        stored: String,
        /// The origin this start was given.
        given: String,
    },
    /// A newer program has migrated the database.
    #[error("the database is at migration {found}, this program knows only {known}")]
    TooNew {
        /// The newest migration the database has seen.
        found: i64,
        /// The newest migration of this program.
        known: i64,
    },
    /// The database holds tables, but not ours.
    #[error("the database belongs to another program")]
    NotOurs,
    /// Another process has the data folder.
    #[error("{0} is held by another running server")]
    Held(String),
    /// There is no room for the copy that is made before a migration.
    #[error("not enough free space for a copy before migrating: {needed} bytes needed, {free} free")]
    NoRoomForCopy {
        /// How many bytes the copy may need.
        needed: u64,
        /// How many are free.
        free: u64,
    },
    /// The file of the database is not what was written to it.
    #[error(
        "the database is damaged ({0}): stop the server and put a copy in its place with `antiphon restore FILE`"
    )]
    Damaged(String),
    /// The file of the search index is not what was written to it: it can be made anew.
    #[error("the search index is damaged: {0}")]
    IndexDamaged(String),
    /// This database cannot do that.
    #[error("{0} is not possible with this database")]
    Unsupported(&'static str),
    /// A setting of the store makes no sense.
    #[error("{0}")]
    Setting(String),
    /// A file could not be opened, read or written.
    #[error("{0}")]
    File(String),
    /// SQLite's own words.
    #[error("sqlite: {0}")]
    Sqlite(String),
    /// PostgreSQL's own words.
    #[error("postgresql: {0}")]
    Postgres(String),
}

impl Error {
    /// Whether the same verb may succeed a little later: what a door answers
    /// with 503.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::Closed | Self::Full | Self::Unavailable(_) | Self::Contended)
    }

    /// Whether the search index cannot be read any more and is to be made anew.
    pub fn is_index_damage(&self) -> bool {
        matches!(self, Self::IndexDamaged(_))
    }

    /// What an error means where it is one of the search index.
    pub(crate) fn of_index(self) -> Self {
        match self {
            Self::Damaged(words) => Self::IndexDamaged(words),
            Self::Sqlite(words) if words.contains("disk I/O error") => Self::IndexDamaged(words),
            other => other,
        }
    }

    /// Whether a statement failed, so that the transaction is lost. A missing
    /// or unreadable row is an answer, not a failure.
    pub(crate) fn poisons(&self) -> bool {
        !matches!(self, Self::Missing | Self::Corrupt(_) | Self::Poisoned)
    }

    pub(crate) fn file(what: &std::path::Path, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Self::Full;
        }
        Self::File(format!("{}: {error}", what.display()))
    }
}

const _: fn() = || {
    fn sent_to_its_thread<T: Send>() {}
    sent_to_its_thread::<Tx>();
};
