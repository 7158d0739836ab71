//! Hashtags in text as it was typed, found where Mastodon finds them: letters,
//! marks and digits of any script, `_`, and the middle dots inside.

use crate::link;
use crate::mention::overlaps;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The longest hashtag, in characters.
pub const MAX_CHARS: usize = 100;

/// Stand inside a hashtag, but not at its ends: `·`, `・`, the joiners.
const INNER: [char; 4] = ['\u{b7}', '\u{30fb}', '\u{200c}', '\u{200d}'];

static HASHTAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[#＃](\w[\w\u{b7}\u{30fb}\u{200c}]*)").expect("the pattern is valid"));
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\w[\w\u{b7}\u{30fb}\u{200c}]*$").expect("the pattern is valid"));

static SPOILING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[^\w\u{b7}\u{30fb}\u{200c}]").expect("the pattern is valid"));

/// A hashtag and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The bytes it takes, from its `#` on.
    pub range: Range<usize>,
    /// Its name as written, without `#`.
    pub name: String,
}

/// The hashtags in a text, in order; not those inside links.
pub fn find(text: &str) -> Vec<Found> {
    outside(text, &link::find(text))
}

/// The hashtags that do not touch one of `links`.
pub(crate) fn outside(text: &str, links: &[Range<usize>]) -> Vec<Found> {
    HASHTAG
        .captures_iter(text)
        .filter_map(|captures| {
            let (start, name) = (captures.get(0)?.start(), captures.get(1)?);
            let kept = name.as_str().trim_end_matches(INNER);
            let found = Found { range: start..name.start() + kept.len(), name: kept.to_owned() };
            (is_name(kept) && stands_alone(text, start)).then_some(found)
        })
        .filter(|found| !overlaps(links, &found.range))
        .collect()
}

/// A hashtag as a peer wrote it, with or without `#`; `None` where it is none.
pub fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let name = text.strip_prefix(['#', '＃']).unwrap_or(text).trim_end_matches(INNER);
    (NAME.is_match(name) && is_name(name)).then(|| name.to_owned())
}

/// The same, without the characters that no hashtag has: `#foo-bar` is
/// `foobar`, as Mastodon reads it.
pub fn parse_loosely(text: &str) -> Option<String> {
    let composed: String = text.nfc().collect();
    parse(&composed).or_else(|| {
        let kept: String = SPOILING.replace_all(&composed, "").into_owned();
        parse(kept.trim_start_matches(INNER))
    })
}

/// What two hashtags are compared by: lower case.
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

/// What a hashtag as somebody wrote it is looked up by; `None` where it is none.
pub fn key_of(text: &str) -> Option<String> {
    parse(text).map(|name| key(&name))
}

/// Not only digits (`#1` is a number), and not endless.
fn is_name(name: &str) -> bool {
    let spelled = name.chars().any(char::is_alphabetic);
    let joined = name.chars().count() >= 3 && name.contains(|c| c == '_' || INNER.contains(&c));
    (spelled || joined) && name.chars().take(MAX_CHARS + 1).count() <= MAX_CHARS
}

fn stands_alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    !before.is_some_and(|c| c.is_alphanumeric() || "=/)&".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(text).into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn hashtags_are_found_in_every_script() {
        for (text, want) in [
            ("#Cats and #dogs.", vec!["Cats", "dogs"]),
            ("#日本語 です", vec!["日本語"]),
            ("＃全角", vec!["全角"]),
            ("#snake_case", vec!["snake_case"]),
            ("#col·laboració", vec!["col·laboració"]),
            ("#スター・ウォーズ", vec!["スター・ウォーズ"]),
            ("#dot· end", vec!["dot"]),
            ("#हिन्दी", vec!["हिन्दी"]),
            ("#4chan", vec!["4chan"]),
            ("#1_1", vec!["1_1"]),
            ("(#tag)", vec!["tag"]),
            ("#it's", vec!["it"]),
            ("##twice", vec!["twice"]),
        ] {
            assert_eq!(found(text), want, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_hashtag_is_none() {
        for text in
            ["#1", "#2026", "# x", "#", "a#b", "https://a.example/#frag", "/#a", "x=#a", "&#x27;", "#·a"]
        {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
        assert!(found(&format!("#{}", "x".repeat(101))).is_empty());
    }

    #[test]
    fn a_peers_hashtag_is_checked_before_it_is_kept() {
        assert_eq!(parse("#Cats").as_deref(), Some("Cats"));
        assert_eq!(parse("Cats").as_deref(), Some("Cats"));
        for wrong in ["<script>", "#a b", "", "#", "1", "a\"b", "javascript:x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_peers_hashtag_loses_what_no_hashtag_has() {
        for (text, want) in [
            ("#foo-bar", Some("foobar")),
            ("#Foo Bar", Some("FooBar")),
            ("#caf\u{e9}", Some("caf\u{e9}")),
            ("#cafe\u{301}", Some("caf\u{e9}")),
            ("C++", Some("C")),
            ("#-x", Some("x")),
            ("#it's", Some("its")),
            ("#2026-11", None),
            ("#--", None),
            ("", None),
        ] {
            assert_eq!(parse_loosely(text).as_deref(), want, "{text}");
        }
    }
}
