//! The one client for every request that leaves: guarded, bounded in size,
//! time and number, signed where a signer is given.
//!
//! It knows HTTP only. What a document is stands in `fetch`, what a delivery
//! is in `deliver`, what a handle is in `webfinger`.

mod body;
mod error;
mod exchange;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use domain::Timestamp;
use http::header::{InvalidHeaderValue, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use crate::connect::Connector;
use crate::guard::Guard;
use crate::key::SigningKey;
use crate::resolve::Resolver;
use crate::signature::Scheme;

pub(crate) use body::{clean, read_words};
pub use error::FetchError;
pub(crate) use exchange::Question;

/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// The most of headers we read from one answer.
const MAX_HEAD: usize = 64 * 1024;
/// Hosts about which something is remembered.
const HOSTS: u64 = 20_000;
/// How long it is remembered.
const REMEMBERED: Duration = Duration::from_hours(24);

/// What a client is made of.
#[derive(Debug, Clone, Default)]
pub struct ClientConfig {
    /// Networks that may be asked although they are not public, on any port
    /// and by plain http.
    pub peers_allow: Vec<IpNet>,
    /// More certificate authorities, each in DER.
    pub extra_ca: Vec<Vec<u8>>,
    /// The name of our program and the address of our server.
    pub user_agent: String,
    /// The bounds.
    pub limits: Limits,
}

/// What a request may cost, and how many there may be.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one answer, after decompression.
    pub max_body: usize,
    /// All of one fetch: every hop, connecting, waiting and reading.
    pub total: Duration,
    /// All of one delivery.
    pub delivery: Duration,
    /// Finding and reaching a host, without the TLS handshake.
    pub connect: Duration,
    /// How long a request may wait for its turn.
    pub queue: Duration,
    /// Redirects of one fetch.
    pub redirects: usize,
    /// Open sockets, idle ones included. The process needs as many file
    /// descriptors beside its own; half of them are kept for next requests,
    /// so a server with thousands of peers does well to have more of both.
    pub max_sockets: usize,
    /// Fetches under way.
    pub fetches: usize,
    /// Fetches under way to one host.
    pub fetches_per_host: usize,
    /// Files of peers on their way.
    pub files: usize,
    /// Deliveries under way.
    pub deliveries: usize,
    /// Connections kept for the next request, for each host.
    pub idle_per_host: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body: 2 * 1024 * 1024,
            total: Duration::from_secs(10),
            delivery: Duration::from_secs(10),
            connect: Duration::from_secs(5),
            queue: Duration::from_secs(30),
            redirects: 3,
            max_sockets: 768,
            fetches: 256,
            fetches_per_host: 4,
            files: 64,
            deliveries: 256,
            idle_per_host: 16,
        }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The trust store or a certificate in it is broken.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The user agent does not fit into a header.
    #[error("the user agent does not fit into a header")]
    UserAgent(#[from] InvalidHeaderValue),
}

/// Who signs a request.
#[derive(Clone)]
pub struct Signer {
    /// The URL under which the public key is found.
    pub key_id: String,
    /// The key itself.
    pub key: SigningKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it came from, after all redirects.
    pub url: Url,
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
}

/// How busy a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Sockets that are open now, idle ones included.
    pub open_sockets: usize,
    /// Sockets that were ever opened.
    pub opened_sockets: u64,
    /// Fetches under way.
    pub fetches: usize,
    /// Deliveries under way.
    pub deliveries: usize,
    /// Requests ever sent, redirects and second tries included.
    pub requests: u64,
}

type Pool = legacy::Client<HttpsConnector<Connector>, Full<Bytes>>;

/// Makes requests; cheap to clone, all clones share connections and bounds.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    /// Keeps connections for the next request.
    kept: Pool,
    /// Opens one for each request: when many are open, and for second tries.
    fresh: Pool,
    guard: Arc<Guard>,
    limits: Limits,
    user_agent: HeaderValue,
    sockets: Arc<Semaphore>,
    opened: Arc<AtomicU64>,
    requests: AtomicU64,
    fetches: Arc<Semaphore>,
    files: Arc<Semaphore>,
    deliveries: Arc<Semaphore>,
    hosts: moka::sync::Cache<String, Arc<Semaphore>>,
    schemes: moka::sync::Cache<Box<str>, Scheme>,
    plain: moka::sync::Cache<Box<str>, ()>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("limits", &self.0.limits).field("stats", &self.stats()).finish()
    }
}

