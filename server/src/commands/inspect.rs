//! `antiphon inspect`: what is understood of a document.

use super::Output;

pub(super) fn inspect(text: &str) -> Output {
    match activitypub::read(text.as_bytes()) {
        Ok(document) => Output::said(activitypub::understood(&document).to_string()),
        Err(why) => Output::failed(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_no_json_object_is_a_failure() {
        for (text, code) in [("{}", 0), (r#"{"type": 7}"#, 0), ("[]", 1), ("", 1), ("{", 1), ("null", 1)] {
            assert_eq!(inspect(text).code, code, "{text}");
        }
        let known = inspect(
            r#"{"type":"Follow","id":"https://a.example/1","actor":"https://a.example/u","object":"https://b.example/u"}"#,
        );
        assert!(known.stdout.contains("Follow"), "{}", known.stdout);
    }
}
