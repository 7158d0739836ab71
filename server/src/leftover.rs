//! What a refused request still has to say. Whoever is answered before its
//! body was read would be cut off: the connection could not be used again, and
//! a client that did would lose its next request. So the rest is read first,
//! within bounds; beyond them the answer says that the connection closes.

use http::{HeaderValue, Response, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// The most that is read of a body that nobody wanted, in bytes.
const MOST: usize = 1024 * 1024;
/// How long that may take.
const WITHIN: Duration = Duration::from_secs(2);

/// A body that goes back to its connection where nobody read it to its end.
#[derive(Debug)]
pub(crate) struct Watched {
    incoming: Option<Incoming>,
    rest: Rest,
}

/// Where the unread end of a body is found after the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rest(Arc<Mutex<Option<Incoming>>>);

/// Watches over a body.
pub(crate) fn watch(incoming: Incoming) -> (Watched, Rest) {
    let rest = Rest::default();
    (Watched { incoming: Some(incoming), rest: rest.clone() }, rest)
}

impl Body for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.incoming {
            Some(incoming) => Pin::new(incoming).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let unread = self.incoming.take().filter(|incoming| !incoming.is_end_stream());
        *self.rest.0.lock().unwrap_or_else(PoisonError::into_inner) = unread;
    }
}

impl Rest {
    /// Reads what was left, or has the answer say that the connection closes.
    pub(crate) async fn settle<B>(self, response: &mut Response<B>) {
        let unread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(unread) = unread else { return };
        let is_read = tokio::time::timeout(WITHIN, drain(unread)).await.unwrap_or(false);
        if !is_read {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// Whether the body came to its end.
async fn drain(mut body: Incoming) -> bool {
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > MOST {
            return false;
        }
    }
    true
}
