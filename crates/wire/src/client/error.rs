//! Why a request brought nothing, in words for the log and the owner.

use std::error::Error as StdError;
use std::io;

use url::Url;

use crate::connect::ConnectError;
use crate::guard::Forbidden;

/// Why a request to a peer failed. It can be cloned, so that one answer can
/// be given to all who waited for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address rules refuse it; nobody was contacted.
    #[error("this may not be asked: {0}")]
    Forbidden(#[from] Forbidden),
    /// Not a URL that fits into a request.
    #[error("the URL cannot be asked")]
    Url,
    /// The name has no address.
    #[error("{0}")]
    Dns(String),
    /// Nobody accepted the connection, or it broke.
    #[error("the connection failed: {0}")]
    Connect(String),
    /// No trusted encryption.
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
    /// What came is not HTTP, or ended in the middle.
    #[error("the answer is broken: {0}")]
    Protocol(String),
    /// The whole of connecting, waiting and reading took too long.
    #[error("the peer did not answer in time")]
    Timeout,
    /// Too many requests of ours are under way.
    #[error("too many requests are under way")]
    Busy,
    /// More bytes than one answer may have, after decompression.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// An encoding we did not ask for and do not read, or one that is broken.
    #[error("the answer's content encoding cannot be read: {0}")]
    Encoding(String),
    /// A redirect that leads on and on.
    #[error("the peer redirects too often")]
    TooManyRedirects,
    /// 410: it was there and will not come back.
    #[error("the peer says that it is gone (410)")]
    Gone,
    /// Another status that is no success.
    #[error("the peer answered {status}{}{words}", if words.is_empty() { "" } else { ": " })]
    Status {
        /// The HTTP status.
        status: u16,
        /// The beginning of the answer, without control characters.
        words: String,
    },
    /// Not the media type of an ActivityStreams document.
    #[error("the answer is no ActivityPub document but {0:?}")]
    ContentType(String),
    /// Not JSON.
    #[error("the answer is not valid JSON")]
    NotJson,
    /// Nested deeper than any honest document.
    #[error("the JSON is nested deeper than {0} levels")]
    TooDeep(usize),
    /// A document may only speak for ids of the origin that served it (FEP-fe34).
    #[error("{url} served a document with the id {id} of another origin")]
    OtherOrigin {
        /// What the document calls itself.
        id: String,
        /// Who served it.
        url: Url,
    },
    /// A WebFinger answer without a link to an actor.
    #[error("the WebFinger answer names no actor")]
    NoActor,
    /// A handle and an actor that do not name each other.
    #[error("{handle} does not lead back to {actor}")]
    NotConfirmed {
        /// The handle that was claimed.
        handle: String,
        /// The actor that claims it.
        actor: String,
    },
}

impl FetchError {
    /// A short name for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "forbidden",
            Self::Url => "url",
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Protocol(_) => "protocol",
            Self::Timeout => "timeout",
            Self::Busy => "busy",
            Self::TooLarge(_) => "too_large",
            Self::Encoding(_) => "encoding",
            Self::TooManyRedirects => "too_many_redirects",
            Self::Gone => "gone",
            Self::Status { .. } => "status",
            Self::ContentType(_) => "content_type",
            Self::NotJson => "not_json",
            Self::TooDeep(_) => "too_deep",
            Self::OtherOrigin { .. } => "other_origin",
            Self::NoActor => "no_actor",
            Self::NotConfirmed { .. } => "not_confirmed",
        }
    }

    /// Whether the same request would fail again: the peer, or a rule, said
    /// no. What is not lasting is worth another try later.
    pub const fn is_lasting(&self) -> bool {
        match self {
            Self::Dns(_)
            | Self::Connect(_)
            | Self::Tls(_)
            | Self::Protocol(_)
            | Self::Timeout
            | Self::Busy
            | Self::TooManyRedirects => false,
            // Request Timeout, Misdirected, Too Early, Too Many Requests: not now, but later.
            Self::Status { status, .. } => {
                matches!(status, 400..=499) && !matches!(status, 408 | 421 | 425 | 429)
            }
            _ => true,
        }
    }

    /// The status the peer answered with, if it answered.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            Self::Gone => Some(410),
            _ => None,
        }
    }
}

impl From<hyper_util::client::legacy::Error> for FetchError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        if let Some(known) = explain(&error) {
            return known;
        }
        let words = root(&error).to_string();
        if error.is_connect() { Self::Connect(words) } else { Self::Protocol(words) }
    }
}

/// Finds the link of the chain that we know more about.
fn explain(error: &(dyn StdError + 'static)) -> Option<FetchError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(ours) = error.downcast_ref::<ConnectError>() {
            return Some(of_connect(ours));
        }
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(FetchError::Tls(tls.to_string()));
        }
        // An io::Error skips what it wraps when it is asked for its source.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}

fn of_connect(error: &ConnectError) -> FetchError {
    match error {
        ConnectError::Forbidden(why) => FetchError::Forbidden(why.clone()),
        ConnectError::Dns { .. } => FetchError::Dns(error.to_string()),
        ConnectError::Refused { .. } => FetchError::Connect(error.to_string()),
        ConnectError::Slow => FetchError::Timeout,
    }
}

fn root<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_lasts_and_a_failure_does_not() {
        let status = |status| FetchError::Status { status, words: String::new() };
        for lasting in [FetchError::Gone, Forbidden::Scheme.into(), FetchError::NotJson, status(404)] {
            assert!(lasting.is_lasting(), "{lasting}");
        }
        for passing in [FetchError::Timeout, FetchError::Busy, status(429), status(500), status(503)] {
            assert!(!passing.is_lasting(), "{passing}");
        }
    }

    #[test]
    fn a_status_is_told_with_the_words_of_the_peer() {
        let with = FetchError::Status { status: 403, words: "blocked".into() };
        assert_eq!(with.to_string(), "the peer answered 403: blocked");
        let without = FetchError::Status { status: 500, words: String::new() };
        assert_eq!(without.to_string(), "the peer answered 500");
    }
}
