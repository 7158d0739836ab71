//! Times as people read them.

use domain::Timestamp;

/// "22 November 2026, 14:05 UTC"
pub(crate) fn day(at: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    time.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_day_is_written_out() {
        assert_eq!(super::day(domain::Timestamp(0)), "1 January 1970, 00:00 UTC");
    }
}
