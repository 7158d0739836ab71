//! One server with two accounts, and a peer whose key it knows.

use axum::Router;
use axum::body::Body;
use domain::post::{Post, PostText};
use domain::{Account, AccountId, AccountKind, PostId, Visibility};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use service::account::{NewAccount, create_local};
use service::keys::Pair;
use service::settings::Fetch;
use service::{Cx, Settings};
use std::sync::LazyLock;
use store::Tx;
use store::testing::{self, Fresh, for_each_fresh};
use tower::ServiceExt;
use url::Url;
use wire::key::SigningKey;
use wire::signature::{Scheme, ToSign, sign};
use wire::{Client, ClientConfig};

pub(crate) const ORIGIN: &str = "https://here.example";
pub(crate) const ACTIVITY: &str = "application/activity+json";
pub(crate) const LD: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
pub(crate) const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

static RSA: LazyLock<Pair> = LazyLock::new(|| Pair::rsa().unwrap());
static PEER_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rsa().unwrap());

/// A server, its face, and who is on it.
pub(crate) struct World {
    pub(crate) cx: Cx,
    app: Router,
    pub(crate) alice: Account,
    pub(crate) bob: Account,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Runs a test on each database, in a server that shows documents to everyone.
#[expect(clippy::needless_pass_by_value, reason = "a test is written in place")]
pub(crate) fn in_world(test: impl AsyncFn(&World)) {
    in_world_with(&Settings::default(), &test);
}

/// The same in a server that answers signed requests only.
#[expect(clippy::needless_pass_by_value, reason = "a test is written in place")]
pub(crate) fn in_secure_world(test: impl AsyncFn(&World)) {
    in_world_with(&Settings { fetch: Fetch::Authorized, ..Settings::default() }, &test);
}

fn in_world_with(settings: &Settings, test: &impl AsyncFn(&World)) {
    for_each_fresh(
        |_| (),
        |fresh| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let world = World::new(fresh, settings.clone()).await;
                test(&world).await;
            });
        },
    );
}

impl World {
    async fn new(fresh: &Fresh, settings: Settings) -> Self {
        let client = Client::new(ClientConfig {
            peers_allow: Vec::new(),
            extra_ca: Vec::new(),
            user_agent: "test".into(),
            limits: wire::Limits::default(),
        });
        let cx = Cx::new(fresh.store.clone(), client.unwrap(), settings);
        service::account::ensure_instance_actor(&cx).await.unwrap();
        let alice = account(&cx, "alice", AccountKind::Person).await;
        let bob = account(&cx, "bob", AccountKind::Person).await;
        let doors = web::Doors::new(web::DoorSettings { rate_limit: false, ..web::DoorSettings::default() });
        let app = web::open(federation::routes(), cx.clone(), doors);
        Self { cx, app, alice, bob }
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        verb: impl FnMut(&mut Tx) -> service::Result<T> + Send + 'static,
    ) -> T {
        self.cx.write(verb).await.unwrap()
    }

    /// A group of ours.
    pub(crate) async fn group(&self, name: &str) -> Account {
        self.account(name, AccountKind::Group).await
    }

    /// An account of ours, of any kind.
    pub(crate) async fn account(&self, name: &str, kind: AccountKind) -> Account {
        account(&self.cx, name, kind).await
    }

    /// An account on another server, whose key we know.
    pub(crate) async fn peer(&self, name: &str, host: &str) -> Account {
        let account = testing::peer(&format!("https://{host}/users/{name}"));
        let kept = account.clone();
        self.write(move |tx| {
            let id = AccountId(tx.new_id());
            let kept = Account { id, ..kept.clone() };
            store::account::insert(tx, &kept, None, 1)?;
            let key = format!("{}#main-key", kept.actor_id);
            store::key::keep_peer(tx, &key, id, &PEER_KEY.public().to_pem())?;
            Ok(kept)
        })
        .await
    }

    /// A post of alice.
    pub(crate) async fn post(&self, visibility: Visibility, to: &[&Account]) -> Post {
        self.post_by(&self.alice, visibility, to, None).await
    }

