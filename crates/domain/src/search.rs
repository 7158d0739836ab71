//! What somebody types to search posts: words, "phrases", operators, `-`.

use crate::Timestamp;

/// Most parts of a search; what follows is left out.
const MAX_PARTS: usize = 32;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Whether something is wanted or must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// It is wanted.
    With,
    /// It must not be: `-` stood before it.
    Without,
}

/// One part of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Wanted, or not.
    pub wish: Wish,
    /// What.
    pub what: What,
}

/// What a post may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// These characters as a word.
    Word(String),
    /// These words one after another.
    Phrase(String),
    /// An author.
    From(From),
    /// Something that hangs on it, or is in it.
    Has(Has),
    /// A mark.
    Is(Is),
    /// A language tag, in lower case.
    Language(String),
    /// Published from the first to before the second.
    Published(Timestamp, Timestamp),
}

/// Whose posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// Those of who searches.
    Me,
    /// Those of a handle, without the first `@`.
    Handle(String),
}

/// What may hang on a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Has {
    Media,
    Image,
    Video,
    Audio,
    Poll,
    Link,
    Embed,
}

/// How a post may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// It answers another.
    Reply,
    /// Its media are hidden at first.
    Sensitive,
}

/// Among which posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Among {
    /// All that may be searched.
    #[default]
    All,
    /// Own ones, and those somebody has to do with.
    Library,
    /// Those whose authors let everyone search them.
    Public,
}

/// A search as it was meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// All of these.
    pub parts: Vec<Part>,
    /// Among which posts.
    pub among: Among,
}

/// An operator has a value it cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}: cannot be {1:?}")]
pub struct WrongValue(pub String, pub String);

/// Reads what was typed. A word with a colon that is no operator is a word.
pub fn parse(text: &str) -> Result<Search, WrongValue> {
    let mut search = Search::default();
    for piece in pieces(text).into_iter().take(MAX_PARTS) {
        match (piece.operator, piece.quoted) {
            (Some(operator), _) => operated(&mut search, piece.wish, operator, piece.text)?,
            (None, true) => search.add(piece.wish, What::Phrase(piece.text.to_owned())),
            (None, false) => search.add(piece.wish, What::Word(piece.text.to_owned())),
        }
    }
    Ok(search)
}

impl Search {
    fn add(&mut self, wish: Wish, what: What) {
        self.parts.push(Part { wish, what });
    }
}

/// The operators; others are words.
const OPERATORS: [&str; 8] = ["from", "has", "is", "in", "before", "after", "during", "language"];

fn operated(search: &mut Search, wish: Wish, operator: &str, value: &str) -> Result<(), WrongValue> {
    let wrong = || WrongValue(operator.to_owned(), value.chars().take(64).collect());
    let lower = value.to_lowercase();
    let what = match operator {
        "from" if lower == "me" => What::From(From::Me),
        "from" => What::From(From::Handle(lower.trim_start_matches('@').to_owned())),
        "has" => What::Has(has(&lower).ok_or_else(wrong)?),
        "is" => What::Is(is(&lower).ok_or_else(wrong)?),
        "language" => What::Language(lower.replace('_', "-")),
        "in" => {
            search.among = among(&lower, wish).ok_or_else(wrong)?;
            return Ok(());
        }
        day => {
            let (first, after) = days(&lower).ok_or_else(wrong)?;
            match day {
                "before" => What::Published(Timestamp(i64::MIN), first),
                "after" => What::Published(after, Timestamp(i64::MAX)),
                _ => What::Published(first, after),
            }
        }
    };
    search.add(wish, what);
    Ok(())
}

fn has(word: &str) -> Option<Has> {
    Some(match word {
        "media" => Has::Media,
        "image" => Has::Image,
        "video" => Has::Video,
        "audio" => Has::Audio,
        "poll" => Has::Poll,
        "link" => Has::Link,
        "embed" => Has::Embed,
        _ => return None,
    })
}

fn is(word: &str) -> Option<Is> {
    match word {
        "reply" => Some(Is::Reply),
        "sensitive" => Some(Is::Sensitive),
        _ => None,
    }
}

fn among(word: &str, wish: Wish) -> Option<Among> {
    Some(match (word, wish) {
        ("all", Wish::With) => Among::All,
        ("library", Wish::With) | ("public", Wish::Without) => Among::Library,
        ("public", Wish::With) | ("library", Wish::Without) => Among::Public,
        _ => return None,
    })
}

/// When a day, a month or a year (`2026-11-22`, `2026-11`, `2026`) begins and
/// when the next one does, in UTC. What follows a `T` is not looked at.
fn days(text: &str) -> Option<(Timestamp, Timestamp)> {
    let date = text.split(['t', ' ']).next()?;
    let numbers: Vec<i64> = date
        .split('-')
        .map(|part| part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit())))
        .collect::<Option<_>>()?;
    let begins = |year: i64, month: i64, day: i64| Timestamp(days_since_1970(year, month, day) * DAY_MS);
    match *numbers.as_slice() {
        [year @ 1970..=9999] => Some((begins(year, 1, 1), begins(year + 1, 1, 1))),
        [year @ 1970..=9999, month @ 1..=12] => {
            Some((begins(year, month, 1), next_month(year, month, begins)))
        }
        [year @ 1970..=9999, month @ 1..=12, day] if day >= 1 => {
            let (first, end) = (begins(year, month, day), next_month(year, month, begins));
            (first < end).then_some((first, Timestamp(first.0 + DAY_MS)))
        }
        _ => None,
    }
}

