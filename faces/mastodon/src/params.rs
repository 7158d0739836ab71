//! What programs write into requests: ids, lists of them, languages, pictures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::Deserialize;
use web::ApiError;

/// Reads an id as clients write it.
pub(crate) fn id(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Reads ids; others than numbers are ids of nothing and left out.
pub(crate) fn ids(texts: &[String], most: usize) -> Vec<i64> {
    texts.iter().filter_map(|text| id(text)).take(most).collect()
}

/// Programs write each id as `id[]`; some write `ids[]`, or `id` once.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ids {
    pub(crate) id: Vec<String>,
    pub(crate) ids: Vec<String>,
}

impl Ids {
    /// All of them, at most so many.
    pub(crate) fn numbers(&self, most: usize) -> Vec<i64> {
        let mut numbers = ids(&self.id, most);
        numbers.extend(ids(&self.ids, most));
        numbers.truncate(most);
        numbers
    }
}

/// A request for something that is not built is refused, not half answered.
pub(crate) fn not_built(what: &'static str) -> ApiError {
    ApiError::invalid(format!("Validation failed: {what} is not supported by this server"))
}

/// A picture that is written as text (`data:`).
pub(crate) fn written_picture(name: &str, written: Option<&str>) -> Result<Option<Bytes>, ApiError> {
    let Some(text) = written.filter(|text| !text.is_empty()) else { return Ok(None) };
    let data = text.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
    let bytes = data.and_then(|(_, encoded)| BASE64.decode(encoded.trim()).ok());
    let wrong = || ApiError::invalid(format!("Validation failed: {name} is neither a file nor a data URL"));
    bytes.map(|bytes| Some(bytes.into())).ok_or_else(wrong)
}

/// A language tag (BCP 47) with script and region at most, as far as it can be
/// checked without a register. What is none is as if nothing was written.
pub(crate) fn language(text: &str) -> Option<String> {
    let (primary, rest) = match text.trim().split_once('-') {
        Some((primary, rest)) => (primary, Some(rest)),
        None => (text.trim(), None),
    };
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let further =
        |part: &str| matches!(part.len(), 2 | 4) && letters(part) || part.len() == 3 && digits(part);
    let is_tag = (2..=3).contains(&primary.len()) && letters(primary);
    if !is_tag || !rest.is_none_or(|rest| rest.split('-').count() <= 2 && rest.split('-').all(further)) {
        return None;
    }
    let primary = primary.to_ascii_lowercase();
    Some(rest.map_or(primary.clone(), |rest| format!("{primary}-{rest}")))
}

/// The same where somebody chooses it for longer: what is no tag is refused.
pub(crate) fn chosen_language(text: &str) -> Result<Option<String>, ApiError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || ApiError::invalid("Validation failed: language is no language tag");
    language(text).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits() {
        assert_eq!(id("17"), Some(17));
        for wrong in ["", "-1", "+1", "1.0", "x", "99999999999999999999999"] {
            assert_eq!(id(wrong), None, "{wrong}");
        }
        assert_eq!(ids(&["1".into(), "x".into(), "2".into(), "3".into()], 2), [1, 2]);
    }

    #[test]
    fn a_language_is_a_tag_or_nothing() {
        for tag in ["en", "pt-BR", "zh-Hant-TW", "nan", "es-419"] {
            assert_eq!(language(tag).as_deref(), Some(tag));
        }
        assert_eq!((language(" EN "), language("ZH-TW")), (Some("en".into()), Some("zh-TW".into())));
        let wrong = ["", " ", "e", "english", "en_US", "12", "en--us", "<b>", "en-", "xx-nonsense-language"];
        for wrong in wrong.into_iter().chain([&*"aa-".repeat(30), "dé", "zh-Hant-TW-xx"]) {
            assert_eq!(language(wrong), None, "{wrong}");
            assert_eq!(chosen_language(wrong).is_ok(), wrong.trim().is_empty(), "{wrong}");
        }
    }
}
