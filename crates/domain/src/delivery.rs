//! One activity to one inbox, and the lane of each host.

use crate::{AccountId, DeliveryId, Host, MessageId, Timestamp};
use std::time::Duration;
use url::Url;

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

/// One activity on its way to one inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Our row.
    pub id: DeliveryId,
    /// What is sent.
    pub message: MessageId,
    /// Whose key signs.
    pub account: AccountId,
    /// The peer.
    pub host: Host,
    /// Where it goes.
    pub inbox: Url,
    /// Deliveries to one host with the same key go one after another.
    pub order_key: i64,
    /// Tries so far.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
}

/// How long a delivery is tried.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);
/// When it ends whatever happens: a server that was off, or restored from a
/// backup, does not send what nobody waits for any more.
pub const END_AFTER: Duration = Duration::from_secs(14 * 24 * 3600);
/// After so many failures, while others of its host pass, a delivery is parked.
pub const PARKED_AFTER: u32 = 5;
/// How long a parked delivery rests.
pub const PARKED_PAUSE: Duration = Duration::from_secs(3600);
/// How often a host that is dead is tried. Not never: two servers that hold
/// each other for dead would never speak again.
pub const DEAD_PAUSE: Duration = Duration::from_secs(24 * 3600);
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

impl Lane {
    /// The road to a host of which nothing is known.
    pub const fn new(host: Host) -> Self {
        Self {
            host,
            failures: 0,
            next_try_at: Timestamp(0),
            failing_since: None,
            last_success_at: None,
            reads_rfc9421: false,
        }
    }

    /// The last try failed: one probe at a time.
    pub const fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// Nothing went through for so long that the host is held for dead.
    pub fn is_dead(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now.since(since) >= GIVE_UP_AFTER)
    }

    /// Something went through.
    pub const fn succeed(&mut self, now: Timestamp) {
        self.failures = 0;
        self.next_try_at = Timestamp(0);
        self.failing_since = None;
        self.last_success_at = Some(now);
    }

    /// A try failed. What the host asked for (`Retry-After`) goes before our
    /// own measure. While most hosts fail it is us, and nobody is dead.
    pub fn fail(&mut self, now: Timestamp, asked: Option<Duration>, weather: Weather, chance: f64) {
        self.failures = self.failures.saturating_add(1);
        self.failing_since.get_or_insert(now);
        let own = match weather {
            Weather::Fair if self.is_dead(now) => DEAD_PAUSE.mul_f64(0.9 + 0.2 * chance.clamp(0.0, 1.0)),
            Weather::Fair | Weather::Storm => pause(self.failures, chance),
        };
        let wait = asked.map_or(own, |asked| asked.clamp(Duration::from_secs(1), DEAD_PAUSE));
        self.next_try_at = now.plus(wait);
    }
}

/// Whether hosts fail each for itself or all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weather {
    /// Most hosts can be reached.
    #[default]
    Fair,
    /// Most hosts cannot: the trouble is ours.
    Storm,
}

impl Weather {
    /// The weather where so many of all lanes fail.
    pub const fn of(failing: u64, all: u64) -> Self {
        if failing.saturating_mul(2) > all { Self::Storm } else { Self::Fair }
    }
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

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn lane() -> Lane {
        Lane::new(Host::parse("a.example").unwrap())
    }

    #[test]
    fn a_host_that_asks_for_rest_gets_as_much_as_it_asked_for() {
        let mut lane = lane();
        lane.fail(NOW, Some(Duration::from_secs(90)), Weather::Fair, 0.5);
        assert_eq!(lane.next_try_at, NOW.plus(Duration::from_secs(90)));
        lane.fail(NOW, Some(Duration::from_secs(u64::MAX)), Weather::Fair, 0.5);
        assert_eq!(lane.next_try_at, NOW.plus(DEAD_PAUSE));
    }

    /// N53
    #[test]
    fn a_dead_host_is_tried_daily_but_nobody_is_dead_in_a_storm() {
        let mut lane = lane();
        lane.fail(NOW, None, Weather::Fair, 0.5);
        let later = NOW.plus(GIVE_UP_AFTER);
        assert!(lane.is_dead(later) && !lane.is_dead(NOW));
        lane.failures = 40;
        lane.fail(later, None, Weather::Fair, 0.5);
        assert_eq!(lane.next_try_at, later.plus(DEAD_PAUSE));
        lane.fail(later, None, Weather::Storm, 0.5);
        assert_eq!(lane.next_try_at, later.plus(Duration::from_secs(6 * 3600)));
        lane.succeed(later);
        assert!(!lane.is_failing() && !lane.is_dead(later.plus(GIVE_UP_AFTER)));
    }

    #[test]
    fn a_storm_is_when_more_than_half_fail() {
        assert_eq!(Weather::of(0, 0), Weather::Fair);
        assert_eq!(Weather::of(5, 10), Weather::Fair);
        assert_eq!(Weather::of(6, 10), Weather::Storm);
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
