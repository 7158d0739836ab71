//! How long a post is, counted as Mastodon counts.

use crate::{link, mention};
use unicode_segmentation::UnicodeSegmentation;

/// What a link counts, however long it is.
pub const LINK: usize = 23;

/// Code points in one character that people see; families of four with their
/// skins, flags and Indic conjuncts have fewer. There is no other end to the
/// marks on a letter, nor to what joiners join.
const MOST_IN_ONE: usize = 16;

/// The length of a post in characters that people see (grapheme clusters):
/// a link counts [`LINK`], a mention only its `@name`.
pub fn count(text: &str) -> usize {
    let links = link::find(text);
    let mentions = mention::outside(text, &links);
    let mut parts: Vec<_> = links.into_iter().map(|range| (range, LINK)).collect();
    parts.extend(mentions.into_iter().map(|found| (found.range, 1 + found.mention.name.len())));
    parts.sort_by_key(|(range, _)| range.start);

    let (mut at, mut total) = (0, 0);
    for (range, counts) in parts {
        total += graphemes(text.get(at..range.start)) + counts;
        at = range.end;
    }
    total + graphemes(text.get(at..))
}

/// How many characters people see in a text (grapheme clusters). One of more
/// parts than any writing has counts as several.
pub fn seen(text: &str) -> usize {
    let counts =
        |one: &str| if one.len() <= MOST_IN_ONE { 1 } else { one.chars().count().div_ceil(MOST_IN_ONE) };
    text.graphemes(true).map(counts).sum()
}

fn graphemes(text: Option<&str>) -> usize {
    text.map_or(0, seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_as_long_as_people_see_it() {
        for (text, want) in [
            ("", 0),
            ("hello", 5),
            ("日本語", 3),
            ("👩‍👩‍👧‍👦", 1),
            ("e\u{301}", 1),
            ("👩🏽‍👩🏽‍👧🏽‍👦🏽", 1),
            ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 1),
            ("see https://a.example/a/very/long/path/that/goes/on", 4 + LINK),
            ("http://a.b", LINK),
            ("@bob@b.example hi", 7),
            ("@bob hi", 7),
            ("bob@b.example", 13),
        ] {
            assert_eq!(count(text), want, "{text}");
        }
    }

    /// N33
    #[test]
    fn what_looks_like_one_character_has_an_end() {
        assert_eq!(seen(&format!("a{}", "\u{301}".repeat(15))), 1);
        assert_eq!(seen(&format!("a{}", "\u{301}".repeat(15_999))), 1000);
        assert_eq!(count(&format!("👨{}", "\u{200d}👨".repeat(15_999))), 2000);
    }
}