fn next_month(year: i64, month: i64, begins: impl Fn(i64, i64, i64) -> Timestamp) -> Timestamp {
    if month == 12 { begins(year + 1, 1, 1) } else { begins(year, month + 1, 1) }
}

/// Days of the Gregorian calendar. Years are counted from March, so that the
/// day that comes and goes is the last.
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

struct Piece<'a> {
    wish: Wish,
    operator: Option<&'a str>,
    quoted: bool,
    text: &'a str,
}

/// Cuts what was typed into its pieces. An open quotation goes to the end.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (piece, more) = piece(rest);
        pieces.extend(Some(piece).filter(|piece| !piece.text.trim().is_empty()));
        rest = more.trim_start();
    }
    pieces
}

fn piece(text: &str) -> (Piece<'_>, &str) {
    let (wish, text) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) => (Wish::Without, rest),
        (None, Some(rest)) => (Wish::With, rest),
        (None, None) => (Wish::With, text),
    };
    let named = text.split_once(':').filter(|(name, _)| OPERATORS.contains(name));
    let (operator, text) = named.map_or((None, text), |(name, rest)| (Some(name), rest));
    let (quoted, text, more) = if let Some(inside) = text.strip_prefix('"') {
        let (inside, more) = inside.split_once('"').unwrap_or((inside, ""));
        (true, inside, more)
    } else {
        let end = text.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(text.len());
        let (word, more) = text.split_at_checked(end).unwrap_or((text, ""));
        (false, word, more)
    };
    (Piece { wish, operator, quoted, text }, more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use What::{Phrase, Word};

    fn with(what: What) -> Part {
        Part { wish: Wish::With, what }
    }

    fn without(what: What) -> Part {
        Part { wish: Wish::Without, what }
    }

    fn word(text: &str) -> What {
        Word(text.into())
    }

    const fn day(days: i64) -> Timestamp {
        Timestamp(days * DAY_MS)
    }

    #[test]
    fn what_is_typed_and_what_is_meant() {
        let first = Timestamp(i64::MIN);
        let last = Timestamp(i64::MAX);
        for (typed, meant) in [
            ("", vec![]),
            ("  one   two ", vec![with(word("one")), with(word("two"))]),
            ("+one -two", vec![with(word("one")), without(word("two"))]),
            ("\"one two\" three", vec![with(Phrase("one two".into())), with(word("three"))]),
            ("-\"one two", vec![without(Phrase("one two".into()))]),
            ("one\"two\"", vec![with(word("one")), with(Phrase("two".into()))]),
            ("from:me", vec![with(What::From(From::Me))]),
            ("from:@Bob@There.example", vec![with(What::From(From::Handle("bob@there.example".into())))]),
            ("-from:bob", vec![without(What::From(From::Handle("bob".into())))]),
            ("has:image -has:poll", vec![with(What::Has(Has::Image)), without(What::Has(Has::Poll))]),
            ("is:reply is:SENSITIVE", vec![with(What::Is(Is::Reply)), with(What::Is(Is::Sensitive))]),
            ("language:pt_BR", vec![with(What::Language("pt-br".into()))]),
            ("before:1970-01-03", vec![with(What::Published(first, day(2)))]),
            ("after:\"1970-01-03\"", vec![with(What::Published(day(3), last))]),
            ("during:1970-02", vec![with(What::Published(day(31), day(59)))]),
            ("during:1972", vec![with(What::Published(day(730), day(1096)))]),
            ("during:2000-02-29T10:00:00Z", vec![with(What::Published(day(11_016), day(11_017)))]),
            (
                "https://a.example/x re:zero :blobcat:",
                vec![with(word("https://a.example/x")), with(word("re:zero")), with(word(":blobcat:"))],
            ),
            ("from: - \"\" has:", vec![]),
        ] {
            assert_eq!(parse(typed).map(|search| search.parts), Ok(meant), "{typed}");
        }
    }

    #[test]
    fn where_is_searched() {
        for (typed, among) in [
            ("x", Among::All),
            ("in:all x", Among::All),
            ("in:library", Among::Library),
            ("-in:public", Among::Library),
            ("x in:public", Among::Public),
            ("-in:library", Among::Public),
        ] {
            assert_eq!(parse(typed).unwrap().among, among, "{typed}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_is_named() {
        for typed in [
            "has:wings",
            "is:nice",
            "in:space",
            "before:yesterday",
            "after:2023-13",
            "during:2023-02-29",
            "during:2023-00-01",
            "before:1969",
            "after:99999",
            "before:-5",
            "after:2023-1-1-1",
        ] {
            assert!(parse(typed).is_err(), "{typed}");
        }
        assert_eq!(parse("has:wings").unwrap_err().to_string(), "has: cannot be \"wings\"");
    }

    #[test]
    fn a_search_has_so_many_parts_and_no_more() {
        assert_eq!(parse(&"x ".repeat(5000)).unwrap().parts.len(), MAX_PARTS);
        assert_eq!(parse(&"\"".repeat(5000)).unwrap().parts.len(), 0);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (year, month, day, wanted) in [
            (1970, 1, 1, 0),
            (1970, 12, 31, 364),
            (1972, 3, 1, 790),
            (2000, 3, 1, 11_017),
            (2026, 11, 22, 20_779),
        ] {
            assert_eq!(days_since_1970(year, month, day), wanted, "{year}-{month}-{day}");
        }
    }
}
