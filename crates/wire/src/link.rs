//! The `Link` header (RFC 8288), as far as a page uses it to point to its
//! ActivityPub document.

use http::HeaderMap;
use http::header::LINK;
use url::Url;

use crate::media_type::{is_activity, parameter, split};

/// More links than this in one answer are not looked at.
const MAX_LINKS: usize = 64;

/// The alternate form of a page that is an ActivityPub document. The target
/// may be relative to the page, as Flipboard writes it.
pub fn activity_alternate(page: &Url, headers: &HeaderMap) -> Option<Url> {
    headers
        .get_all(LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| split(value, ','))
        .take(MAX_LINKS)
        .find_map(|link| alternate(page, link))
}

fn alternate(page: &Url, link: &str) -> Option<Url> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    let (mut is_alternate, mut is_document) = (false, false);
    for (name, value) in split(parameters, ';').filter_map(parameter) {
        match name.as_str() {
            "rel" => {
                is_alternate |=
                    value.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("alternate"));
            }
            "type" => is_document |= is_activity(&value),
            _ => (),
        }
    }
    if is_alternate && is_document { page.join(target.trim()).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, value.parse().unwrap());
        }
        let page = Url::parse("https://flip.example/@bob/1").unwrap();
        activity_alternate(&page, &headers).map(String::from)
    }

    #[test]
    fn the_alternate_document_is_found_among_other_links() {
        let relative = r#"</users/bob/statuses/a:b:1>; rel="alternate"; type="application/activity+json""#;
        assert_eq!(found(&[relative]).unwrap(), "https://flip.example/users/bob/statuses/a:b:1");
        let among = r#"</s.css>; rel=preload, </x?a,b>; type="application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""; rel="Alternate up""#;
        assert_eq!(found(&["<https://x/>; rel=shortlink", among]).unwrap(), "https://flip.example/x?a,b");
    }

    #[test]
    fn other_alternates_are_not_documents() {
        for other in [
            r#"</feed>; rel="alternate"; type="application/rss+xml""#,
            r#"</a>; rel="canonical"; type="application/activity+json""#,
            r#"</a>; rel="alternate""#,
            "nonsense",
            "<unclosed; rel=alternate",
        ] {
            assert_eq!(found(&[other]), None, "{other}");
        }
    }
}
