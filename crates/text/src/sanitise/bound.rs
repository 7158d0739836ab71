//! What HTML may cost. The HTML parser is linear for what people write, but
//! unclosed tags by the ten thousand make it walk its whole stack at each new
//! one; so size and depth are bounded, roughly, before it runs.

use super::MAX_BYTES;
use crate::scan::escape;
use regex::Regex;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The deepest nesting that is parsed. Real posts stay under 30.
const MAX_DEPTH: usize = 256;

/// Tags that the parser opens again in every following block while they are
/// unclosed, unless three alike are open: with attributes none are alike.
static FORMATTING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*>")
        .expect("the pattern is valid")
});
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<(/?)([A-Za-z][^\s/>]*)").expect("the pattern is valid"));
static ANY_TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<[^>]*>?").expect("the pattern is valid"));

/// Never open for long: void, or closed by the next of their kind.
const FLAT: [&str; 14] =
    ["p", "br", "img", "hr", "li", "wbr", "input", "tr", "td", "th", "dt", "dd", "meta", "link"];

/// The HTML that the parser is given: cut at [`MAX_BYTES`]; where it is nested
/// without measure, only its text.
pub(super) fn bounded(html: &str) -> Cow<'_, str> {
    let html = FORMATTING.replace_all(cut(html, MAX_BYTES), "<$1>");
    if too_deep(&html) {
        return Cow::Owned(escape(&ANY_TAG.replace_all(&html, " ")));
    }
    html
}

/// The longest beginning of `text` that fits `max_bytes`, on a character's edge.
pub(super) fn cut(text: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Counts what is open by name, not by order: rough, linear, and never under
/// what the parser would keep open except where tables hide a closing tag.
fn too_deep(html: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0_usize;
    for found in TAG.captures_iter(html) {
        let (Some(slash), Some(name)) = (found.get(1), found.get(2)) else { continue };
        let name = name.as_str().to_ascii_lowercase();
        if FLAT.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if slash.is_empty() {
            *count += 1;
            depth += 1;
        } else if *count > 0 {
            *count -= 1;
            depth -= 1;
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_html_is_left_as_it_is() {
        let html = r#"<p>a <b>b</b> <a href="https://x.example/">c</a><br></p>"#;
        assert_eq!(bounded(html), html);
    }

    #[test]
    fn a_cut_stands_on_a_characters_edge() {
        assert_eq!(cut("aö", 2), "a");
        assert_eq!(cut("aö", 3), "aö");
        assert_eq!(cut("aö", 30), "aö");
    }

    #[test]
    fn bottomless_nesting_leaves_only_text() {
        let html = format!("{}text", "<span>".repeat(300));
        assert_eq!(bounded(&html).trim(), "text");
        let balanced = "<span>x</span>".repeat(3000);
        assert_eq!(bounded(&balanced), balanced);
    }
}
