//! A peer on loopback: it serves what it is told to and counts what it is asked.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// What is served under a path.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    status: u16,
    content_type: String,
    body: String,
}

type Endless = fn(&str, &str) -> Value;

#[derive(Default)]
struct Site {
    pages: HashMap<String, Page>,
    /// Answers whatever has no page, given the origin and the path.
    endless: Option<Endless>,
    asked: Vec<String>,
}

/// A peer's server, until the runtime of the test ends.
#[derive(Clone)]
pub(crate) struct Peer {
    address: SocketAddr,
    site: Arc<Mutex<Site>>,
}

impl Peer {
    /// A server at `127.0.0.n`: another host for each number.
    pub(crate) async fn at(n: u8) -> Self {
        let listener =
            tokio::net::TcpListener::bind((std::net::Ipv4Addr::new(127, 0, 0, n), 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let site = Arc::new(Mutex::new(Site::default()));
        let served = (address, site.clone());
        let router = Router::new().fallback(answer).with_state(served);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, site }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Serves a document under the path of its id.
    pub(crate) fn serve(&self, document: &Value) {
        let id = document["id"].as_str().unwrap();
        let path = id.strip_prefix(&self.url("")).unwrap_or_else(|| panic!("{id} is elsewhere")).to_owned();
        self.serve_at(&path, document);
    }

    pub(crate) fn serve_at(&self, path: &str, document: &Value) {
        self.answer(path, 200, "application/activity+json", &document.to_string());
    }

    pub(crate) fn answer(&self, path: &str, status: u16, content_type: &str, body: &str) {
        let page = Page { status, content_type: content_type.to_owned(), body: body.to_owned() };
        self.site.lock().unwrap().pages.insert(path.to_owned(), page);
    }

    pub(crate) fn gone(&self, path: &str) {
        self.answer(path, 410, "text/plain", "gone");
    }

    pub(crate) fn endless(&self, with: Endless) {
        self.site.lock().unwrap().endless = Some(with);
    }

    /// How often it was asked for anything.
    pub(crate) fn asked(&self) -> usize {
        self.site.lock().unwrap().asked.len()
    }

    /// How often it was asked for a path.
    pub(crate) fn asked_for(&self, path: &str) -> usize {
        self.site.lock().unwrap().asked.iter().filter(|asked| *asked == path).count()
    }
}

async fn answer(State((address, site)): State<(SocketAddr, Arc<Mutex<Site>>)>, uri: Uri) -> Response<Body> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut site = site.lock().unwrap();
    site.asked.push(path.to_owned());
    let page = site.pages.get(path).cloned().or_else(|| {
        let body = site.endless?(&format!("http://{address}"), path).to_string();
        Some(Page { status: 200, content_type: "application/activity+json".into(), body })
    });
    let missing = Page { status: 404, content_type: "text/plain".into(), body: "nothing here".into() };
    let page = page.unwrap_or(missing);
    Response::builder()
        .status(page.status)
        .header("content-type", page.content_type)
        .body(Body::from(page.body))
        .unwrap()
}

/// The document of an actor with an Ed25519 key.
pub(crate) fn actor_document(id: &str, pem: &str) -> Value {
    let name = id.rsplit('/').next().unwrap();
    let origin = id.split("/users/").next().unwrap();
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
        "endpoints": { "sharedInbox": format!("{origin}/inbox") },
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": pem },
    })
}
