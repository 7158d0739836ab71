//! Emoji: those with a shortcode (`:owl:`), and those of Unicode.

use regex::Regex;
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation;

/// The longest shortcode, in characters.
pub const MAX_CHARS: usize = 128;

static SHORTCODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[a-zA-Z0-9_]{2,128}$").expect("the pattern is valid"));
/// A flag, a key, or a picture with what changes or joins it (UTS #51 §1.4.9).
static UNICODE: LazyLock<Regex> = LazyLock::new(|| {
    let one = r"[[\p{Extended_Pictographic}\p{Emoji_Presentation}]--\p{Regional_Indicator}](?:\x{FE0F}|\p{Emoji_Modifier})?[\x{E0020}-\x{E007F}]*";
    Regex::new(&format!(
        r"^(?:\p{{Regional_Indicator}}{{2}}|[0-9#*]\x{{FE0F}}?\x{{20E3}}|{one}(?:\x{{200D}}{one})*)$"
    ))
    .expect("the pattern is valid")
});

/// Whether an emoji of a server may be called so.
pub fn is_shortcode(text: &str) -> bool {
    SHORTCODE.is_match(text)
}

/// Whether a text is one emoji of Unicode and nothing else.
pub fn is_unicode(text: &str) -> bool {
    text.len() <= 128 && text.graphemes(true).count() == 1 && UNICODE.is_match(text)
}

/// The shortcodes in a text, each once, in order. One begins and ends where no
/// letter, digit or colon stands beside it.
pub fn find(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let colons: Vec<usize> = text.match_indices(':').map(|(at, _)| at).collect();
    let mut pairs = colons.windows(2);
    while let Some(&[open, close]) = pairs.next() {
        let Some(name) = text.get(open + 1..close).filter(|name| is_shortcode(name)) else { continue };
        if stands_alone(text, open, close) {
            if found.iter().all(|known| known != name) {
                found.push(name.to_owned());
            }
            // Its second colon begins no other.
            pairs.next();
        }
    }
    found
}

fn stands_alone(text: &str, open: usize, close: usize) -> bool {
    let before = text.get(..open).and_then(|head| head.chars().next_back());
    let after = text.get(close + 1..).and_then(|tail| tail.chars().next());
    let touches = |c: char| c.is_alphanumeric() || c == ':';
    !before.is_some_and(touches) && !after.is_some_and(touches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shortcodes_stand_alone() {
        for (text, want) in [
            (":owl:", vec!["owl"]),
            ("a :owl: b :Blob_Cat2: c :owl:", vec!["owl", "Blob_Cat2"]),
            ("(:owl:)", vec!["owl"]),
            (":owl: :cat:", vec!["owl", "cat"]),
            (":owl:\n:cat:", vec!["owl", "cat"]),
            (":owl:cat:", vec![]),
            ("x:owl:", vec![]),
            (":owl:x", vec![]),
            ("::owl::", vec![]),
            ("at 12:30:45", vec![]),
            (": owl :", vec![]),
            (":o:", vec![]),
            (":öl:", vec![]),
            ("::", vec![]),
            ("😀:owl:😀", vec!["owl"]),
        ] {
            assert_eq!(find(text), want, "{text}");
        }
    }

    #[test]
    fn one_emoji_is_one() {
        for emoji in ["👍", "👍🏽", "❤️", "❤", "👩‍👩‍👧", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "3️⃣", "🏳️‍🌈", "✅"]
        {
            assert!(is_unicode(emoji), "{emoji}");
        }
        for other in ["", "a", "3", "👍👍", "👍 ", "owl", ":)", "🇩", "\u{200d}", "<b>", "ﷺ"] {
            assert!(!is_unicode(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_looked_through(text in "[:a-z0-9_ ]{0,60}") {
            prop_assert!(find(&text).iter().all(|name| is_shortcode(name)));
        }
    }
}
