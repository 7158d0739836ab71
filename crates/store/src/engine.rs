//! The store's doors: open it, give it verbs, listen to it, shut it down.

mod job;
mod index;
mod publisher;
mod queue;
mod reader;
mod sessions;
mod threads;
mod waiting;
mod writer;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::lock::FolderLock;
use crate::tx::Tx;
use crate::{backup, soundness};
use domain::{Event, Names};
use index::Index;
use job::Job;
use publisher::Publisher;
use queue::{Queue, Turn};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use threads::Threads;
#[cfg(test)]
pub(crate) use threads::migrate_sqlite;
use tokio::sync::{broadcast, oneshot};

/// Where the rows are.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file, made when it is not there.
    Sqlite(PathBuf),
    /// The URL of a database that exists.
    Postgres(String),
}

impl Database {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(Error::Setting("a database is written sqlite:PATH or postgres://…".to_owned()))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            // The URL may hold a password.
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the rows are.
    pub database: Database,
    /// How our own things are named. The origin must be the one the database was begun with.
    pub names: Arc<Names>,
    /// What tells the time.
    pub clock: Clock,
    /// Tells the ids of several processes on one database apart; below 64.
    pub node: u16,
    /// How many threads read from SQLite.
    pub sqlite_readers: usize,
    /// How many connections to PostgreSQL are kept; half of them only read.
    pub postgres_connections: usize,
    /// How many verbs of [`Store::write`] may wait.
    pub foreground_bound: usize,
    /// How many verbs of [`Store::write_background`] may wait.
    pub background_bound: usize,
    /// How many verbs of [`Store::read`] may wait.
    pub read_bound: usize,
}

impl Config {
    /// The usual bounds.
    pub fn new(database: Database, names: Arc<Names>, clock: Clock) -> Self {
        Self {
            database,
            names,
            clock,
            node: 0,
            sqlite_readers: 2,
            postgres_connections: 16,
            foreground_bound: 8192,
            background_bound: 2048,
            read_bound: 8192,
        }
    }
}

/// What the store is doing, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Verbs of people and peers that wait to write.
    pub waiting_foreground: usize,
    /// Verbs of workers that wait to write.
    pub waiting_background: usize,
    /// Verbs that wait to read.
    pub waiting_reads: usize,
    /// Commits since the start.
    pub commits: u64,
    /// Verbs these commits held.
    pub verbs: u64,
    /// Verbs the latest commit held.
    pub last_commit: u64,
}

/// Counters the threads keep.
#[derive(Debug, Default)]
struct Counters {
    commits: AtomicU64,
    verbs: AtomicU64,
    last_commit: AtomicU64,
}

impl Counters {
    fn committed(&self, verbs: usize) {
        let verbs = u64::try_from(verbs).unwrap_or(u64::MAX);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.verbs.fetch_add(verbs, Ordering::Relaxed);
        self.last_commit.store(verbs, Ordering::Relaxed);
    }
}

/// The store. Clones are the same store.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    threads: Threads,
    /// On SQLite; on PostgreSQL the index lies among the other tables.
    index: Option<Index>,
    /// Until the threads have ended.
    lock: Mutex<Option<FolderLock>>,
    config: Config,
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    publisher: Arc<Publisher>,
    counters: Arc<Counters>,
}

impl Store {
    /// Opens the database, brings it to the newest shape and starts the
    /// threads. Blocks; may be called inside a runtime.
    pub fn open(config: Config) -> Result<Self> {
        let lock = match &config.database {
            Database::Sqlite(path) => Some(FolderLock::take(path)?),
            Database::Postgres(_) => None,
        };
        let writes = Arc::new(Queue::new(config.foreground_bound, config.background_bound));
        let reads = Arc::new(Queue::new(config.read_bound, 0));
        let publisher = Arc::new(Publisher::new());
        let counters = Arc::new(Counters::default());
        let parts =
            threads::Parts { writes: &writes, reads: &reads, publisher: &publisher, counters: &counters };
        let (threads, shared) = Threads::start(&config, &parts)?;
        let index = match &config.database {
            Database::Sqlite(path) => Some(Index::open(path, shared)?),
            Database::Postgres(_) => None,
        };
        let inner =
            Inner { threads, index, lock: Mutex::new(lock), config, writes, reads, publisher, counters };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs a verb in a transaction and answers once it is on disk; before
    /// [`Store::write_background`]. An `Err` undoes all it did.
    ///
    /// The verb may be run again, and is run even if the caller goes away.
    pub async fn write<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        ask(&self.inner.writes, Turn::Foreground, verb).await
    }

