//! SQLite's readers: each a thread with a connection that cannot write.

use super::Job;
use super::queue::Queue;
use super::writer::session;
use crate::error::Result;
use crate::tx::Tx;
use std::sync::Arc;

/// How many verbs one thread takes at once at most.
const TAKE: usize = 8;

/// A thread that reads.
pub(crate) struct Reader {
    pub(crate) tx: Tx,
    pub(crate) queue: Arc<Queue>,
    /// How many readers share the queue.
    pub(crate) among: usize,
}

impl Reader {
    /// Works until the queue is closed and empty.
    pub(crate) fn work(mut self) {
        while let Some(first) = self.queue.wait() {
            let mut jobs = vec![first];
            let share = (self.queue.lengths().0 / self.among.max(1)).min(TAKE - 1);
            jobs.extend((0..share).map_while(|_| self.queue.try_next()));
            self.run(jobs);
        }
    }

    /// All that were asked before the transaction begins may share it: it sees
    /// whatever was answered before they were asked.
    fn run(&mut self, jobs: Vec<Box<dyn Job>>) {
        for mut job in jobs {
            if let Err(error) = self.begin() {
                job.fail(error);
            } else {
                job.run(&mut self.tx);
            }
            job.answer();
        }
        if !session(&self.tx).is_autocommit()
            && let Err(error) = session(&self.tx).control("ROLLBACK")
        {
            tracing::error!(%error, "ending a read");
        }
    }

    /// Begins, unless the verb before left the transaction open.
    fn begin(&self) -> Result<()> {
        let session = session(&self.tx);
        if session.is_autocommit() { session.control("BEGIN") } else { Ok(()) }
    }
}
