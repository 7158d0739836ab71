//! Fresh stores for tests, on each database there is.
//!
//! SQLite always; PostgreSQL where `ANTIPHON_TEST_POSTGRES` is the URL of a
//! server on which databases may be created.

use crate::{Clock, Config, Database, Result, Store, Tx};
use domain::account::{Collections, Flags, Profile};
use domain::memo::Memo;
use domain::post::PostText;
use domain::{
    Account, AccountId, AccountKind, AccountState, ActorId, Handle, Home, Inbox, Names, ObjectId, Post,
    PostId, PostKind, Timestamp, Visibility,
};
use postgres::NoTls;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Where the server for tests is named.
const SERVER: &str = "ANTIPHON_TEST_POSTGRES";

/// What the clock of a fresh store shows: 9 September 2025.
pub const NOW: Timestamp = Timestamp(1_757_400_000_000);

/// A store nobody else uses; its database goes away with it.
#[derive(Debug)]
pub struct Fresh {
    /// The store.
    pub store: Store,
    /// Its clock, which stands still.
    pub clock: Clock,
    /// How it was opened.
    pub config: Config,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder { _dir: TempDir },
    Server { url: String, name: String },
}

impl Fresh {
    /// On SQLite.
    pub fn sqlite(tune: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().expect("a folder for the test");
        let database = Database::Sqlite(dir.path().join("antiphon.db"));
        Self::open(database, Place::Folder { _dir: dir }, tune)
    }

    /// On PostgreSQL, if there is a server for tests.
    pub fn postgres(tune: impl FnOnce(&mut Config)) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(SERVER) else {
            eprintln!("skipped on PostgreSQL: {SERVER} is not set");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("antiphon_test_{}_{count}", std::process::id());
        on_server(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        on_server(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"),
        );
        let database = Database::Postgres(with_database(&server, &name));
        Some(Self::open(database, Place::Server { url: server, name }, tune))
    }

    fn open(database: Database, place: Place, tune: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(NOW);
        let mut config = Config::new(database, names("https://here.example"), clock.clone());
        config.postgres_connections = 8;
        tune(&mut config);
        let store = Store::open(config.clone()).expect("a fresh store opens");
        Self { store, clock, config, place }
    }

    /// Shuts the store down and opens it again.
    pub fn reopen(&mut self) {
        self.store.shut_down_blocking();
        self.store = Store::open(self.config.clone()).expect("the store opens again");
    }

    /// The file of the database, on SQLite.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.config.database {
            Database::Sqlite(path) => Some(path.clone()),
            Database::Postgres(_) => None,
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.store.shut_down_blocking();
        if let Place::Server { url, name } = &self.place {
            on_server(url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Runs a test with a fresh store on each database.
pub fn for_each_database(test: impl Fn(&Store)) {
    for_each_fresh(|_| (), |fresh| test(&fresh.store));
}

/// As [`for_each_database`], for tests that drive the clock, open again, or
/// want other bounds.
pub fn for_each_fresh(tune: impl Fn(&mut Config), test: impl Fn(&mut Fresh)) {
    test(&mut Fresh::sqlite(&tune));
    if let Some(mut fresh) = Fresh::postgres(&tune) {
        test(&mut fresh);
    }
}

/// An account of another server, by its actor, which is called as the end of
/// its id says. It has no row yet.
pub fn peer(actor: &str) -> Account {
    let actor_id = ActorId::parse(actor).expect("an actor's id is a URL");
    let inbox = Inbox::parse(&format!("{actor}/inbox")).expect("an inbox is a URL");
    let name = actor.rsplit('/').next().unwrap_or_default().to_owned();
    Account {
        id: AccountId(0),
        home: Home::Peer { inbox, shared_inbox: None },
        state: AccountState::Active,
        kind: AccountKind::Person,
        handle: Handle { name, domain: actor_id.host().clone() },
        profile: Profile::default(),
        flags: Flags::default(),
        collections: Collections::default(),
        also_known_as: Vec::new(),
        moved_to: None,
        created_at: NOW,
        fetched_at: NOW,
        shown: Memo::default(),
        actor_id,
    }
}

/// A post of an account for everyone, without a word, that answers nobody. It
/// has no row yet.
pub fn post(author: &Account, id: PostId) -> Post {
    let object_id = format!("{}/statuses/{id}", author.actor_id);
    Post {
        id,
        object_id: ObjectId::parse(&object_id).expect("an actor's id is a URL"),
        author_id: author.id,
        kind: PostKind::Note,
        visibility: Visibility::Public,
        text: PostText::default(),
        url: None,
        in_reply_to: None,
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        conversation_id: id,
        published_at: NOW,
        edited_at: None,
        local_only: false,
    }
}

/// Names under an origin.
pub fn names(origin: &str) -> Arc<Names> {
    let id = ObjectId::parse(origin).expect("an origin is a URL");
    Arc::new(Names::new(id.origin().clone(), None))
}

/// Lets the file of an SQLite store grow no further than so many pages from
/// now: the disk is full. `None`: there is room again.
pub fn limit_growth(store: &Store, pages: Option<i64>) -> Result<()> {
    store.write_blocking(move |tx: &mut Tx| {
        let limit = match pages {
            Some(pages) => tx.number("PRAGMA page_count")? + pages,
            None => i64::from(u32::MAX) - 1,
        };
        tx.number(&format!("PRAGMA max_page_count = {limit}")).map(drop)
    })
}

/// Takes away the row of an account, which no verb does: the database is not
/// what it was.
pub fn lose_account(tx: &mut Tx, id: AccountId) -> Result<()> {
    tx.execute("DELETE FROM account WHERE id = $1", &[&id]).map(drop)
}

/// A table of numbers, for tests and measurements of the engine alone.
pub fn create_numbers(tx: &mut Tx) -> Result<()> {
    tx.batch("CREATE TABLE number (name BIGINT PRIMARY KEY, value BIGINT NOT NULL)")
}

/// Adds a number; a name is given once.
pub fn insert_number(tx: &mut Tx, name: i64, value: i64) -> Result<()> {
    tx.execute("INSERT INTO number (name, value) VALUES ($1, $2)", &[&name, &value]).map(drop)
}

/// Adds one to a number.
pub fn increment(tx: &mut Tx, name: i64) -> Result<()> {
    tx.execute("UPDATE number SET value = value + 1 WHERE name = $1", &[&name]).map(drop)
}

/// A number, if it has been added.
pub fn find_number(tx: &mut Tx, name: i64) -> Result<Option<i64>> {
    tx.find("SELECT value FROM number WHERE name = $1", &[&name], |row| row.get(0))
}

/// The URL of another database on the same server.
fn with_database(server: &str, name: &str) -> String {
    let (server, options) = server
        .split_once('?')
        .map_or((server, String::new()), |(server, options)| (server, format!("?{options}")));
    let after_scheme = server.find("://").map_or(0, |at| at + 3);
    let end = server.get(after_scheme..).and_then(|rest| rest.find('/')).map(|at| after_scheme + at);
    let host = end.and_then(|end| server.get(..end)).unwrap_or(server);
    format!("{host}/{name}{options}")
}

/// On a thread of its own: the client panics inside a runtime.
fn on_server(url: &str, sql: &str) {
    let run = || -> Result<()> {
        let mut client = postgres::Client::connect(url, NoTls)?;
        Ok(client.batch_execute(sql)?)
    };
    let done = std::thread::scope(|scope| scope.spawn(run).join()).expect("no panic");
    done.unwrap_or_else(|error| panic!("{SERVER}: {sql}: {error}"));
}
