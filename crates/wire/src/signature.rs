//! HTTP message signatures, in both dialects: draft-cavage (what every peer
//! speaks) and RFC 9421 (what the newer ones prefer).
//!
//! The order of work for a message that arrives: [`read`] says what
//! signatures it carries, [`check_form`] whether one of them is recent and
//! covers enough, [`verify`] whether it fits the key. The body is compared
//! with its digest by [`crate::digest::check`]; fetching the key and deciding
//! whose it is belong to the caller. Nothing here reads a clock or the network.

mod cavage;
mod claim;
mod form;
mod rfc9421;
mod sign;

pub use crate::refusal::Refusal;
pub use claim::{Claim, Parts, Scheme};
pub use form::{MAX_AGE, MAX_AHEAD, check_form};
pub use rfc9421::{ACCEPT_SIGNATURE, wants_rfc9421};
pub use sign::{ToSign, sign};

use crate::encoding::base64;
use crate::key::{Algorithm, PublicKey};
use crate::refusal::quoted;
use claim::Form;
use domain::ObjectId;
use http::HeaderMap;
use url::Url;

/// The most signatures of one message that we look at.
pub const MAX_SIGNATURES: usize = 4;

/// A signature that fits its request and key. [`verify`] is the only maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    scheme: Scheme,
    key_id: String,
    target: SignedTarget,
}

impl Verified {
    /// The dialect, which the peer evidently speaks.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The key that signed, as the signature names it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What the peer took for the request target.
    pub fn target(&self) -> SignedTarget {
        self.target
    }
}

/// Peers of draft-cavage disagree on whether the query is part of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedTarget {
    /// Signed as it was sent.
    AsSent,
    /// Signed without its query.
    WithoutQuery,
}

/// What a signature claims and what it was computed over: data for
/// `antiphon verify` and the Academy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    /// The dialect.
    pub scheme: Scheme,
    /// The label of RFC 9421.
    pub label: Option<String>,
    /// The key it names.
    pub key_id: String,
    /// The algorithm it names.
    pub algorithm: Option<String>,
    /// The parts it covers, in their order.
    pub covered: Vec<String>,
    /// When it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// When it ends, in seconds since 1970.
    pub expires: Option<i64>,
    /// The text that was signed, as we build it.
    pub signing_string: String,
    /// The same without the query, where peers may have left it out.
    pub without_query: Option<String>,
    /// The signature, in base64.
    pub signature: String,
}

/// The signatures a message carries, at most [`MAX_SIGNATURES`]. A message
/// with a `Signature-Input` speaks RFC 9421, any other draft-cavage.
pub fn read(headers: &HeaderMap) -> Result<Vec<Claim>, Refusal> {
    if headers.contains_key(rfc9421::SIGNATURE_INPUT) {
        rfc9421::read(headers)
    } else {
        cavage::read(headers).map(|claim| vec![claim])
    }
}

/// Whether the signature was made over this request with this key. Says
/// nothing about coverage and dates: [`check_form`] does.
pub fn verify(parts: &Parts<'_>, claim: &Claim, key: &PublicKey) -> Result<Verified, Refusal> {
    let algorithm = algorithm(claim, key)?;
    let fits = |text: &str| key.verifies(algorithm, text.as_bytes(), &claim.signature);
    let (as_sent, without_query) = signing_strings(parts, claim)?;
    let target = if fits(&as_sent) {
        SignedTarget::AsSent
    } else if without_query.is_some_and(|text| fits(&text)) {
        SignedTarget::WithoutQuery
    } else {
        return Err(Refusal::SignatureMismatch);
    };
    Ok(Verified { scheme: claim.scheme, key_id: claim.key_id.clone(), target })
}

/// Takes a signature apart for people to look at.
pub fn explain(parts: &Parts<'_>, claim: &Claim) -> Result<Explanation, Refusal> {
    let (signing_string, without_query) = signing_strings(parts, claim)?;
    Ok(Explanation {
        scheme: claim.scheme,
        label: claim.label.clone(),
        key_id: claim.key_id.clone(),
        algorithm: claim.algorithm.clone(),
        covered: claim.covered.clone(),
        created: claim.created,
        expires: claim.expires,
        signing_string,
        without_query,
        signature: base64(&claim.signature),
    })
}

/// Where the key is fetched: the `keyId` as a URL without its fragment.
/// Peers write `…#main-key`, `…/main-key`, `…/publickey`, `…?operation=rsakey`
/// or the actor id itself; only http(s) of at most 2 KB without user
/// information is fetched at all.
pub fn key_id_url(key_id: &str) -> Result<Url, Refusal> {
    let id = ObjectId::parse(key_id)?;
    let mut url = Url::parse(id.as_str()).map_err(|_| domain::address::InvalidId::NotAUrl)?;
    url.set_fragment(None);
    Ok(url)
}

/// The text that was signed, and for draft-cavage the one without the query.
fn signing_strings(parts: &Parts<'_>, claim: &Claim) -> Result<(String, Option<String>), Refusal> {
    match &claim.form {
        Form::Rfc9421(components) => Ok((rfc9421::signing_string(parts, components)?, None)),
        Form::Cavage(times) => {
            let as_sent = cavage::signing_string(parts, claim, times, parts.target)?;
            let path = parts.path();
            let other = path != parts.target && claim.covers(cavage::REQUEST_TARGET);
            let without = other.then(|| cavage::signing_string(parts, claim, times, path)).transpose()?;
            Ok((as_sent, without))
        }
    }
}

/// The algorithm a signature was made with, if the key can check it.
fn algorithm(claim: &Claim, key: &PublicKey) -> Result<Algorithm, Refusal> {
    let by_key = match key {
        PublicKey::Rsa(_) => Algorithm::RsaSha256,
        PublicKey::Ed25519(_) => Algorithm::Ed25519,
    };
    let Some(name) = claim.algorithm.as_deref() else {
        return Ok(by_key);
    };
    let named = match (claim.scheme, name.to_ascii_lowercase().as_str()) {
        // RSA with SHA-256 in practice, whatever the draft's last version says.
        (Scheme::Cavage, "hs2019") => by_key,
        (Scheme::Cavage, "rsa-sha256") | (Scheme::Rfc9421, "rsa-v1_5-sha256") => Algorithm::RsaSha256,
        (Scheme::Cavage, "rsa-sha512") => Algorithm::RsaSha512,
        (Scheme::Rfc9421, "rsa-pss-sha512") => Algorithm::RsaPssSha512,
        (_, "ed25519") => Algorithm::Ed25519,
        _ => return Err(Refusal::UnknownAlgorithm(quoted(name))),
    };
    if key.suits(named) {
        Ok(named)
    } else {
        Err(Refusal::AlgorithmKeyMismatch { algorithm: quoted(name), key: key.kind() })
    }
}

#[cfg(test)]
mod tests;
