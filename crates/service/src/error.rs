//! Why a verb did not happen, in words of this room. Only faces know HTTP.

use std::borrow::Cow;

/// What verbs return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a verb did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the viewer may not know of it.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// It was there and is gone for good.
    #[error("{0} is gone")]
    Gone(&'static str),
    /// A value that was handed in cannot be used.
    #[error("{field} {problem}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong with it, as the end of the sentence.
        problem: Cow<'static, str>,
    },
    /// A rule refuses it, in these words.
    #[error("{0}")]
    Refused(Cow<'static, str>),
    /// There is no room on the disk.
    #[error("the disk is full")]
    Full,
    /// Nobody is signed in, or the proof of it is not good.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The viewer may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Somebody else changed the same thing at the same moment.
    #[error("{0} was changed at the same moment")]
    Conflict(&'static str),
    /// Too often; try again in so many seconds.
    #[error("too many requests; try again in {0} s")]
    TooMany(u64),
    /// Another server's document could not be had.
    #[error("could not fetch from the other server: {0}")]
    Fetch(#[from] wire::FetchError),
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] store::Error),
    /// Something of ours that must not happen; the log has it.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// A value that cannot be used.
    pub fn invalid(field: &'static str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid { field, problem: problem.into() }
    }

    /// Whether there is no room, for a file or for a row.
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full | Self::Store(store::Error::Full))
    }
}

/// Turns an absent row into "not found".
pub trait OrNotFound<T> {
    /// The value, or [`Error::NotFound`] naming what was looked for.
    fn or_not_found(self, what: &'static str) -> Result<T>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self, what: &'static str) -> Result<T> {
        self.ok_or(Error::NotFound(what))
    }
}
