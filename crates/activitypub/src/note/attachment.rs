//! Media and links that come with a post.

use super::Kind;
use crate::json;
use serde_json::Value;

/// The most attachments that are read.
pub const MAX_ATTACHMENTS: usize = 64;
/// The longest description, in bytes; the rest is cut off.
const MAX_DESCRIPTION_BYTES: usize = 16 * 1024;

/// What an attachment shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording.
    Audio,
    /// A web page, or whatever else stands at the address (Lemmy, Mbin).
    Link,
    /// A file of another or unknown kind.
    Document,
}

/// Something that comes with a post.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// What it shows: by its media type, else its `type`, else its file name.
    pub kind: AttachmentKind,
    /// Where it is.
    pub url: String,
    /// Its media type, by the sender's word.
    pub media_type: Option<String>,
    /// What it shows, for those who cannot see it: `name`, `summary` or `content`.
    pub description: Option<String>,
    /// A blurred preview; checked to be one.
    pub blurhash: Option<String>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// A still picture of a film or a recording (`icon`, `image`).
    pub preview: Option<String>,
    /// The point to keep when cropping, both from -1 to 1.
    pub focal_point: Option<(f32, f32)>,
    /// Whether this one is to be hidden (Misskey).
    pub sensitive: bool,
}

/// The attachments of a post. A Video, Audio or Image that has none is its own:
/// its file stands in `url`.
pub fn attachments(value: &Value, kind: &Kind) -> Vec<Attachment> {
    let found: Vec<_> =
        json::objects(value, "attachment").filter_map(attachment).take(MAX_ATTACHMENTS).collect();
    if found.is_empty() { own_file(value, kind).into_iter().collect() } else { found }
}

fn attachment(value: &Value) -> Option<Attachment> {
    let kinds = json::kinds(value);
    let stated = match kinds.as_slice() {
        // A few leave the type out.
        [] => AttachmentKind::Document,
        kinds => kinds.iter().find_map(|kind| stated_kind(kind))?,
    };
    let link = json::links(value, "url").into_iter().next();
    let (url, inner_type) = match link {
        Some(link) => (link.href, link.media_type),
        // Lemmy links, and a Document here and there.
        None => (json::href(value, "href")?, None),
    };
    let media_type = json::plain(value, "mediaType", 128).or(inner_type);
    Some(Attachment {
        kind: shown_kind(stated, media_type.as_deref(), &url),
        media_type,
        description: ["name", "summary", "content"]
            .iter()
            .find_map(|name| json::plain(value, name, MAX_DESCRIPTION_BYTES)),
        blurhash: json::plain(value, "blurhash", 256).filter(|hash| is_blurhash(hash)),
        width: pixels(value, "width"),
        height: pixels(value, "height"),
        preview: preview(value, stated),
        focal_point: focal_point(value),
        sensitive: json::boolean(value, "sensitive").unwrap_or(false),
        url,
    })
}

fn preview(value: &Value, stated: AttachmentKind) -> Option<String> {
    match stated {
        AttachmentKind::Image | AttachmentKind::Link => None,
        _ => json::href(value, "icon").or_else(|| json::href(value, "image")),
    }
}

fn stated_kind(kind: &str) -> Option<AttachmentKind> {
    Some(match kind {
        "Image" => AttachmentKind::Image,
        "Video" => AttachmentKind::Video,
        "Audio" => AttachmentKind::Audio,
        "Link" => AttachmentKind::Link,
        "Document" | "File" => AttachmentKind::Document,
        // Notes, recipes, identity proofs: nothing to show as media.
        _ => return None,
    })
}

fn shown_kind(stated: AttachmentKind, media_type: Option<&str>, url: &str) -> AttachmentKind {
    if stated == AttachmentKind::Link {
        return stated;
    }
    let by_type = media_type.and_then(|kind| match kind.split('/').next() {
        Some("image") => Some(AttachmentKind::Image),
        Some("video") => Some(AttachmentKind::Video),
        Some("audio") => Some(AttachmentKind::Audio),
        _ => None,
    });
    match (by_type, stated, media_type) {
        (Some(kind), ..) => kind,
        (None, AttachmentKind::Document, None) => by_name(url).unwrap_or(stated),
        _ => stated,
    }
}

