//! A whole server in this process, on an address and with a database of its own.

use crate::http::{Http, Reply};
use bytes::Bytes;
use domain::user::{Role, Scopes};
use domain::{Account, AccountKind, ObjectId, PostId};
use http::Request;
use serde_json::Value;
use server::{Options, Running, Server, Settings};
use service::Cx;
use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use store::testing::Fresh;
use store::{Clock, Database};
use tempfile::TempDir;
use url::Url;

/// Changes settings before a start.
type Tune = Arc<dyn Fn(&mut Settings) + Send + Sync>;

/// How a server for a test is to be.
#[derive(Clone)]
pub struct Setup {
    /// What tells the time.
    pub clock: Clock,
    tune: Tune,
    on_postgres: bool,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("clock", &self.clock)
            .field("on_postgres", &self.on_postgres)
            .finish_non_exhaustive()
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self { clock: Clock::system(), tune: Arc::new(|_| ()), on_postgres: false }
    }
}

impl Setup {
    /// On PostgreSQL, where there is a server for tests.
    #[must_use]
    pub fn on_postgres(mut self) -> Self {
        self.on_postgres = true;
        self
    }

    /// With a clock that a test drives.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With other settings.
    #[must_use]
    pub fn with(mut self, tune: impl Fn(&mut Settings) + Send + Sync + 'static) -> Self {
        self.tune = Arc::new(tune);
        self
    }
}

/// Where the rows are; goes away with the server.
#[derive(Debug)]
struct Place {
    folder: TempDir,
    postgres: Option<Fresh>,
}

/// A server that runs, or was stopped to run again.
#[derive(Debug)]
pub struct TestServer {
    /// Its origin.
    pub origin: String,
    /// A client of people and peers.
    pub http: Http,
    settings: Settings,
    setup: Setup,
    running: Option<Running>,
    place: Place,
}

/// An account of a server, with a token.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// A token that may do everything.
    pub token: String,
}

impl Person {
    /// The actor's id.
    pub fn id(&self) -> &str {
        self.account.actor_id.as_str()
    }

    /// Its inbox.
    pub fn inbox(&self) -> String {
        format!("{}/inbox", self.id())
    }
}

