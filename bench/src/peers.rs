//! Fake peers on loopback: hosts with actors, their documents and inboxes.
//!
//! Every name is an actor of every host; a few keys are shared by all, as a
//! server cannot tell and making keys is slow.

use crate::letters;
use anyhow::Result;
use bytes::Bytes;
use domain::ActorId;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wire::key::SigningKey;

/// Keys that all actors share.
const KEYS: usize = 8;
/// A host that hangs holds a request so long.
const HANGS: Duration = Duration::from_secs(120);
/// An answer that never comes, as a delay.
pub(crate) const NEVER: u64 = u64::MAX;

/// An actor of a fake peer.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) origin: String,
    pub(crate) key: SigningKey,
}

/// A post that came to an inbox.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// The number of the host.
    pub(crate) host: usize,
    /// When it was answered.
    pub(crate) at: Instant,
    /// The post's id.
    pub(crate) object: String,
}

/// All fake hosts, until it is dropped.
pub(crate) struct Peers {
    shared: Arc<Shared>,
    _listening: JoinSet<()>,
}

struct Shared {
    hosts: Vec<SocketAddr>,
    keys: Vec<SigningKey>,
    /// How long each host takes to answer, in milliseconds.
    delays: Vec<AtomicU64>,
    arrivals: Mutex<Vec<Arrival>>,
    accepts: AtomicUsize,
    follows: mpsc::UnboundedSender<(Actor, Value)>,
}

impl Peers {
    /// Opens hosts on addresses of their own, which accept whoever asks to follow.
    pub(crate) async fn open(count: usize, server: SocketAddr) -> Result<Self> {
        let mut listeners = Vec::new();
        for number in 0..count {
            let port = listeners
                .first()
                .map_or(Ok(0), |first: &TcpListener| first.local_addr().map(|a| a.port()))?;
            listeners.push(TcpListener::bind((address(number), port)).await?);
        }
        let hosts = listeners.iter().map(TcpListener::local_addr).collect::<Result<_, _>>()?;
        let keys = (0..KEYS).map(|_| SigningKey::generate_rsa()).collect::<Result<_, _>>()?;
        let (follows, asked) = mpsc::unbounded_channel();
        let delays = (0..count).map(|_| AtomicU64::new(0)).collect();
        let (arrivals, accepts) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
        let shared = Arc::new(Shared { hosts, keys, delays, arrivals, accepts, follows });
        let mut listening = JoinSet::new();
        for (number, listener) in listeners.into_iter().enumerate() {
            listening.spawn(listen(listener, number, shared.clone()));
        }
        listening.spawn(accept_follows(asked, server));
        Ok(Self { shared, _listening: listening })
    }

    /// The actor with a number, who lives on the host that is its turn.
    pub(crate) fn actor(&self, number: usize) -> Actor {
        self.shared.actor(number % self.shared.hosts.len(), &format!("u{number}"))
    }

    /// Lets the hosts from a number on take so many milliseconds to answer.
    pub(crate) fn delay(&self, from: usize, milliseconds: u64) {
        for delay in self.shared.delays.iter().skip(from) {
            delay.store(milliseconds, Ordering::Relaxed);
        }
    }

    /// The posts that came.
    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.shared.arrivals().clone()
    }

    /// How many posts came.
    pub(crate) fn arrived(&self) -> usize {
        self.shared.arrivals().len()
    }

    /// Forgets what came.
    pub(crate) fn clear(&self) {
        self.shared.arrivals().clear();
    }

    /// How many Accepts came.
    pub(crate) fn accepts(&self) -> usize {
        self.shared.accepts.load(Ordering::Relaxed)
    }
}

/// 127.1.0.1 and on.
fn address(number: usize) -> Ipv4Addr {
    let part = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, 1, part(number / 250), part(number % 250 + 1))
}

impl Shared {
    fn arrivals(&self) -> MutexGuard<'_, Vec<Arrival>> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn actor(&self, host: usize, name: &str) -> Actor {
        let address = self.hosts.get(host).expect("a host that was opened");
        let origin = format!("http://{address}");
        let number = name.bytes().fold(0, |sum: usize, byte| sum.wrapping_mul(31) + usize::from(byte));
        let key = self.keys.get(number % KEYS).expect("so many keys").clone();
        Actor { id: format!("{origin}/users/{name}"), name: name.to_owned(), origin, key }
    }
}

