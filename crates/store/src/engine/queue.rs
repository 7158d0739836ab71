//! Where verbs wait: people and peers before background work, with bounds.

use super::Job;
use crate::error::{Error, Result};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Every so many verbs the background has its turn, however many others wait.
const BACKGROUND_EVERY: u64 = 8;

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Foreground,
    Background,
}

/// A queue with two lanes, read by the store's threads.
pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    arrived: Condvar,
}

struct Lanes {
    foreground: Lane,
    background: Lane,
    taken: u64,
    closed: bool,
}

struct Lane {
    jobs: VecDeque<Box<dyn Job>>,
    bound: usize,
}

impl Queue {
    pub(crate) fn new(foreground: usize, background: usize) -> Self {
        let lane = |bound| Lane { jobs: VecDeque::new(), bound };
        let lanes =
            Lanes { foreground: lane(foreground), background: lane(background), taken: 0, closed: false };
        Self { lanes: Mutex::new(lanes), arrived: Condvar::new() }
    }

    /// Adds a verb, or says at once that there are too many.
    pub(crate) fn push(&self, turn: Turn, job: Box<dyn Job>) -> Result<()> {
        let mut lanes = self.lanes();
        if lanes.closed {
            return Err(Error::Closed);
        }
        let lane = match turn {
            Turn::Foreground => &mut lanes.foreground,
            Turn::Background => &mut lanes.background,
        };
        if lane.jobs.len() >= lane.bound {
            return Err(Error::Busy);
        }
        lane.jobs.push_back(job);
        drop(lanes);
        self.arrived.notify_one();
        Ok(())
    }

    /// The next verb; waits for one. `None` once the queue is closed and empty.
    pub(crate) fn wait(&self) -> Option<Box<dyn Job>> {
        let mut lanes = self.lanes();
        loop {
            if let Some(job) = lanes.take() {
                return Some(job);
            }
            if lanes.closed {
                return None;
            }
            lanes = self.arrived.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next verb, if one is there.
    pub(crate) fn try_next(&self) -> Option<Box<dyn Job>> {
        self.lanes().take()
    }

    /// Refuses new verbs. Those that wait are still given out.
    pub(crate) fn close(&self) {
        self.lanes().closed = true;
        self.arrived.notify_all();
    }

    /// How many wait in the foreground and in the background.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        let lanes = self.lanes();
        (lanes.foreground.jobs.len(), lanes.background.jobs.len())
    }

    /// Nothing under this lock can panic halfway, so a poisoned one is whole.
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    fn take(&mut self) -> Option<Box<dyn Job>> {
        let background_first = self.taken % BACKGROUND_EVERY == BACKGROUND_EVERY - 1;
        let (first, second) = if background_first {
            (&mut self.background, &mut self.foreground)
        } else {
            (&mut self.foreground, &mut self.background)
        };
        let job = first.jobs.pop_front().or_else(|| second.jobs.pop_front())?;
        self.taken += 1;
        Some(job)
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (foreground, background) = self.lengths();
        f.debug_struct("Queue").field("foreground", &foreground).field("background", &background).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::job::Verdict;
    use crate::tx::Tx;
    use std::sync::mpsc;

    struct Named(char, mpsc::Sender<char>);

    impl Job for Named {
        fn run(&mut self, _: &mut Tx) -> Verdict {
            Verdict::Keep
        }
        fn fail(&mut self, _: Error) {}
        fn answer(self: Box<Self>) {
            self.1.send(self.0).unwrap();
        }
    }

    #[test]
    fn the_foreground_goes_first_but_the_background_does_not_starve() {
        let queue = Queue::new(100, 100);
        let (answer, answers) = mpsc::channel();
        for _ in 0..20 {
            queue.push(Turn::Background, Box::new(Named('b', answer.clone()))).unwrap();
            queue.push(Turn::Foreground, Box::new(Named('f', answer.clone()))).unwrap();
        }
        for _ in 0..16 {
            queue.wait().unwrap().answer();
        }
        assert_eq!(answers.try_iter().collect::<String>(), "fffffffbfffffffb");
    }

    #[test]
    fn a_full_lane_refuses_and_a_closed_queue_empties() {
        let queue = Queue::new(1, 1);
        let (answer, _answers) = mpsc::channel();
        let job = |name| Box::new(Named(name, answer.clone()));
        queue.push(Turn::Foreground, job('a')).unwrap();
        assert_eq!(queue.push(Turn::Foreground, job('b')), Err(Error::Busy));
        queue.push(Turn::Background, job('c')).unwrap();
        queue.close();
        assert_eq!(queue.push(Turn::Foreground, job('d')), Err(Error::Closed));
        assert!(queue.wait().is_some() && queue.wait().is_some() && queue.wait().is_none());
    }
}
