//! The one thing we want of a host-meta document (RFC 6415): where WebFinger
//! is answered. It is XML, but a search for one element needs no parser.

/// Host-meta documents are short.
const MAX_BYTES: usize = 64 * 1024;

/// The template of the `lrdd` link, with `{uri}` to be filled in.
pub(super) fn template(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..MAX_BYTES).unwrap_or(body));
    text.split("<Link").skip(1).find_map(|rest| {
        let element = rest.split('>').next()?;
        let is_lrdd = attribute(element, "rel").is_some_and(|rel| rel == "lrdd");
        attribute(element, "template").filter(|template| is_lrdd && template.contains("{uri}"))
    })
}

/// The value of an attribute, in either kind of quotes.
fn attribute(element: &str, name: &str) -> Option<String> {
    let mut rest = element;
    loop {
        let (before, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, next) = after.strip_prefix(quote)?.split_once(quote)?;
        if before.trim() == name {
            return Some(value.replace("&amp;", "&"));
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_found_in_both_kinds_of_quotes() {
        let body = br#"<?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
            <Link rel="other" template="https://a.example/no?{uri}"/>
            <Link type='application/jrd+json' template='https://a.example/find?a=1&amp;b={uri}' rel='lrdd' /></XRD>"#;
        assert_eq!(template(body).as_deref(), Some("https://a.example/find?a=1&b={uri}"));
    }

    #[test]
    fn a_document_without_one_has_none() {
        for wrong in [
            &b""[..],
            b"{}",
            b"<Link",
            b"<Link rel='lrdd' template=",
            b"<Link rel='lrdd' template='https://a.example/'/>",
            b"\xff<Link rel=lrdd template={uri}>",
        ] {
            assert_eq!(template(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }
}