async fn listen(listener: TcpListener, host: usize, shared: Arc<Shared>) {
    // The connections end with the host.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let _ = stream.set_nodelay(true);
        let shared = shared.clone();
        let service = service_fn(move |request| answer(request, host, shared.clone()));
        connections.spawn(async move {
            // Whoever hangs up has had enough.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

type Answer = Result<Response<Full<Bytes>>, Infallible>;

async fn answer(request: Request<Incoming>, host: usize, shared: Arc<Shared>) -> Answer {
    let path = request.uri().path().to_owned();
    if request.method() == Method::POST {
        let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
        take(&body.unwrap_or_default(), host, &shared).await;
        return Ok(empty(StatusCode::ACCEPTED));
    }
    if path == "/.well-known/webfinger" {
        let query = request.uri().query().unwrap_or_default().replace("%3A", ":").replace("%40", "@");
        let name = query.split("acct:").nth(1).and_then(|rest| rest.split('@').next()).unwrap_or("u0");
        return Ok(document("application/jrd+json", &webfinger(&shared.actor(host, name))));
    }
    match path.strip_prefix("/users/") {
        Some(name) if !name.contains('/') => {
            Ok(document("application/activity+json", &actor_document(&shared.actor(host, name))))
        }
        _ => Ok(empty(StatusCode::NOT_FOUND)),
    }
}

/// Notes what came to an inbox, and takes the time this host takes.
async fn take(body: &[u8], host: usize, shared: &Shared) {
    let activity: Value = serde_json::from_slice(body).unwrap_or_default();
    match shared.delays.get(host).map_or(0, |delay| delay.load(Ordering::Relaxed)) {
        0 => (),
        NEVER => tokio::time::sleep(HANGS).await,
        milliseconds => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
    }
    match activity.get("type").and_then(Value::as_str) {
        Some("Create") => {
            let object =
                activity.pointer("/object/id").and_then(Value::as_str).unwrap_or_default().to_owned();
            shared.arrivals().push(Arrival { host, at: Instant::now(), object });
        }
        Some("Accept") => _ = shared.accepts.fetch_add(1, Ordering::Relaxed),
        Some("Follow") => {
            let object = activity.get("object").and_then(Value::as_str).unwrap_or_default();
            if let Some((_, name)) = object.rsplit_once("/users/") {
                // Without a listener nobody asks any more.
                let _ = shared.follows.send((shared.actor(host, name), activity.clone()));
            }
        }
        _ => (),
    }
}

/// Answers those who ask to follow, one after the other.
async fn accept_follows(mut asked: mpsc::UnboundedReceiver<(Actor, Value)>, server: SocketAddr) {
    let mut connection = None;
    while let Some((actor, follow)) = asked.recv().await {
        let Ok(inbox) = letters::shared_inbox(server) else { continue };
        let Ok(letter) = letters::post(&actor, &letters::accept(&actor, &follow), &inbox) else { continue };
        if connection.is_none() {
            connection = crate::caller::Connection::open(server).await.ok();
        }
        let Some(open) = connection.as_mut() else { continue };
        if open.call(&letter.bytes).await.is_err() {
            connection = None;
        }
    }
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn document(kind: &'static str, json: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(json.to_string())));
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}

fn webfinger(actor: &Actor) -> Value {
    let host = ActorId::parse(&actor.id).map(|id| id.host().to_string()).unwrap_or_default();
    json!({
        "subject": format!("acct:{}@{host}", actor.name),
        "links": [{"rel": "self", "type": "application/activity+json", "href": actor.id}],
    })
}

fn actor_document(actor: &Actor) -> Value {
    let id = &actor.id;
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": actor.name,
        "name": format!("Singer {}", actor.name),
        "summary": "<p>Sings in the choir.</p>",
        "inbox": format!("{id}/inbox"),
        "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "following": format!("{id}/following"),
        "endpoints": {"sharedInbox": format!("{}/inbox", actor.origin)},
        "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": actor.key.public().to_pem()},
    })
}
