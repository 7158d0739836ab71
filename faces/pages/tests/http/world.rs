//! A server of its own for each test, with people, posts and browsers.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::post::{Draft, Format, PostText};
use domain::{Account, AccountId, AccountKind, AccountState, Post, PostId, Visibility};
use http::{HeaderMap, Request, StatusCode, header};
use service::account::{NewAccount, create_local};
use service::keys::Pair;
use service::{Cx, Settings};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::LazyLock;
use store::Tx;
use store::testing::{Fresh, peer, post};
use tower::ServiceExt;
use web::{DoorSettings, Doors};

pub(crate) const HOST: &str = "here.example";
pub(crate) const EVIL: &str = "<script>alert(1)</script>\"'";
static RSA: LazyLock<Pair> = LazyLock::new(|| Pair::rsa().unwrap());

#[derive(Clone)]
pub(crate) struct World {
    app: Router,
    pub(crate) cx: Cx,
    pub(crate) clock: store::Clock,
}

/// Runs a test on each database.
pub(crate) fn on_each(test: impl AsyncFn(World)) {
    on_each_with(&Settings::default(), test);
}

pub(crate) fn on_each_with(settings: &Settings, test: impl AsyncFn(World)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for fresh in [Some(Fresh::sqlite(|_| ())), Fresh::postgres(|_| ())].into_iter().flatten() {
        let config = wire::ClientConfig {
            user_agent: "test".into(),
            peers_allow: vec!["127.0.0.0/8".parse().unwrap()],
            ..wire::ClientConfig::default()
        };
        let client = wire::Client::new(config).unwrap();
        let cx = Cx::new(fresh.store.clone(), client, settings.clone());
        let doors = Doors::new(DoorSettings::default());
        let app = web::open(pages::routes(), cx.clone(), doors);
        runtime.block_on(async {
            service::account::ensure_instance_actor(&cx).await.unwrap();
            test(World { app, cx, clock: fresh.clock.clone() }).await;
        });
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// The value of the first hidden field of a name.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let at = self.body.find(&start).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        let rest = &self.body[at + start.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    }
}

impl World {
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        verb: impl FnMut(&mut Tx) -> service::Result<T> + Send + 'static,
    ) -> T {
        self.cx.write(verb).await.unwrap()
    }

    /// A person of ours who can sign in.
    pub(crate) async fn person(&self, name: &str) -> Account {
        let name = name.to_owned();
        self.write(move |tx| {
            let new =
                NewAccount { name: name.clone(), kind: AccountKind::Person, display_name: String::new() };
            let account = create_local(tx, &new, Some(&RSA), &Pair::ed25519()?)?;
            let id = domain::UserId(tx.new_id());
            let role = domain::user::Role::Member;
            let user = domain::user::User { id, account_id: account.id, role, email: None };
            let created_at = tx.now();
            store::user::insert(tx, &store::user::NewUser { user: &user, password_hash: None, created_at })?;
            store::user::allow(tx, id, account.id)?;
            Ok(account)
        })
        .await
    }

    /// Changes an account's row.
    pub(crate) async fn change(&self, account: &Account, change: impl FnOnce(&mut Account)) -> Account {
        let mut changed = account.clone();
        change(&mut changed);
        let row = changed.clone();
        self.write(move |tx| Ok(store::account::update(tx, &row, 1)?)).await;
        changed
    }

    pub(crate) async fn set_state(&self, account: &Account, state: AccountState) {
        let id = account.id;
        self.write(move |tx| Ok(store::account::set_state(tx, id, state)?)).await;
    }

    /// An account on another server.
    pub(crate) async fn peer(&self, name: &str, host: &str) -> Account {
        let account = peer(&format!("https://{host}/users/{name}"));
        self.write(move |tx| {
            let row = Account { id: AccountId(tx.new_id()), ..account.clone() };
            let now = tx.now();
            store::account::insert(tx, &row, Some(now), 1)?;
            Ok(row)
        })
        .await
    }

    /// What a person writes here.
    pub(crate) async fn say(&self, author: &Account, text: &str, visibility: Visibility) -> PostId {
        self.draft(author, text, visibility, |_| ()).await
    }

    pub(crate) async fn draft(
        &self,
        author: &Account,
        text: &str,
        visibility: Visibility,
        change: impl FnOnce(&mut Draft),
    ) -> PostId {
        let mut draft = Draft {
            text: text.into(),
            format: Format::Plain,
            warning: String::new(),
            sensitive: false,
            language: None,
            visibility,
            in_reply_to: None,
            ..Draft::default()
        };
        change(&mut draft);
        service::post::publish(&self.cx, author, draft, None, None).await.unwrap().id
    }

    /// A post as it is stored, whoever wrote it.
    pub(crate) async fn keep(
        &self,
        author: &Account,
        visibility: Visibility,
        parent: Option<PostId>,
        text: PostText,
    ) -> Post {
        let author = author.clone();
        self.write(move |tx| {
            let id = PostId(tx.new_id());
            let parent = parent.map(|parent| store::post::find(tx, parent)).transpose()?.flatten();
            let post = Post {
                object_id: tx.names().post(&author.actor_id, id),
                visibility,
                text: text.clone(),
                in_reply_to: parent.as_ref().map(|parent| parent.object_id.clone()),
                in_reply_to_id: parent.as_ref().map(|parent| parent.id),
                in_reply_to_account_id: parent.as_ref().map(|parent| parent.author_id),
                conversation_id: parent.as_ref().map_or(id, |parent| parent.conversation_id),
                published_at: tx.now(),
                ..post(&author, id)
            };
            assert!(store::post::insert(tx, &post, None, 1)?);
            store::post::set_hashtags(tx, id, &text.hashtags)?;
            Ok(post)
        })
        .await
    }

    /// A browser where nobody is signed in.
    pub(crate) fn browser(&self) -> Browser {
        Browser { world: self.clone(), cookies: BTreeMap::new() }
    }

    /// A browser where a person is signed in.
    pub(crate) async fn browser_of(&self, account: &Account) -> Browser {
        let id = account.id;
        let secret = self
            .write(move |tx| {
                let user = store::user::by_account(tx, id)?.unwrap();
                Ok(service::session::begin(tx, user.id, &service::session::Device::default())?.unwrap())
            })
            .await;
        let mut browser = self.browser();
        browser.cookies.insert("__Host-antiphon-session".into(), secret);
        browser
    }

    /// A page, for who is not signed in.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.browser().get(path).await
    }

    /// A GET of a program that wants the document.
    pub(crate) async fn get_document(&self, path: &str) -> Answer {
        let request = Request::get(path).header("host", HOST).header("accept", "application/activity+json");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40_000))));
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

pub(crate) fn encode(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

pub(crate) struct Browser {
    world: World,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, encode(form)).await
    }

    /// A deed, with the token of the page it is done on.
    pub(crate) async fn act(&mut self, deed: &str, id: i64) -> Answer {
        let csrf = self.get("/home").await.field("csrf");
        self.post("/interact", &[("csrf", &csrf), ("deed", deed), ("id", &id.to_string()), ("back", "/home")])
            .await
    }

    async fn send(&mut self, request: http::request::Builder, body: String) -> Answer {
        let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let mut request =
            request.header("host", HOST).header("accept", accept).body(Body::from(body)).unwrap();
        if !self.cookies.is_empty() {
            let jar: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert("cookie", jar.join("; ").parse().unwrap());
        }
        let answer = self.world.send(request).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.into(), value.into());
        }
        answer
    }
}
