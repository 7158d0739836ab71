//! The one place where a socket to the outside is opened. Every candidate
//! address is judged here, at the moment of connecting and on every hop.

use std::future::Future;
use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_service::Service;

use crate::guard::{Forbidden, Guard, Transport};
use crate::resolve::Resolver;

/// So many addresses of one name are tried before it counts as unreachable.
const TRIES: usize = 4;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("the name {name} could not be resolved: {cause}")]
    Dns { name: String, cause: io::Error },
    #[error("{address} did not accept a connection: {cause}")]
    Refused { address: SocketAddr, cause: io::Error },
    #[error("the connection took too long")]
    Slow,
}

/// Opens guarded connections; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub(crate) guard: Arc<Guard>,
    pub(crate) resolver: Resolver,
    /// One permit for each open socket.
    pub(crate) sockets: Arc<Semaphore>,
    /// How long all tries for one connection may take together.
    pub(crate) patience: Duration,
    pub(crate) opened: Arc<AtomicU64>,
}

impl Connector {
    async fn connect(self, uri: Uri) -> Result<Socket, ConnectError> {
        let place = Place::of(&uri)?;
        tokio::time::timeout(self.patience, self.reach(place)).await.map_err(|_| ConnectError::Slow)?
    }

    async fn reach(&self, place: Place) -> Result<Socket, ConnectError> {
        let candidates = self.candidates(&place).await?;
        let permit = Arc::clone(&self.sockets).acquire_owned().await.map_err(|_| ConnectError::Slow)?;
        let tries = u32::try_from(candidates.len()).unwrap_or(1).max(1);
        let mut failure = ConnectError::Slow;
        for address in candidates {
            // The last judgement before the packet leaves.
            self.guard.check_address(address.ip(), address.port(), place.transport)?;
            match tokio::time::timeout(self.patience / tries, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(self.opened(stream, permit)),
                Ok(Err(cause)) => failure = ConnectError::Refused { address, cause },
                Err(_) => failure = ConnectError::Slow,
            }
        }
        Err(failure)
    }

    /// The addresses that may be tried, in turn.
    async fn candidates(&self, place: &Place) -> Result<Vec<SocketAddr>, ConnectError> {
        let found: Arc<[IpAddr]> = match &place.host {
            url::Host::Ipv4(ip) => Arc::new([IpAddr::V4(*ip)]),
            url::Host::Ipv6(ip) => Arc::new([IpAddr::V6(*ip)]),
            url::Host::Domain(name) => self
                .resolver
                .resolve(name)
                .await
                .map_err(|cause| ConnectError::Dns { name: name.clone(), cause })?,
        };
        let mut allowed = Vec::with_capacity(TRIES);
        let mut refusal = Forbidden::NoHost;
        for ip in found.iter() {
            match self.guard.check_address(*ip, place.port, place.transport) {
                Ok(()) if allowed.len() < TRIES => allowed.push(SocketAddr::new(*ip, place.port)),
                Ok(()) => break,
                Err(why) => refusal = why,
            }
        }
        if allowed.is_empty() { Err(refusal.into()) } else { Ok(allowed) }
    }

    fn opened(&self, stream: TcpStream, permit: OwnedSemaphorePermit) -> Socket {
        // Without it small requests wait for acknowledgements; it only costs time where it fails.
        let _ = stream.set_nodelay(true);
        self.opened.fetch_add(1, Ordering::Relaxed);
        Socket { io: TokioIo::new(stream), _permit: permit }
    }
}

impl Service<Uri> for Connector {
    type Response = Socket;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Socket, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// What a connection is wanted to.
struct Place {
    host: url::Host<String>,
    port: u16,
    transport: Transport,
}

impl Place {
    fn of(uri: &Uri) -> Result<Self, Forbidden> {
        let (transport, usual) = match uri.scheme_str() {
            Some("https") => (Transport::Tls, 443),
            Some("http") => (Transport::Plain, 80),
            _ => return Err(Forbidden::Scheme),
        };
        let host = uri.host().ok_or(Forbidden::NoHost)?;
        // Parsed as in URLs: `127.1` is an address here, too, and not a name.
        let host = url::Host::parse(host).map_err(|_| Forbidden::NoHost)?;
        Ok(Self { host, port: uri.port_u16().unwrap_or(usual), transport })
    }
}

/// An open connection. It counts as one until it is dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    io: TokioIo<TcpStream>,
    _permit: OwnedSemaphorePermit,
}

impl Connection for Socket {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
