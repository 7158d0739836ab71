//! Whole requests, from one dialect or another, right and wrong.

mod dialects;
mod refusals;
mod signing;
mod tampering;
mod vectors;

use super::*;
use crate::digest;
use crate::key::SigningKey;
use domain::Timestamp;
use http::{HeaderName, HeaderValue, Method};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Sun, 22 Nov 2026 10:00:00 GMT
pub(super) const NOW: Timestamp = Timestamp(1_795_341_600_000);
pub(super) const DATE: &str = "Sun, 22 Nov 2026 10:00:00 GMT";
pub(super) const KEY_ID: &str = "https://sender.example/users/a#main-key";
pub(super) const BODY: &[u8] = br#"{"id":"https://sender.example/follows/1","type":"Follow"}"#;

/// Keys and requests made with other programs.
#[derive(serde::Deserialize)]
pub(super) struct Fixture {
    pub(super) keys: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) requests: Vec<Made>,
}

#[derive(serde::Deserialize)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) key: String,
    pub(super) body: Option<String>,
}

pub(super) static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../fixtures/signatures.json")).expect("our own fixture")
});

pub(super) fn signing_key(name: &str) -> SigningKey {
    let der = crate::encoding::from_base64(&FIXTURE.keys[name]["pkcs8"]).unwrap();
    SigningKey::from_pkcs8_der(&der).unwrap()
}

pub(super) fn public_key(name: &str) -> PublicKey {
    PublicKey::from_pem(&FIXTURE.keys[name]["spki"]).unwrap()
}

/// A request as it arrives.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) authority: String,
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: Method, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut request = Self {
            method,
            authority: "receiver.example".to_owned(),
            target: target.to_owned(),
            headers: HeaderMap::new(),
            body: body.to_vec(),
        };
        for (name, value) in headers {
            request.set(name, value);
        }
        request
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    pub(super) fn parts(&self) -> Parts<'_> {
        Parts {
            method: &self.method,
            scheme: "https",
            authority: &self.authority,
            target: &self.target,
            headers: &self.headers,
        }
    }

    /// Signs what is written in `headers="…"`, as a peer would.
    pub(super) fn cavage(self, covered: &str, parameters: &str, key: &str) -> Self {
        let head = format!(r#"keyId="{KEY_ID}",{parameters}headers="{covered}""#);
        let unsigned = self.with("signature", &format!(r#"{head},signature="""#));
        let claim = read(&unsigned.headers).unwrap().remove(0);
        let text = explain(&unsigned.parts(), &claim).unwrap().signing_string;
        let signature = base64(&signing_key(key).sign(text.as_bytes()));
        unsigned.with("signature", &format!(r#"{head},signature="{signature}""#))
    }

    /// Signs with RFC 9421: `input` is the list and its parameters.
    pub(super) fn rfc9421(self, input: &str, key: &str) -> Self {
        let unsigned =
            self.with("signature-input", &format!("sig1={input}")).with("signature", "sig1=:YQ==:");
        let claim = read(&unsigned.headers).unwrap().remove(0);
        let text = explain(&unsigned.parts(), &claim).unwrap().signing_string;
        let signature = base64(&signing_key(key).sign(text.as_bytes()));
        unsigned.with("signature", &format!("sig1=:{signature}:"))
    }

    /// All checks, in the order of an inbox.
    pub(super) fn arrive(&self, key: &PublicKey) -> Result<Verified, Refusal> {
        let claim = read(&self.headers)?.remove(0);
        key_id_url(&claim.key_id)?;
        if !self.body.is_empty() {
            digest::check(&self.headers, &self.body)?;
        }
        check_form(&self.parts(), &claim, !self.body.is_empty(), NOW)?;
        verify(&self.parts(), &claim, key)
    }

    /// The short name of why it is refused.
    pub(super) fn refused(&self, key: &str) -> &'static str {
        self.arrive(&public_key(key)).map_or_else(|refusal| refusal.code(), |_| "accepted")
    }
}

/// A POST with a body, its digest and a date, not yet signed.
pub(super) fn post(target: &str) -> Request {
    let digest = digest::header(BODY);
    Request::new(
        Method::POST,
        target,
        &[
            ("host", "receiver.example"),
            ("date", DATE),
            ("digest", &digest),
            ("content-type", "application/activity+json"),
        ],
        BODY,
    )
}

/// A POST as most peers send it.
pub(super) fn usual() -> Request {
    post("/inbox").cavage("(request-target) host date digest content-type", RSA, "rsa2048")
}

/// A POST as newer peers send it.
pub(super) fn modern() -> Request {
    post("/inbox").without("digest").with("content-digest", &digest::content_digest(BODY)).rfc9421(
        &format!(r#"("@method" "@target-uri" "content-digest");created={};keyid="{KEY_ID}""#, NOW.seconds()),
        "rsa2048",
    )
}

pub(super) const RSA: &str = r#"algorithm="rsa-sha256","#;
pub(super) const HS2019: &str = r#"algorithm="hs2019","#;