impl TestServer {
    /// On SQLite, with the clock of this machine.
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await.expect("SQLite is always there")
    }

    /// One for each database there is.
    pub async fn on_each_database() -> Vec<Self> {
        let other = Self::start_with(Setup::default().on_postgres()).await;
        std::iter::once(Self::start().await).chain(other).collect()
    }

    /// As the setup says; `None` where it wants a PostgreSQL that is not there.
    ///
    /// # Panics
    /// Where the server does not start.
    pub async fn start_with(setup: Setup) -> Option<Self> {
        let listener = TcpListener::bind((crate::address(), 0)).expect("loopback has a free port");
        let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut settings = Settings {
            origin: domain::Origin::of(&Url::parse(&origin).expect("a URL")).expect("an origin"),
            data_dir: folder.path().join("data"),
            peers_allow: vec!["127.0.0.0/8".parse().expect("a network")],
            rate_limit: false,
            ..Settings::default()
        };
        (setup.tune)(&mut settings);
        let postgres = if setup.on_postgres { Some(fresh_postgres(&settings)?) } else { None };
        settings.database = postgres.as_ref().map(|fresh| fresh.config.database.clone());
        let mut server = Self {
            origin,
            http: Http::default(),
            settings,
            setup,
            running: None,
            place: Place { folder, postgres },
        };
        server.run(Some(listener)).await;
        Some(server)
    }

    async fn run(&mut self, listener: Option<TcpListener>) {
        let address: SocketAddr = self.origin.trim_start_matches("http://").parse().expect("an address");
        let listener =
            listener.unwrap_or_else(|| TcpListener::bind(address).expect("the port is free again"));
        let options = Options {
            settings: self.settings.clone(),
            clock: self.setup.clock.clone(),
            listener: Some(listener),
        };
        self.running = Some(Server::start(options).await.expect("the server starts"));
    }

    /// Stops it; what it keeps stays.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Starts it again after [`TestServer::stop`].
    pub async fn restart(&mut self) {
        self.stop().await;
        self.run(None).await;
    }

    /// What it is made of.
    ///
    /// # Panics
    /// While it is stopped.
    pub fn cx(&self) -> &Cx {
        &self.running.as_ref().expect("it runs").cx
    }

    /// Where its numbers are served.
    ///
    /// # Panics
    /// Where the settings say nowhere.
    pub fn metrics(&self) -> SocketAddr {
        self.running.as_ref().and_then(|running| running.metrics).expect("it has metrics")
    }

    /// What tells its time.
    pub fn clock(&self) -> &Clock {
        &self.setup.clock
    }

    /// Moves a manual clock and lets workers look at it.
    pub fn advance(&self, by: std::time::Duration) {
        self.setup.clock.advance(by);
        if let Some(running) = &self.running {
            running.kick();
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its folder.
    pub fn folder(&self) -> &std::path::Path {
        self.place.folder.path()
    }

    /// A word for messages: which database it is on.
    pub fn database(&self) -> &'static str {
        if self.place.postgres.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// A URL on it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Makes an account with a user and a token.
    ///
    /// # Panics
    /// Where the name cannot be had.
    pub async fn create(&self, name: &str) -> Person {
        let user = service::user::NewUser {
            name: name.to_owned(),
            kind: AccountKind::Person,
            display_name: String::new(),
            email: None,
            password: None,
            role: Role::Member,
        };
        let (_, account) = service::user::create(self.cx(), user).await.expect("the account is made");
        let name = name.to_owned();
        let scopes = Scopes::parse("read write follow push").expect("scopes");
        let granted = self.cx().write(move |tx| service::oauth::create_token(tx, &name, &scopes)).await;
        Person { account, token: granted.expect("the token is made").text }
    }

    /// `GET` as an ActivityPub client.
    pub async fn document(&self, url: &str) -> Reply {
        self.http.get(url, "application/activity+json").await
    }

    /// Calls the client API.
    pub async fn api(&self, person: &Person, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("authorization", format!("Bearer {}", person.token))
            .header("content-type", "application/json")
            .body(Bytes::from(body.map(Value::to_string).unwrap_or_default()));
        self.http.send(request.expect("a request")).await
    }

    /// `GET` of the client API, as JSON.
    ///
    /// # Panics
    /// Where the answer is no success.
    pub async fn api_get(&self, person: &Person, path: &str) -> Value {
        let reply = self.api(person, "GET", path, None).await;
        assert!(reply.status.is_success(), "GET {path}: {} {}", reply.status, reply.text());
        reply.json()
    }

    /// `POST` of the client API, as JSON.
    ///
    /// # Panics
    /// Where the answer is no success.
    pub async fn api_post(&self, person: &Person, path: &str, body: &Value) -> Value {
        let reply = self.api(person, "POST", path, Some(body)).await;
        assert!(reply.status.is_success(), "POST {path}: {} {}", reply.status, reply.text());
        reply.json()
    }

    /// The post with an id, if it is here.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn post(&self, id: &str) -> Option<domain::Post> {
        let id = ObjectId::parse(id).expect("an id");
        self.cx().read(move |tx| Ok(store::post::by_object(tx, &id)?)).await.expect("the store reads")
    }

    /// What stands in a home timeline, newest first.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn home(&self, person: &Person) -> Vec<PostId> {
        let owner = person.account.id;
        let page = domain::Page::newest(40);
        let entries = self.cx().read(move |tx| Ok(store::timeline::home(tx, owner, page)?)).await;
        entries.expect("the store reads").iter().map(|entry| entry.post_id).collect()
    }

    /// The message log, newest first.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn log(&self) -> Vec<domain::message::Message> {
        let filter = store::message::Filter::default();
        let lines = self.cx().read(move |tx| Ok(store::message::list(tx, &filter, 1000)?)).await;
        lines.expect("the store reads")
    }
}

/// An empty database whose names are the server's.
fn fresh_postgres(settings: &Settings) -> Option<Fresh> {
    let names = Arc::new(settings.names());
    let fresh = Fresh::postgres(|config| config.names.clone_from(&names))?;
    fresh.store.shut_down_blocking();
    assert!(matches!(fresh.config.database, Database::Postgres(_)));
    Some(fresh)
}
