//! Emoji of this server: kept, found in what people here write, and shown.

use crate::error::OrNotFound;
use crate::{Error, Result};
use activitypub::render;
use domain::account::Emoji as Shown;
use domain::{Account, EmojiId, Names};
use store::Tx;
use store::emoji::{self as rows};

pub use store::emoji::Emoji;

/// The largest picture, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// The longest name of a category, in characters.
const MAX_CATEGORY_CHARACTERS: usize = 64;
/// Of the emoji in one text, no more than these are found.
const MAX_USED: usize = 100;

/// What a picture is, by its first bytes: the only kinds that are served.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let at = |place: usize, wanted: &[u8]| bytes.get(place..).is_some_and(|rest| rest.starts_with(wanted));
    Some(match () {
        () if at(0, b"\x89PNG\r\n\x1a\n") => "image/png",
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => "image/gif",
        () if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        () if at(4, b"ftypavif") || at(4, b"ftypavis") => "image/avif",
        () => return None,
    })
}

/// The ending of the picture's name.
fn ending(media_type: &str) -> &str {
    media_type.rsplit('/').next().unwrap_or("png")
}

/// Where the picture of an emoji is.
pub fn picture_url(names: &Names, emoji: &Emoji) -> String {
    names.url(&format!("/emoji/{}.{}", emoji.id, ending(&emoji.media_type)))
}

/// The id of an emoji as an object.
fn object_id(names: &Names, id: EmojiId) -> String {
    names.url(&format!("/emojis/{id}"))
}

/// Adds an emoji, in place of the one with its name.
pub fn add(tx: &mut Tx, shortcode: &str, category: Option<&str>, bytes: &[u8]) -> Result<Emoji> {
    let shortcode = shortcode.trim_matches(':');
    if !text::emoji::is_shortcode(shortcode) {
        return Err(Error::invalid("shortcode", "must be at least 2 letters a-z, digits or underscores"));
    }
    if bytes.len() > MAX_BYTES {
        return Err(Error::invalid("file", format!("is larger than {} KiB", MAX_BYTES / 1024)));
    }
    let Some(media_type) = media_type(bytes) else {
        return Err(Error::invalid("file", "is neither PNG nor GIF nor WebP nor AVIF"));
    };
    let category = category.map(str::trim).filter(|category| !category.is_empty());
    if category.is_some_and(|category| category.chars().count() > MAX_CATEGORY_CHARACTERS) {
        return Err(Error::invalid("category", "is too long"));
    }
    tx.lock(&format!("emoji {shortcode}"))?;
    rows::retire(tx, shortcode)?;
    let emoji = Emoji {
        id: EmojiId(tx.new_id()),
        shortcode: shortcode.to_owned(),
        category: category.map(str::to_owned),
        media_type: media_type.to_owned(),
        created_at: tx.now(),
    };
    rows::insert(tx, &emoji, bytes)?;
    Ok(emoji)
}

/// Offers an emoji no longer. Where it was used, it stays to be seen.
pub fn remove(tx: &mut Tx, shortcode: &str) -> Result<()> {
    let gone = rows::retire(tx, shortcode.trim_matches(':'))?;
    gone.then_some(()).or_not_found("emoji")
}

/// All that are offered.
pub fn list(tx: &mut Tx) -> Result<Vec<Emoji>> {
    Ok(rows::list(tx)?)
}

/// The picture of an emoji, and its media type.
pub fn picture(tx: &mut Tx, id: EmojiId) -> Result<(String, Vec<u8>)> {
    let emoji = rows::find(tx, id)?.or_not_found("emoji")?;
    let bytes = rows::picture(tx, id)?.or_not_found("emoji")?;
    Ok((emoji.media_type, bytes))
}

/// An emoji as a document of its own.
pub fn document(tx: &mut Tx, id: EmojiId) -> Result<Vec<u8>> {
    let emoji = rows::find(tx, id)?.or_not_found("emoji")?;
    let names = tx.names().clone();
    let json = render::emoji(&shown(&names, &emoji).into_tag(), emoji.created_at);
    serde_json::to_vec(&json).map_err(|error| Error::Internal(error.to_string()))
}

/// How an emoji stands in a tag of a document.
trait IntoTag {
    fn into_tag(self) -> activitypub::note::Emoji;
}

impl IntoTag for Shown {
    fn into_tag(self) -> activitypub::note::Emoji {
        activitypub::note::Emoji { shortcode: self.shortcode, url: self.url, id: self.id }
    }
}

fn shown(names: &Names, emoji: &Emoji) -> Shown {
    Shown {
        shortcode: emoji.shortcode.clone(),
        url: picture_url(names, emoji),
        id: Some(object_id(names, emoji.id)),
    }
}

/// The emoji of ours that some texts use, in the order of the texts.
pub(crate) fn used(tx: &mut Tx, texts: &[&str]) -> Result<Vec<Shown>> {
    let mut shortcodes: Vec<String> = Vec::new();
    for found in texts.iter().flat_map(|text| text::emoji::find(text)).take(MAX_USED) {
        if !shortcodes.contains(&found) {
            shortcodes.push(found);
        }
    }
    let known = rows::among(tx, &shortcodes)?;
    let names = tx.names().clone();
    let in_order = shortcodes.iter().filter_map(|name| known.iter().find(|emoji| emoji.shortcode == *name));
    Ok(in_order.map(|emoji| shown(&names, emoji)).collect())
}

/// Finds the emoji in the texts of an account of ours anew.
pub(crate) fn find_in_profile(tx: &mut Tx, account: &mut Account) -> Result<()> {
    let profile = &account.profile;
    let fields: Vec<String> = profile
        .fields
        .iter()
        .map(|field| format!("{} {}", field.name, text::plain::from_html(&field.value_html)))
        .collect();
    let mut texts = vec![profile.display_name.as_str(), profile.bio_source.as_str()];
    texts.extend(fields.iter().map(String::as_str));
    account.profile.emojis = used(tx, &texts)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_that_browsers_show_are_taken() {
        for (bytes, want) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"GIF89a....", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x20ftypavif", Some("image/avif")),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
            (b"<html>", None),
            (b"\xff\xd8\xff", None),
            (b"", None),
        ] {
            assert_eq!(media_type(bytes), want, "{bytes:?}");
        }
    }
}
