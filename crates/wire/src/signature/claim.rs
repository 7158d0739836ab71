//! What a signature says about itself, and what of a request it can cover.

use crate::structured::InnerList;
use http::{HeaderMap, Method};

/// The two dialects of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Scheme {
    /// draft-cavage-http-signatures.
    #[serde(rename = "draft-cavage")]
    Cavage,
    /// RFC 9421, HTTP Message Signatures.
    #[serde(rename = "rfc9421")]
    Rfc9421,
}

impl Scheme {
    /// `draft-cavage` or `rfc9421`: the word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cavage => "draft-cavage",
            Self::Rfc9421 => "rfc9421",
        }
    }

    /// The one to try when a peer did not take this one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Cavage => Self::Rfc9421,
            Self::Rfc9421 => Self::Cavage,
        }
    }
}

/// A request as it arrived: all that signatures are computed over.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The method.
    pub method: &'a Method,
    /// `http` or `https`, as our origin says: behind a proxy the connection
    /// knows nothing of it.
    pub scheme: &'a str,
    /// The `Host` header (or `:authority`).
    pub authority: &'a str,
    /// Path and query as received.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
}

impl<'a> Parts<'a> {
    /// The target without its query.
    pub(super) fn path(&self) -> &'a str {
        self.target.split_once('?').map_or(self.target, |(path, _)| path)
    }

    /// The query without its question mark.
    pub(super) fn query(&self) -> Option<&'a str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// One signature of a message, read but not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its dialect.
    pub scheme: Scheme,
    /// Its label in RFC 9421.
    pub label: Option<String>,
    /// The key it names; see [`key_id_url`](super::key_id_url).
    pub key_id: String,
    /// The algorithm it names.
    pub algorithm: Option<String>,
    /// The parts it covers, in their order, in lower case.
    pub covered: Vec<String>,
    /// When it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// When it ends, in seconds since 1970.
    pub expires: Option<i64>,
    pub(super) signature: Vec<u8>,
    pub(super) form: Form,
}

impl Claim {
    /// Whether it covers this part.
    pub fn covers(&self, part: &str) -> bool {
        self.covered.iter().any(|covered| covered == part)
    }
}

/// What each dialect needs to build the signing string again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Cavage(Times),
    Rfc9421(InnerList),
}

/// `created` and `expires` as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Times {
    pub(super) created: Option<String>,
    pub(super) expires: Option<String>,
}
