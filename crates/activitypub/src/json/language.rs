//! Texts that may stand under their name, or per language under `nameMap`.

use super::{cut, member, plain};
use serde_json::Value;

/// A text and the language it is known to be in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The text, cut to the bound that was asked for.
    pub text: String,
    /// Its BCP 47 tag.
    pub language: Option<String>,
}

/// Reads `name` and `nameMap`. The plain member is the text: a map can hold
/// other markup (Friendica). The map tells the language where it has one entry,
/// or one that equals the text.
pub fn text(value: &Value, name: &str, bound: usize) -> Option<Text> {
    let spoken: Vec<(&str, &str)> = match member(value, &format!("{name}Map")) {
        Some(Value::Object(map)) => {
            map.iter().filter_map(|(tag, text)| Some((tag.as_str(), text.as_str()?))).take(64).collect()
        }
        _ => Vec::new(),
    };
    if let Some(text) = plain(value, name, bound) {
        let same = spoken.iter().find(|(_, other)| cut(other, bound) == text);
        let only = spoken.first().filter(|_| spoken.len() == 1);
        let language = same.or(only).and_then(|(tag, _)| language_tag(tag));
        return Some(Text { text, language });
    }
    let (tag, text) = spoken.into_iter().find(|(_, text)| !text.is_empty())?;
    Some(Text { text: cut(text, bound).to_owned(), language: language_tag(tag) })
}

/// A language tag, unless it says that the language is unknown.
pub fn language_tag(text: &str) -> Option<String> {
    let text = text.trim();
    let shaped = (2..=35).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (shaped && !["und", "mul", "zxx"].contains(&text)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Option<(String, Option<String>)> {
        text(value, "content", 100).map(|found| (found.text, found.language))
    }

    #[test]
    fn the_map_gives_the_language_and_steps_in_where_the_text_is_absent() {
        let one = json!({"content": "a", "contentMap": {"de": "<b>a</b>"}});
        assert_eq!(read(&one), Some(("a".into(), Some("de".into()))));
        let several = json!({"content": "a", "contentMap": {"de": "b", "en": "a"}});
        assert_eq!(read(&several), Some(("a".into(), Some("en".into()))));
        let differing = json!({"content": "a", "contentMap": {"de": "b", "en": "c"}});
        assert_eq!(read(&differing), Some(("a".into(), None)));
        let map_only = json!({"content": null, "contentMap": {"de": null, "en": "x"}});
        assert_eq!(read(&map_only), Some(("x".into(), Some("en".into()))));
        assert_eq!(read(&json!({"contentMap": []})), None);
        assert_eq!(read(&json!({"content": 7})), None);
    }

    #[test]
    fn und_and_nonsense_are_no_language() {
        assert_eq!(language_tag("pt-BR").as_deref(), Some("pt-BR"));
        for wrong in ["und", "", "e", "\"><script>", "1e"] {
            assert_eq!(language_tag(wrong), None, "{wrong}");
        }
    }
}
