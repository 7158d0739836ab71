//! Paths of ours that a person is to be sent back to.

/// The path to go to, where `text` is one of ours; else `/`. What a browser
/// would read as another site (`//host`, `/\host`) is none of ours.
pub fn local(text: &str) -> &str {
    let plain = text.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    let ours = text.starts_with('/') && !text.starts_with("//") && plain && text.len() <= 4000;
    if ours { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

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
