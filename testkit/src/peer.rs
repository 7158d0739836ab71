//! Plays another server: actors with keys, WebFinger, notes, an inbox that
//! checks and remembers what comes. It answers as it is told, also wrongly.

mod answer;
mod letter;

pub use answer::Answer;
pub use letter::Letter;

use crate::http::Http;
use crate::wait::eventually;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use domain::Timestamp;
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Clock;
use wire::Signer;
use wire::key::{PublicKey, SigningKey};
use wire::signature::{self, Parts, Scheme};

/// The most that is read of a request.
const MAX_BODY: usize = 4 << 20;

/// Something that came to an inbox.
#[derive(Debug, Clone)]
pub struct Received {
    /// Where to.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// What it says; null where it is no JSON.
    pub json: Value,
    /// The key that signed it, or why the signature does not hold.
    pub signed_by: Result<String, String>,
}

impl Received {
    /// Its type.
    pub fn kind(&self) -> &str {
        self.json.get("type").and_then(Value::as_str).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct Known {
    actors: HashMap<String, Signer>,
    answers: HashMap<String, Answer>,
    received: Vec<Received>,
    asked: Vec<(Method, String)>,
    signed_only: bool,
}

/// A peer that runs until its test's runtime ends.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
    /// What dates its signatures.
    pub clock: Clock,
    http: Http,
    known: Arc<Mutex<Known>>,
}

impl Peer {
    /// Starts on an address of its own.
    pub async fn start() -> Self {
        Self::start_with(Clock::system()).await
    }

    /// With another clock.
    ///
    /// # Panics
    /// Where loopback has no free port.
    pub async fn start_with(clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind((crate::address(), 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let peer = Self { address, clock, http: Http::default(), known: Arc::default() };
        let app = Router::new().fallback(respond).with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        peer
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its origin.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A URL on it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// The id of an actor on it.
    pub fn id(&self, name: &str) -> String {
        self.url(&format!("/users/{name}"))
    }

    /// Adds an actor with a key of its own, and answers with its id.
    ///
    /// # Panics
    /// Where no key can be made.
    pub fn add(&self, name: &str) -> String {
        self.add_with_key(name, SigningKey::generate_rsa().expect("a key"))
    }

    /// Adds an actor, or gives it another key.
    pub fn add_with_key(&self, name: &str, key: SigningKey) -> String {
        let id = self.id(name);
        self.known().actors.insert(name.to_owned(), Signer { key_id: format!("{id}#main-key"), key });
        id
    }

    /// Takes an actor away: it answers 404.
    pub fn remove(&self, name: &str) {
        self.known().actors.remove(name);
    }

    /// What signs for an actor.
    ///
    /// # Panics
    /// Where there is no such actor.
    pub fn signer(&self, name: &str) -> Signer {
        self.known().actors.get(name).cloned().unwrap_or_else(|| panic!("no actor {name}"))
    }

    /// Answers so at a path (with its query), whatever would stand there.
    pub fn answer(&self, path: &str, answer: Answer) {
        self.known().answers.insert(path.to_owned(), answer);
    }

    /// From now on it shows documents to those only who sign their requests.
    pub fn answer_signed_only(&self) {
        self.known().signed_only = true;
    }

    /// Serves a document, whose id lies on this peer, under the path of its id.
    ///
    /// # Panics
    /// Where the id does not.
    pub fn serve(&self, document: &Value) {
        let id = document.get("id").and_then(Value::as_str).unwrap_or_default();
        let path = id.strip_prefix(&self.origin()).expect("an id of this peer");
        self.answer(path, Answer::document(document));
    }

    /// An actor's document.
    pub fn actor(&self, name: &str) -> Value {
        let (id, signer) = (self.id(name), self.signer(name));
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id,
            "type": "Person",
            "preferredUsername": name,
            "name": name,
            "inbox": format!("{id}/inbox"),
            "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"),
            "following": format!("{id}/following"),
            "endpoints": { "sharedInbox": self.url("/inbox") },
            "publicKey": { "id": signer.key_id, "owner": id, "publicKeyPem": signer.key.public().to_pem() },
        })
    }

