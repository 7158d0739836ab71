//! Starts the threads of a store and ends them.

use super::publisher::Publisher;
use super::queue::Queue;
use super::reader::Reader;
use super::sessions::{Mode, Worker};
use super::writer::{self, Writer};
use super::{Config, Counters, Database};
use crate::decoded::Decoded;
use crate::error::{Error, Result};
use crate::ids::Ids;
use crate::migrations::{self, Found, Migration};
use crate::search::index;
use crate::tx::{Conn, Shared, Tx};
use crate::wishes::Wishes;
use crate::{backup, pg, sqlite};
use domain::Origin;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// What the threads of a store share with its doors.
pub(crate) struct Parts<'a> {
    pub(crate) writes: &'a Arc<Queue>,
    pub(crate) reads: &'a Arc<Queue>,
    pub(crate) publisher: &'a Arc<Publisher>,
    pub(crate) counters: &'a Arc<Counters>,
}

/// The running threads, until they are ended.
#[derive(Debug)]
pub(crate) struct Threads {
    running: Mutex<Vec<JoinHandle<()>>>,
}

impl Threads {
    /// Opens the connections and starts a thread on each.
    pub(crate) fn start(config: &Config, parts: &Parts<'_>) -> Result<(Self, Arc<Shared>)> {
        let (running, shared) = match &config.database {
            Database::Sqlite(path) => start_sqlite(path, config, parts)?,
            Database::Postgres(url) => start_postgres(url, config, parts)?,
        };
        Ok((Self { running: Mutex::new(running) }, shared))
    }

    /// Closes the queues and waits until all that was in them is done.
    pub(crate) fn end(&self, writes: &Queue, reads: &Queue) {
        writes.close();
        reads.close();
        let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in running {
            // The last clone of a store may be dropped by one of its own verbs.
            if thread.thread().id() != thread::current().id() && thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }
}

pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn(work).map_err(|error| Error::Setting(format!("a thread for the store: {error}")))
}

/// Threads, and what their transactions share.
type Started = (Vec<JoinHandle<()>>, Arc<Shared>);

fn start_sqlite(path: &Path, config: &Config, parts: &Parts<'_>) -> Result<Started> {
    crate::soundness::at_start(path)?;
    let conn = Conn::Sqlite(sqlite::Session::writer(path)?);
    let writer = prepare(conn, config, |tx, origin| migrate_sqlite(tx, path, migrations::ALL, origin))?;
    writer::optimize(writer::session(&writer));
    let shared = writer.shared();
    let among = config.sqlite_readers.max(1);
    let mut running = Vec::new();
    for _ in 0..among {
        let tx = Tx::new(Conn::Sqlite(sqlite::Session::reader(path)?), Arc::clone(&shared));
        let reader = Reader { tx, queue: Arc::clone(parts.reads), among };
        running.push(spawn("store-reader", || reader.work())?);
    }
    let writer = Writer {
        tx: writer,
        queue: Arc::clone(parts.writes),
        publisher: Arc::clone(parts.publisher),
        counters: Arc::clone(parts.counters),
        careful: 0,
    };
    running.push(spawn("store-writer", || writer::close(&writer.work()))?);
    Ok((running, shared))
}

/// Migrates a file, after a copy of it was made if it holds anything.
pub(crate) fn migrate_sqlite(tx: &mut Tx, path: &Path, all: &[Migration], origin: &Origin) -> Result<()> {
    migrate(tx, all, origin, |next| backup::before_migrating(path, next.number))
}

/// Writes nothing where nothing is missing: a start must not need room on the disk.
fn migrate(
    tx: &mut Tx,
    all: &[Migration],
    origin: &Origin,
    before: impl FnOnce(&Migration) -> Result<()>,
) -> Result<()> {
    if let Found::Ours(done) = migrations::inspect(tx, all, origin)? {
        match all.iter().find(|migration| migration.number > done) {
            Some(next) => before(next)?,
            None => return Ok(()),
        }
    }
    in_transaction(tx, |tx| migrations::apply(tx, all, origin))
}

fn start_postgres(url: &str, config: &Config, parts: &Parts<'_>) -> Result<Started> {
    let first = pg::Session::new(url)?;
    // Its client panics inside a runtime, where this may have been called.
    let prepared = thread::scope(|scope| scope.spawn(|| prepare_postgres(first, config)).join());
    let shared = prepared.map_err(|_| Error::Panicked("preparing the database".to_owned()))??;
    let connections = config.postgres_connections.max(2);
    let mut running = Vec::new();
    for number in 0..connections {
        let (mode, queue) =
            if number < connections / 2 { (Mode::Read, parts.reads) } else { (Mode::Write, parts.writes) };
        let worker = Worker {
            tx: Tx::new(Conn::Postgres(Box::new(pg::Session::new(url)?)), Arc::clone(&shared)),
            mode,
            queue: Arc::clone(queue),
            publisher: Arc::clone(parts.publisher),
            counters: Arc::clone(parts.counters),
        };
        running.push(spawn("store-postgres", || worker.work())?);
    }
    Ok((running, shared))
}

fn prepare_postgres(session: pg::Session, config: &Config) -> Result<Arc<Shared>> {
    let mut session = session;
    session.connect()?;
    let tx = prepare(Conn::Postgres(Box::new(session)), config, |tx, origin| {
        // Its backups are its administrator's matter.
        migrate(tx, migrations::ALL, origin, |_| Ok(()))?;
        in_transaction(tx, index::prepare)
    })?;
    Ok(tx.shared())
}

/// Brings the database to its newest shape, then looks which ids are taken.
fn prepare(conn: Conn, config: &Config, migrate: impl FnOnce(&mut Tx, &Origin) -> Result<()>) -> Result<Tx> {
    let now = config.clock.now();
    let shared = |newest| -> Result<Arc<Shared>> {
        let ids = Ids::starting(config.node, newest, now)?;
        Ok(Arc::new(Shared {
            names: Arc::clone(&config.names),
            clock: config.clock.clone(),
            ids,
            filters: crate::filter::Ready::default(),
            wishes: Wishes::default(),
            posts: Decoded::new(),
            accounts: Decoded::new(),
        }))
    };
    let mut tx = Tx::new(conn, shared(0)?);
    tx.start();
    migrate(&mut tx, config.names.origin())?;
    let newest = migrations::newest_id(&mut tx)?;
    Ok(Tx::new(tx.conn, shared(newest)?))
}

fn in_transaction(tx: &mut Tx, work: impl FnOnce(&mut Tx) -> Result<()>) -> Result<()> {
    tx.batch("BEGIN")?;
    work(tx)?;
    // An error drops the connection, and with it the transaction.
    tx.batch("COMMIT")
}
