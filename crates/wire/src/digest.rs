//! Digests of bodies: `Digest` (RFC 3230) and `Content-Digest` (RFC 9530).
//!
//! What a digest says is checked here; that a signature covers it is checked
//! in [`crate::signature`].

use crate::encoding::{base64, from_base64};
use crate::headers;
use crate::refusal::Refusal;
use crate::structured::{self, Bare, Member};
use aws_lc_rs::digest as hash;
use http::HeaderMap;

/// The header of RFC 3230.
pub const DIGEST: &str = "digest";
/// The header of RFC 9530.
pub const CONTENT_DIGEST: &str = "content-digest";

/// A body that is what its sender's headers say. [`check`] is the only maker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    digest: bool,
    content_digest: bool,
}

impl Checked {
    /// The headers that were compared with the body, for the log.
    pub fn by(self) -> impl Iterator<Item = &'static str> {
        [(self.digest, DIGEST), (self.content_digest, CONTENT_DIGEST)]
            .into_iter()
            .filter_map(|(compared, name)| compared.then_some(name))
    }
}

/// The value of a `Digest` header.
// Threads wants the name of the algorithm in upper case.
pub fn header(body: &[u8]) -> String {
    format!("SHA-256={}", base64(Algorithm::Sha256.of(body).as_ref()))
}

/// The value of a `Content-Digest` header.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", base64(Algorithm::Sha256.of(body).as_ref()))
}

/// Compares the body with every digest that we can compute. A message with
/// none of them is refused: a signature says nothing about its body.
pub fn check(headers: &HeaderMap, body: &[u8]) -> Result<Checked, Refusal> {
    let compare = |name| -> Result<bool, Refusal> {
        let claimed = claimed(headers, name)?;
        for (algorithm, sent) in &claimed {
            let computed = algorithm.of(body);
            if computed.as_ref() != sent {
                return Err(mismatch(name, sent, computed.as_ref()));
            }
        }
        Ok(!claimed.is_empty())
    };
    let checked = Checked { digest: compare(DIGEST)?, content_digest: compare(CONTENT_DIGEST)? };
    if checked.digest || checked.content_digest { Ok(checked) } else { Err(Refusal::MissingDigest) }
}

/// Whether the named header holds a digest that [`check`] compares.
pub(crate) fn is_comparable(headers: &HeaderMap, name: &'static str) -> Result<bool, Refusal> {
    claimed(headers, name).map(|digests| !digests.is_empty())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("sha-256") {
            Some(Self::Sha256)
        } else if name.eq_ignore_ascii_case("sha-512") {
            Some(Self::Sha512)
        } else {
            None
        }
    }

    fn of(self, body: &[u8]) -> hash::Digest {
        match self {
            Self::Sha256 => hash::digest(&hash::SHA256, body),
            Self::Sha512 => hash::digest(&hash::SHA512, body),
        }
    }
}

type Digests = Vec<(Algorithm, Vec<u8>)>;

/// The digests of one header whose algorithm we know.
fn claimed(headers: &HeaderMap, name: &'static str) -> Result<Digests, Refusal> {
    let Some(text) = headers::text(headers, name)? else {
        return Ok(Vec::new());
    };
    let digests = if name == CONTENT_DIGEST { dictionary(&text) } else { list(&text) };
    digests.ok_or(Refusal::DigestMalformed(shown(name)))
}

/// `SHA-256=…, MD5=…`
fn list(text: &str) -> Option<Digests> {
    const MOST: usize = 16;
    let mut digests = Vec::new();
    for (count, value) in text.split(',').enumerate() {
        if count == MOST {
            return None;
        }
        let (name, digest) = value.trim().split_once('=')?;
        if let Some(algorithm) = Algorithm::named(name.trim()) {
            digests.push((algorithm, from_base64(digest.trim())?));
        }
    }
    Some(digests)
}

/// `sha-256=:…:, sha-512=:…:`
fn dictionary(text: &str) -> Option<Digests> {
    let mut digests = Vec::new();
    for (name, member) in structured::dictionary(text).ok()? {
        let Some(algorithm) = Algorithm::named(&name) else { continue };
        match member {
            Member::Item(item) => match item.bare {
                Bare::Bytes(bytes) => digests.push((algorithm, bytes)),
                _ => return None,
            },
            Member::List(_) => return None,
        }
    }
    Some(digests)
}

