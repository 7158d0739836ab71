//! Mentions in text as it was typed: `@name` and `@name@domain`, found where
//! Mastodon finds them; a port after the domain is understood too.

use crate::link;
use domain::Host;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"@([A-Za-z0-9_]+(?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?:@([\w]+(?:[.-]+[\w]+)*(?::[0-9]{1,5}\b)?))?",
    )
    .expect("the pattern is valid")
});

/// Who is meant, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mention {
    /// The name, in the case it was written.
    pub name: String,
    /// The domain, absent where one of ours is meant.
    pub domain: Option<Host>,
}

/// A mention and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The bytes it takes, from its `@` on.
    pub range: Range<usize>,
    /// Who is meant.
    pub mention: Mention,
}

/// The mentions in a text, in order; not those inside links.
pub fn find(text: &str) -> Vec<Found> {
    outside(text, &link::find(text))
}

/// The mentions that do not touch one of `links`.
pub(crate) fn outside(text: &str, links: &[Range<usize>]) -> Vec<Found> {
    MENTION
        .captures_iter(text)
        .filter_map(|captures| {
            let range = captures.get(0)?.range();
            let name = captures.get(1)?.as_str().to_owned();
            let domain = match captures.get(2) {
                Some(domain) => Some(Host::parse(domain.as_str()).ok()?),
                None => None,
            };
            Some(Found { range, mention: Mention { name, domain } })
        })
        .filter(|found| stands_alone(text, found.range.start))
        .filter(|found| !overlaps(links, &found.range))
        .collect()
}

/// Whether one of `taken` shares a byte with `range`.
pub(crate) fn overlaps(taken: &[Range<usize>], range: &Range<usize>) -> bool {
    let after = taken.partition_point(|other| other.end <= range.start);
    taken.get(after).is_some_and(|other| other.start < range.end)
}

/// No mention begins inside a word (an e-mail address), a path or a query.
fn stands_alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    !before.is_some_and(|c| c.is_alphanumeric() || "_/=".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(text)
            .into_iter()
            .map(|found| match found.mention.domain {
                Some(domain) => format!("{}@{domain}", found.mention.name),
                None => found.mention.name,
            })
            .collect()
    }

    #[test]
    fn mentions_are_found_where_people_mean_them() {
        for (text, want) in [
            ("@bob", vec!["bob"]),
            ("hello @bob, and @Carol!", vec!["bob", "Carol"]),
            ("@bob@b.example.", vec!["bob@b.example"]),
            ("(@bob@B.Example)", vec!["bob@b.example"]),
            ("@bob@127.0.0.1:9100", vec!["bob@127.0.0.1:9100"]),
            ("@bob@beta.localhost:8081: hi", vec!["bob@beta.localhost:8081"]),
            ("@bob@b.example: hi", vec!["bob@b.example"]),
            ("@bob@b.example:8pm", vec!["bob@b.example"]),
            ("@bob@bücher.example", vec!["bob@xn--bcher-kva.example"]),
            ("@b.o-b_@b.example", vec!["b.o-b_@b.example"]),
            ("@bobさん", vec!["bob"]),
            ("こんにちは、@bob", vec!["bob"]),
            ("@bob's", vec!["bob"]),
            ("@alice@a.example@b.example", vec!["alice@a.example"]),
        ] {
            assert_eq!(found(text), want, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mention_is_none() {
        for text in [
            "bob@b.example",
            "https://b.example/@bob",
            "https://b.example/@bob@c.example?x=@d",
            "https://b.example/x?y=1&z=(@bob)",
            "@",
            "@@",
            "x=@bob",
            "@ bob",
            "@日本",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn the_range_covers_the_mention() {
        let text = "ö @bob@b.example!";
        let ranges: Vec<_> = find(text).into_iter().map(|found| text.get(found.range).unwrap()).collect();
        assert_eq!(ranges, ["@bob@b.example"]);
    }
}
