//! One request and one answer: signed, sent over a kept or a fresh
//! connection, asked again once where the kept one had just been closed.

use std::error::Error as _;
use std::io;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use domain::Timestamp;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, RANGE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use url::Url;

use super::{Client, FetchError, Pool, Signer};
use crate::signature::{self, Scheme, ToSign};

/// What is asked of a peer.
pub(crate) struct Question<'a> {
    pub(crate) method: Method,
    /// Without a fragment.
    pub(crate) url: &'a Url,
    pub(crate) accept: Option<&'a HeaderValue>,
    /// The part of a file.
    pub(crate) range: Option<&'a HeaderValue>,
    /// Body and media type.
    pub(crate) post: Option<(&'a Bytes, &'static str)>,
    pub(crate) signer: Option<(&'a Signer, Scheme)>,
    /// Headers beside those above.
    pub(crate) more: Option<&'a HeaderMap>,
    pub(crate) now: Timestamp,
}

impl Question<'_> {
    fn headers(&self, user_agent: &HeaderValue) -> HeaderMap {
        let mut headers = match self.signer {
            Some((signer, scheme)) => signature::sign(
                &ToSign {
                    method: &self.method,
                    url: self.url,
                    body: self.post.map(|(body, _)| body.as_ref()),
                    content_type: self.post.map(|(_, media_type)| media_type),
                    now: self.now,
                },
                &signer.key,
                &signer.key_id,
                scheme,
            ),
            None => HeaderMap::new(),
        };
        // The connection writes the host it was opened for, the signed one; HTTP/2 has another field for it.
        headers.remove(HOST);
        headers.insert(USER_AGENT, user_agent.clone());
        if let Some(accept) = self.accept {
            headers.insert(ACCEPT, accept.clone());
        }
        if let Some(range) = self.range {
            headers.insert(RANGE, range.clone());
        }
        if let Some((_, media_type)) = self.post {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some(more) = self.more {
            headers.extend(more.clone());
        }
        headers
    }

    fn request(&self, uri: &Uri, headers: &HeaderMap) -> Request<Full<Bytes>> {
        let body = self.post.map(|(body, _)| body.clone()).unwrap_or_default();
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri.clone();
        headers.clone_into(request.headers_mut());
        request
    }
}

impl Client {
    /// Sends one request and reads the head of its answer. The caller has
    /// asked the guard, holds a turn and bounds the time.
    pub(crate) async fn ask(&self, question: &Question<'_>) -> Result<Response<Incoming>, FetchError> {
        let uri: Uri = question.url.as_str().parse().map_err(|_| FetchError::Url)?;
        let headers = question.headers(&self.0.user_agent);
        let first = self.send(self.pool(), question.request(&uri, &headers)).await;
        match first {
            // The peer closed an idle connection at the moment we used it.
            Err(error) if was_closed(&error) => {
                Ok(self.send(&self.0.fresh, question.request(&uri, &headers)).await?)
            }
            other => Ok(other?),
        }
    }

    async fn send(
        &self,
        pool: &Pool,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, legacy::Error> {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        pool.request(request).await
    }

    /// With half of the sockets open no more are kept: the others must stay
    /// free for the hosts whose turn it is.
    fn pool(&self) -> &Pool {
        if self.0.sockets.available_permits() * 2 > self.0.limits.max_sockets {
            &self.0.kept
        } else {
            &self.0.fresh
        }
    }
}

fn was_closed(error: &legacy::Error) -> bool {
    if error.is_connect() {
        return false;
    }
    let Some(cause) = error.source().and_then(|cause| cause.downcast_ref::<hyper::Error>()) else {
        return false;
    };
    let broke = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
    };
    cause.is_incomplete_message()
        || cause.is_closed()
        || cause.source().and_then(|e| e.downcast_ref::<io::Error>()).is_some_and(broke)
}
