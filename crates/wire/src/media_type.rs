//! Media types and the parameters of header fields (RFC 9110 §5.6.6).

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The media type we send.
pub const ACTIVITY_JSON: &str = "application/activity+json";
/// What we ask for when we want a document. Old servers know only the first.
pub const ACCEPT_DOCUMENT: &str =
    "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// Whether a media type is that of ActivityPub documents (ActivityPub §3.2):
/// `application/activity+json`, or `application/ld+json` with the profile.
pub fn is_activity(media_type: &str) -> bool {
    let mut parts = split(media_type, ';');
    let essence = parts.next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(ACTIVITY_JSON) {
        return true;
    }
    essence.eq_ignore_ascii_case("application/ld+json")
        && parts.filter_map(parameter).any(|(name, value)| {
            name == "profile" && value.split_ascii_whitespace().any(|profile| profile == PROFILE)
        })
}

/// The one content type of a message; empty where there is none, or more.
pub fn content_type(headers: &HeaderMap) -> &str {
    let mut all = headers.get_all(CONTENT_TYPE).iter();
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().unwrap_or_default(),
        _ => "",
    }
}

/// `name=value` or `name="value"`, the name in lower case.
pub(crate) fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_ascii_lowercase(), unquote(value.trim())))
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut escaped = false;
    inner
        .chars()
        .filter(|c| {
            escaped = *c == '\\' && !escaped;
            !escaped
        })
        .collect()
}

/// Splits a field at a separator, except inside `"…"` and `<…>`.
pub(crate) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    text.split(move |c: char| {
        let was_escaped = std::mem::take(&mut escaped);
        match c {
            '\\' if quoted && !was_escaped => escaped = true,
            '"' if !bracketed && !was_escaped => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            _ => (),
        }
        c == separator && !quoted && !bracketed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_activity_documents_are_activity_documents() {
        for fine in [
            "application/activity+json",
            "Application/Activity+JSON; charset=utf-8",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
            "application/ld+json; charset=utf-8; profile=\"x:y https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(is_activity(fine), "{fine}");
        }
        for wrong in [
            "",
            "text/html",
            "text/plain",
            "image/png",
            "application/json",
            "application/octet-stream",
            "application/ld+json",
            "application/ld+json; profile=\"https://www.w3.org/ns/other\"",
            "application/activity+jsonx",
            "text/html; x=\"application/activity+json\"",
        ] {
            assert!(!is_activity(wrong), "{wrong}");
        }
    }

    #[test]
    fn separators_inside_quotes_and_brackets_do_not_split() {
        let parts: Vec<_> = split(r#"<https://a/?b,c>; t="x,\",y", d"#, ',').collect();
        assert_eq!(parts, [r#"<https://a/?b,c>; t="x,\",y""#, " d"]);
        assert_eq!(parameter(r#" Title = "a \"b\" \\" "#), Some(("title".into(), r#"a "b" \"#.into())));
    }

    #[test]
    fn two_content_types_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(CONTENT_TYPE, "application/activity+json".parse().unwrap());
        assert_eq!(content_type(&headers), "application/activity+json");
        headers.append(CONTENT_TYPE, "text/html".parse().unwrap());
        assert_eq!(content_type(&headers), "");
    }
}
