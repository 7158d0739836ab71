//! The search index on SQLite: a file beside the database, with a thread that
//! writes it and one that reads it. It can be lost: then it is made anew.

use super::Counters;
use super::publisher::Publisher;
use super::queue::Queue;
use super::reader::Reader;
use super::threads::spawn;
use super::writer::{self, Writer};
use crate::error::{Error, Result};
use crate::search::index;
use crate::sqlite;
use crate::tx::{Conn, Shared, Tx};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Verbs that may wait to write to it, and to read it.
const WRITES: usize = 64;
const READS: usize = 256;
/// How long one search may take: a hostile one holds up no others.
const PATIENCE: Duration = Duration::from_secs(2);

/// The file, open.
#[derive(Debug)]
pub(crate) struct Index {
    path: PathBuf,
    shared: Arc<Shared>,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

/// `antiphon.db` has `antiphon-search.db` beside it.
fn beside(database: &Path) -> PathBuf {
    let stem = database.file_stem().unwrap_or_default().to_string_lossy();
    let extension =
        database.extension().map(|text| format!(".{}", text.to_string_lossy())).unwrap_or_default();
    database.with_file_name(format!("{stem}-search{extension}"))
}

impl Index {
    /// Opens the file beside the database. One that cannot be read is thrown away.
    pub(crate) fn open(database: &Path, shared: Arc<Shared>) -> Result<Self> {
        let path = beside(database);
        let open = match Open::new(&path, &shared) {
            Err(Error::Sqlite(why) | Error::Damaged(why) | Error::IndexDamaged(why)) => {
                tracing::warn!(%why, "the search index cannot be read and is built anew");
                throw_away(&path)?;
                Open::new(&path, &shared)?
            }
            result => result?,
        };
        Ok(Self { path, shared, open: Mutex::new(open) })
    }

    pub(crate) fn queues(&self) -> (Arc<Queue>, Arc<Queue>) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&open.writes), Arc::clone(&open.reads))
    }

    /// Throws the file away and begins another. Blocks.
    pub(crate) fn renew(&self) -> Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.end();
        throw_away(&self.path)?;
        *open = Open::new(&self.path, &self.shared)?;
        Ok(())
    }

    pub(crate) fn end(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).end();
    }
}

impl Open {
    fn new(path: &Path, shared: &Arc<Shared>) -> Result<Self> {
        let mut tx = Tx::on_index(Conn::Sqlite(sqlite::Session::writer(path)?), Arc::clone(shared));
        tx.start();
        // Its writing is in the background: it needs no room to be quick.
        tx.batch("PRAGMA cache_size = -8192")?;
        tx.batch("BEGIN IMMEDIATE")?;
        index::prepare(&mut tx)?;
        tx.batch("COMMIT")?;
        let mut session = sqlite::Session::reader(path)?;
        session.limit_statements(PATIENCE)?;
        let reader = Tx::on_index(Conn::Sqlite(session), Arc::clone(shared));
        let (writes, reads) = (Arc::new(Queue::new(WRITES, 0)), Arc::new(Queue::new(READS, 0)));
        let writer = Writer {
            tx,
            queue: Arc::clone(&writes),
            publisher: Arc::new(Publisher::new()),
            counters: Arc::new(Counters::default()),
            careful: 0,
        };
        let reader = Reader { tx: reader, queue: Arc::clone(&reads), among: 1 };
        let threads = vec![
            spawn("search-writer", || writer::close(&writer.work()))?,
            spawn("search-reader", || reader.work())?,
        ];
        Ok(Self { writes, reads, threads })
    }

    fn end(&mut self) {
        self.writes.close();
        self.reads.close();
        for thread in self.threads.drain(..) {
            if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
                tracing::error!("a thread of the search index panicked");
            }
        }
    }
}

fn throw_away(path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::file(Path::new(&name), &error));
            }
            _ => (),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_lies_beside_the_database() {
        for (database, index) in [
            ("/data/antiphon.db", "/data/antiphon-search.db"),
            ("x/base", "x/base-search"),
            ("a.b.c", "a.b-search.c"),
        ] {
            assert_eq!(beside(Path::new(database)), Path::new(index));
        }
    }
}
