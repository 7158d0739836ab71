//! Paths of ours: that a person is to be sent back to, and as clients write them.

use http::Uri;
use http::uri::PathAndQuery;

/// The path to go to, where `text` is one of ours; else `/`. What a browser
/// would read as another site (`//host`, `/\host`) is none of ours.
pub fn local(text: &str) -> &str {
    let plain = text.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    let ours = text.starts_with('/') && !text.starts_with("//") && plain && text.len() <= 4000;
    if ours { text } else { "/" }
}

/// The same door of the API or of OAuth, where `uri` names one with a slash
/// at the end of its path. Elsewhere a slash makes another URL.
pub(crate) fn without_last_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/')?;
    if !path.starts_with("/api/") && !path.starts_with("/oauth/") {
        return None;
    }
    let written = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(written).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_of_a_door_is_left_out() {
        let same = |text: &str| without_last_slash(&text.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(same("/api/v1/instance/").as_deref(), Some("/api/v1/instance"));
        assert_eq!(same("/oauth/token/?x=/").as_deref(), Some("/oauth/token?x=/"));
        let whole = same("https://a.test/api/v2/search/?q=b").unwrap();
        assert_eq!(whole, "https://a.test/api/v2/search?q=b");
        for other in ["/", "/api/v1/instance", "/users/bob/", "/api/", "/oauth/", "/tags/x/?a=/"] {
            assert_eq!(same(other), None, "{other}");
        }
    }

    /// N24
    #[test]
    fn nobody_is_sent_to_another_site() {
        for path in ["/", "/home?x=1", "/oauth/authorize?redirect_uri=https%3A%2F%2Fa.test%2F"] {
            assert_eq!(local(path), path);
        }
        let others = [
            "",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "javascript:x",
            "\t//evil.test",
            "/\t/evil.test",
            "/a b",
        ];
        for path in others {
            assert_eq!(local(path), "/", "{path}");
        }
    }
}
