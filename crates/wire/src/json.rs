//! JSON from outside: bounded in depth before anything is built of it.

use serde_json::Value;

/// The deepest nesting we read. Real documents stay under 12.
pub const MAX_DEPTH: usize = 32;

/// Why bytes are no JSON for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON at all.
    #[error("it is not valid JSON")]
    Invalid,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("it is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// Parses bytes that are nested at most [`MAX_DEPTH`] levels.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    // Some servers put a byte order mark before what they read from a file.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if depth(bytes) > MAX_DEPTH {
        return Err(JsonError::TooDeep);
    }
    serde_json::from_slice(bytes).map_err(|_| JsonError::Invalid)
}

/// The deepest nesting of arrays and objects, without parsing.
pub fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => (),
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => (),
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_do_not_count() {
        assert_eq!(depth(br#"{"a":["[[[[",{"b\"[":1}]}"#), 3);
        assert_eq!(depth(b"]]]]"), 0);
    }

    #[test]
    fn deep_nesting_is_refused_before_it_is_parsed() {
        let nested = |n: usize| [vec![b'['; n], vec![b']'; n]].concat();
        assert!(parse(&nested(32)).is_ok());
        assert_eq!(parse(&nested(33)), Err(JsonError::TooDeep));
        assert_eq!(parse(&vec![b'['; 1_000_000]), Err(JsonError::TooDeep));
        assert_eq!(parse(b"<html>"), Err(JsonError::Invalid));
    }

    #[test]
    fn a_byte_order_mark_is_no_fault() {
        assert_eq!(parse(b"\xef\xbb\xbf{}"), Ok(serde_json::json!({})));
    }
}
