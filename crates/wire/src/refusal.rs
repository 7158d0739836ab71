//! Why a message was not believed: one clear sentence each, and a short name
//! that stays the same for the log and for those who write scripts.

use domain::address::InvalidId;
use std::fmt::Write as _;
use std::time::Duration;

/// Why a signature or digest was refused. The sentence is for the sender and
/// for whoever reads the log; [`Refusal::code`] is for programs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing to check.
    #[error("the request has no Signature header")]
    NoSignature,
    /// The `Signature` header (draft-cavage, or the dictionary of RFC 9421).
    #[error("the Signature header cannot be read: {0}")]
    SignatureMalformed(&'static str),
    /// The `Signature-Input` header of RFC 9421.
    #[error("the Signature-Input header cannot be read: {0}")]
    SignatureInputMalformed(&'static str),
    /// More signatures than we look at.
    #[error("the request carries more than {0} signatures")]
    TooManySignatures(usize),
    /// A parameter without which a signature says nothing.
    #[error("the signature has no `{0}`")]
    MissingParameter(&'static str),
    /// Two values for one parameter: which one counts would be a guess.
    #[error("the signature has `{0}` twice")]
    DuplicateParameter(String),
    /// The `keyId` is no URL that we would fetch.
    #[error("the keyId cannot be fetched: {0}")]
    KeyId(#[from] InvalidId),
    /// A body without a `Digest` or `Content-Digest` that we can compute.
    #[error("the request has a body but no Digest or Content-Digest in SHA-256 or SHA-512")]
    MissingDigest,
    /// The named digest header is not in its own form.
    #[error("the {0} header cannot be read")]
    DigestMalformed(&'static str),
    /// The body is not the one that was signed.
    #[error("the {header} says {sent}, the body has {computed}")]
    DigestMismatch {
        /// The header that is wrong.
        header: &'static str,
        /// What it says, in base64.
        sent: String,
        /// What the body gives, in base64.
        computed: String,
    },
    /// A part of the request that has to be signed is not.
    #[error("the signature does not cover `{0}`")]
    NotCovered(&'static str),
    /// The signature names a header that did not arrive.
    #[error("the signature covers `{0}`, which the request does not have")]
    CoveredHeaderMissing(String),
    /// A component we cannot compute, or none at all.
    #[error("the signature covers `{0}`, which is not a part we can check")]
    UnsupportedComponent(String),
    /// A component may be named once.
    #[error("the signature covers `{0}` twice")]
    DuplicateComponent(String),
    /// A header that takes part in a signature has to be readable.
    #[error("the header `{0}` is not text")]
    HeaderNotText(String),
    /// The `Date` header is no HTTP date.
    #[error("the Date header is not a date")]
    DateMalformed,
    /// Signed too long ago.
    #[error("the {what} is {} old (at most {})", span(*.age), span(*.limit))]
    TooOld {
        /// `Date` or `created`.
        what: &'static str,
        /// How old it is.
        age: Duration,
        /// How old it may be.
        limit: Duration,
    },
    /// Signed too far in the future.
    #[error("the {what} is {} ahead of our clock (at most {})", span(*.by), span(*.limit))]
    TooFarAhead {
        /// `Date` or `created`.
        what: &'static str,
        /// How far ahead it is.
        by: Duration,
        /// How far ahead it may be.
        limit: Duration,
    },
    /// The sender's own end of validity has passed.
    #[error("the signature expired {} ago", span(*.0))]
    Expired(Duration),
    /// An algorithm we do not check.
    #[error("the algorithm `{0}` is not one we check")]
    UnknownAlgorithm(String),
    /// The algorithm does not belong to the key.
    #[error("the algorithm `{algorithm}` does not belong to an {key} key")]
    AlgorithmKeyMismatch {
        /// What the signature says.
        algorithm: String,
        /// `RSA` or `Ed25519`.
        key: &'static str,
    },
    /// Everything is in order but the signature itself.
    #[error("the signature does not fit this request and key")]
    SignatureMismatch,
}

impl Refusal {
    /// The short name in the log; never changed once released.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSignature => "no_signature",
            Self::SignatureMalformed(_) => "signature_malformed",
            Self::SignatureInputMalformed(_) => "signature_input_malformed",
            Self::TooManySignatures(_) => "too_many_signatures",
            Self::MissingParameter(_) => "missing_parameter",
            Self::DuplicateParameter(_) => "duplicate_parameter",
            Self::KeyId(_) => "key_id",
            Self::MissingDigest => "missing_digest",
            Self::DigestMalformed(_) => "digest_malformed",
            Self::DigestMismatch { .. } => "digest_mismatch",
            Self::NotCovered(_) => "not_covered",
            Self::CoveredHeaderMissing(_) => "covered_header_missing",
            Self::UnsupportedComponent(_) => "unsupported_component",
            Self::DuplicateComponent(_) => "duplicate_component",
            Self::HeaderNotText(_) => "header_not_text",
            Self::DateMalformed => "date_malformed",
            Self::TooOld { .. } => "too_old",
            Self::TooFarAhead { .. } => "too_far_ahead",
            Self::Expired(_) => "expired",
            Self::UnknownAlgorithm(_) => "unknown_algorithm",
            Self::AlgorithmKeyMismatch { .. } => "algorithm_key_mismatch",
            Self::SignatureMismatch => "signature_mismatch",
        }
    }
}

/// Text of a sender, short and plain enough for a message of ours.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

/// `48 h`, `12 h 1 min`, `35 s`.
fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let mut text = String::new();
    // Two parts say enough: seconds matter only below an hour.
    for (number, unit) in parts.into_iter().skip_while(|(number, _)| *number == 0).take(2) {
        if number > 0 {
            let space = if text.is_empty() { "" } else { " " };
            let _ = write!(text, "{space}{number} {unit}");
        }
    }
    if text.is_empty() { "0 s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_like_people_say_them() {
        let said = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(said(48 * 3600), "48 h");
        assert_eq!(said(12 * 3600 + 61), "12 h 1 min");
        assert_eq!(said(12 * 3600 + 1), "12 h");
        assert_eq!(said(95), "1 min 35 s");
        assert_eq!(said(35), "35 s");
        assert_eq!(said(0), "0 s");
    }

    #[test]
    fn an_old_date_is_told_in_one_sentence() {
        let hours = |n: u64| Duration::from_secs(n * 3600);
        let refusal = Refusal::TooOld { what: "Date", age: hours(48), limit: hours(12) };
        assert_eq!(refusal.to_string(), "the Date is 48 h old (at most 12 h)");
        assert_eq!(refusal.code(), "too_old");
    }

    #[test]
    fn what_a_sender_wrote_is_shortened() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a\u{7}b"), "ab");
        assert_eq!(quoted(&"x".repeat(5000)).chars().count(), 81);
    }
}
