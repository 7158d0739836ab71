//! Tolerant access to JSON: one function for each form that peers use where
//! the specification means one thing.
//!
//! Members are found under their plain name, and under `as:NAME` and the full
//! IRI that some JSON-LD programs write. Every list is read to a bound.

use crate::ReadError;
use domain::{ActorId, ObjectId};
use serde_json::{Map, Value};

mod language;
mod link;
mod time;

pub use language::{Text, language_tag, text};
pub use link::{Link, href, http_url, links, media_url, page_url};
pub use time::{render_time, time};

/// The deepest nesting of objects and arrays that is read.
pub const MAX_DEPTH: usize = 32;
/// The most entries that are read of any list not bounded lower.
pub const MAX_ITEMS: usize = 1000;
/// The longest identifier that is read, in bytes; longer ones are as if absent.
pub const MAX_URI_BYTES: usize = domain::address::MAX_ID_BYTES;
/// The longest name, title or handle that is read, in bytes; the rest is cut off.
pub const MAX_NAME_BYTES: usize = 4 * 1024;
/// The longest text that is read, in bytes; the rest is cut off.
pub const MAX_TEXT_BYTES: usize = 512 * 1024;

/// The namespace of ActivityStreams terms.
const NAMESPACE: &str = "https://www.w3.org/ns/activitystreams#";

/// Reads bytes as one JSON object. Of a member that stands twice, the last
/// counts; U+0000 is removed, since databases refuse it. How long the bytes
/// may be is for the caller to say.
pub fn read(bytes: &[u8]) -> Result<Value, ReadError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if depth(bytes) > MAX_DEPTH {
        return Err(ReadError::TooDeep);
    }
    let mut value: Value = serde_json::from_slice(bytes).map_err(|e| ReadError::Syntax(e.to_string()))?;
    if !value.is_object() {
        return Err(ReadError::NotAnObject);
    }
    if bytes.windows(6).any(|window| window == b"\\u0000") {
        remove_nul(&mut value);
    }
    Ok(value)
}

/// How deep brackets and braces lie in each other, found without recursion.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_string = false,
            (true, _) => (),
            (false, b'"') => in_string = true,
            (false, b'{' | b'[') => {
                now += 1;
                deepest = deepest.max(now);
            }
            (false, b'}' | b']') => now = now.saturating_sub(1),
            (false, _) => (),
        }
    }
    deepest
}

fn remove_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(remove_nul),
        Value::Object(members) => {
            if members.keys().any(|key| key.contains('\0')) {
                *members =
                    std::mem::take(members).into_iter().map(|(k, v)| (k.replace('\0', ""), v)).collect();
            }
            members.values_mut().for_each(remove_nul);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => (),
    }
}

/// A member that is present and not null.
pub fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    if let Some(found) = members.get(name) {
        return (!found.is_null()).then_some(found);
    }
    prefixed(members, name).filter(|found| !found.is_null())
}

fn prefixed<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    match name {
        "id" => return members.get("@id"),
        "type" => return members.get("@type"),
        _ => (),
    }
    let same = |key: &str| {
        // Kroeg writes `as:sensitive` and `ostatus:atomUri`, processors that
        // expand write the whole IRI.
        key.strip_prefix(NAMESPACE) == Some(name)
            || ["as:", "ostatus:", "toot:"].iter().any(|prefix| key.strip_prefix(prefix) == Some(name))
    };
    members.iter().find(|(key, _)| same(key)).map(|(_, found)| found)
}

/// The entries of a member: those of its array without nulls, or the one value.
pub fn entries<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    let (array, single) = match member(value, name) {
        Some(Value::Array(array)) => (array.as_slice(), None),
        single => (&[][..], single),
    };
    array.iter().chain(single).filter(|entry| !entry.is_null()).take(MAX_ITEMS)
}

/// The objects among the entries of a member.
pub fn objects<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    entries(value, name).filter(|entry| entry.is_object())
}

/// What a value points at: itself when it is text, else its `id`, else its `href`.
pub fn identifier(value: &Value) -> Option<&str> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Object(_) => member(value, "id")
            .or_else(|| member(value, "href"))
            .or_else(|| member(value, "@value"))?
            .as_str()?,
        _ => return None,
    };
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= MAX_URI_BYTES && !text.chars().any(char::is_control);
    fits.then_some(text)
}

/// All identifiers of a member, whatever its form, without repetition.
pub fn strings(value: &Value, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for text in entries(value, name).filter_map(identifier) {
        if seen.insert(text) {
            found.push(text.to_owned());
        }
    }
    found
}

/// The first identifier of a member, whatever its form.
pub fn first_string<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    entries(value, name).find_map(identifier)
}

/// The first identifier of a member that can be an object's id.
pub fn object_id(value: &Value, name: &str) -> Option<ObjectId> {
    entries(value, name).filter_map(identifier).find_map(|text| ObjectId::parse(text).ok())
}

/// The first identifier of a member that can be an actor's id.
pub fn actor_id(value: &Value, name: &str) -> Option<ActorId> {
    object_id(value, name).map(ActorId::from)
}

/// The `id` of a document, any URI, not checked further.
pub fn own_id(value: &Value) -> Option<String> {
    member(value, "id").filter(|id| id.is_string()).and_then(identifier).map(str::to_owned)
}

/// A text member as it stands, unless empty; cut to `bound` bytes. Some
/// processors wrap it as `{"@value": …}`, some as an array of one.
pub fn plain(value: &Value, name: &str, bound: usize) -> Option<String> {
    let text = entries(value, name).find_map(literal)?;
    (!text.is_empty()).then(|| cut(text, bound).to_owned())
}

