//! Pictures of people: cut to one size, and standing still where that is asked for.

use crate::container;
use crate::picture::{Rendition, decode, known, write};
use crate::{Bounds, Format, Refused};

/// A profile's picture as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// What is shown.
    pub main: Rendition,
    /// The same without movement, where it moves.
    pub still: Option<Rendition>,
}

/// The longest moving picture of a profile, in bytes: it stands in every list.
const MOVING_BYTES: usize = 2 << 20;

/// Makes of an upload the picture of a profile, of exactly this size. What
/// moves keeps its size, as it is not decoded picture by picture.
pub fn portrait(bytes: &[u8], width: u32, height: u32, bounds: &Bounds) -> Result<Portrait, Refused> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > bounds.picture_bytes {
        return Err(Refused::Bytes(bounds.picture_bytes));
    }
    let format = known(bytes)?;
    let pixels = decode(bytes, format, bounds)?.pixels;
    let size = pixels.size();
    let cut = write(pixels.filling(width, height)?, 90, format == Format::Png)?;
    let strip = match format {
        Format::Gif => container::gif(bytes, bounds.frames)?,
        Format::WebP => container::webp(bytes, bounds.frames)?,
        _ => return Ok(Portrait { main: cut, still: None }),
    };
    if strip.frames > 1 && strip.bytes.len() <= MOVING_BYTES {
        let main = Rendition { bytes: strip.bytes, format, width: size.0, height: size.1 };
        return Ok(Portrait { main, still: Some(cut) });
    }
    Ok(Portrait { main: cut, still: None })
}
