//! Pictures: looked at before they are decoded, turned the right way up,
//! written again without what they said about their maker.

use crate::container;
use crate::shrink::Pixels;
use crate::{Bounds, Format, Refused};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// One file of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A picture as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What people look at.
    pub main: Rendition,
    /// What lists show.
    pub small: Rendition,
    /// A blurred preview in text (blurha.sh).
    pub blurhash: Option<String>,
}

/// How good a picture is that people look at.
const QUALITY: u8 = 90;
/// How good its preview is.
const SMALL_QUALITY: u8 = 80;

/// Makes of an upload what is kept of it.
pub fn develop(bytes: &[u8], bounds: &Bounds) -> Result<Picture, Refused> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > bounds.picture_bytes {
        return Err(Refused::Bytes(bounds.picture_bytes));
    }
    let format = known(bytes)?;
    let original = decode(bytes, format, bounds)?;
    let (width, height) = original.size();
    let upright = original.upright;
    let pixels = original.pixels;
    let fits = u64::from(width) * u64::from(height) <= bounds.kept_pixels;
    let strip = match format {
        Format::Gif => Some(container::gif(bytes, bounds.frames)?),
        Format::WebP => Some(container::webp(bytes, bounds.frames)?),
        _ => None,
    };
    // What moves stays as it is; what stands still does where nothing has to change.
    let (main, small) = match strip {
        Some(strip) if strip.frames > 1 || (fits && upright) => {
            let main = Rendition { bytes: strip.bytes, format, width, height };
            (main, pixels.within(bounds.small_pixels)?)
        }
        _ => {
            let kept = pixels.within(bounds.kept_pixels)?;
            let keeps_png = format == Format::Png;
            (write(kept.clone(), QUALITY, keeps_png)?, kept.within(bounds.small_pixels)?)
        }
    };
    let blurhash = hash(&small);
    Ok(Picture { main, small: write(small, SMALL_QUALITY, false)?, blurhash })
}

/// Only a still preview of a picture: the one that stands for a film. What was
/// drawn stays a PNG.
pub fn still(bytes: &[u8], bounds: &Bounds) -> Result<(Rendition, Option<String>), Refused> {
    let format = known(bytes)?;
    let small = decode(bytes, format, bounds)?.pixels.within(bounds.small_pixels)?;
    let blurhash = hash(&small);
    Ok((write(small, SMALL_QUALITY, format == Format::Png)?, blurhash))
}

/// The kind of a picture that can be decoded.
pub(crate) fn known(bytes: &[u8]) -> Result<Format, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    Format::of(bytes).filter(|format| reader(*format).is_some()).ok_or(Refused::Kind)
}

const fn reader(format: Format) -> Option<ImageFormat> {
    Some(match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
        _ => return None,
    })
}

/// A decoded picture, the right way up.
pub(crate) struct Decoded {
    pub(crate) pixels: Pixels,
    /// It was so already.
    pub(crate) upright: bool,
}

impl Decoded {
    fn size(&self) -> (u32, u32) {
        self.pixels.size()
    }
}

/// Decodes the first picture of a file whose size has been looked at.
pub(crate) fn decode(bytes: &[u8], format: Format, bounds: &Bounds) -> Result<Decoded, Refused> {
    let kind = reader(format).ok_or(Refused::Kind)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind);
    reader.limits(limits(bounds));
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > bounds.pixels {
        return Err(Refused::Pixels { width, height });
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let upright = orientation == image::metadata::Orientation::NoTransforms;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(Decoded { pixels: Pixels::of(image), upright })
}

/// What a decoder may take at most: 16 bits in four channels.
fn limits(bounds: &Bounds) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(65_535);
    limits.max_image_height = Some(65_535);
    limits.max_alloc = Some(bounds.pixels.saturating_mul(8).saturating_add(16 << 20));
    limits
}

/// Writes pixels, and nothing beside them: what can be seen through and what
/// was drawn as PNG, else JPEG.
pub(crate) fn write(pixels: Pixels, quality: u8, keep_png: bool) -> Result<Rendition, Refused> {
    let (width, height) = pixels.size();
    let mut bytes = Cursor::new(Vec::new());
    let format = match pixels {
        Pixels::Clear(_) => Format::Png,
        Pixels::Opaque(_) if keep_png => Format::Png,
        Pixels::Opaque(_) => Format::Jpeg,
    };
    let image = pixels.into_image();
    match format {
        Format::Png => image.write_to(&mut bytes, ImageFormat::Png)?,
        _ => image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))?,
    }
    Ok(Rendition { bytes: bytes.into_inner(), format, width, height })
}

/// The blurred preview of a small picture; what cannot have one has none.
fn hash(small: &Pixels) -> Option<String> {
    let tiny = small.clone().within(64 * 64).ok()?.into_image().into_rgba8();
    let (width, height) = tiny.dimensions();
    blurhash::encode(4, 4, width, height, tiny.as_raw()).ok()
}