    /// A note by an actor, for everyone and `to`.
    pub fn note(&self, name: &str, number: u32, text: &str, to: &[&str]) -> Value {
        let mentions: Vec<Value> = to.iter().map(|id| json!({ "type": "Mention", "href": id })).collect();
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/notes/{number}", self.id(name)),
            "type": "Note",
            "attributedTo": self.id(name),
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": to,
            "tag": mentions,
            "content": format!("<p>{text}</p>"),
            "published": "2026-01-01T00:00:00Z",
        })
    }

    /// The Create of a note.
    pub fn create(&self, name: &str, note: &Value) -> Value {
        let id = note.get("id").and_then(Value::as_str).unwrap_or_default();
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{id}/activity"),
            "type": "Create",
            "actor": self.id(name),
            "to": note.get("to"),
            "cc": note.get("cc"),
            "object": note,
        })
    }

    /// An activity of an actor on an object.
    pub fn activity(&self, name: &str, number: u32, kind: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{number}", self.id(name)),
            "type": kind,
            "actor": self.id(name),
            "object": object,
        })
    }

    /// A signed request that was not yet sent.
    pub fn letter(&self, name: &str, inbox: &str, activity: &Value) -> Letter {
        Letter::new(self.http.clone(), inbox, activity.to_string().into(), self.signer(name), self.now())
    }

    /// Signs and posts.
    pub async fn post(&self, name: &str, inbox: &str, activity: &Value) -> crate::http::Reply {
        self.letter(name, inbox, activity).send().await
    }

    /// The time it is here.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What came to its inboxes.
    pub fn received(&self) -> Vec<Received> {
        self.known().received.clone()
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.known().asked.iter().filter(|(_, asked)| asked == path).count()
    }

    /// How many requests came in all.
    pub fn requests(&self) -> usize {
        self.known().asked.len()
    }

    /// Waits for an activity of a type.
    pub async fn receives(&self, kind: &str) -> Received {
        eventually(&format!("a {kind} at {}", self.origin()), || async {
            self.received().into_iter().find(|received| received.kind() == kind)
        })
        .await
    }

    async fn take(&self, path: &str, method: &Method, headers: HeaderMap, body: &[u8]) {
        let signed_by = self.verify(path, method, &headers, Some(body)).await;
        let json = serde_json::from_slice(body).unwrap_or_default();
        self.known().received.push(Received { path: path.to_owned(), headers, json, signed_by });
    }

    /// Checks a signature with the key that its owner serves.
    async fn verify(
        &self,
        target: &str,
        method: &Method,
        headers: &HeaderMap,
        body: Option<&[u8]>,
    ) -> Result<String, String> {
        if let Some(body) = body {
            wire::digest::check(headers, body).map_err(|why| why.to_string())?;
        }
        let claims = signature::read(headers).map_err(|why| why.to_string())?;
        let claim = claims.first().ok_or("no signature")?;
        let authority = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        let parts = Parts { method, scheme: "http", authority, target, headers };
        signature::check_form(&parts, claim, body.is_some(), self.now()).map_err(|why| why.to_string())?;
        let url = claim.key_id.split('#').next().unwrap_or_default();
        let owner = self.http.get(url, "application/activity+json").await.json();
        let pem = owner.pointer("/publicKey/publicKeyPem").and_then(Value::as_str).ok_or("no key")?;
        let key = PublicKey::from_pem(pem).map_err(|why| why.to_string())?;
        signature::verify(&parts, claim, &key).map_err(|why| why.to_string())?;
        Ok(claim.key_id.clone())
    }

    /// What stands at a path where nothing else was told.
    fn usual(&self, path: &str) -> Answer {
        if let Some(handle) = path.strip_prefix("/.well-known/webfinger?resource=acct") {
            let name = handle.trim_start_matches("%3A").trim_start_matches(':');
            let name = name.split(['@', '%']).next().unwrap_or_default();
            return if self.known().actors.contains_key(name) { self.jrd(name) } else { Answer::status(404) };
        }
        match path.strip_prefix("/users/") {
            Some(name) if self.known().actors.contains_key(name) => Answer::document(&self.actor(name)),
            _ => Answer::status(404),
        }
    }

    fn jrd(&self, name: &str) -> Answer {
        let link = json!({ "rel": "self", "type": "application/activity+json", "href": self.id(name) });
        let jrd = json!({ "subject": format!("acct:{name}@{}", self.address), "links": [link] });
        Answer::document(&jrd).header("content-type", "application/jrd+json")
    }
}

async fn respond(State(peer): State<Peer>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    peer.known().asked.push((head.method.clone(), path.clone()));
    let signed_only = peer.known().signed_only && head.method == Method::GET;
    if signed_only
        && !path.starts_with("/.well-known/")
        && peer.verify(&path, &head.method, &head.headers, None).await.is_err()
    {
        return Answer::status(401).send().await;
    }
    let told = peer.known().answers.get(&path).cloned();
    let is_inbox = head.method == Method::POST && path.ends_with("/inbox");
    let takes = told.as_ref().is_none_or(Answer::is_success);
    if is_inbox && takes {
        let body = axum::body::to_bytes(body, MAX_BODY).await.unwrap_or_default();
        peer.take(&path, &head.method, head.headers, &body).await;
    }
    let usual = || if is_inbox { Answer::status(202) } else { peer.usual(&path) };
    told.unwrap_or_else(usual).send().await
}

/// Both ways of signing.
pub const SCHEMES: [Scheme; 2] = [Scheme::Cavage, Scheme::Rfc9421];
