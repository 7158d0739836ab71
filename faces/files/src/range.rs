//! Parts of a file (RFC 9110 §14): players ask for the part they need next.

use http::{HeaderMap, header};

/// Which part of a file was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// From the first to the last byte, both included.
    From(u64, u64),
    /// One that it does not have.
    Beyond,
}

/// Reads which part is asked for. Several parts at once, and parts of another
/// version of the file, are answered with all of it, as is allowed.
pub(crate) fn part(headers: &HeaderMap, etag: &str, size: u64) -> Part {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(asked) = text(header::RANGE).and_then(|range| range.trim().strip_prefix("bytes=")) else {
        return Part::Whole;
    };
    if text(header::IF_RANGE).is_some_and(|version| version != etag) {
        return Part::Whole;
    }
    let Some((first, last)) = asked.split_once('-').filter(|_| !asked.contains(',')) else {
        return Part::Whole;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => within(first, last, size),
        (Ok(first), Err(_)) if last.trim().is_empty() => within(first, u64::MAX, size),
        (Err(_), Ok(0)) if first.trim().is_empty() => Part::Beyond,
        (Err(_), Ok(count)) if first.trim().is_empty() => within(size.saturating_sub(count), u64::MAX, size),
        _ => Part::Whole,
    }
}

const fn within(first: u64, last: u64, size: u64) -> Part {
    if first >= size {
        return Part::Beyond;
    }
    Part::From(first, if last < size { last } else { size - 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &str, size: u64) -> Part {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        part(&headers, "\"x\"", size)
    }

    #[test]
    fn one_part_is_understood() {
        assert_eq!(asked("bytes=0-1", 10), Part::From(0, 1));
        assert_eq!(asked("bytes=4-", 10), Part::From(4, 9));
        assert_eq!(asked("bytes=4-99", 10), Part::From(4, 9));
        assert_eq!(asked("bytes=-3", 10), Part::From(7, 9));
        assert_eq!(asked("bytes=-99", 10), Part::From(0, 9));
        assert_eq!(asked("bytes=10-", 10), Part::Beyond);
        assert_eq!(asked("bytes=-0", 10), Part::Beyond);
        assert_eq!(asked("bytes=0-", 0), Part::Beyond);
        for whole in ["bytes=0-1,3-4", "bytes=5-4", "bytes=a-b", "bytes=-", "lines=1-2", "bytes"] {
            assert_eq!(asked(whole, 10), Part::Whole, "{whole}");
        }
    }

    #[test]
    fn a_part_of_another_version_is_the_whole() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, "bytes=0-1".parse().unwrap());
        headers.insert(header::IF_RANGE, "\"y\"".parse().unwrap());
        assert_eq!(part(&headers, "\"x\"", 10), Part::Whole);
        assert_eq!(part(&headers, "\"y\"", 10), Part::From(0, 1));
    }
}
