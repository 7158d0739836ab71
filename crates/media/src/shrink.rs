//! Smaller pictures.

use crate::Refused;
use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage, RgbaImage};

/// A picture of eight bits a channel, with or without transparency.
#[derive(Debug, Clone)]
pub(crate) enum Pixels {
    Opaque(RgbImage),
    Clear(RgbaImage),
}

impl Pixels {
    pub(crate) fn of(image: DynamicImage) -> Self {
        if image.color().has_alpha() {
            let image = image.into_rgba8();
            // Most pictures with a channel for it have nothing to see through.
            if image.pixels().any(|pixel| pixel.0.last() != Some(&255)) {
                return Self::Clear(image);
            }
            return Self::Opaque(DynamicImage::ImageRgba8(image).into_rgb8());
        }
        Self::Opaque(image.into_rgb8())
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        match self {
            Self::Opaque(image) => image.dimensions(),
            Self::Clear(image) => image.dimensions(),
        }
    }

    /// The same with at most so many pixels, in the same proportions.
    pub(crate) fn within(self, pixels: u64) -> Result<Self, Refused> {
        let (width, height) = self.size();
        match shrunk(width, height, pixels) {
            Some((width, height)) => self.resized(width, height, None),
            None => Ok(self),
        }
    }

    /// The middle of it in exactly this size.
    pub(crate) fn filling(self, width: u32, height: u32) -> Result<Self, Refused> {
        self.resized(width, height, Some((0.5, 0.5)))
    }

    fn resized(self, width: u32, height: u32, crop: Option<(f64, f64)>) -> Result<Self, Refused> {
        let options = ResizeOptions::new();
        let options =
            if let Some(middle) = crop { options.fit_into_destination(Some(middle)) } else { options };
        match self {
            Self::Opaque(image) => {
                let (w, h) = image.dimensions();
                let out = resize((w, h, image.into_raw()), (width, height), PixelType::U8x3, &options)?;
                RgbImage::from_raw(width, height, out).map(Self::Opaque).ok_or_else(odd)
            }
            Self::Clear(image) => {
                let (w, h) = image.dimensions();
                let out = resize((w, h, image.into_raw()), (width, height), PixelType::U8x4, &options)?;
                RgbaImage::from_raw(width, height, out).map(Self::Clear).ok_or_else(odd)
            }
        }
    }

    pub(crate) fn into_image(self) -> DynamicImage {
        match self {
            Self::Opaque(image) => DynamicImage::ImageRgb8(image),
            Self::Clear(image) => DynamicImage::ImageRgba8(image),
        }
    }
}

fn resize(
    (width, height, raw): (u32, u32, Vec<u8>),
    (to_width, to_height): (u32, u32),
    pixels: PixelType,
    options: &ResizeOptions,
) -> Result<Vec<u8>, Refused> {
    let wrong = |error: &dyn std::fmt::Display| Refused::Broken(error.to_string());
    let from = Image::from_vec_u8(width, height, raw, pixels).map_err(|error| wrong(&error))?;
    let mut to = Image::new(to_width, to_height, pixels);
    Resizer::new().resize(&from, &mut to, options).map_err(|error| wrong(&error))?;
    Ok(to.into_vec())
}

fn odd() -> Refused {
    Refused::Broken("its pixels do not fit its size".to_owned())
}

/// The size with at most so many pixels; none where it is small enough.
fn shrunk(width: u32, height: u32, pixels: u64) -> Option<(u32, u32)> {
    let has = u64::from(width) * u64::from(height);
    if has <= pixels {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "numbers of pixels are far below 2^52")]
    let factor = (pixels as f64 / has as f64).sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "smaller than a side that is there, and not below one"
    )]
    let side = |side: u32| (f64::from(side) * factor).floor().max(1.0) as u32;
    Some((side(width), side(height)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_proportions() {
        assert_eq!(shrunk(640, 360, 640 * 360), None);
        assert_eq!(shrunk(1280, 720, 640 * 360), Some((640, 360)));
        assert_eq!(shrunk(100_000, 1, 100), Some((3162, 1)));
    }
}