impl Client {
    /// Sets up TLS, the pool and the bounds. It opens nothing yet.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        let guard = Arc::new(Guard::new(config.peers_allow));
        let limits = config.limits;
        let sockets = Arc::new(Semaphore::new(limits.max_sockets));
        let opened = Arc::new(AtomicU64::new(0));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(&config.extra_ca)?)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(Connector {
                guard: Arc::clone(&guard),
                resolver: Resolver::new(),
                sockets: Arc::clone(&sockets),
                patience: limits.connect,
                opened: Arc::clone(&opened),
            });
        Ok(Self(Arc::new(Inner {
            kept: pool(limits.idle_per_host).build(connector.clone()),
            fresh: pool(0).build(connector),
            guard,
            user_agent: HeaderValue::from_str(&config.user_agent)?,
            sockets,
            opened,
            requests: AtomicU64::new(0),
            fetches: Arc::new(Semaphore::new(limits.fetches)),
            files: Arc::new(Semaphore::new(limits.files)),
            deliveries: Arc::new(Semaphore::new(limits.deliveries)),
            hosts: moka::sync::Cache::builder().max_capacity(HOSTS).time_to_idle(REMEMBERED).build(),
            schemes: moka::sync::Cache::builder().max_capacity(HOSTS).time_to_live(REMEMBERED).build(),
            plain: moka::sync::Cache::builder().max_capacity(HOSTS).time_to_live(REMEMBERED).build(),
            limits,
        })))
    }

    /// Asks for a URL and follows redirects. Each hop is judged by the guard
    /// and signed anew. Every status is an answer here.
    pub async fn get(
        &self,
        url: &Url,
        accept: &str,
        signer: Option<(&Signer, Scheme)>,
        now: Timestamp,
    ) -> Result<Fetched, FetchError> {
        let accept = HeaderValue::from_str(accept).map_err(|_| FetchError::Url)?;
        self.within(url, self.follow(url, &accept, signer, now)).await
    }

    /// How busy this client is.
    pub fn stats(&self) -> Stats {
        let Inner { limits, sockets, fetches, deliveries, opened, requests, .. } = &*self.0;
        Stats {
            open_sockets: limits.max_sockets.saturating_sub(sockets.available_permits()),
            opened_sockets: opened.load(Ordering::Relaxed),
            fetches: limits.fetches.saturating_sub(fetches.available_permits()),
            deliveries: limits.deliveries.saturating_sub(deliveries.available_permits()),
            requests: requests.load(Ordering::Relaxed),
        }
    }

    /// The address rules this client keeps.
    pub fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// The bounds this client keeps.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Does the work of one fetch when its turn has come, and no longer than
    /// a fetch may take.
    pub(crate) async fn within<T>(
        &self,
        url: &Url,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        self.0.guard.check_url(url)?;
        let _turn = self.fetch_turn(url).await?;
        tokio::time::timeout(self.0.limits.total, Box::pin(work)).await.map_err(|_| FetchError::Timeout)?
    }

    /// Asks for a URL and follows redirects, inside [`Self::within`].
    pub(crate) async fn follow(
        &self,
        url: &Url,
        accept: &HeaderValue,
        signer: Option<(&Signer, Scheme)>,
        now: Timestamp,
    ) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        for _ in 0..=self.0.limits.redirects {
            self.0.guard.check_url(&url)?;
            url.set_fragment(None);
            let question = Question {
                method: Method::GET,
                url: &url,
                accept: Some(accept),
                range: None,
                post: None,
                signer,
                more: None,
                now,
            };
            let answer = self.ask(&question).await?;
            match redirect(&url, &answer)? {
                Some(next) => url = next,
                None => return self.read(url, answer).await,
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    async fn read(&self, url: Url, answer: Response<Incoming>) -> Result<Fetched, FetchError> {
        let (head, body) = answer.into_parts();
        let body = body::read(&head.headers, body, self.0.limits.max_body).await?;
        Ok(Fetched { url, status: head.status.as_u16(), headers: head.headers, body })
    }

    /// Waits until a fetch may start. A host that is slow holds up only itself:
    /// its own bound is passed before the common one.
    async fn fetch_turn(&self, url: &Url) -> Result<[OwnedSemaphorePermit; 2], FetchError> {
        let host = url.host_str().unwrap_or_default();
        let own =
            self.0.hosts.get_with_by_ref(host, || Arc::new(Semaphore::new(self.0.limits.fetches_per_host)));
        let own = self.turn(own).await?;
        Ok([own, self.turn(Arc::clone(&self.0.fetches)).await?])
    }

    /// Waits until a file may be asked for: apart from documents, which are
    /// short and waited for.
    pub(crate) async fn file_turn(&self, url: &Url) -> Result<[OwnedSemaphorePermit; 2], FetchError> {
        let host = format!("files of {}", url.host_str().unwrap_or_default());
        let own = self.0.hosts.get_with(host, || Arc::new(Semaphore::new(self.0.limits.fetches_per_host)));
        let own = self.turn(own).await?;
        Ok([own, self.turn(Arc::clone(&self.0.files)).await?])
    }

    pub(crate) async fn delivery_turn(&self) -> Result<OwnedSemaphorePermit, FetchError> {
        self.turn(Arc::clone(&self.0.deliveries)).await
    }

    async fn turn(&self, bound: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, FetchError> {
        match tokio::time::timeout(self.0.limits.queue, bound.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(FetchError::Busy),
        }
    }

    /// The signature scheme that a host was seen to accept.
    pub(crate) fn scheme_of(&self, url: &Url) -> Option<Scheme> {
        self.0.schemes.get(authority(url))
    }

    pub(crate) fn remember_scheme(&self, url: &Url, scheme: Scheme) {
        self.0.schemes.insert(authority(url).into(), scheme);
    }

    /// Whether a host was seen to speak plain http only.
    pub(crate) fn is_plain(&self, host: &str) -> bool {
        self.0.guard.allows_plain() && self.0.plain.contains_key(host)
    }

    pub(crate) fn remember_plain(&self, host: &str) {
        self.0.plain.insert(host.into(), ());
    }
}

fn authority(url: &Url) -> &str {
    url.authority()
}

/// A pool of connections that keeps this many idle ones for each host.
fn pool(idle_per_host: usize) -> legacy::Builder {
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(idle_per_host)
        .http1_max_buf_size(MAX_HEAD)
        .http2_max_header_list_size(64 * 1024)
        // A peer that vanished would hold its shared connection for ever.
        .http2_keep_alive_interval(Duration::from_secs(15))
        .http2_keep_alive_timeout(Duration::from_secs(5));
    builder
}

/// Where an answer leads on to, if it does.
pub(crate) fn redirect(url: &Url, answer: &Response<Incoming>) -> Result<Option<Url>, FetchError> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers().get(LOCATION) else { return Ok(None) };
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| FetchError::Url)?;
    url.join(location).map(Some).map_err(|_| FetchError::Url)
}