fn by_name(url: &str) -> Option<AttachmentKind> {
    let path = url.split(['?', '#']).next()?;
    let file = path.rsplit('/').next()?;
    let (_, extension) = file.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "jxl" | "heic" | "svg" => AttachmentKind::Image,
        "mp4" | "webm" | "mov" | "m4v" | "ogv" => AttachmentKind::Video,
        "mp3" | "ogg" | "oga" | "opus" | "m4a" | "flac" | "wav" => AttachmentKind::Audio,
        _ => return None,
    })
}

fn own_file(value: &Value, kind: &Kind) -> Option<Attachment> {
    let (kind, family) = match kind {
        Kind::Video => (AttachmentKind::Video, "video"),
        Kind::Audio => (AttachmentKind::Audio, "audio"),
        Kind::Image => (AttachmentKind::Image, "image"),
        _ => return None,
    };
    let file = json::media_url(value, family).or_else(|| bare_file(value, family))?;
    Some(Attachment {
        kind,
        url: file.href,
        media_type: file.media_type,
        description: None,
        blurhash: None,
        width: None,
        height: file.height.and_then(|height| u32::try_from(height).ok()),
        preview: preview(value, kind),
        focal_point: None,
        sensitive: false,
    })
}

/// The file where `url` is a bare address, and the object says what it is, or
/// its name does.
fn bare_file(value: &Value, family: &str) -> Option<json::Link> {
    let link = json::links(value, "url").into_iter().find(|link| link.media_type.is_none())?;
    let stated = json::plain(value, "mediaType", 128);
    let named = || match by_name(&link.href)? {
        AttachmentKind::Image => Some("image"),
        AttachmentKind::Video => Some("video"),
        AttachmentKind::Audio => Some("audio"),
        AttachmentKind::Link | AttachmentKind::Document => None,
    };
    let says = match &stated {
        Some(kind) => kind.split('/').next() == Some(family),
        None => named() == Some(family),
    };
    says.then(|| json::Link { media_type: stated.clone(), ..link })
}

fn pixels(value: &Value, name: &str) -> Option<u32> {
    let pixels = u32::try_from(json::count(value, name)?).ok()?;
    (1..=100_000).contains(&pixels).then_some(pixels)
}

fn focal_point(value: &Value) -> Option<(f32, f32)> {
    let point = json::member(value, "focalPoint")?.as_array()?;
    let [x, y] = point.as_slice() else { return None };
    #[expect(clippy::cast_possible_truncation, reason = "a point on a picture needs no more digits")]
    let within =
        |number: &Value| number.as_f64().filter(|n| n.is_finite()).map(|n| n.clamp(-1.0, 1.0) as f32);
    Some((within(x)?, within(y)?))
}

