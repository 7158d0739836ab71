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

/// A language tag (BCP 47) as far as it can be checked without a register.
pub(crate) fn language(text: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(tag) = text.map(|text| text.trim().to_owned()).filter(|tag| !tag.is_empty()) else {
        return Ok(None);
    };
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let primary = tag.split('-').next().unwrap_or_default();
    let is_tag = primary.len() >= 2 && primary.bytes().all(|b| b.is_ascii_alphabetic());
    if is_tag && tag.len() <= 35 && tag.split('-').all(part) {
        Ok(Some(tag))
    } else {
        Err(ApiError::invalid("Validation failed: language is no language tag"))
    }
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
        for tag in ["en", "pt-BR", "zh-Hant-TW", "nan"] {
            assert_eq!(language(Some(tag.into())).unwrap().as_deref(), Some(tag));
        }
        assert_eq!(language(Some(" ".into())).unwrap(), None);
        assert_eq!(language(None).unwrap(), None);
        for wrong in ["e", "english language", "en_US", "12", "en--us", "<b>", &"a-".repeat(30)] {
            assert!(language(Some(wrong.into())).is_err(), "{wrong}");
        }
    }
}
