//! A server, the people on it, and the programs they use.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::account::Profile;
use domain::post::PostText;
use domain::user::{Role, Scopes};
use domain::{Account, AccountId, AccountKind, AccountState, Post, PostId, Visibility};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use service::user::NewUser;
use service::{Cx, Settings};
use std::net::SocketAddr;
use store::testing::{Fresh, peer, post};
use store::timeline::Entry;
use tower::ServiceExt;
use web::{DoorSettings, Doors};

pub(crate) const HOST: &str = "here.example";
const ALL: &str = "read write follow";
/// A picture of one pixel.
pub(crate) const PICTURE: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// A server.
#[derive(Clone)]
pub(crate) struct Server {
    app: Router,
    pub(crate) cx: Cx,
    pub(crate) clock: store::Clock,
}

/// A person and a program that may do everything for them.
#[derive(Clone)]
pub(crate) struct Person {
    server: Server,
    pub(crate) account: Account,
    token: Option<String>,
}

pub(crate) fn on_each(test: impl AsyncFn(Server)) {
    on_each_with(&Settings::default(), test);
}

/// Runs a test on each database.
pub(crate) fn on_each_with(settings: &Settings, test: impl AsyncFn(Server)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for fresh in [Some(Fresh::sqlite(|_| ())), Fresh::postgres(|_| ())].into_iter().flatten() {
        let config = wire::ClientConfig { user_agent: "test".into(), ..wire::ClientConfig::default() };
        let client = wire::Client::new(config).unwrap();
        let cx = Cx::new(fresh.store.clone(), client, settings.clone());
        let doors = Doors::new(DoorSettings { rate_limit: false, ..DoorSettings::default() });
        let app = web::open(mastodon::routes(), cx.clone(), doors);
        runtime.block_on(test(Server { app, cx, clock: fresh.clock.clone() }));
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// The body of an answer that must be a yes.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    /// The words of a refusal with this status.
    pub(crate) fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.body);
        let error = self.json();
        assert!(error["error"].is_string(), "{error}");
        error["error"].as_str().unwrap().to_owned()
    }

    /// Where a `Link` header leads, as path and query.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let header = self.headers.get(header::LINK)?.to_str().unwrap();
        let one = header.split(", ").find(|one| one.ends_with(&format!("rel=\"{rel}\"")))?;
        let url = one.split(['<', '>']).nth(1).unwrap();
        Some(url.strip_prefix("https://here.example").unwrap().to_owned())
    }
}

/// The ids of a list, in its order.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().map(id).collect()
}

/// The id of an entity.
pub(crate) fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap_or_else(|| panic!("no id: {entity}")).to_owned()
}

impl Server {
    pub(crate) fn app(&self) -> Router {
        self.app.clone()
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        self.person_as(name, Role::Member).await
    }

