//! The one form of time that HTTP headers speak (RFC 9110 §5.6.7).

use domain::Timestamp;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The end of the year 9999, after which the form has no digits left.
const LAST_SECOND: u64 = 253_402_300_799;

/// A time as a `Date` header: `Sun, 06 Nov 1994 08:49:37 GMT`.
/// Milliseconds are cut off; what the form cannot say becomes its nearest end.
pub fn format(at: Timestamp) -> String {
    let seconds = u64::try_from(at.seconds()).unwrap_or(0).min(LAST_SECOND);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Reads a `Date` header: the form above, the two old ones of RFC 9110, and
/// `UTC` or `+0000` in place of `GMT`.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let zoneless = text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" +0000"));
    let at = match zoneless {
        Some(rest) => httpdate::parse_http_date(&format!("{rest} GMT")),
        None => httpdate::parse_http_date(text),
    };
    at.ok().and_then(timestamp)
}

fn timestamp(at: SystemTime) -> Option<Timestamp> {
    let since = at.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Timestamp = Timestamp(784_111_777_000);

    #[test]
    fn a_time_is_written_as_http_writes_it() {
        assert_eq!(format(AT), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(format(Timestamp(AT.0 + 999)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn all_forms_of_a_date_are_read() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text), Some(AT), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "yesterday", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 +0100", "784111777"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_outside_the_form_become_its_ends() {
        assert_eq!(format(Timestamp(i64::MIN)), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(format(Timestamp(i64::MAX)), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn every_written_date_is_read_back(seconds in 0..253_402_300_799_i64) {
            prop_assert_eq!(parse(&format(Timestamp(seconds * 1000))), Some(Timestamp(seconds * 1000)));
        }
    }
}
