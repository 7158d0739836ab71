//! Why a file is not taken.

use std::io;

/// Why a file is not taken, as the end of a sentence that begins with "file".
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing is in it.
    #[error("is empty")]
    Empty,
    /// By its bytes it is nothing we show.
    #[error("is of a kind that is not supported")]
    Kind,
    /// It says that it has more pixels than we would decode.
    #[error("has {width}x{height} pixels, which is more than is allowed")]
    Pixels {
        /// Of the picture.
        width: u32,
        /// Of the picture.
        height: u32,
    },
    /// It is longer than allowed.
    #[error("is larger than {0} bytes")]
    Bytes(u64),
    /// An animation of too many pictures.
    #[error("has more than {0} frames")]
    Frames(usize),
    /// A film that shows too many pictures a second.
    #[error("shows more than {0} pictures a second")]
    Rate(u32),
    /// It cannot be read to its end, or it was made to be unreadable.
    #[error("cannot be read: {0}")]
    Broken(String),
    /// It took longer than any honest file does.
    #[error("took too long to be read")]
    Slow,
    /// There is no room on the disk.
    #[error("found no room on the disk")]
    Full,
    /// The disk, not the file.
    #[error("could not be stored: {0}")]
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error),
        }
    }
}

impl From<image::ImageError> for Refused {
    fn from(error: image::ImageError) -> Self {
        Self::Broken(error.to_string())
    }
}
