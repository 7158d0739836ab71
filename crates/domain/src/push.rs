//! Telling a browser or a phone: what a program asked for, and when to try again.

use crate::notification::Kinds;
use std::time::Duration;

/// Of whose doings a program wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PushPolicy {
    /// Everyone's.
    #[default]
    All,
    /// Theirs whom the account follows.
    Followed,
    /// Theirs who follow the account.
    Follower,
    /// Nobody's.
    None,
}

impl PushPolicy {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::All => 0,
            Self::Followed => 1,
            Self::Follower => 2,
            Self::None => 3,
        }
    }

    /// The policy of a stored number.
    pub const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Followed,
            2 => Self::Follower,
            3 => Self::None,
            _ => Self::All,
        }
    }
}

/// In which form a program reads what it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushForm {
    /// RFC 8291 and RFC 8292.
    Standard,
    /// The drafts before them (`aesgcm`), which older programs read.
    Draft,
}

/// What a program asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushWishes {
    /// Of which kinds it is told.
    pub alerts: Kinds,
    /// Of whose doings.
    pub policy: PushPolicy,
}

impl Default for PushWishes {
    fn default() -> Self {
        Self { alerts: Kinds::NONE, policy: PushPolicy::All }
    }
}

/// How long a push service keeps a push for a program that is away.
pub const TTL: Duration = Duration::from_secs(48 * 3600);
/// How often one push is tried.
const MOST_ATTEMPTS: i64 = 8;
/// The first pause; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What came of trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// The push service answered with this status.
    Answered {
        /// The HTTP status.
        status: u16,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// There was no answer.
    Unanswered,
    /// It may never be asked: the address is forbidden.
    Forbidden,
}

/// What becomes of a push, and of the subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It is done.
    Done,
    /// Again after this.
    Again(Duration),
    /// It is given up.
    GiveUp,
    /// The program is gone: the subscription ends.
    Unsubscribe,
}

/// What follows from trying for the `attempts`th time. `chance` is from 0 to below 1.
pub fn after(tried: Tried, attempts: i64, chance: f64) -> After {
    let wish = match tried {
        Tried::Answered { status: 200..=299, .. } => return After::Done,
        // RFC 8030 §7.3: 404 and 410 say that the subscription is no more.
        Tried::Answered { status: 404 | 410, .. } | Tried::Forbidden => return After::Unsubscribe,
        Tried::Answered { status: 408 | 425 | 429 | 500..=599, retry_after } => retry_after,
        Tried::Answered { .. } => return After::GiveUp,
        Tried::Unanswered => None,
    };
    if attempts >= MOST_ATTEMPTS {
        return After::GiveUp;
    }
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    After::Again(wish.unwrap_or_default().min(LONGEST_PAUSE).max(pause.mul_f64(0.75 + chance / 2.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Tried {
        Tried::Answered { status, retry_after: None }
    }

    #[test]
    fn what_the_push_service_says_decides() {
        for (tried, wanted) in [
            (answered(201), After::Done),
            (answered(200), After::Done),
            (answered(404), After::Unsubscribe),
            (answered(410), After::Unsubscribe),
            (Tried::Forbidden, After::Unsubscribe),
            (answered(400), After::GiveUp),
            (answered(413), After::GiveUp),
            (answered(301), After::GiveUp),
            (answered(503), After::Again(Duration::from_secs(15))),
            (Tried::Unanswered, After::Again(Duration::from_secs(15))),
        ] {
            assert_eq!(after(tried, 1, 0.5), wanted, "{tried:?}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let pause = |attempts| match after(Tried::Unanswered, attempts, 0.5) {
            After::Again(pause) => Some(pause.as_secs()),
            _ => None,
        };
        let all: Vec<_> = (1..=9).map(pause).collect();
        assert_eq!(all[..7], [15, 30, 60, 120, 240, 480, 960].map(Some));
        assert_eq!(all[7..], [None, None]);
        let asked = Tried::Answered { status: 429, retry_after: Some(Duration::from_secs(90)) };
        assert_eq!(after(asked, 1, 0.0), After::Again(Duration::from_secs(90)));
        let forever = Tried::Answered { status: 429, retry_after: Some(Duration::from_secs(900_000)) };
        assert_eq!(after(forever, 1, 0.0), After::Again(LONGEST_PAUSE));
    }

    #[test]
    fn policies_have_codes() {
        for policy in [PushPolicy::All, PushPolicy::Followed, PushPolicy::Follower, PushPolicy::None] {
            assert_eq!(PushPolicy::from_code(policy.code()), policy);
        }
    }
}
