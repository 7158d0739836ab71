//! Times as pages write them.

use domain::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// A time for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct When {
    /// RFC 3339.
    pub(crate) machine: String,
    /// `21 Nov 2026, 18:05 UTC`.
    pub(crate) words: String,
}

impl When {
    pub(crate) fn of(at: Timestamp) -> Self {
        let time = time(at);
        let zoned = time.to_zoned(TimeZone::UTC);
        let words = strtime::format("%-d %b %Y, %H:%M UTC", &zoned).unwrap_or_else(|_| time.to_string());
        Self { machine: time.to_string(), words }
    }
}

/// The day alone: `November 2026`.
pub(crate) fn month(at: Timestamp) -> String {
    strtime::format("%B %Y", &time(at).to_zoned(TimeZone::UTC)).unwrap_or_default()
}

/// As feeds write it (RFC 9110 §5.6.7, which RSS readers take too).
pub(crate) fn in_feed(at: Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time(at)).unwrap_or_default()
}

/// A time beyond what calendars reach is the beginning of ours.
fn time(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_for_people_programs_and_feeds() {
        let at = Timestamp(1_700_000_000_000);
        let when = When::of(at);
        assert_eq!(when.machine, "2023-11-14T22:13:20Z");
        assert_eq!(when.words, "14 Nov 2023, 22:13 UTC");
        assert_eq!(month(at), "November 2023");
        assert_eq!(in_feed(at), "Tue, 14 Nov 2023 22:13:20 GMT");
    }

    #[test]
    fn a_time_of_no_calendar_does_no_harm() {
        for wild in [i64::MIN, i64::MAX] {
            assert!(When::of(Timestamp(wild)).machine.starts_with("1970"));
        }
    }
}
