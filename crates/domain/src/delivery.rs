//! One activity to one inbox, and the lane of each host.

use crate::{Host, Timestamp};
use std::time::Duration;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be tried, now or later.
    Waiting,
    /// The peer took it (2xx).
    Delivered,
    /// The peer said no for good: its words are kept.
    Refused,
    /// The inbox is no more (404, 410).
    Gone,
    /// A week of tries in vain.
    Expired,
}

impl DeliveryState {
    /// All states, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Delivered, Self::Refused, Self::Gone, Self::Expired];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Delivered => 1,
            Self::Refused => 2,
            Self::Gone => 3,
            Self::Expired => 4,
        }
    }

    /// The state of a stored number.
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code).ok().and_then(|index| Self::ALL.get(index).copied())
    }

    /// One word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Gone => "gone",
            Self::Expired => "expired",
        }
    }
}

/// How long a delivery is tried.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);

/// How long to wait after the given number of failures in a row: 30 s doubling
/// to 6 h. `chance` in 0..1 spreads it by a fifth either way, so that the
/// lanes of many hosts do not wake together.
pub fn pause(failures: u32, chance: f64) -> Duration {
    let doubled =
        FIRST_PAUSE.saturating_mul(1u32.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(u32::MAX));
    doubled.min(LONGEST_PAUSE).mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0))
}

/// What a delivery's answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Delivered,
    /// Ask again with the other signature scheme, once.
    OtherScheme,
    /// No inbox there any more.
    Gone,
    /// A no that will stay a no.
    Refused,
    /// Not now; the whole host is asked to be left alone for so long, if it said.
    Later(Option<Duration>),
}

/// Reads an answer's status.
pub const fn outcome(status: u16, retry_after: Option<Duration>, other_scheme_tried: bool) -> Outcome {
    match status {
        200..=299 => Outcome::Delivered,
        400 | 401 | 403 if !other_scheme_tried => Outcome::OtherScheme,
        404 | 410 => Outcome::Gone,
        408 | 425 | 429 | 500..=599 => Outcome::Later(retry_after),
        _ => Outcome::Refused,
    }
}

/// The state of the road to one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The host.
    pub host: Host,
    /// Failures in a row.
    pub failures: u32,
    /// Not before.
    pub next_try_at: Timestamp,
    /// Since when nothing went through.
    pub failing_since: Option<Timestamp>,
    /// When something last went through.
    pub last_success_at: Option<Timestamp>,
    /// The host has shown that it reads RFC 9421.
    pub reads_rfc9421: bool,
}

/// What the author of a message may read about one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostReport {
    /// The host.
    pub host: Host,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: i64,
    /// The next try, where there is one.
    pub next_try_at: Option<Timestamp>,
    /// The other server's words, for a failure.
    pub answer: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_half_a_minute_to_six_hours() {
        assert_eq!(pause(1, 0.5), Duration::from_secs(30));
        assert_eq!(pause(2, 0.5), Duration::from_secs(60));
        assert_eq!(pause(40, 0.5), Duration::from_secs(6 * 3600));
        assert!(pause(1, 0.0) >= Duration::from_secs(24) && pause(1, 1.0) <= Duration::from_secs(36));
    }

    #[test]
    fn each_answer_has_a_known_end() {
        assert_eq!(outcome(202, None, false), Outcome::Delivered);
        assert_eq!(outcome(401, None, false), Outcome::OtherScheme);
        assert_eq!(outcome(401, None, true), Outcome::Refused);
        assert_eq!(outcome(410, None, false), Outcome::Gone);
        assert_eq!(outcome(422, None, false), Outcome::Refused);
        assert_eq!(outcome(301, None, false), Outcome::Refused);
        let wait = Some(Duration::from_secs(90));
        assert_eq!(outcome(429, wait, false), Outcome::Later(wait));
        assert_eq!(outcome(503, None, false), Outcome::Later(None));
    }
}
