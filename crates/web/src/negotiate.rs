//! Whether a request wants a page or an ActivityPub document (ActivityPub §3.2).

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use std::convert::Infallible;

/// The content type of what we send (ActivityPub §3.2 allows both forms; this
/// is the one every peer reads).
pub const ACTIVITY_JSON: &str = "application/activity+json; charset=utf-8";

/// What a request wants of a URL that has both. An extractor, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// The JSON document.
    ActivityPub,
    /// The page.
    Html,
}

impl Wants {
    /// Reads all `Accept` headers (RFC 9110 §12.5.1). Of equal weights the
    /// first one named counts; without any it is a person.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::Html);
        for value in headers.get_all(header::ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',') {
                if let Some((wants, weight)) = weigh(range)
                    && weight > best.0
                {
                    best = (weight, wants);
                }
            }
        }
        best.1
    }
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// One media range: what it asks for and its weight in thousandths. `*/*` says
/// nothing. Some peers leave the profile of `ld+json` away.
fn weigh(range: &str) -> Option<(Wants, u32)> {
    let mut parts = range.split(';').map(str::trim);
    let wants = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/activity+json" | "application/ld+json" => Wants::ActivityPub,
        "text/html" | "application/xhtml+xml" => Wants::Html,
        _ => return None,
    };
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((wants, weight.map_or(1000, thousandths)))
}

/// A weight as it stands in RFC 9110; what is none counts in full.
fn thousandths(text: &str) -> u32 {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    match whole {
        "0" => {
            let digits = rest.bytes().take(3).take_while(u8::is_ascii_digit);
            digits.zip([100, 10, 1]).map(|(digit, unit)| u32::from(digit - b'0') * unit).sum()
        }
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(accept: &str) -> Wants {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        Wants::of(&headers)
    }

    /// Capability P2.
    #[test]
    fn peers_get_the_document() {
        for accept in [
            "application/activity+json",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json",
            "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\", text/html;q=0.1",
            "Application/Activity+JSON;q=0.9, text/html;q=0.8",
            "application/activity+json, */*",
        ] {
            assert_eq!(wants(accept), Wants::ActivityPub, "{accept}");
        }
    }

    /// Capability P1.
    #[test]
    fn people_get_the_page() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "*/*",
            "application/json",
            "text/html, application/activity+json",
            "application/activity+json;q=0, text/plain",
            "application/ld+json;q=0.5, text/html;q=0.55",
            "",
        ] {
            assert_eq!(wants(accept), Wants::Html, "{accept}");
        }
        assert_eq!(Wants::of(&HeaderMap::new()), Wants::Html);
    }
}
