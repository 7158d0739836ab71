//! One delivery: a signed POST to an inbox, and the peer's answer. Whether and
//! when to try again is decided by who asked for it.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use domain::Timestamp;
use http::header::RETRY_AFTER;
use http::{HeaderMap, Method};
use tokio::time::Instant;
use url::Url;

use crate::client::{Client, FetchError, Question, Signer, read_words};
use crate::media_type::ACTIVITY_JSON;
use crate::signature::{Scheme, wants_rfc9421};

/// How long an answer's words may take once its status is known.
const WORDS_WITHIN: Duration = Duration::from_secs(2);
/// A peer's wish to be left alone counts up to this.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(7 * 24);

/// What a peer said to a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status. Redirects are not followed: an inbox that moved says so in its actor.
    pub status: u16,
    /// How long the peer wants to be left alone.
    pub retry_after: Option<Duration>,
    /// Whether the peer asked for RFC 9421 signatures (`Accept-Signature`).
    pub accepts_rfc9421: bool,
    /// The first kibibyte of an answer that is no success, without control characters.
    pub words: String,
}

impl Answer {
    /// Whether the peer took it.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

impl Client {
    /// Posts an activity to an inbox (ActivityPub §7). Every status is an
    /// answer; an error means that there was none.
    pub async fn deliver(
        &self,
        inbox: &Url,
        body: Bytes,
        signer: &Signer,
        scheme: Scheme,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        self.guard().check_url(inbox)?;
        let _turn = self.delivery_turn().await?;
        let deadline = Instant::now() + self.limits().delivery;
        let without_fragment = inbox.fragment().map(|_| {
            let mut inbox = inbox.clone();
            inbox.set_fragment(None);
            inbox
        });
        let question = Question {
            method: Method::POST,
            url: without_fragment.as_ref().unwrap_or(inbox),
            accept: None,
            range: None,
            post: Some((&body, ACTIVITY_JSON)),
            signer: Some((signer, scheme)),
            more: None,
            now,
        };
        let answer = tokio::time::timeout_at(deadline, self.ask(&question));
        let (head, body) = answer.await.map_err(|_| FetchError::Timeout)??.into_parts();
        let mut answer = Answer {
            status: head.status.as_u16(),
            retry_after: retry_after(&head.headers, now),
            accepts_rfc9421: wants_rfc9421(&head.headers),
            words: String::new(),
        };
        // The status is the answer; a body that never ends does not take it back.
        let until = deadline.min(Instant::now() + WORDS_WITHIN);
        let words = tokio::time::timeout_at(until, read_words(body)).await.unwrap_or_default();
        if !answer.is_success() {
            answer.words = words;
        }
        Ok(answer)
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Timestamp(i64::try_from(date.as_millis()).ok()?).since(now)
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now = Timestamp(1_445_412_420_000); // Wed, 21 Oct 2015 07:27:00 GMT
        let wait = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now)
        };
        assert_eq!(wait("120"), Some(Duration::from_mins(2)));
        assert_eq!(wait("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::from_mins(1)));
        assert_eq!(wait("Wed, 21 Oct 2015 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("999999999999"), Some(MAX_RETRY_AFTER));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
    }
}
