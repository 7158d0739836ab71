//! The transaction a verb is given. It knows the time, makes ids, keeps news
//! until the commit; its SQL is for this crate only.

use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::dialect::{self, Dialect};
use crate::error::{Error, Result};
use crate::ids::Ids;
use crate::value::{Row, ToValue};
use crate::wishes::Wishes;
use crate::{pg, sqlite};
use domain::post::Post;
use domain::{Account, AccountId, Event, Names, PostId, Timestamp};
use std::sync::Arc;

/// What all transactions of one store share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) names: Arc<Names>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    /// Word filters that are in use, made ready once.
    pub(crate) filters: crate::filter::Ready,
    pub(crate) wishes: Wishes,
    /// Posts that were shown lately.
    pub(crate) posts: Decoded<PostId, Post>,
    /// Accounts that were.
    pub(crate) accounts: Decoded<AccountId, Account>,
}

/// The connection below.
#[derive(Debug)]
pub(crate) enum Conn {
    Sqlite(sqlite::Session),
    Postgres(Box<pg::Session>),
}

/// One transaction. A thread of the store owns it and lends it to one verb
/// after another.
#[derive(Debug)]
pub struct Tx {
    pub(crate) conn: Conn,
    shared: Arc<Shared>,
    now: Timestamp,
    events: Vec<Event>,
    failure: Option<Error>,
    is_index: bool,
}

impl Tx {
    pub(crate) fn new(conn: Conn, shared: Arc<Shared>) -> Self {
        let now = Timestamp::default();
        Self { conn, shared, now, events: Vec::new(), failure: None, is_index: false }
    }

    /// On the file of the search index, which can be made anew.
    pub(crate) fn on_index(conn: Conn, shared: Arc<Shared>) -> Self {
        Self { is_index: true, ..Self::new(conn, shared) }
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// The time at which this run of the verb began.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// How our own things are named.
    pub fn names(&self) -> &Arc<Names> {
        &self.shared.names
    }

    /// A new row id, greater than all before it.
    pub fn new_id(&mut self) -> i64 {
        self.shared.ids.next(self.now)
    }

    /// A row id for something fetched, backfilled or imported: sorts where it
    /// was published, never in the future. Rarely it is taken: then ask again.
    pub fn id_at(&mut self, published: Timestamp) -> i64 {
        self.shared.ids.at(published, self.now)
    }

    /// News, published after the commit and only then.
    pub fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Notes that somebody looked at what is still to be read from this URL.
    pub(crate) fn wish(&self, url: &str) {
        self.shared.wishes.add(url);
    }

    /// Posts that were decoded lately.
    pub(crate) fn posts(&self) -> &Decoded<PostId, Post> {
        &self.shared.posts
    }

    /// Accounts that were.
    pub(crate) fn accounts(&self) -> &Decoded<AccountId, Account> {
        &self.shared.accounts
    }

    /// Takes what was noted since the last time.
    pub(crate) fn take_wishes(&self) -> Vec<String> {
        self.shared.wishes.take()
    }

    /// Waits until no other transaction holds `key`, and holds it until this
    /// one ends. On SQLite there is only one writer anyway.
    pub fn lock(&mut self, key: &str) -> Result<()> {
        let number = dialect::lock_number(key);
        match self.dialect() {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => {
                self.query("SELECT pg_advisory_xact_lock($1)", &[&number], |_| Ok(())).map(drop)
            }
        }
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &'static str, params: &[&dyn ToValue]) -> Result<u64> {
        self.step(|conn| match conn {
            Conn::Sqlite(session) => session.execute(sql, params),
            Conn::Postgres(session) => session.execute(sql, params),
        })
    }

    /// All rows of an answer.
    pub(crate) fn query<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToValue],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.step(|conn| match conn {
            Conn::Sqlite(session) => session.query(sql, params, read),
            Conn::Postgres(session) => session.query(sql, params, read),
        })
    }

    /// The first row of an answer, if there is one.
    pub(crate) fn find<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToValue],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, params, read)?.into_iter().next())
    }

    /// The row of an answer that must have one.
    pub(crate) fn get<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToValue],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.find(sql, params, read)?.ok_or(Error::Missing)
    }

    /// Runs several statements without parameters, in the words of the database.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.step(|conn| match conn {
            Conn::Sqlite(session) => session.batch(sql),
            Conn::Postgres(session) => session.batch(sql),
        })
    }

    /// The number a statement made on the spot answers with. Costs a parse each time.
    pub(crate) fn number(&mut self, sql: &str) -> Result<i64> {
        self.step(|conn| match conn {
            Conn::Sqlite(session) => session.number(sql),
            Conn::Postgres(session) => session.number(sql),
        })
    }

    /// Which database this is; for what no common text can say.
    pub(crate) fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }

    /// A failed statement ends the transaction, on both databases alike.
    fn step<T>(&mut self, statement: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        if self.failure.is_some() {
            return Err(Error::Poisoned);
        }
        let done = statement(&mut self.conn);
        let done = if self.is_index { done.map_err(Error::of_index) } else { done };
        done.inspect_err(|error| {
            if error.poisons() {
                self.failure = Some(error.clone());
            }
        })
    }

    /// Forgets the verb before and reads the clock.
    pub(crate) fn start(&mut self) {
        self.now = self.shared.clock.now();
        self.events.clear();
        self.failure = None;
    }

    /// The statement that failed, if one did.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
