//! Pictures, films and recordings that people add to what they write.

use crate::post::{Attachment, AttachmentKind};
use crate::{AccountId, MediaId, PostId, Timestamp};
use serde::{Deserialize, Serialize};

/// Most attachments of a post.
pub const MAX_ATTACHMENTS: usize = 4;
/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 1500;

/// The point of a picture that must stay visible when it is cropped, in
/// ten-thousandths from the middle to the edge: right and up are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Focus {
    x: i32,
    y: i32,
}

impl Focus {
    /// A point; both from -1 to 1, anything beyond is the edge.
    pub fn new(x: f64, y: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "clamped; and what is no number is 0")]
        let part = |number: f64| (number.clamp(-1.0, 1.0) * 10_000.0).round() as i32;
        Self { x: part(x), y: part(y) }
    }

    /// Reads it as clients write it: `0.2,-0.7`.
    pub fn parse(text: &str) -> Option<Self> {
        let (x, y) = text.split_once(',')?;
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        Some(Self::new(number(x)?, number(y)?))
    }

    /// From left to right, -1 to 1.
    pub fn x(self) -> f64 {
        f64::from(self.x) / 10_000.0
    }

    /// From bottom to top, -1 to 1.
    pub fn y(self) -> f64 {
        f64::from(self.y) / 10_000.0
    }
}

/// How far an upload has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaState {
    /// Nobody has looked at it yet, or somebody does just now.
    Waiting,
    /// It can be shown.
    Ready,
    /// It cannot be shown, ever.
    Failed,
}

impl MediaState {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Ready => 1,
            Self::Failed => 2,
        }
    }

    /// The state of a stored number.
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Waiting,
            1 => Self::Ready,
            2 => Self::Failed,
            _ => return None,
        })
    }
}

/// The files of a medium, by their names on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    /// As it was handed in, until somebody has looked at it.
    pub upload: Option<String>,
    /// What people look at.
    pub main: Option<String>,
    /// What lists show.
    pub preview: Option<String>,
}

impl Files {
    /// The names of all there are.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [&self.upload, &self.main, &self.preview].into_iter().filter_map(Option::as_deref)
    }
}

/// Something that one of ours handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    /// Our row.
    pub id: MediaId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The post it hangs on.
    pub post_id: Option<PostId>,
    /// How far it has come.
    pub state: MediaState,
    /// Its files.
    pub files: Files,
    /// What a post says of it.
    pub attachment: Attachment,
    /// When it was handed in, or taken off a post.
    pub created_at: Timestamp,
}

/// What an author changes of a medium; `None` leaves it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaChange {
    /// For who cannot see it; empty takes it away.
    pub description: Option<String>,
    /// Where to look.
    pub focus: Option<Focus>,
}

impl MediaChange {
    /// Writes the change.
    pub fn apply(&self, attachment: &mut Attachment) {
        if let Some(words) = &self.description {
            attachment.description = Some(words.clone()).filter(|words| !words.is_empty());
        }
        if self.focus.is_some() {
            attachment.focus = self.focus;
        }
    }
}

/// Why media cannot hang on a post together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMedia {
    /// More than [`MAX_ATTACHMENTS`].
    #[error("Cannot attach more than 4 files")]
    TooMany,
    /// A film beside something else.
    #[error("Cannot attach a video to a post that already contains images")]
    Mixed,
    /// It is still being worked on.
    #[error("Cannot attach files that have not finished processing. Try again in a moment!")]
    Unfinished,
}

/// Whether media may hang on a post together: several pictures, or one film or
/// recording alone.
pub fn check_together(media: &[Medium]) -> Result<(), InvalidMedia> {
    if media.len() > MAX_ATTACHMENTS {
        return Err(InvalidMedia::TooMany);
    }
    let alone =
        |medium: &Medium| matches!(medium.attachment.kind, AttachmentKind::Video | AttachmentKind::Audio);
    if media.len() > 1 && media.iter().any(alone) {
        return Err(InvalidMedia::Mixed);
    }
    if media.iter().any(|medium| medium.state != MediaState::Ready) {
        return Err(InvalidMedia::Unfinished);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn medium(kind: AttachmentKind, state: MediaState) -> Medium {
        Medium {
            id: MediaId(1),
            account_id: AccountId(1),
            post_id: None,
            state,
            files: Files::default(),
            attachment: Attachment { kind, ..Attachment::default() },
            created_at: Timestamp::default(),
        }
    }

    #[test]
    fn pictures_go_together_and_a_film_goes_alone() {
        let (image, video) = (
            medium(AttachmentKind::Image, MediaState::Ready),
            medium(AttachmentKind::Video, MediaState::Ready),
        );
        let image = || image.clone();
        assert_eq!(check_together(&[]), Ok(()));
        assert_eq!(check_together(&[image(), image(), image(), image()]), Ok(()));
        assert_eq!(
            check_together(&[image(), image(), image(), image(), image()]),
            Err(InvalidMedia::TooMany)
        );
        assert_eq!(check_together(std::slice::from_ref(&video)), Ok(()));
        assert_eq!(check_together(&[image(), video]), Err(InvalidMedia::Mixed));
        let waiting = medium(AttachmentKind::Image, MediaState::Waiting);
        assert_eq!(check_together(&[waiting]), Err(InvalidMedia::Unfinished));
    }

    #[test]
    fn a_focus_is_two_numbers_within_the_picture() {
        let read = |text| Focus::parse(text).map(|focus| (focus.x(), focus.y()));
        assert_eq!(read("0.25, -1"), Some((0.25, -1.0)));
        assert_eq!(read("7,-7"), Some((1.0, -1.0)));
        for wrong in ["", "1", "a,b", "NaN,0", "inf,0", "1,2,3"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