    pub(crate) async fn post_by(
        &self,
        author: &Account,
        visibility: Visibility,
        to: &[&Account],
        parent: Option<&Post>,
    ) -> Post {
        let (author, parent) = (author.clone(), parent.cloned());
        let to: Vec<AccountId> = to.iter().map(|account| account.id).collect();
        self.write(move |tx| {
            let id = PostId(tx.new_id());
            let post = post(tx, id, &author, visibility, parent.as_ref());
            assert!(store::post::insert(tx, &post, None, 1)?);
            store::post::address(tx, id, &to)?;
            if visibility.is_open() {
                store::account::posted(tx, author.id, post.published_at)?;
            }
            Ok(post)
        })
        .await
    }

    /// One account follows another, who agreed.
    pub(crate) async fn follow(&self, follower: &Account, target: &Account) {
        let (follower, target) = (follower.id, target.id);
        self.write(move |tx| {
            store::follow::request(tx, follower, target, &format!("https://x.example/{follower}"))?;
            store::follow::accept(tx, follower, target)?;
            Ok(())
        })
        .await;
    }

    pub(crate) async fn block(&self, account: &Account, target: &Account) {
        let (account, target) = (account.id, target.id);
        self.write(move |tx| {
            Ok(store::block::insert(tx, account, target, "https://here.example/activities/9")?)
        })
        .await;
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Any request, with the headers given.
    pub(crate) async fn ask(&self, method: Method, url: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request(method, url, headers, Vec::new())).await
    }

    /// A GET of a document, unsigned. `url` may be whole or only a path.
    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.ask(Method::GET, url, &[("accept", ACTIVITY)]).await
    }

    /// A GET of a document that a peer's actor signs.
    pub(crate) async fn get_as(&self, reader: &Account, url: &str) -> Answer {
        let whole = Url::parse(&format!("{ORIGIN}{}", path(url))).unwrap();
        let to_sign =
            ToSign { method: &Method::GET, url: &whole, body: None, content_type: None, now: self.cx.now() };
        let key_id = format!("{}#main-key", reader.actor_id);
        let mut signed = request(Method::GET, url, &[("accept", ACTIVITY)], Vec::new());
        for (name, value) in &sign(&to_sign, &PEER_KEY, &key_id, Scheme::Cavage) {
            signed.headers_mut().insert(name.clone(), value.clone());
        }
        self.send(signed).await
    }

    /// A POST that a peer's actor signs.
    pub(crate) async fn deliver(&self, sender: &Account, url: &str, kind: &str, body: &[u8]) -> Answer {
        let whole = Url::parse(&format!("{ORIGIN}{}", path(url))).unwrap();
        let to_sign = ToSign {
            method: &Method::POST,
            url: &whole,
            body: Some(body),
            content_type: Some(kind),
            now: self.cx.now(),
        };
        let key_id = format!("{}#main-key", sender.actor_id);
        let mut signed = request(Method::POST, url, &[], body.to_vec());
        for (name, value) in &sign(&to_sign, &PEER_KEY, &key_id, Scheme::Cavage) {
            signed.headers_mut().insert(name.clone(), value.clone());
        }
        self.send(signed).await
    }
}

fn path(url: &str) -> &str {
    url.strip_prefix(ORIGIN).unwrap_or(url)
}

/// A request as it comes over HTTP/1.1.
pub(crate) fn request(method: Method, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path(url)).header("host", "here.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body)).unwrap()
}

async fn account(cx: &Cx, name: &str, kind: AccountKind) -> Account {
    let ed25519 = Pair::ed25519().unwrap();
    let new = NewAccount { name: name.into(), kind, display_name: String::new() };
    cx.write(move |tx| create_local(tx, &new, Some(&RSA), &ed25519)).await.unwrap()
}

fn post(tx: &Tx, id: PostId, author: &Account, visibility: Visibility, parent: Option<&Post>) -> Post {
    Post {
        visibility,
        text: PostText {
            content_html: "<p>hello</p>".into(),
            source: Some("hello".into()),
            source_type: Some("text/plain".into()),
            language: Some("en".into()),
            hashtags: vec!["käse".into()],
            ..PostText::default()
        },
        url: Some(tx.names().post_page(&author.handle.name, id)),
        in_reply_to: parent.map(|parent| parent.object_id.clone()),
        in_reply_to_id: parent.map(|parent| parent.id),
        in_reply_to_account_id: parent.map(|parent| parent.author_id),
        conversation_id: parent.map_or(id, |parent| parent.conversation_id),
        published_at: tx.now(),
        ..testing::post(author, id)
    }
}
