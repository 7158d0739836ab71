//! SQLite's one writer: many verbs, one commit.
//!
//! A commit costs a sync of the disk, whatever is in it. So those who wait
//! share one, and hear the answer after it.
//!
//! A savepoint before each verb would let any be undone alone, and has SQLite
//! copy each page that a verb is the first to touch. Nearly all are kept, and
//! nearly all that are not have written nothing. So a batch is run without, and
//! anew with them where one has to be undone that wrote.

use super::job::Verdict;
use super::publisher::Publisher;
use super::queue::Queue;
use super::{Counters, Job};
use crate::error::{Error, Result};
use crate::sqlite::Session;
use crate::tx::{Conn, Tx};
use domain::Event;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many verbs share a commit at most.
const BATCH: usize = 64;

/// How long a batch runs at most before it commits. It never waits for more.
const BATCH_TIME: Duration = Duration::from_millis(20);

/// How many batches are run with savepoints after one that had to be run anew.
const CAREFUL_BATCHES: u32 = 32;

/// How often the planner's statistics are renewed.
const OPTIMIZE_EVERY: Duration = Duration::from_hours(24);

/// How often free pages are given back to the file system, and how many.
const GIVE_BACK_EVERY: Duration = Duration::from_mins(10);
const GIVE_BACK: &str = "PRAGMA incremental_vacuum(500)";

/// A bounded look at each table whose statistics may be old.
const OPTIMIZE: &str = "PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002;";

/// The thread that writes.
pub(crate) struct Writer {
    pub(crate) tx: Tx,
    pub(crate) queue: Arc<Queue>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) counters: Arc<Counters>,
    /// How many batches still are run with savepoints.
    pub(crate) careful: u32,
}

/// What became of a batch before its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gathered {
    /// All have been run, and what is to be undone is undone.
    Ready,
    /// The last is to be undone, and has written.
    Mixed,
}

/// A verb that has been run.
struct Done {
    job: Box<dyn Job>,
    events: Vec<Event>,
}

impl Writer {
    /// Works until the queue is closed and empty, and gives the connection back.
    pub(crate) fn work(mut self) -> Tx {
        let mut upkeep = Upkeep::new();
        while let Some(first) = self.queue.wait() {
            self.batch(first);
            upkeep.after_a_batch(session(&self.tx));
        }
        self.tx
    }

    fn batch(&mut self, first: Box<dyn Job>) {
        let mut batch = Vec::with_capacity(BATCH);
        match self.gather(first, &mut batch).and_then(|gathered| self.end(gathered, &mut batch)) {
            Ok(()) => self.settle(batch),
            Err(error) => {
                tracing::warn!(%error, verbs = batch.len(), "a commit failed; its verbs are run one by one");
                self.roll_back();
                for done in batch {
                    self.alone(done.job);
                }
            }
        }
    }

    /// Runs what waits. Fails where SQLite ended the transaction by itself, as
    /// it does when the disk is full: then nothing of the batch is left.
    fn gather(&mut self, first: Box<dyn Job>, batch: &mut Vec<Done>) -> Result<Gathered> {
        let begun = Instant::now();
        let careful = self.careful > 0;
        self.careful = self.careful.saturating_sub(1);
        batch.push(Done { job: first, events: Vec::new() });
        session(&self.tx).control("BEGIN IMMEDIATE")?;
        while let Some(done) = batch.last_mut() {
            if careful {
                self.behind_a_savepoint(done)?;
            } else if self.trusting(done)? == Verdict::Undo {
                return Ok(Gathered::Mixed);
            }
            if batch.len() >= BATCH || begun.elapsed() >= BATCH_TIME {
                break;
            }
            match self.queue.try_next() {
                Some(job) => batch.push(Done { job, events: Vec::new() }),
                None => break,
            }
        }
        Ok(Gathered::Ready)
    }

    /// Runs a verb as if it could not fail. [`Verdict::Undo`]: it did, and left rows behind.
    fn trusting(&mut self, done: &mut Done) -> Result<Verdict> {
        let before = session(&self.tx).changes();
        let verdict = self.run(done)?;
        if verdict == Verdict::Keep {
            done.events = self.tx.take_events();
            return Ok(Verdict::Keep);
        }
        Ok(if session(&self.tx).changes() == before { Verdict::Keep } else { Verdict::Undo })
    }