fn literal(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(members) => members.get("@value")?.as_str(),
        _ => None,
    }
}

/// The first `bound` bytes, ending at a character.
pub fn cut(text: &str, bound: usize) -> &str {
    text.get(..text.floor_char_boundary(bound)).unwrap_or(text)
}

/// A truth value; also as text and as `{"@value": "True"}` (Kroeg).
pub fn boolean(value: &Value, name: &str) -> Option<bool> {
    let found = member(value, name)?;
    let found = member(found, "@value").unwrap_or(found);
    match found {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A number that counts something; also as text or as a float.
pub fn count(value: &Value, name: &str) -> Option<u64> {
    match member(value, name)? {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn whole(number: f64) -> Option<u64> {
    let fits = number.is_finite() && (0.0..9e15).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked one line above")]
    fits.then_some(number as u64)
}

/// The names in `type`, without the prefix or IRI before them. Empty where
/// there is none: Kroeg writes `"type": []`.
pub fn kinds(value: &Value) -> Vec<&str> {
    entries(value, "type")
        .filter_map(Value::as_str)
        .map(bare_kind)
        .filter(|kind| !kind.is_empty())
        .take(16)
        .collect()
}

/// The kind of a document: the first name in `type` that is `known`, else the first.
pub fn kind<'v>(value: &'v Value, known: &[&str]) -> Option<&'v str> {
    let kinds = kinds(value);
    kinds.iter().find(|kind| known.contains(kind)).or(kinds.first()).copied()
}

/// `as:Hashtag`, `toot:Emoji` and `http://schema.org#PropertyValue` by their last word.
fn bare_kind(text: &str) -> &str {
    let text = cut(text.trim(), 256);
    let separator = if text.contains('#') {
        '#'
    } else if text.contains("://") {
        '/'
    } else {
        ':'
    };
    text.rsplit(separator).next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn deep_nesting_is_refused_before_it_is_parsed() {
        for open in ["[", "{\"a\":", "{\"a\":["] {
            assert_eq!(read(open.repeat(100_000).as_bytes()), Err(ReadError::TooDeep));
        }
        let brackets_in_text = format!("{{\"content\":\"\\\"{}\"}}", "[{".repeat(500));
        assert!(read(brackets_in_text.as_bytes()).is_ok());
    }

    #[test]
    fn only_an_object_is_a_document() {
        assert_eq!(read(b"[{}]"), Err(ReadError::NotAnObject));
        assert_eq!(read(b"\"a\""), Err(ReadError::NotAnObject));
        assert!(matches!(read(b"{"), Err(ReadError::Syntax(_))));
        assert!(matches!(read(b"{\"a\":\"\xff\"}"), Err(ReadError::Syntax(_))));
        assert!(matches!(read(b""), Err(ReadError::Syntax(_))));
    }

    #[test]
    fn the_last_of_two_members_counts_and_nul_is_removed() {
        let value = read(br#"{"id":"a","id":"b","n\u0000ame":["x\u0000y"]}"#).unwrap();
        assert_eq!(value, json!({"id": "b", "name": ["xy"]}));
    }

    #[test]
    fn one_value_or_many_read_the_same() {
        for to in [
            json!("https://a.example/"),
            json!(["https://a.example/"]),
            json!({"id": "https://a.example/"}),
            json!([null, {"type": "Link", "href": "https://a.example/"}, "https://a.example/", 7]),
        ] {
            assert_eq!(strings(&json!({ "to": to }), "to"), ["https://a.example/"]);
        }
        assert!(strings(&json!({"to": null}), "to").is_empty());
        assert!(strings(&json!({}), "to").is_empty());
    }

    #[test]
    fn a_type_may_be_prefixed_or_one_of_several() {
        assert_eq!(kinds(&json!({"type": "as:Hashtag"})), ["Hashtag"]);
        assert_eq!(kinds(&json!({"@type": "http://schema.org#PropertyValue"})), ["PropertyValue"]);
        assert_eq!(kinds(&json!({"type": "http://schema.org/Recipe"})), ["Recipe"]);
        assert_eq!(kind(&json!({"type": ["Odd", "Note"]}), &["Note"]), Some("Note"));
        assert_eq!(kind(&json!({"type": []}), &["Note"]), None);
        assert_eq!(kind(&json!({"type": null}), &["Note"]), None);
    }

    #[test]
    fn truth_and_counts_are_read_in_all_their_forms() {
        let value = json!({"a": {"@value": "False"}, "b": "true", "as:c": true, "n": "7", "m": 3.0, "x": -1});
        assert_eq!(boolean(&value, "a"), Some(false));
        assert_eq!(boolean(&value, "b"), Some(true));
        assert_eq!(boolean(&value, "c"), Some(true));
        assert_eq!(count(&value, "n"), Some(7));
        assert_eq!(count(&value, "m"), Some(3));
        assert_eq!(count(&value, "x"), None);
    }

    #[test]
    fn lists_are_read_to_a_bound() {
        let many: Vec<_> = (0..5000).map(|n| json!(format!("https://a.example/{n}"))).collect();
        assert_eq!(strings(&json!({ "to": many }), "to").len(), MAX_ITEMS);
    }

    #[test]
    fn a_cut_ends_at_a_character() {
        assert_eq!(cut("aäb", 2), "a");
        assert_eq!(cut("ab", 9), "ab");
    }
}
