//! `MediaAttachment` and what is in it.

use super::Dialect;
use domain::media::{Focus, MediaState, Medium};
use domain::post::{Attachment, AttachmentKind};
use domain::{Names, Post};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the entity's own")]
struct Size {
    width: i64,
    height: i64,
    size: String,
    aspect: f64,
}

impl Size {
    fn of((width, height): (i64, i64)) -> Option<Self> {
        let number = |pixels: i64| f64::from(i32::try_from(pixels).unwrap_or(i32::MAX));
        let aspect = (height > 0).then(|| number(width) / number(height))?;
        Some(Self { width, height, size: format!("{width}x{height}"), aspect })
    }
}

/// A size of a picture, or what is known of a film or a recording.
#[derive(Debug, Default, Serialize)]
struct Details<'a> {
    /// Of a recording there is none; some programs cannot read a width that is null.
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    size: Option<Size>,
    frame_rate: Option<&'a str>,
    duration: Option<f64>,
    bitrate: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Debug, Default, Serialize)]
struct Meta<'a> {
    focus: Option<Point>,
    original: Option<Details<'a>>,
    small: Option<Details<'a>>,
}

impl<'a> Meta<'a> {
    fn of(attachment: &'a Attachment) -> Self {
        let size = attachment.width.zip(attachment.height).and_then(Size::of);
        #[expect(clippy::cast_precision_loss, reason = "a film is shorter than 2^52 milliseconds")]
        let duration = attachment.duration_ms.map(|milliseconds| milliseconds as f64 / 1000.0);
        let known = size.is_some() || duration.is_some();
        let original = Details {
            size,
            frame_rate: attachment.frame_rate.as_deref(),
            duration,
            bitrate: attachment.bit_rate,
        };
        let small = attachment.preview_size.and_then(Size::of);
        Self {
            focus: attachment.focus.map(|focus: Focus| Point { x: focus.x(), y: focus.y() }),
            original: known.then_some(original),
            small: small.map(|size| Details { size: Some(size), ..Details::default() }),
        }
    }
}

/// <https://docs.joinmastodon.org/entities/MediaAttachment/>
#[derive(Debug, Serialize)]
pub(crate) struct MediaAttachment<'a> {
    id: String,
    r#type: &'static str,
    url: Option<Cow<'a, str>>,
    preview_url: Option<Cow<'a, str>>,
    remote_url: Option<&'a str>,
    /// Long gone, and still asked for.
    preview_remote_url: Option<&'a str>,
    text_url: Option<&'a str>,
    meta: Meta<'a>,
    description: Option<&'a str>,
    blurhash: Option<&'a str>,
}

impl<'a> MediaAttachment<'a> {
    /// What hangs on a post.
    pub(crate) fn list(names: &'a Names, post: &Post, attachments: &'a [Attachment]) -> Vec<Self> {
        let numbered = attachments.iter().enumerate();
        numbered.map(|(index, attachment)| Self::hung(names, post, index, attachment)).collect()
    }

    /// What hangs on no post yet.
    pub(crate) fn handed_in(names: &'a Names, attachments: &'a [Attachment]) -> Vec<Self> {
        let numbered = |attachment: &'a Attachment| Self {
            id: attachment.id.map(|id| id.to_string()).unwrap_or_default(),
            ..Self::of(names, attachment)
        };
        attachments.iter().map(numbered).collect()
    }

    /// What one of ours handed in has its own id. A peer's has no row: the
    /// post's id with two digits more is its id.
    fn hung(names: &'a Names, post: &Post, index: usize, attachment: &'a Attachment) -> Self {
        let url = attachment.url.as_str();
        let mut shown = Self::of(names, attachment);
        if let Some(id) = attachment.id {
            shown.id = id.to_string();
        } else {
            shown.id = format!("{}{index:02}", post.id);
            shown.remote_url = Some(url);
        }
        shown
    }

    fn of(names: &'a Names, attachment: &'a Attachment) -> Self {
        let url = attachment.url.as_str();
        let is_picture = attachment.kind == AttachmentKind::Image;
        let preview = attachment.preview_url.as_deref().or_else(|| is_picture.then_some(url));
        // A link to something that is no file is followed, not shown.
        let shown = |url: &'a str| match attachment.kind {
            AttachmentKind::Unknown => Cow::Borrowed(url),
            _ => names.shown(url),
        };
        Self {
            id: String::new(),
            r#type: attachment.kind.as_str(),
            url: Some(shown(url)),
            preview_url: preview.map(shown),
            remote_url: None,
            preview_remote_url: None,
            text_url: None,
            meta: Meta::of(attachment),
            description: attachment.description.as_deref(),
            blurhash: attachment.blurhash.as_deref(),
        }
    }
}

impl<'a> Dialect<'a> {
    /// Something that was handed in and may hang on no post yet.
    pub(crate) fn medium(self, medium: &'a Medium) -> MediaAttachment<'a> {
        let shown = MediaAttachment::of(self.names, &medium.attachment);
        let url = shown.url.filter(|_| medium.state == MediaState::Ready);
        MediaAttachment { id: medium.id.to_string(), url, ..shown }
    }
}
