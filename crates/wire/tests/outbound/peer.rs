//! A peer on loopback that answers what a test tells it to, and remembers
//! what it was asked.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub version: http::Version,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Whether it was signed as RFC 9421 wants.
    pub fn is_rfc9421(&self) -> bool {
        self.headers.contains_key("signature-input")
    }
}

/// A body that may never end.
pub enum Flow {
    Whole(Option<Bytes>),
    Endless,
    Drip(Pin<Box<Sleep>>),
}

const DRIP: Duration = Duration::from_millis(20);

impl Body for Flow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Poll::Ready(body.take().map(|body| Ok(Frame::data(body)))),
            Self::Endless => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 4096]))))),
            Self::Drip(sleep) => {
                std::task::ready!(sleep.as_mut().poll(cx));
                *sleep = Box::pin(tokio::time::sleep(DRIP));
                let _ = sleep.as_mut().poll(cx);
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
            }
        }
    }
}

/// What the peer says.
pub struct Reply(Response<Flow>);

impl Reply {
    pub fn status(status: u16) -> Self {
        Self(Response::builder().status(status).body(Flow::Whole(None)).unwrap())
    }

    pub fn document(body: impl Into<Bytes>) -> Self {
        Self::status(200).header("content-type", "application/activity+json").body(body)
    }

    pub fn json(json: &serde_json::Value) -> Self {
        Self::document(json.to_string())
    }

    pub fn redirect(to: &str) -> Self {
        Self::status(302).header("location", to)
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().append(name, value.parse().unwrap());
        self
    }

    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        *self.0.body_mut() = Flow::Whole(Some(body.into()));
        self
    }

    pub fn endless(mut self) -> Self {
        *self.0.body_mut() = Flow::Endless;
        self
    }

    pub fn drip(mut self) -> Self {
        *self.0.body_mut() = Flow::Drip(Box::pin(tokio::time::sleep(DRIP)));
        self
    }
}

/// A running peer; it ends with its test's runtime.
#[derive(Clone)]
pub struct Peer {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Peer {
    /// Starts on `ip` with a free port. The answer is made of the peer's own
    /// origin and the request.
    pub async fn start<F>(ip: &str, answer: F) -> Self
    where
        F: Fn(&str, &Seen) -> Reply + Send + Sync + 'static,
    {
        Self::start_with(ip, None, answer).await
    }

    pub async fn start_with<F>(ip: &str, tls: Option<TlsAcceptor>, answer: F) -> Self
    where
        F: Fn(&str, &Seen) -> Reply + Send + Sync + 'static,
    {
        let listener = TcpListener::bind(format!("{ip}:0")).await.unwrap();
        let peer = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            seen: Arc::default(),
        };
        let running = peer.clone();
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                running.connections.fetch_add(1, Ordering::SeqCst);
                let (peer, answer, tls) = (running.clone(), Arc::clone(&answer), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => peer.serve(stream, answer).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                peer.serve(stream, answer).await;
                            }
                        }
                    }
                });
            }
        });
        peer
    }

    async fn serve<S, F>(self, stream: S, answer: Arc<F>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        F: Fn(&str, &Seen) -> Reply + Send + Sync + 'static,
    {
        let service = service_fn(move |request: Request<Incoming>| {
            let (peer, answer) = (self.clone(), Arc::clone(&answer));
            async move {
                let seen = peer.read(request).await;
                Ok::<_, Infallible>(answer(&peer.origin(), &seen).0)
            }
        });
        let _ =
            auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
    }

    async fn read(&self, request: Request<Incoming>) -> Seen {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let path = head.uri.path_and_query().unwrap().to_string();
        let seen = Seen { method: head.method, path, headers: head.headers, body, version: head.version };
        self.seen.lock().unwrap().push(seen.clone());
        seen
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were ever opened to it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}
