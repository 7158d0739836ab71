//! `tag`: mentions, hashtags, custom emoji; one, many, or mere strings.

use crate::json;
use domain::ActorId;
use serde_json::Value;
use std::collections::HashSet;

/// The most mentions that are read.
pub const MAX_MENTIONS: usize = 200;
/// The most hashtags that are read.
pub const MAX_HASHTAGS: usize = 100;
/// The most custom emoji that are read.
pub const MAX_EMOJIS: usize = 100;
/// The longest hashtag or shortcode, in bytes; longer ones are left out.
const MAX_WORD_BYTES: usize = 400;

/// An actor that a post mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The actor's id; Threads and a few others write its page.
    pub href: ActorId,
    /// `@name@domain` or `@name`; Smithereen writes none.
    pub name: Option<String>,
}

/// A custom emoji.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji {
    /// Its name without colons.
    pub shortcode: String,
    /// Its picture.
    pub url: String,
    /// Its id; Akkoma writes none for those of third servers.
    pub id: Option<String>,
}

/// The mentions among the tags, without repetition.
pub fn mentions(value: &Value) -> Vec<Mention> {
    let mut seen = HashSet::new();
    tagged(value, "Mention")
        .filter_map(|tag| {
            let href =
                ActorId::parse(json::first_string(tag, "href").or_else(|| json::first_string(tag, "id"))?)
                    .ok()?;
            Some(Mention { href, name: json::plain(tag, "name", json::MAX_NAME_BYTES) })
        })
        .filter(|mention| seen.insert(mention.href.clone()))
        .take(MAX_MENTIONS)
        .collect()
}

/// The hashtags, without `#` and without repetition. kbin puts the word under
/// `tag` in place of `name`, or writes an array of strings.
pub fn hashtags(value: &Value) -> Vec<String> {
    let objects = tagged(value, "Hashtag")
        .filter_map(|tag| json::plain(tag, "name", 1024).or_else(|| json::plain(tag, "tag", 1024)));
    let strings = json::entries(value, "tag").filter_map(Value::as_str).filter(|text| !text.contains("://"));
    let mut seen = HashSet::new();
    objects
        .chain(strings.map(str::to_owned))
        .filter_map(|name| {
            let word = name.trim().trim_start_matches(['#', '＃']).trim();
            (!word.is_empty() && word.len() <= MAX_WORD_BYTES).then(|| word.to_owned())
        })
        .filter(|word| seen.insert(word.to_lowercase()))
        .take(MAX_HASHTAGS)
        .collect()
}

/// The custom emoji among the tags.
pub fn emojis(value: &Value) -> Vec<Emoji> {
    let mut seen = HashSet::new();
    tagged(value, "Emoji")
        .filter_map(emoji)
        .filter(|it| seen.insert(it.shortcode.clone()))
        .take(MAX_EMOJIS)
        .collect()
}

fn emoji(tag: &Value) -> Option<Emoji> {
    let name = json::plain(tag, "name", MAX_WORD_BYTES)?;
    let shortcode = name.trim().trim_matches(':');
    let spelled =
        !shortcode.is_empty() && shortcode.chars().all(|c| c.is_alphanumeric() || "_-+.@".contains(c));
    spelled.then_some(())?;
    Some(Emoji { shortcode: shortcode.to_owned(), url: json::href(tag, "icon")?, id: json::own_id(tag) })
}

fn tagged<'v>(value: &'v Value, kind: &'static str) -> impl Iterator<Item = &'v Value> {
    json::objects(value, "tag").filter(move |tag| json::kinds(tag).contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tags_are_read_one_or_many_and_without_repetition() {
        let bob = json!({"type": "as:Mention", "href": "https://a.example/bob"});
        assert_eq!(mentions(&json!({ "tag": bob })).len(), 1);
        let twice =
            mentions(&json!({"tag": [bob, bob, null, "x", {"type": "Mention", "href": "javascript:x"}]}));
        assert_eq!((twice.len(), twice[0].name.as_deref()), (1, None));
    }

    #[test]
    fn hashtags_come_with_and_without_hash_and_under_other_names() {
        let tags = json!({"tag": [
            {"type": "Hashtag", "name": "#One"},
            {"type": "as:Hashtag", "name": "two"},
            {"type": "Hashtag", "tag": "#three"},
            {"type": "Hashtag", "name": "#one"},
            {"type": "Hashtag", "name": "#"},
            {"name": "#untyped"},
            "four", "#five", "https://a.example/x",
        ]});
        assert_eq!(hashtags(&tags), ["One", "two", "three", "four", "five"]);
    }

    #[test]
    fn an_emoji_needs_a_name_and_a_picture() {
        let tags = json!({"tag": [
            {"type": "toot:Emoji", "id": null, "name": ":blob:", "icon": {"type": "Image", "url": "https://a.example/b.png"}},
            {"type": "Emoji", "name": "nothing"},
            {"type": "Emoji", "name": ":\"><script>:", "icon": "https://a.example/c.png"},
        ]});
        let wanted = Emoji { shortcode: "blob".into(), url: "https://a.example/b.png".into(), id: None };
        assert_eq!(emojis(&tags), [wanted]);
    }

    #[test]
    fn tags_are_read_to_a_bound() {
        let many: Vec<_> =
            (0..3000).map(|n| json!({"type": "Mention", "href": format!("https://a.example/{n}")})).collect();
        assert_eq!(mentions(&json!({ "tag": many })).len(), MAX_MENTIONS);
    }
}
