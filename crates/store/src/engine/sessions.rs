//! Threads on PostgreSQL: each with a connection, each one verb at a time.

use super::job::Verdict;
use super::publisher::Publisher;
use super::queue::Queue;
use super::{Counters, Job};
use crate::error::{Error, Result};
use crate::pg::Session;
use crate::tx::{Conn, Tx};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How often a verb is run before its collisions are its caller's matter.
const ATTEMPTS: u32 = 5;

/// What a thread's transactions may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    /// All statements of a read see one state, as on SQLite.
    Read,
}

impl Mode {
    fn begin(self) -> &'static str {
        match self {
            Self::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// A thread with a connection.
pub(crate) struct Worker {
    pub(crate) tx: Tx,
    pub(crate) mode: Mode,
    pub(crate) queue: Arc<Queue>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) counters: Arc<Counters>,
}

/// Why a verb has to be run again.
enum Again {
    /// It collided with another transaction.
    Collision,
    /// The connection broke before the commit: nothing can have happened.
    Lost(Error),
}

impl Worker {
    /// Works until the queue is closed and empty.
    pub(crate) fn work(mut self) {
        while let Some(mut job) = self.queue.wait() {
            self.serve(job.as_mut());
            job.answer();
        }
    }

    fn serve(&mut self, job: &mut dyn Job) {
        for attempt in 1..=ATTEMPTS {
            match self.attempt(job) {
                Ok(()) => return,
                Err(Again::Collision) => {
                    job.fail(Error::Contended);
                    thread::sleep(Duration::from_millis(3) * attempt * attempt);
                }
                Err(Again::Lost(error)) => {
                    job.fail(error);
                    if session(&mut self.tx).connect().is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn attempt(&mut self, job: &mut dyn Job) -> Result<(), Again> {
        let begin = self.mode.begin();
        let session = session(&mut self.tx);
        session.connect().and_then(|()| session.batch(begin)).map_err(|error| {
            session.disconnect();
            Again::Lost(error)
        })?;
        match job.run(&mut self.tx) {
            Verdict::Keep => self.commit(job),
            Verdict::Undo => self.roll_back(),
        }
    }

    fn commit(&mut self, job: &mut dyn Job) -> Result<(), Again> {
        let events = self.tx.take_events();
        let number = self.publisher.number();
        match session(&mut self.tx).batch("COMMIT") {
            Ok(()) => {
                self.publisher.settle(number, events);
                if self.mode == Mode::Write {
                    self.counters.committed(1);
                }
                Ok(())
            }
            Err(error) => {
                self.publisher.settle(number, Vec::new());
                if error == Error::Contended {
                    return Err(Again::Collision);
                }
                // It may have happened: to run it again could do it twice.
                session(&mut self.tx).disconnect();
                job.fail(error);
                Ok(())
            }
        }
    }

    fn roll_back(&mut self) -> Result<(), Again> {
        let failure = self.tx.failure().cloned();
        let session = session(&mut self.tx);
        if session.batch("ROLLBACK").is_err() || session.is_lost() {
            session.disconnect();
        }
        match failure {
            Some(Error::Contended) => Err(Again::Collision),
            Some(error @ Error::Unavailable(_)) => Err(Again::Lost(error)),
            _ => Ok(()),
        }
    }
}

/// The thread's connection.
fn session(tx: &mut Tx) -> &mut Session {
    match &mut tx.conn {
        Conn::Postgres(session) => session,
        Conn::Sqlite(_) => unreachable!("these threads are only started for PostgreSQL"),
    }
}
