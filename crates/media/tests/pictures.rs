//! Pictures that people send, and pictures that people are sent to harm them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says no by breaking")]

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use media::{Bounds, Format, Refused, develop, portrait, still};
use std::io::Cursor;

fn picture(width: u32, height: u32) -> DynamicImage {
    let shade = |place: u32, side: u32| u8::try_from(place * 255 / side.max(1)).unwrap_or(255);
    RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 90])).into()
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG that was taken with the telephone on its side, at a secret place.
fn from_a_telephone(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"secret place");
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(&picture(width, height)).unwrap();
    bytes
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn animation(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for number in 0..frames {
        let shade = u8::try_from(number % 256).unwrap();
        let image = RgbaImage::from_pixel(8, 8, Rgba([shade, 0, 0, 255]));
        encoder.encode_frame(Frame::new(image)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A PNG that says it is this large and has next to nothing in it.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = written(&picture(1, 1), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = checksum(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1)))
    })
}

/// N21
#[test]
fn a_photograph_is_upright_and_says_nothing_of_where_it_was_taken() {
    let bytes = from_a_telephone(40, 20);
    assert!(holds(&bytes, b"secret place"));
    let kept = develop(&bytes, &Bounds::default()).unwrap();
    assert_eq!((kept.main.format, kept.main.width, kept.main.height), (Format::Jpeg, 20, 40));
    assert!(!holds(&kept.main.bytes, b"secret place") && !holds(&kept.small.bytes, b"secret place"));
    assert!(!holds(&kept.main.bytes, b"Exif"));
    let again = image::load_from_memory(&kept.main.bytes).unwrap();
    assert_eq!((again.width(), again.height()), (20, 40));
    assert_eq!(kept.blurhash.unwrap().len(), 4 + 2 * 16);
}

#[test]
fn a_large_picture_is_kept_smaller_and_its_preview_smaller_still() {
    let bounds = Bounds { kept_pixels: 100 * 50, small_pixels: 20 * 10, ..Bounds::default() };
    let kept = develop(&written(&picture(400, 200), ImageFormat::Png), &bounds).unwrap();
    assert_eq!((kept.main.width, kept.main.height), (100, 50));
    assert_eq!((kept.small.width, kept.small.height), (20, 10));
    assert_eq!((kept.main.format, kept.small.format), (Format::Png, Format::Jpeg));
}

#[test]
fn what_can_be_seen_through_stays_so() {
    let glass: DynamicImage = RgbaImage::from_pixel(30, 30, Rgba([1, 2, 3, 100])).into();
    let kept = develop(&written(&glass, ImageFormat::WebP), &Bounds::default()).unwrap();
    assert_eq!((kept.main.format, kept.small.format), (Format::WebP, Format::Png));
    assert!(image::load_from_memory(&kept.small.bytes).unwrap().color().has_alpha());
}

#[test]
fn an_animation_still_moves_and_its_preview_stands_still() {
    let kept = develop(&animation(5), &Bounds::default()).unwrap();
    assert_eq!((kept.main.format, kept.small.format), (Format::Gif, Format::Jpeg));
    let frames = |bytes: &[u8]| {
        use image::AnimationDecoder;
        image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).unwrap().into_frames().count()
    };
    assert_eq!(frames(&kept.main.bytes), 5);
    assert!(matches!(develop(&animation(1001), &Bounds::default()), Err(Refused::Frames(1000))));
}

/// D13
#[test]
fn what_says_that_it_is_huge_is_not_decoded() {
    for (width, height) in [(30_000, 30_000), (65_000, 65_000), (u32::MAX >> 1, 1), (0, 10)] {
        let refused = develop(&bomb(width, height), &Bounds::default());
        assert!(matches!(refused, Err(Refused::Pixels { .. } | Refused::Broken(_))), "{refused:?}");
    }
    // Two numbers in the head of a GIF are as easily written.
    let mut gif = animation(1);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert!(matches!(develop(&gif, &Bounds::default()), Err(Refused::Pixels { .. })));
}

#[test]
fn what_is_no_picture_is_refused() {
    let bounds = Bounds::default();
    assert!(matches!(develop(b"", &bounds), Err(Refused::Empty)));
    for text in [
        &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"{\"type\":\"Note\"}",
        b"#!/bin/sh",
        &[0; 1000],
    ] {
        assert!(matches!(develop(text, &bounds), Err(Refused::Kind)), "{text:?}");
    }
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = written(&picture(64, 64), format);
        for end in [4, 12, 20, 40, whole.len() / 2] {
            // Half a picture may be shown or refused; nothing may break.
            if let Ok(kept) = develop(&whole[..end], &bounds) {
                assert!(image::load_from_memory(&kept.main.bytes).is_ok(), "{format:?} {end}");
            }
        }
        assert!(develop(&whole[..20], &bounds).is_err(), "{format:?}");
    }
}

/// N21
#[test]
fn a_picture_that_is_also_a_page_is_only_a_picture_afterwards() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let mut both = written(&picture(16, 16), format);
        both.extend_from_slice(b"<script>alert(1)</script>");
        let kept = develop(&both, &Bounds::default()).unwrap();
        assert!(!holds(&kept.main.bytes, b"<script>"), "{format:?}");
    }
}

#[test]
fn a_portrait_has_its_size_and_one_that_moves_has_a_still() {
    let bounds = Bounds::default();
    let made = portrait(&from_a_telephone(60, 30), 40, 40, &bounds).unwrap();
    assert_eq!((made.main.width, made.main.height, made.still), (40, 40, None));
    let made = portrait(&animation(3), 40, 40, &bounds).unwrap();
    assert_eq!(made.main.format, Format::Gif);
    let still = made.still.unwrap();
    assert_eq!((still.width, still.format), (40, Format::Jpeg));
}

#[test]
fn a_poster_is_small() {
    let bounds = Bounds { small_pixels: 200, ..Bounds::default() };
    for (kind, format) in [(ImageFormat::Jpeg, Format::Jpeg), (ImageFormat::Png, Format::Png)] {
        let (small, hash) = still(&written(&picture(200, 100), kind), &bounds).unwrap();
        assert_eq!((small.width, small.height, small.format, hash.is_some()), (20, 10, format, true));
    }
}
