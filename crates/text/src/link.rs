//! Links: finding them in text as it was typed, showing them short, and
//! telling the ones that may be clicked.

use crate::scan::escape;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use url::Url;

/// The longest link we take from outside, in bytes.
const MAX_BYTES: usize = 2048;
/// How much of a link is shown after its scheme.
const SHOWN_CHARS: usize = 30;

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)https?://[^\s<>"'`|\\^{}\x00-\x1f、。「」『』【】（）！？，]+"#)
        .expect("the pattern is valid")
});
static PREFIX: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^https?://(www\.)?").expect("the pattern is valid"));

/// A URL that may be followed by a click: absolute, `http` or `https`, with a
/// host and without `user:password@` (which hides the real host).
pub fn safe(text: &str) -> Option<Url> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let clean = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none();
    clean.then_some(url)
}

/// Where links with a scheme stand in a text, in order. The punctuation that
/// ends a sentence is not part of a link, nor a bracket it did not open.
pub fn find(text: &str) -> Vec<Range<usize>> {
    LINK.find_iter(text)
        .filter(|found| !touches_word(text, found.start()))
        .filter_map(|found| {
            let link = trim_end(found.as_str());
            safe(link).map(|_| found.start()..found.start() + link.len())
        })
        .collect()
}

/// Whether a letter, digit or one of `@#$/` stands right before `at`.
fn touches_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    before.is_some_and(|c| c.is_alphanumeric() || "@#$/".contains(c))
}

fn trim_end(mut link: &str) -> &str {
    while let Some(last) = link.chars().next_back() {
        let unopened = match last {
            ')' => is_unopened(link, '(', ')'),
            ']' => is_unopened(link, '[', ']'),
            _ => false,
        };
        if !unopened && !".,;:!?*…".contains(last) {
            break;
        }
        link = link.strip_suffix(last).unwrap_or_default();
    }
    link
}

fn is_unopened(link: &str, open: char, close: char) -> bool {
    link.matches(close).count() > link.matches(open).count()
}

/// A link as Mastodon writes it: the scheme and what is long are there for
/// who copies, but not shown. The host is shown to its end, as only the end
/// says whose it is.
pub fn html(url: &str) -> String {
    let spelled = in_ascii(url);
    let url = spelled.as_deref().unwrap_or(url);
    let prefix = PREFIX.find(url).map_or("", |found| found.as_str());
    let rest = url.strip_prefix(prefix).unwrap_or(url);
    let cut = rest.char_indices().nth(SHOWN_CHARS).map_or(rest.len(), |(at, _)| at);
    let cut = cut.max(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (shown, hidden) = rest.split_at_checked(cut).unwrap_or((rest, ""));
    let class = if hidden.is_empty() { "" } else { " class=\"ellipsis\"" };
    format!(
        "<a href=\"{}\" target=\"_blank\" rel=\"nofollow noopener noreferrer\" translate=\"no\">\
         <span class=\"invisible\">{}</span><span{class}>{}</span><span class=\"invisible\">{}</span></a>",
        escape(url),
        escape(prefix),
        escape(shown),
        escape(hidden),
    )
}

/// A link whose host has letters beyond ASCII, with the host spelled as it is
/// asked for: some of them look like others.
fn in_ascii(url: &str) -> Option<String> {
    let end = url.get(8..)?.find(['/', '?', '#']).map_or(url.len(), |at| at + 8);
    let host = url.get(..end).filter(|host| !host.is_ascii())?;
    let spelled = Url::parse(host).ok()?;
    Some(format!("{}{}", spelled.as_str().trim_end_matches('/'), url.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| text.get(range).unwrap()).collect()
    }

    #[test]
    fn links_are_found_without_the_punctuation_around_them() {
        for (text, want) in [
            ("see https://a.example/b.", vec!["https://a.example/b"]),
            ("(https://a.example/b_(c))", vec!["https://a.example/b_(c)"]),
            ("HTTPS://A.example?x=1&y=2, then", vec!["HTTPS://A.example?x=1&y=2"]),
            ("http://beta.localhost:8081/@bob", vec!["http://beta.localhost:8081/@bob"]),
            ("これhttps://a.example/b。", vec![]),
            ("これ https://a.example/日本。次", vec!["https://a.example/日本"]),
            ("https://a.example https://b.example", vec!["https://a.example", "https://b.example"]),
            ("<https://a.example/>", vec!["https://a.example/"]),
        ] {
            assert_eq!(found(text), want, "{text}");
        }
    }

    /// N18: who stands before an `@` is easily taken for the host.
    #[test]
    fn what_is_no_safe_link_is_text() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.example/",
            "a.example",
            "https://",
            "https://good.example@evil.example/",
            "https://good.example%2Fabout%2Fus%2Fand%2Four%2Fhistory:x@evil.example/",
            "xhttps://a.example",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    /// N18
    #[test]
    fn a_host_is_shown_to_its_end_however_long_it_is() {
        for (host, rest) in [
            ("good.example.and.some.more.of.it.evil.example", "/x"),
            ("www.good.example.0123456789012.evil.example:8443", ""),
        ] {
            let html = html(&format!("https://{host}{rest}"));
            let shown = host.trim_start_matches("www.");
            assert!(
                html.contains(&format!(">{shown}</span><span class=\"invisible\">{rest}</span>")),
                "{html}"
            );
        }
    }

    /// N20
    #[test]
    fn a_host_is_shown_as_it_is_spelled() {
        let html = html("https://\u{430}pple.com/\u{430}");
        assert!(html.contains("href=\"https://xn--pple-43d.com/\u{430}\""), "{html}");
        assert!(html.contains("<span>xn--pple-43d.com/\u{430}</span>"), "{html}");
    }

    #[test]
    fn a_long_link_is_shown_short_and_kept_whole() {
        let html = html("https://www.a.example/0123456789012345678901234567890?\"<");
        assert!(html.contains("<span class=\"invisible\">https://www.</span><span class=\"ellipsis\">a.example/01234567890123456789</span>"), "{html}");
        assert!(
            html.contains("href=\"https://www.a.example/0123456789012345678901234567890?&quot;&lt;\""),
            "{html}"
        );
    }
}
