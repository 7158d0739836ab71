//! Peers on loopback that take what they are sent and answer what a test
//! tells them to.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use socket2::{Domain, Socket, Type};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A delivery as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    /// The activity's id.
    pub(crate) id: String,
    pub(crate) is_rfc9421: bool,
}

/// What a peer says, and how long it thinks before.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    words: &'static str,
    retry_after: Option<u64>,
    after: Duration,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, words: "", retry_after: None, after: Duration::ZERO }
    }

    pub(crate) fn words(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    pub(crate) fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

type Rule = dyn Fn(&Seen) -> Reply + Send + Sync;

/// One host.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Sink {
    /// A host at an address of its own; port 0 is any.
    pub(crate) fn start(address: SocketAddr, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = listen(address);
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, Arc::clone(&seen), Arc::new(rule)));
        Self { address, seen, task }
    }

    /// `127.0.0.NUMBER`, which says 202.
    pub(crate) fn accepting(number: u8) -> Self {
        Self::replying(number, |_| Reply::status(202))
    }

    /// `127.0.0.NUMBER`.
    pub(crate) fn replying(number: u8, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(SocketAddr::from(([127, 0, 0, number], 0)), rule)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until so many deliveries came.
    pub(crate) async fn until_seen(&self, wanted: usize) {
        for _ in 0..1000 {
            if self.seen().len() >= wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("only {:?}", self.seen());
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.id).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn listen(address: SocketAddr) -> TcpListener {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(1024).unwrap();
    socket.set_nonblocking(true).unwrap();
    TcpListener::from_std(socket.into()).unwrap()
}

async fn serve(listener: TcpListener, seen: Arc<Mutex<Vec<Seen>>>, rule: Arc<Rule>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (seen, rule) = (Arc::clone(&seen), Arc::clone(&rule));
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&seen), Arc::clone(&rule)));
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    seen: Arc<Mutex<Vec<Seen>>>,
    rule: Arc<Rule>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let delivery = Seen {
        path: head.uri.path().to_owned(),
        id: json["id"].as_str().unwrap_or_default().to_owned(),
        is_rfc9421: head.headers.contains_key("signature-input"),
    };
    let reply = rule(&delivery);
    seen.lock().unwrap().push(delivery);
    tokio::time::sleep(reply.after).await;
    let mut response = Response::builder().status(reply.status);
    if let Some(seconds) = reply.retry_after {
        response = response.header("retry-after", seconds);
    }
    Ok(response.body(Full::from(reply.words)).unwrap())
}