    /// As [`Store::write`], for work that nobody waits for.
    pub async fn write_background<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        ask(&self.inner.writes, Turn::Background, verb).await
    }

    /// Runs a verb that only reads, on one state of the database. It sees all
    /// that was answered before.
    pub async fn read<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        ask(&self.inner.reads, Turn::Foreground, verb).await
    }

    /// Runs a verb that writes the search index, which may be behind and may be lost.
    pub async fn write_index<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.index {
            Some(index) => ask(&index.queues().0, Turn::Foreground, verb).await,
            None => self.write_background(verb).await,
        }
    }

    /// Runs a verb that reads the search index.
    pub async fn read_index<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.index {
            Some(index) => ask(&index.queues().1, Turn::Foreground, verb).await,
            None => self.read(verb).await,
        }
    }

    /// Forgets the search index and begins another, empty one.
    pub async fn renew_index(&self) -> Result<()> {
        if self.inner.index.is_none() {
            return self.write_background(crate::search::index::clear).await;
        }
        let inner = Arc::clone(&self.inner);
        let renewing = tokio::task::spawn_blocking(move || inner.index.as_ref().map_or(Ok(()), Index::renew));
        renewing.await.map_err(|error| Error::Panicked(error.to_string()))?
    }

    /// As [`Store::write`], blocking this thread: for the command line.
    pub fn write_blocking<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        waiting::block_on(self.write(verb))
    }

    /// As [`Store::read`], blocking this thread: for the command line.
    pub fn read_blocking<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        waiting::block_on(self.read(verb))
    }

    /// News from now on, after each commit and in the order of commits. Who
    /// falls too far behind misses some and is told so.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.inner.publisher.subscribe()
    }

    /// Writes a copy of the database to `to` while work goes on.
    pub async fn backup(&self, to: PathBuf) -> Result<()> {
        let Database::Sqlite(path) = &self.inner.config.database else {
            return Err(Error::Unsupported("a backup"));
        };
        let path = path.clone();
        let copying = tokio::task::spawn_blocking(move || backup::copy(&path, &to));
        copying.await.map_err(|error| Error::Panicked(error.to_string()))?
    }

    /// Reads the whole database and says whether it is sound; PostgreSQL sees
    /// to that itself.
    pub async fn check(&self) -> Result<()> {
        let Database::Sqlite(path) = &self.inner.config.database else { return Ok(()) };
        let path = path.clone();
        let checking = tokio::task::spawn_blocking(move || soundness::check(&path));
        checking.await.map_err(|error| Error::Panicked(error.to_string()))?
    }

    /// Puts a copy that [`Store::backup`] made in the place of the database and
    /// returns where that is kept now. Fails where a server has the folder.
    pub fn restore(config: &Config, copy: &Path) -> Result<Option<PathBuf>> {
        let Database::Sqlite(path) = &config.database else { return Err(Error::Unsupported("a restore")) };
        let _alone = FolderLock::take(path)?;
        soundness::restore(copy, path, config.clock.now())
    }

    /// Takes no more work, finishes what waits, closes the database
    /// and frees its folder.
    pub async fn shut_down(&self) {
        let store = self.clone();
        let ending = tokio::task::spawn_blocking(move || store.shut_down_blocking());
        if let Err(error) = ending.await {
            tracing::error!(%error, "shutting down the store");
        }
    }

    /// As [`Store::shut_down`], blocking this thread.
    pub fn shut_down_blocking(&self) {
        self.inner.end();
    }

    /// What tells the time.
    pub fn clock(&self) -> &Clock {
        &self.inner.config.clock
    }

    /// How our own things are named.
    pub fn names(&self) -> &Arc<Names> {
        &self.inner.config.names
    }

    /// What the store is doing.
    pub fn stats(&self) -> Stats {
        let counters = &self.inner.counters;
        let (waiting_foreground, waiting_background) = self.inner.writes.lengths();
        Stats {
            waiting_foreground,
            waiting_background,
            waiting_reads: self.inner.reads.lengths().0,
            commits: counters.commits.load(Ordering::Relaxed),
            verbs: counters.verbs.load(Ordering::Relaxed),
            last_commit: counters.last_commit.load(Ordering::Relaxed),
        }
    }
}

impl Inner {
    fn end(&self) {
        self.threads.end(&self.writes, &self.reads);
        if let Some(index) = &self.index {
            index.end();
        }
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.end();
    }
}

async fn ask<T, E, F>(queue: &Queue, turn: Turn, verb: F) -> Result<T, E>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    queue.push(turn, Box::new(job::Verb::new(verb, answer)))?;
    answered.await.unwrap_or_else(|_| Err(Error::Closed.into()))
}