fn mismatch(name: &str, sent: &[u8], computed: &[u8]) -> Refusal {
    // A sender's digest may be of any length; ours have at most 64 bytes.
    let sent = crate::refusal::quoted(&base64(sent));
    Refusal::DigestMismatch { header: shown(name), sent, computed: base64(computed) }
}

/// The name as people write it.
fn shown(name: &str) -> &'static str {
    if name == CONTENT_DIGEST { "Content-Digest" } else { "Digest" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    const BODY: &[u8] = br#"{"hello": "world"}"#;
    const SHA256: &str = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=";
    const SHA512: &str =
        "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==";

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        headers
    }

    #[test]
    fn digests_are_written_as_peers_read_them() {
        assert_eq!(header(BODY), format!("SHA-256={SHA256}"));
        assert_eq!(content_digest(BODY), format!("sha-256=:{SHA256}:"));
    }

    #[test]
    fn every_usual_form_is_accepted() {
        for (name, value) in [
            ("digest", format!("SHA-256={SHA256}")),
            ("digest", format!("sha-256={SHA256}")),
            ("digest", format!("SHA-512={SHA512}")),
            ("digest", format!("MD5=abc, sha-256={SHA256},SHA-512={SHA512}")),
            ("digest", format!("SHA-256={}", SHA256.trim_end_matches('='))),
            ("content-digest", format!("sha-256=:{SHA256}:")),
            ("content-digest", format!("sha-512=:{SHA512}:, unixsum=:AAA=:")),
        ] {
            let checked = check(&headers(&[(name, &value)]), BODY).expect(&value);
            assert_eq!(checked.by().collect::<Vec<_>>(), [name], "{value}");
        }
    }

    #[test]
    fn missing_digest() {
        for pairs in [&[][..], &[("digest", "MD5=abc")], &[("content-digest", "unixsum=:AAA=:")]] {
            assert_eq!(check(&headers(pairs), BODY), Err(Refusal::MissingDigest), "{pairs:?}");
        }
    }

    #[test]
    fn digest_malformed() {
        for (name, value, shown) in [
            ("digest", "SHA-256", "Digest"),
            ("digest", "SHA-256=not base64", "Digest"),
            ("content-digest", "sha-256=X48E", "Content-Digest"),
            ("content-digest", "sha-256=(:X48E:)", "Content-Digest"),
            ("content-digest", "sha-256=:AAAA:, sha-256=:AAAA:", "Content-Digest"),
        ] {
            assert_eq!(
                check(&headers(&[(name, value)]), BODY),
                Err(Refusal::DigestMalformed(shown)),
                "{value}"
            );
        }
    }

    /// Capability H4.
    #[test]
    fn digest_mismatch() {
        let right = format!("SHA-256={SHA256}");
        let refusal = check(&headers(&[("digest", &right)]), b"something else").unwrap_err();
        assert!(matches!(&refusal, Refusal::DigestMismatch { header: "Digest", sent, .. } if sent == SHA256));
        assert_eq!(refusal.code(), "digest_mismatch");
    }

    #[test]
    fn one_wrong_digest_among_right_ones_is_enough() {
        let right = format!("SHA-256={SHA256}");
        let two = format!("SHA-256={SHA256}, SHA-512={SHA256}");
        for pairs in [
            &[("digest", right.as_str()), ("content-digest", "sha-256=:AAAA:")][..],
            &[("digest", two.as_str())],
            &[("digest", right.as_str()), ("digest", "SHA-256=AAAA")],
        ] {
            let refusal = check(&headers(pairs), BODY).unwrap_err();
            assert_eq!(refusal.code(), "digest_mismatch", "{pairs:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_the_check_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let mut headers = HeaderMap::new();
                headers.insert(DIGEST, value.clone());
                headers.insert(CONTENT_DIGEST, value);
                let _ = check(&headers, BODY);
            }
        }
    }
}