/// Whether a text can be decoded as a blurhash: the first digit, in base 83,
/// tells how many more there are.
fn is_blurhash(text: &str) -> bool {
    const DIGITS: &str =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    let Some(size) = text.chars().next().and_then(|first| DIGITS.find(first)) else { return false };
    let (columns, rows) = (size % 9 + 1, size / 9 + 1);
    text.chars().all(|c| DIGITS.contains(c)) && text.len() == 4 + 2 * columns * rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(attachment: &Value) -> Option<Attachment> {
        attachments(&json!({ "attachment": attachment }), &Kind::Note).into_iter().next()
    }

    /// Capability N18.
    #[test]
    fn the_kind_comes_from_media_type_then_type_then_name() {
        let kind = |value: Value| one(&value).map(|it| it.kind);
        let url = "https://a.example/f.mp3";
        assert_eq!(
            kind(json!({"type": "Document", "mediaType": "image/png", "url": url})),
            Some(AttachmentKind::Image)
        );
        assert_eq!(kind(json!({"type": "Image", "url": url})), Some(AttachmentKind::Image));
        assert_eq!(kind(json!({"type": "Document", "url": url})), Some(AttachmentKind::Audio));
        assert_eq!(
            kind(json!({"type": "Document", "mediaType": "application/pdf", "url": url})),
            Some(AttachmentKind::Document)
        );
        assert_eq!(kind(json!({"type": "Link", "href": url})), Some(AttachmentKind::Link));
        assert_eq!(kind(json!({"type": "Note", "content": "x", "url": url})), None);
        assert_eq!(kind(json!({"type": "Link", "href": "payto://iban/DE75"})), None);
    }

    #[test]
    fn the_address_is_found_in_all_its_forms() {
        for value in [
            json!({"type": "Image", "url": "https://a.example/i"}),
            json!({"type": "Image", "href": "https://a.example/i"}),
            json!([{"type": "Image", "url": [{"type": "Link", "href": "https://a.example/i"}]}]),
            json!({"type": "Image", "url": {"type": "Link", "href": "https://a.example/i", "mediaType": "image/png"}}),
        ] {
            assert_eq!(one(&value).unwrap().url, "https://a.example/i");
        }
    }

    #[test]
    fn the_description_is_name_or_summary() {
        let described = |value: Value| one(&value).unwrap().description;
        let url = "https://a.example/i.png";
        assert_eq!(
            described(json!({"type": "Image", "url": url, "name": "n", "summary": "s"})).as_deref(),
            Some("n")
        );
        assert_eq!(
            described(json!({"type": "Image", "url": url, "name": null, "summary": "s"})).as_deref(),
            Some("s")
        );
    }

    #[test]
    fn a_picture_that_is_a_post_is_its_own_file() {
        let own = |value: Value| attachments(&value, &Kind::Image).into_iter().next();
        let url = "https://a.example/i.png";
        let stated = own(json!({"url": url, "mediaType": "image/png"})).unwrap();
        assert_eq!((stated.url.as_str(), stated.media_type.as_deref()), (url, Some("image/png")));
        assert_eq!(own(json!({ "url": url })).unwrap().url, url);
        assert_eq!(own(json!({"url": url, "mediaType": "text/html"})), None);
        assert_eq!(own(json!({"url": "https://a.example/page"})), None);
    }

    #[test]
    fn a_film_may_bring_its_preview() {
        let film = json!({"type": "Video", "mediaType": "video/mp4", "url": "https://a.example/v.mp4", "icon": {"type": "Image", "url": "https://a.example/v.jpg"}});
        assert_eq!(one(&film).unwrap().preview.as_deref(), Some("https://a.example/v.jpg"));
        let song = json!({"type": "Audio", "url": "https://a.example/s.mp3", "image": {"type": "Image", "url": "https://a.example/s.jpg"}});
        assert_eq!(one(&song).unwrap().preview.as_deref(), Some("https://a.example/s.jpg"));
        let picture =
            json!({"type": "Image", "url": "https://a.example/i.png", "icon": "https://a.example/s.png"});
        assert_eq!(one(&picture).unwrap().preview, None);
    }

    /// N22
    #[test]
    fn broken_previews_and_points_are_left_out() {
        let value = json!({"type": "Image", "url": "https://a.example/i.png", "blurhash": "UHIhT~?c_4xu%M",
            "focalPoint": [7, "x"], "width": 99_999_999_999_u64, "height": 10});
        let read = one(&value).unwrap();
        assert_eq!((read.blurhash, read.focal_point, read.width, read.height), (None, None, None, Some(10)));
        let value = json!({"type": "Image", "url": "https://a.example/i.png", "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj", "focalPoint": [7, -0.5]});
        let read = one(&value).unwrap();
        assert_eq!((read.blurhash.is_some(), read.focal_point), (true, Some((1.0, -0.5))));
    }
}
