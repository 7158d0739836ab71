//! Names: one line of text, never HTML.

use super::bound::cut;
use regex::Regex;
use std::sync::LazyLock;

/// The longest name, in characters.
const MAX_CHARS: usize = 500;
/// What is looked at of it, in bytes.
const MAX_BYTES: usize = 8 * 1024;
/// The longest shortcode of an emoji, in bytes.
const MAX_SHORTCODE_BYTES: usize = 128;

static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<[A-Za-z/!?][^<>]*>?").expect("the pattern is valid"));

/// A name, a title, an alt text: text on one line, without tags, control
/// characters and the marks that turn the direction of what stands behind.
/// `I <3 you` stays as it is.
pub fn plain_line(text: &str) -> String {
    let mut shown: String = cut(text, MAX_BYTES)
        .chars()
        .map(|c| if breaks_line(c) { ' ' } else { c })
        .filter(|c| !misleads(*c))
        .collect();
    // Again until nothing changes: `<<b>script>` has a tag inside a tag.
    while TAG.is_match(&shown) {
        shown = TAG.replace_all(&shown, "").into_owned();
    }
    let words: Vec<&str> = shown.split_whitespace().collect();
    words.join(" ").chars().take(MAX_CHARS).collect::<String>().trim_end().to_owned()
}

/// An emoji's name without its colons; `None` where it is not one word of
/// ASCII letters, digits and `_+-.`.
pub fn shortcode(text: &str) -> Option<String> {
    let name = text.trim().trim_matches(':');
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+-.".contains(c);
    (!name.is_empty() && name.len() <= MAX_SHORTCODE_BYTES && name.chars().all(fits)).then(|| name.to_owned())
}

fn breaks_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Control characters, and the invisible ones that reorder or hide text.
/// The joiners stay: families of emoji and several scripts need them.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}' | '\u{ad}')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{fdd0}'..='\u{fdef}').contains(&c)
        || ('\u{fff9}'..='\u{fffb}').contains(&c)
        || ('\u{e0000}'..='\u{e001f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_text() {
        for (text, want) in [
            ("Bob", "Bob"),
            ("  Bob \n the\tBuilder ", "Bob the Builder"),
            ("I <3 you & 1 < 2 > 0", "I <3 you & 1 < 2 > 0"),
            ("<b>Bob</b>", "Bob"),
            ("<script>alert(1)</script>", "alert(1)"),
            ("<<b>script>x", "x"),
            ("<img src=x onerror=alert(1)", ""),
            ("<\u{0}b>x", "x"),
            ("Bob <svg/onload=alert(1)>", "Bob"),
            ("a\u{202e}b\u{2066}c\u{0}d\u{200b}", "abcd"),
            ("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
            ("محمد", "محمد"),
        ] {
            assert_eq!(plain_line(text), want, "{text:?}");
        }
        assert_eq!(plain_line(&"x".repeat(100_000)).len(), MAX_CHARS);
    }

    #[test]
    fn a_shortcode_is_one_plain_word() {
        assert_eq!(shortcode(":blob_cat:").as_deref(), Some("blob_cat"));
        for wrong in ["", "::", "a b", "\"><script>", "é", ":a:b:"] {
            assert_eq!(shortcode(wrong), None, "{wrong}");
        }
    }
}
