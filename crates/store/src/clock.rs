//! The one place that asks what time it is.

use domain::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the time: the system's, or what a test says it is.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of this machine.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is set. Clones show the same time.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.0))))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => system_time(),
            Source::Manual(time) => Timestamp(time.load(Ordering::SeqCst)),
        }
    }

    /// Sets a manual clock, also back.
    ///
    /// # Panics
    /// The system's clock is not ours to set.
    pub fn set(&self, to: Timestamp) {
        match &self.0 {
            Source::System => panic!("only a manual clock can be set"),
            Source::Manual(time) => time.store(to.0, Ordering::SeqCst),
        }
    }

    /// Sets a manual clock forward.
    ///
    /// # Panics
    /// The system's clock is not ours to set.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

#[expect(clippy::disallowed_methods, reason = "everybody else asks this clock")]
fn system_time() -> Timestamp {
    // A machine whose clock stands before 1970 is at 1970.
    Timestamp::default().plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_manual_clock_show_the_same_time() {
        let clock = Clock::manual(Timestamp(5));
        let other = clock.clone();
        clock.advance(Duration::from_secs(1));
        assert_eq!(other.now(), Timestamp(1005));
        clock.set(Timestamp(3));
        assert_eq!(other.now(), Timestamp(3));
    }

    #[test]
    fn the_system_clock_is_past_2020() {
        assert!(Clock::system().now() > Timestamp(1_577_836_800_000));
    }
}
