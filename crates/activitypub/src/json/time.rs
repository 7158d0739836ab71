//! Times: with a zone, with a zone without its colon, without any (UTC).

use super::{cut, plain};
use domain::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A time member. What is no time is absent.
pub fn time(value: &Value, name: &str) -> Option<Timestamp> {
    moment(plain(value, name, 64)?.trim())
}

fn moment(text: &str) -> Option<Timestamp> {
    let text = &nine_digits(text);
    let instant = match text.parse::<jiff::Timestamp>() {
        Ok(instant) => instant,
        // Pleroma's `closed` and some blogs leave the zone out: they mean UTC.
        Err(_) => text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp(),
    };
    Some(Timestamp(instant.as_millisecond()))
}

/// The text with at most nine digits of a second's fraction.
fn nine_digits(text: &str) -> String {
    let Some((seconds, rest)) = text.split_once('.') else { return text.to_owned() };
    let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = rest.strip_suffix(zone).unwrap_or(rest);
    format!("{seconds}.{}{zone}", cut(digits, 9))
}

/// The time as we write it, with `Z`: whole seconds where there are no
/// milliseconds. Beyond what a calendar holds, the nearest that it does.
pub fn render_time(time: Timestamp) -> String {
    let instant = jiff::Timestamp::from_millisecond(time.0).unwrap_or(match time.0 {
        ..0 => jiff::Timestamp::MIN,
        _ => jiff::Timestamp::MAX,
    });
    instant.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_time_is_read_in_all_its_forms() {
        for (text, ms) in [
            ("2023-07-02T10:15:00Z", 1_688_292_900_000),
            ("2023-07-02T10:15:00+0000", 1_688_292_900_000),
            ("2023-07-02T10:15:00", 1_688_292_900_000),
            ("2023-07-02T10:15:00+00:00", 1_688_292_900_000),
            ("2023-07-02T12:15:00+02:00", 1_688_292_900_000),
            ("2023-07-02 10:15:00", 1_688_292_900_000),
            ("2023-07-02T10:15:00.123456Z", 1_688_292_900_123),
            ("2023-07-02T10:15:00.123456789012Z", 1_688_292_900_123),
            ("2023-07-02T10:15:00.7576707+00:00", 1_688_292_900_757),
            ("2023-07-02T10:15:00.785333", 1_688_292_900_785),
        ] {
            assert_eq!(time(&json!({ "t": text }), "t"), Some(Timestamp(ms)), "{text}");
        }
        for wrong in ["", "yesterday", "SCRUBBED_DATE", "0000-00-00", "99999999999-01-01T00:00:00Z"] {
            assert_eq!(time(&json!({ "t": wrong }), "t"), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_is_written_with_z() {
        assert_eq!(render_time(Timestamp(1_688_292_900_000)), "2023-07-02T10:15:00Z");
        assert_eq!(render_time(Timestamp(1_688_292_900_120)), "2023-07-02T10:15:00.12Z");
        assert!(render_time(Timestamp(i64::MAX)).starts_with("9999-"));
    }
}
