//! Files of peers: pictures, films, recordings. They may be long, so they are
//! handed on piece by piece, within bounds of size and patience.

use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::Timestamp;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use crate::client::{Client, FetchError, Question, redirect};

/// What a peer has to send for each second that it lets us wait, once that has
/// been as long as a whole fetch may take, in bytes.
const LEAST_EACH_SECOND: u64 = 4096;

/// A file on its way.
#[derive(Debug)]
pub struct Passing {
    /// Where it comes from, after all redirects.
    pub url: Url,
    /// The HTTP status: 200, or 206 for a part.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    body: Incoming,
    left: usize,
    most: usize,
    patience: Duration,
    waited: Duration,
    _turn: [OwnedSemaphorePermit; 2],
}

impl Client {
    /// Asks for a file, or for a part of it (RFC 9110 §14). Each hop is judged
    /// by the guard. Nothing is signed: files are for everyone.
    pub async fn open(
        &self,
        url: &Url,
        accept: &'static str,
        range: Option<&str>,
        most: usize,
        now: Timestamp,
    ) -> Result<Passing, FetchError> {
        self.guard().check_url(url)?;
        let turn = self.file_turn(url).await?;
        let accept = HeaderValue::from_static(accept);
        let range = range.map(HeaderValue::from_str).transpose().map_err(|_| FetchError::Url)?;
        let asking = Box::pin(self.hop(url, &accept, range.as_ref(), now));
        let (url, answer) =
            tokio::time::timeout(self.limits().total, asking).await.map_err(|_| FetchError::Timeout)??;
        let (head, body) = answer.into_parts();
        let announced = length(&head.headers);
        if announced.is_some_and(|length| length > u64::try_from(most).unwrap_or(u64::MAX)) {
            return Err(FetchError::TooLarge(most));
        }
        match head.status.as_u16() {
            status @ (200 | 206) => {
                let patience = self.limits().total;
                let (headers, waited) = (head.headers, Duration::ZERO);
                Ok(Passing { url, status, headers, body, left: most, most, patience, waited, _turn: turn })
            }
            404 | 410 => Err(FetchError::Gone),
            status => Err(FetchError::Status { status, words: String::new() }),
        }
    }

    async fn hop(
        &self,
        url: &Url,
        accept: &HeaderValue,
        range: Option<&HeaderValue>,
        now: Timestamp,
    ) -> Result<(Url, http::Response<Incoming>), FetchError> {
        let mut url = url.clone();
        for _ in 0..=self.limits().redirects {
            self.guard().check_url(&url)?;
            url.set_fragment(None);
            let accept = Some(accept);
            let question = Question {
                method: Method::GET,
                url: &url,
                accept,
                range,
                post: None,
                signer: None,
                more: None,
                now,
            };
            let answer = self.ask(&question).await?;
            match redirect(&url, &answer)? {
                Some(next) => url = next,
                None if is_encoded(answer.headers()) => {
                    return Err(FetchError::Encoding("a file is not to be encoded".to_owned()));
                }
                None => return Ok((url, answer)),
            }
        }
        Err(FetchError::TooManyRedirects)
    }
}

fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|value| !matches!(value.as_bytes(), b"" | b"identity"))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

impl Passing {
    /// How long it says it is, in bytes.
    pub fn length(&self) -> Option<u64> {
        length(&self.headers)
    }

    /// The next piece; none at the end. A peer that lets it drip is given up
    /// like one that sends nothing.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, FetchError> {
        loop {
            if self.drips() {
                return Err(FetchError::Timeout);
            }
            let asked = Instant::now();
            let next = tokio::time::timeout(self.patience, self.body.frame()).await;
            self.waited += asked.elapsed();
            let Some(frame) = next.map_err(|_| FetchError::Timeout)? else { return Ok(None) };
            let frame = frame.map_err(|error| FetchError::Protocol(error.to_string()))?;
            let Ok(piece) = frame.into_data() else { continue };
            self.left = self.left.checked_sub(piece.len()).ok_or(FetchError::TooLarge(self.most))?;
            return Ok(Some(piece));
        }
    }

    fn drips(&self) -> bool {
        let came = u64::try_from(self.most - self.left).unwrap_or(u64::MAX);
        let waited = u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX);
        self.waited > self.patience && came < waited.saturating_mul(LEAST_EACH_SECOND) / 1000
    }
}
