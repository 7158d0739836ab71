//! Moving pictures are not decoded and written again: their container is read,
//! what is no picture is left out, and what follows the end is cut off.

use crate::Refused;

/// A container without what it said about its maker, and how many pictures it
/// has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// The clean file.
    pub bytes: Vec<u8>,
    /// Pictures in it.
    pub frames: usize,
}

/// Walks over bytes that nobody has vouched for.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Refused> {
        let end = self.at.checked_add(count).ok_or_else(cut)?;
        let taken = self.bytes.get(self.at..end).ok_or_else(cut)?;
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Refused> {
        self.take(1)?.first().copied().ok_or_else(cut)
    }

    /// The bytes since a place.
    fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }
}

fn cut() -> Refused {
    Refused::Broken("it ends too early".to_owned())
}

/// A GIF without comments and foreign extensions.
pub(crate) fn gif(bytes: &[u8], most_frames: usize) -> Result<Strip, Refused> {
    let mut walk = Walk { bytes, at: 0 };
    let head = walk.take(13)?;
    let mut clean = head.to_vec();
    clean.extend_from_slice(walk.take(color_table(head.get(10).copied().unwrap_or(0)))?);
    let mut frames = 0;
    loop {
        let start = walk.at;
        match walk.byte()? {
            0x3b => break,
            0x2c => {
                frames += 1;
                if frames > most_frames {
                    return Err(Refused::Frames(most_frames));
                }
                let flags = walk.take(9)?.last().copied().unwrap_or(0);
                walk.take(color_table(flags))?;
                walk.byte()?;
                sub_blocks(&mut walk)?;
                clean.extend_from_slice(walk.since(start));
            }
            0x21 => {
                let label = walk.byte()?;
                let body = walk.at;
                sub_blocks(&mut walk)?;
                let loops = walk.since(body).get(1..12) == Some(b"NETSCAPE2.0");
                if label == 0xf9 || (label == 0xff && loops) {
                    clean.extend_from_slice(walk.since(start));
                }
            }
            // Some encoders leave an empty byte between two blocks.
            0 => (),
            _ => return Err(Refused::Broken("it has a block that GIF does not know".to_owned())),
        }
    }
    clean.push(0x3b);
    Ok(Strip { bytes: clean, frames })
}

const fn color_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn sub_blocks(walk: &mut Walk<'_>) -> Result<(), Refused> {
    loop {
        let size = walk.byte()?;
        if size == 0 {
            return Ok(());
        }
        walk.take(size.into())?;
    }
}

/// The chunks of a WebP that are picture.
const PICTURE_CHUNKS: [&[u8]; 6] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"];

/// A WebP without EXIF, XMP, colour profile and unknown chunks.
pub(crate) fn webp(bytes: &[u8], most_frames: usize) -> Result<Strip, Refused> {
    let mut walk = Walk { bytes, at: 0 };
    let head = walk.take(12)?;
    let size = head.get(4..8).and_then(|size| size.try_into().ok()).map_or(0, u32::from_le_bytes);
    let end = usize::try_from(size).ok().and_then(|size| size.checked_add(8)).ok_or_else(cut)?;
    let mut clean = head.to_vec();
    let (mut frames, mut moves) = (0, false);
    while walk.at.saturating_add(8) <= end.min(bytes.len()) {
        let start = walk.at;
        let head = walk.take(8)?;
        let (name, length) = head.split_at_checked(4).ok_or_else(cut)?;
        let length = length.try_into().map_or(0, u32::from_le_bytes);
        let length = usize::try_from(length).map_err(|_| cut())?;
        walk.take(length)?;
        if length % 2 == 1 && walk.at < bytes.len() {
            walk.take(1)?;
        }
        if !PICTURE_CHUNKS.contains(&name) {
            continue;
        }
        if name == b"ANMF" {
            (frames, moves) = (frames + 1, true);
            if frames > most_frames {
                return Err(Refused::Frames(most_frames));
            }
        }
        let place = clean.len();
        clean.extend_from_slice(walk.since(start));
        if name == b"VP8X"
            && let Some(flags) = clean.get_mut(place + 8)
        {
            // Colour profile, EXIF and XMP are not there any more.
            *flags &= !(0x20 | 0x08 | 0x04);
        }
    }
    let length = u32::try_from(clean.len().saturating_sub(8)).map_err(|_| cut())?;
    if let Some(size) = clean.get_mut(4..8) {
        size.copy_from_slice(&length.to_le_bytes());
    }
    Ok(Strip { bytes: clean, frames: if moves { frames } else { 1 } })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A GIF of 1x1 with so many pictures, a comment and something behind it.
    fn animation(frames: usize) -> Vec<u8> {
        let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
        bytes.extend_from_slice(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
        bytes.extend_from_slice(b"\x21\xfe\x08at home \0");
        for _ in 0..frames {
            bytes.extend_from_slice(b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
        }
        bytes.push(0x3b);
        bytes
    }

    #[test]
    fn a_gif_loses_its_comments_and_what_follows_it() {
        let whole = animation(3);
        let mut with_more = whole.clone();
        with_more.extend_from_slice(b"<script>alert(1)</script>");
        let strip = gif(&with_more, 10).unwrap();
        assert_eq!((strip.frames, strip.bytes.len()), (3, whole.len() - 12));
        assert!(!strip.bytes.windows(4).any(|part| part == b"home" || part == b"<scr"));
        assert!(strip.bytes.windows(8).any(|part| part == b"NETSCAPE"), "it still goes round");
        assert_eq!(gif(&strip.bytes, 10).unwrap(), strip, "what is clean stays so");
    }

    #[test]
    fn too_many_pictures_and_a_missing_end_are_refused() {
        assert!(matches!(gif(&animation(11), 10), Err(Refused::Frames(10))));
        let whole = animation(2);
        for end in 0..whole.len() {
            assert!(gif(&whole[..end], 10).is_err(), "{end}");
        }
    }

    #[test]
    fn a_webp_loses_exif_and_xmp() {
        let mut bytes = b"RIFF\0\0\0\0WEBP".to_vec();
        bytes.extend_from_slice(b"VP8X\x0a\0\0\0\x2c\0\0\0\0\0\0\0\0\0");
        bytes.extend_from_slice(b"VP8L\x03\0\0\0abc\0");
        bytes.extend_from_slice(b"EXIF\x04\0\0\0home");
        bytes.extend_from_slice(b"XMP \x04\0\0\0home");
        let size = u32::try_from(bytes.len() - 8).unwrap();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        bytes.extend_from_slice(b"<html>");
        let strip = webp(&bytes, 10).unwrap();
        assert!(!strip.bytes.windows(4).any(|part| part == b"home" || part == b"<htm"));
        assert_eq!((strip.frames, strip.bytes[20]), (1, 0));
        assert_eq!(usize::from(strip.bytes[4]) + 8, strip.bytes.len());
    }
}
