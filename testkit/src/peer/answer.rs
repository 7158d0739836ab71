//! What a peer says, and how slowly.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, header};
use serde_json::Value;
use std::convert::Infallible;
use std::time::Duration;

/// Between two bytes of an answer that drips.
const DRIP: Duration = Duration::from_millis(200);

/// An answer, right or wrong.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    delay: Duration,
    flow: Flow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Whole,
    Drip,
    Endless,
}

impl Answer {
    /// A status alone.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), delay: Duration::ZERO, flow: Flow::Whole }
    }

    /// An ActivityPub document.
    pub fn document(document: &Value) -> Self {
        Self::status(200).header("content-type", "application/activity+json").body(document.to_string())
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Self::status(302).header("location", to)
    }

    /// With a header, in the place of any other of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// After a while.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// A byte at a time, for ever.
    #[must_use]
    pub fn dripping(mut self) -> Self {
        self.flow = Flow::Drip;
        self
    }

    /// As fast as can be, for ever.
    #[must_use]
    pub fn endless(mut self) -> Self {
        self.flow = Flow::Endless;
        self
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) async fn send(self) -> Response {
        tokio::time::sleep(self.delay).await;
        let body = match self.flow {
            Flow::Whole => Body::from(self.body),
            Flow::Drip => Body::from_stream(stream::unfold((), |()| async {
                tokio::time::sleep(DRIP).await;
                Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
            })),
            Flow::Endless => Body::from_stream(stream::repeat_with(|| {
                Ok::<_, Infallible>(Bytes::from_static(&[b' '; 4096]))
            })),
        };
        let mut response = Response::new(body);
        *response.status_mut() = http::StatusCode::from_u16(self.status).expect("a status");
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
            response.headers_mut().insert(name, HeaderValue::from_str(value).expect("a header's value"));
        }
        response.headers_mut().entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain"));
        response
    }
}