    /// Several, in their order.
    pub(crate) async fn people<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        let mut people = Vec::new();
        for name in names {
            people.push(self.person(name).await);
        }
        people.try_into().ok().unwrap()
    }

    pub(crate) async fn person_as(&self, name: &str, role: Role) -> Person {
        let new = NewUser {
            name: name.into(),
            kind: AccountKind::Person,
            display_name: String::new(),
            email: None,
            password: None,
            role,
        };
        let (_, account) = service::user::create(&self.cx, new).await.unwrap();
        let token = self.token(name, ALL).await;
        Person { server: self.clone(), account, token: Some(token) }
    }

    pub(crate) async fn token(&self, name: &str, scopes: &str) -> String {
        let (name, scopes) = (name.to_owned(), Scopes::parse(scopes).unwrap());
        self.cx.write(move |tx| service::oauth::create_token(tx, &name, &scopes)).await.unwrap().text
    }

    pub(crate) async fn send(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        kind: &str,
        body: String,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", HOST);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !body.is_empty() {
            request = request.header("content-type", kind);
        }
        self.sent(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn sent(&self, mut request: Request<Body>) -> Answer {
        let from: SocketAddr = "203.0.113.7:4000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 8 << 20).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Asks without a token.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(None, Method::GET, path, "", String::new()).await
    }

    /// An account of another server.
    pub(crate) async fn peer(&self, name: &str) -> Account {
        self.peer_at(name, "there.example").await
    }

    pub(crate) async fn peer_at(&self, name: &str, host: &str) -> Account {
        let (name, host) = (name.to_owned(), host.to_owned());
        self.cx
            .write(move |tx| {
                let (id, now) = (AccountId(tx.new_id()), tx.now());
                let profile = Profile { display_name: format!("{name} of there"), ..Profile::default() };
                let known = peer(&format!("https://{host}/users/{name}"));
                let account = Account { id, profile, created_at: now, fetched_at: now, ..known };
                store::account::insert(tx, &account, Some(now), 1)?;
                Ok(account)
            })
            .await
            .unwrap()
    }

    /// A post of another server's account, into the homes of `owners`.
    pub(crate) async fn peer_post(
        &self,
        author: &Account,
        visibility: Visibility,
        owners: &[AccountId],
    ) -> Post {
        let (author, owners) = (author.clone(), owners.to_vec());
        self.cx
            .write(move |tx| {
                let id = PostId(tx.new_id());
                let text = PostText { content_html: "<p>from there</p>".into(), ..PostText::default() };
                let post = Post { visibility, text, published_at: tx.now(), ..post(&author, id) };
                store::post::insert(tx, &post, None, 1)?;
                if visibility == Visibility::Direct {
                    store::post::address(tx, id, &owners)?;
                }
                store::timeline::push(tx, &owners, Entry::from(id), author.id)?;
                Ok(post)
            })
            .await
            .unwrap()
    }

    /// An emoji of this server.
    pub(crate) async fn emoji(&self, shortcode: &str) {
        let name = shortcode.to_owned();
        self.cx.write(move |tx| service::emoji::add(tx, &name, None, PICTURE)).await.unwrap();
    }

    pub(crate) async fn set_state(&self, account: AccountId, state: AccountState) {
        self.cx.write(move |tx| Ok(store::account::set_state(tx, account, state)?)).await.unwrap();
        self.cx.access.forget_account(account);
    }
}

impl Person {
    /// The same person with another program.
    pub(crate) fn with(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    pub(crate) fn id(&self) -> String {
        self.account.id.to_string()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, kind: &str, body: String) -> Answer {
        self.server.send(self.token.as_deref(), method, path, kind, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", String::new()).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.send(Method::POST, path, "", String::new()).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, "application/json", body.to_string()).await
    }

    pub(crate) async fn send_json(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, path, "application/json", body.to_string()).await
    }

    pub(crate) async fn send_form(&self, method: Method, path: &str, body: &str) -> Answer {
        self.send(method, path, "application/x-www-form-urlencoded", body.into()).await
    }

    pub(crate) async fn put_json(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, "application/json", body.to_string()).await
    }

    pub(crate) async fn post_form(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, "application/x-www-form-urlencoded", body.into()).await
    }

    pub(crate) async fn patch_form(&self, path: &str, body: &str) -> Answer {
        self.send(Method::PATCH, path, "application/x-www-form-urlencoded", body.into()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, "", String::new()).await
    }

    /// Sends a form with files: name, file name and bytes; no file name, no file.
    pub(crate) async fn send_parts(
        &self,
        method: Method,
        path: &str,
        parts: &[(&str, Option<&str>, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: image/png"));
            let head = format!(
                "--XX\r\nContent-Disposition: form-data; name=\"{name}\"{}\r\n\r\n",
                file.unwrap_or_default()
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XX--\r\n");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST)
            .header("authorization", format!("Bearer {}", self.token.as_deref().unwrap_or_default()))
            .header("content-type", "multipart/form-data; boundary=XX");
        self.server.sent(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn delete_json(&self, path: &str, body: Value) -> Answer {
        self.send(Method::DELETE, path, "application/json", body.to_string()).await
    }

    /// Writes a post; the status.
    pub(crate) async fn writes(&self, text: &str, visibility: &str) -> Value {
        self.post_json("/api/v1/statuses", json!({ "status": text, "visibility": visibility })).await.ok()
    }

    /// Answers a status.
    pub(crate) async fn answers(&self, to: &Value, text: &str, visibility: &str) -> Value {
        let body = json!({ "status": text, "visibility": visibility, "in_reply_to_id": id(to) });
        self.post_json("/api/v1/statuses", body).await.ok()
    }

    pub(crate) async fn follows(&self, other: &Self) {
        let now = self.post(&format!("/api/v1/accounts/{}/follow", other.id())).await.ok();
        assert_eq!(now["following"], true, "{now}");
    }
}
