//! Header values as text: what signatures and digests are computed over.

use crate::refusal::Refusal;
use http::HeaderMap;

/// The value of a header: repeated lines joined with `, `, white space around
/// each dropped (RFC 9421 §2.1, draft-cavage §2.3). None where there is none.
pub(crate) fn text(headers: &HeaderMap, name: &str) -> Result<Option<String>, Refusal> {
    let mut joined: Option<String> = None;
    for value in headers.get_all(name) {
        let line = std::str::from_utf8(value.as_bytes())
            .map_err(|_| Refusal::HeaderNotText(name.to_owned()))?
            .trim_matches([' ', '\t']);
        match &mut joined {
            None => joined = Some(line.to_owned()),
            Some(text) => {
                text.push_str(", ");
                text.push_str(line);
            }
        }
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn repeated_headers_are_joined_in_their_order() {
        let mut headers = HeaderMap::new();
        headers.append("x-one", HeaderValue::from_static(" a "));
        headers.append("x-one", HeaderValue::from_static("b"));
        assert_eq!(text(&headers, "x-one"), Ok(Some("a, b".to_owned())));
        assert_eq!(text(&headers, "x-two"), Ok(None));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let mut headers = HeaderMap::new();
        headers.append("x-one", HeaderValue::from_bytes(b"\xff\xfe").expect("a header may carry these"));
        assert_eq!(text(&headers, "x-one"), Err(Refusal::HeaderNotText("x-one".to_owned())));
    }
}
