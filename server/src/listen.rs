//! Takes connections and speaks HTTP/1 on them, within bounds: so many at a
//! time, so many from one place, and none that takes for ever to say what it wants.

mod crowd;

use crate::boot::StartError;
use crate::leftover;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use crowd::Crowd;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// Connections that are open at a time.
const CONNECTIONS: u32 = 4096;
/// How long the head of a request may take.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// The most of a head, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// The most headers of a request.
const MAX_HEADERS: usize = 128;
/// How long a stop waits for requests under way.
const DRAIN: Duration = Duration::from_secs(6);
/// After an error that is not the connection's own.
const REST: Duration = Duration::from_millis(100);

pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|why| StartError::Listen { address, why })
}

/// A listener that was opened before.
pub(crate) fn adopt(listener: std::net::TcpListener) -> Result<TcpListener, StartError> {
    let address = listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)));
    let adopted = listener.set_nonblocking(true).and_then(|()| TcpListener::from_std(listener));
    adopted.map_err(|why| StartError::Listen { address, why })
}

pub(crate) fn address_of(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)))
}

/// Serves until `stopped`, then lets requests under way come to their end.
pub(crate) async fn run(listener: TcpListener, app: Router, mut stopped: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS as usize));
    let crowd = Crowd::default();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let Some(place) = crowd.enter(peer.ip()) else {
            tracing::debug!(%peer, "a connection was closed: there are many from there");
            continue;
        };
        let serving = serve(stream, app.clone(), stopped.clone(), peer);
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::debug!(%peer, %error, "a connection ended");
            }
            drop((permit, place));
        });
    }
    drop(listener);
    // There is room for all of them once all have ended.
    if tokio::time::timeout(DRAIN, room.acquire_many(CONNECTIONS)).await.is_err() {
        tracing::warn!("requests under way were cut off");
    }
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

/// The next connection, once there is room for it.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are small: waiting for more to send only delays them.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, permit))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            tokio::time::sleep(REST).await;
            None
        }
    }
}

/// Serves one connection; when told to stop, until its request is answered.
/// One that becomes a WebSocket is its handler's matter from then on.
async fn serve(
    stream: TcpStream,
    app: Router,
    mut stopped: watch::Receiver<bool>,
    peer: SocketAddr,
) -> hyper::Result<()> {
    let service = service_fn(move |request: Request<Incoming>| {
        let (head, body) = request.into_parts();
        let (body, rest) = leftover::watch(body);
        let mut request = Request::from_parts(head, Body::new(body));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = app.clone().oneshot(request);
        async move {
            let mut response = answer.await?;
            rest.settle(&mut response).await;
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return ended,
        _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}
