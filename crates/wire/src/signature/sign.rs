//! Signing our own requests, so that every peer believes them.

use super::claim::Scheme;
use crate::encoding::base64;
use crate::key::{PublicKey, SigningKey};
use crate::{date, digest};
use domain::Timestamp;
use http::header::{CONTENT_TYPE, DATE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::fmt::Write as _;
use url::{Position, Url};

/// A request of ours that is about to be signed.
#[derive(Debug, Clone, Copy)]
pub struct ToSign<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Where it goes; the fragment stays here.
    pub url: &'a Url,
    /// Its body, as the bytes that are sent.
    pub body: Option<&'a [u8]>,
    /// The type of the body.
    pub content_type: Option<&'a str>,
    /// The time.
    pub now: Timestamp,
}

/// The headers that sign a request, all of which have to be sent: `Host`,
/// `Date`, `Content-Type`, the digest of a body, and the signature.
pub fn sign(request: &ToSign<'_>, key: &SigningKey, key_id: &str, scheme: Scheme) -> HeaderMap {
    let mut lines = vec![(HOST, host(request.url)), (DATE, date::format(request.now))];
    if let Some(body) = request.body {
        lines.push(match scheme {
            Scheme::Cavage => (HeaderName::from_static(digest::DIGEST), digest::header(body)),
            Scheme::Rfc9421 => {
                (HeaderName::from_static(digest::CONTENT_DIGEST), digest::content_digest(body))
            }
        });
    }
    if let Some(kind) = request.content_type {
        lines.push((CONTENT_TYPE, visible(kind)));
    }
    let key_id = visible(key_id).replace(['"', '\\'], "");
    match scheme {
        Scheme::Cavage => lines.extend(cavage(request, key, &key_id, &lines)),
        Scheme::Rfc9421 => lines.extend(rfc9421(request, key, &key_id, &lines)),
    }
    lines.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::try_from(text).ok()?))).collect()
}

type Lines = [(HeaderName, String)];

/// `(request-target) host date digest content-type`, which every peer accepts.
fn cavage(request: &ToSign<'_>, key: &SigningKey, key_id: &str, lines: &Lines) -> Vec<(HeaderName, String)> {
    let method = request.method.as_str().to_ascii_lowercase();
    let mut text = format!("(request-target): {method} {}", target(request.url));
    let mut covered = String::from("(request-target)");
    for (name, value) in lines {
        let _ = write!(text, "\n{name}: {value}");
        let _ = write!(covered, " {name}");
    }
    // PeerTube takes hs2019 for SHA-512 and Misskey wants the algorithm named.
    let algorithm = match key.public() {
        PublicKey::Rsa(_) => "rsa-sha256",
        PublicKey::Ed25519(_) => "hs2019",
    };
    let signature = base64(&key.sign(text.as_bytes()));
    let value =
        format!(r#"keyId="{key_id}",algorithm="{algorithm}",headers="{covered}",signature="{signature}""#);
    vec![(HeaderName::from_static("signature"), value)]
}

/// One signature with `created`, over method, whole URI, host and body.
// Mastodon wants exactly one, with `@method`, `@target-uri` and the digest.
fn rfc9421(request: &ToSign<'_>, key: &SigningKey, key_id: &str, lines: &Lines) -> Vec<(HeaderName, String)> {
    let uri = &request.url[..Position::AfterQuery];
    let mut parts = vec![("@method", request.method.as_str()), ("@target-uri", uri)];
    for (name, value) in lines {
        parts.push(if *name == HOST { ("@authority", value) } else { (name.as_str(), value) });
    }
    let algorithm = match key.public() {
        PublicKey::Rsa(_) => "rsa-v1_5-sha256",
        PublicKey::Ed25519(_) => "ed25519",
    };
    let names: Vec<String> = parts.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let created = request.now.seconds();
    let input = format!(r#"({});created={created};keyid="{key_id}";alg="{algorithm}""#, names.join(" "));
    let mut text = String::new();
    for (name, value) in parts {
        let _ = writeln!(text, "\"{name}\": {value}");
    }
    let _ = write!(text, "\"@signature-params\": {input}");
    let signature = base64(&key.sign(text.as_bytes()));
    vec![
        (HeaderName::from_static("signature-input"), format!("sig1={input}")),
        (HeaderName::from_static("signature"), format!("sig1=:{signature}:")),
    ]
}

/// What the HTTP client sends as `Host`: with the port where it is not the
/// scheme's own.
fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

fn target(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

/// Only what a header may hold; our own values hold nothing else.
fn visible(text: &str) -> String {
    text.trim().chars().filter(|c| (' '..='~').contains(c)).collect()
}