    fn end(&mut self, gathered: Gathered, batch: &mut [Done]) -> Result<()> {
        if gathered == Gathered::Mixed {
            if batch.len() == 1 {
                return session(&self.tx).control("ROLLBACK");
            }
            self.again_with_savepoints(batch)?;
        }
        session(&self.tx).control("COMMIT")
    }

    /// From the beginning, so that what is to be undone takes nothing along.
    fn again_with_savepoints(&mut self, batch: &mut [Done]) -> Result<()> {
        self.careful = CAREFUL_BATCHES;
        session(&self.tx).control("ROLLBACK")?;
        session(&self.tx).control("BEGIN IMMEDIATE")?;
        batch.iter_mut().try_for_each(|done| self.behind_a_savepoint(done))
    }

    /// Runs a verb. Fails where SQLite ended the transaction meanwhile.
    fn run(&mut self, done: &mut Done) -> Result<Verdict> {
        let verdict = done.job.run(&mut self.tx);
        if session(&self.tx).is_autocommit() {
            return Err(self.tx.failure().cloned().unwrap_or(Error::Poisoned));
        }
        Ok(verdict)
    }

    fn behind_a_savepoint(&mut self, done: &mut Done) -> Result<()> {
        session(&self.tx).control("SAVEPOINT verb")?;
        let verdict = self.run(done)?;
        let session = session(&self.tx);
        if verdict == Verdict::Undo {
            done.events = Vec::new();
            session.control("ROLLBACK TO verb")?;
            return session.control("RELEASE verb");
        }
        session.control("RELEASE verb")?;
        done.events = self.tx.take_events();
        Ok(())
    }

    /// All of the batch is on disk.
    fn settle(&self, batch: Vec<Done>) {
        self.counters.committed(batch.len());
        for done in batch {
            self.publisher.settle(self.publisher.number(), done.events);
            done.job.answer();
        }
    }

    /// One verb, one commit: a verb that cannot be kept harms no other.
    fn alone(&mut self, mut job: Box<dyn Job>) {
        match self.run_alone(job.as_mut()) {
            Ok(events) => self.settle(vec![Done { job, events }]),
            Err(error) => {
                self.roll_back();
                job.fail(error);
                job.answer();
            }
        }
    }

    fn run_alone(&mut self, job: &mut dyn Job) -> Result<Vec<Event>> {
        session(&self.tx).control("BEGIN IMMEDIATE")?;
        let verdict = job.run(&mut self.tx);
        if verdict == Verdict::Undo {
            self.roll_back();
            return Ok(Vec::new());
        }
        session(&self.tx).control("COMMIT")?;
        Ok(self.tx.take_events())
    }

    fn roll_back(&self) {
        let session = session(&self.tx);
        if !session.is_autocommit()
            && let Err(error) = session.control("ROLLBACK")
        {
            tracing::error!(%error, "rolling back");
        }
    }
}

/// The writer's connection.
pub(crate) fn session(tx: &Tx) -> &Session {
    match &tx.conn {
        Conn::Sqlite(session) => session,
        Conn::Postgres(_) => unreachable!("the writer is only started for SQLite"),
    }
}

/// What the file needs from time to time.
struct Upkeep {
    optimized: Instant,
    gave_back: Instant,
}

impl Upkeep {
    fn new() -> Self {
        let now = Instant::now();
        Self { optimized: now, gave_back: now }
    }

    fn after_a_batch(&mut self, session: &Session) {
        if self.gave_back.elapsed() >= GIVE_BACK_EVERY {
            self.gave_back = Instant::now();
            attempt(session, GIVE_BACK);
        }
        if self.optimized.elapsed() >= OPTIMIZE_EVERY {
            self.optimized = Instant::now();
            optimize(session);
        }
    }
}

/// Renews the planner's statistics.
pub(crate) fn optimize(session: &Session) {
    attempt(session, OPTIMIZE);
}

fn attempt(session: &Session, sql: &str) {
    if let Err(error) = session.batch(sql) {
        tracing::warn!(%error, sql, "upkeep of the database");
    }
}

/// Leaves one file behind, not three.
pub(crate) fn close(tx: &Tx) {
    attempt(session(tx), "PRAGMA wal_checkpoint(TRUNCATE)");
}
