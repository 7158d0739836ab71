//! Reading an answer's body: never more than the limit, neither on the wire
//! nor after decompression.

use std::io::{self, Read};

use bytes::{Bytes, BytesMut};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::FetchError;

/// How much of an error's answer is kept.
const WORDS: usize = 1024;
/// A body longer than this costs more to read than its connection is worth.
const DRAINED: usize = 64 * 1024;

/// Reads a body whole.
pub(super) async fn read(headers: &HeaderMap, body: Incoming, max_bytes: usize) -> Result<Bytes, FetchError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > max_bytes)) {
        return Err(FetchError::TooLarge(max_bytes));
    }
    let raw = collect(body, max_bytes).await?;
    decode(headers, raw, max_bytes)
}

async fn collect(mut body: Incoming, max_bytes: usize) -> Result<Bytes, FetchError> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| FetchError::Protocol(error.to_string()))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + rest.len() + data.len() > max_bytes {
            return Err(FetchError::TooLarge(max_bytes));
        }
        // Most answers are one piece, which then needs no copy.
        if first.is_empty() {
            first = data;
        } else {
            rest.extend_from_slice(&data);
        }
    }
    if rest.is_empty() {
        return Ok(first);
    }
    let mut whole = BytesMut::with_capacity(first.len() + rest.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&rest);
    Ok(whole.freeze())
}

fn decode(headers: &HeaderMap, raw: Bytes, max_bytes: usize) -> Result<Bytes, FetchError> {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    let Some(encoding) = encodings.next() else { return Ok(raw) };
    let encoding = String::from_utf8_lossy(encoding.as_bytes()).trim().to_ascii_lowercase();
    if encodings.next().is_some() {
        return Err(FetchError::Encoding("several encodings".to_owned()));
    }
    match encoding.as_str() {
        "" | "identity" => Ok(raw),
        "gzip" | "x-gzip" => inflate(MultiGzDecoder::new(raw.as_ref()), max_bytes),
        // Some send the bare stream although RFC 9110 asks for the zlib one.
        "deflate" if is_zlib(&raw) => inflate(ZlibDecoder::new(raw.as_ref()), max_bytes),
        "deflate" => inflate(DeflateDecoder::new(raw.as_ref()), max_bytes),
        _ => Err(FetchError::Encoding(clean(encoding.as_bytes()))),
    }
}

fn is_zlib(raw: &[u8]) -> bool {
    match raw {
        [method, flags, ..] => {
            method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31)
        }
        _ => false,
    }
}

fn inflate(decoder: impl Read, max_bytes: usize) -> Result<Bytes, FetchError> {
    let mut out = Vec::new();
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .take(limit)
        .read_to_end(&mut out)
        .map_err(|error: io::Error| FetchError::Encoding(error.to_string()))?;
    if out.len() > max_bytes { Err(FetchError::TooLarge(max_bytes)) } else { Ok(out.into()) }
}

/// Reads a short body to its end, so that the connection can be used again,
/// and keeps its beginning for a person to see.
pub(crate) async fn read_words(body: Incoming) -> String {
    collect(body, DRAINED).await.map(|bytes| clean(&bytes)).unwrap_or_default()
}

/// The first kibibyte of a text, in one line, without what could steer a terminal
/// or turn the direction of a page.
pub(crate) fn clean(bytes: &[u8]) -> String {
    let start = bytes.get(..WORDS).unwrap_or(bytes);
    let text = String::from_utf8_lossy(start);
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text: String = text.chars().map(|c| if steers(c) { ' ' } else { c }).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn encoded(name: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_ENCODING, http::HeaderValue::from_static(name))])
    }

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn the_usual_encodings_are_read() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"hello").unwrap();
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(b"hello").unwrap();
        for (name, raw) in [
            ("gzip", gzip(b"hello")),
            ("X-GZIP", gzip(b"hello")),
            ("deflate", zlib.finish().unwrap().into()),
            ("deflate", bare.finish().unwrap().into()),
            ("identity", Bytes::from_static(b"hello")),
        ] {
            assert_eq!(decode(&encoded(name), raw, 5).unwrap(), "hello", "{name}");
        }
    }

    #[test]
    fn a_small_body_that_becomes_a_large_one_is_refused() {
        let bomb = gzip(&vec![0; 8 << 20]);
        assert!(bomb.len() < 16 << 10);
        assert_eq!(decode(&encoded("gzip"), bomb, 1 << 20), Err(FetchError::TooLarge(1 << 20)));
    }

    #[test]
    fn other_and_broken_encodings_are_refused() {
        for name in ["br", "gzip, gzip", "zstd"] {
            let verdict = decode(&encoded(name), gzip(b"hello"), 99);
            assert_eq!(verdict, Err(FetchError::Encoding(name.to_owned())));
        }
        let verdict = decode(&encoded("gzip"), Bytes::from_static(b"no gzip"), 99);
        assert!(matches!(verdict, Err(FetchError::Encoding(_))), "{verdict:?}");
    }

    #[test]
    fn the_words_of_a_peer_are_short_and_harmless() {
        assert_eq!(clean(b"  no\r\nway\x1b[31m\xe2\x80\xae!\xff "), "no  way [31m !\u{fffd}");
        assert_eq!(clean(&[b'x'; 5000]).len(), 1024);
    }
}
