//! Pictures of profiles.

use super::upload::put;
use crate::{Cx, Result};
use bytes::Bytes;
use media::Rendition;

/// Which of the two pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// The square one.
    Avatar,
    /// The wide one.
    Header,
}

impl Frame {
    const fn size(self) -> (u32, u32) {
        match self {
            Self::Avatar => (400, 400),
            Self::Header => (1500, 500),
        }
    }
}

/// A picture of a profile on the shelf, waiting to be claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// The file that is shown.
    pub main: String,
    /// The same without movement, where it moves.
    pub still: Option<String>,
}

/// Makes a picture of a profile of what was handed in.
pub async fn portrait(cx: &Cx, frame: Frame, bytes: Bytes) -> Result<Portrait> {
    let ((width, height), bounds) = (frame.size(), cx.media.bounds);
    let made = cx.media.turn(move || media::portrait(&bytes, width, height, &bounds)).await?;
    let main = put(cx, made.main).await?;
    let still: Option<Rendition> = made.still;
    let still = match still {
        Some(still) => Some(put(cx, still).await?),
        None => None,
    };
    Ok(Portrait { main, still })
}
