//! Growing pauses for who guesses: some tries are free, then each costs twice
//! the pause of the one before. A try that is refused costs nothing, and one
//! that succeeds is forgotten with all before it.

use crate::limit::Who;
use domain::Timestamp;
use moka::sync::Cache;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Most guessers that are remembered.
const REMEMBERED: u64 = 100_000;
/// How long after their last try.
const IDLE: Duration = Duration::from_secs(2 * 3600);

/// How guessing at one thing is slowed down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Patience {
    /// Tells its counters from those of others.
    pub name: &'static str,
    /// Tries that cost nothing.
    pub free: u32,
    /// The first pause.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
}

impl Patience {
    /// Signing in as one user.
    pub const AS_USER: Self = Self {
        name: "sign-in-as",
        free: 5,
        first: Duration::from_secs(2),
        longest: Duration::from_secs(300),
    };
    /// Signing in from one network.
    pub const FROM_NETWORK: Self = Self {
        name: "sign-in-from",
        free: 20,
        first: Duration::from_secs(2),
        longest: Duration::from_secs(900),
    };

    fn pause(self, tries: u32) -> Duration {
        match tries.checked_sub(self.free) {
            None => Duration::ZERO,
            Some(over) => self.first.saturating_mul(1 << over.min(20)).min(self.longest),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Tries {
    count: u32,
    next_at: Timestamp,
}

type Counters = Cache<(Patience, Who), Arc<Mutex<Tries>>>;

/// Who guessed lately, bounded.
#[derive(Debug, Clone)]
pub struct Guesses(Option<Counters>);

impl Guesses {
    /// No pauses at all where it is off.
    pub fn new(on: bool) -> Self {
        Self(on.then(|| Cache::builder().max_capacity(REMEMBERED).time_to_idle(IDLE).build()))
    }

    /// Begins a try, or says how many seconds are left to wait.
    pub fn begin(&self, patience: Patience, who: Who, now: Timestamp) -> Result<(), u64> {
        let Some(cache) = &self.0 else { return Ok(()) };
        let fresh = Tries { count: 0, next_at: now };
        let tries = cache.get_with((patience, who), || Arc::new(Mutex::new(fresh)));
        let mut tries = tries.lock().unwrap_or_else(PoisonError::into_inner);
        if now < tries.next_at {
            return Err(tries.next_at.since(now).as_secs() + 1);
        }
        tries.count = tries.count.saturating_add(1);
        tries.next_at = now.plus(patience.pause(tries.count));
        Ok(())
    }

    /// The try was right.
    pub fn right(&self, patience: Patience, who: Who) {
        if let Some(cache) = &self.0 {
            cache.invalidate(&(patience, who));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { name: "test", free: 2, first: Duration::from_secs(10), longest: Duration::from_secs(35) };

    #[test]
    fn pauses_grow_up_to_the_longest_and_refused_tries_are_free() {
        let guesses = Guesses::new(true);
        let at = |seconds: i64| guesses.begin(PATIENCE, Who::named("alice"), Timestamp(seconds * 1000));
        assert_eq!((at(0), at(0)), (Ok(()), Ok(())));
        assert_eq!((at(0), at(9)), (Err(11), Err(2)), "after two a pause of ten seconds");
        assert_eq!((at(10), at(10)), (Ok(()), Err(21)));
        assert_eq!((at(30), at(30)), (Ok(()), Err(36)));
        assert_eq!((at(65), at(65)), (Ok(()), Err(36)), "never longer");
    }

    #[test]
    fn who_is_right_begins_anew_and_others_do_not_wait() {
        let guesses = Guesses::new(true);
        for _ in 0..2 {
            guesses.begin(PATIENCE, Who::named("alice"), Timestamp(0)).unwrap();
        }
        assert!(guesses.begin(PATIENCE, Who::named("alice"), Timestamp(0)).is_err());
        assert!(guesses.begin(PATIENCE, Who::named("bob"), Timestamp(0)).is_ok());
        guesses.right(PATIENCE, Who::named("alice"));
        assert!(guesses.begin(PATIENCE, Who::named("alice"), Timestamp(0)).is_ok());
        assert!((0..100).all(|_| Guesses::new(false).begin(PATIENCE, Who::named("a"), Timestamp(0)).is_ok()));
    }
}
