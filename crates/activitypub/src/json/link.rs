//! `url`: a string, a Link, an array of either, with a media type or none.

use super::{entries, first_string, identifier, member, plain};
use domain::ObjectId;
use serde_json::Value;
use url::Url;

/// The most links that are read of one member.
const MAX_LINKS: usize = 128;

/// One way to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// An http(s) URL.
    pub href: String,
    /// `mediaType`, where the link tells it.
    pub media_type: Option<String>,
    /// Pixels, where the link tells them.
    pub height: Option<u64>,
}

/// A web address, as it came if it is a plain one, else in the spelling that
/// browsers give it. None for other schemes, user information and the like.
pub fn http_url(text: &str) -> Option<String> {
    let text = text.trim();
    if ObjectId::parse(text).is_ok() {
        return Some(text.to_owned());
    }
    if text.len() > super::MAX_URI_BYTES || text.chars().any(char::is_control) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let spelled = String::from(url);
    ObjectId::parse(&spelled).is_ok().then_some(spelled)
}

/// The web addresses of a member that names or links a resource.
pub fn links(value: &Value, name: &str) -> Vec<Link> {
    entries(value, name).take(MAX_LINKS).filter_map(link).collect()
}

fn link(value: &Value) -> Option<Link> {
    // An Image in the place of a URL has its own `url` (`icon`, `image`).
    let nested = || super::objects(value, "url").find_map(identifier).or_else(|| first_string(value, "url"));
    let target = match value {
        Value::String(text) => Some(text.as_str()),
        _ => first_string(value, "href").or_else(nested),
    };
    Some(Link {
        href: http_url(target?)?,
        // Funkwhale calls it `mimeType`, Prismo `media_type`.
        media_type: ["mediaType", "mimeType", "media_type"].iter().find_map(|key| plain(value, key, 128)),
        height: super::count(value, "height"),
    })
}

/// The first web address of a member, whatever its form: of an `icon` or
/// `image` with several sizes (PeerTube), the first.
pub fn href(value: &Value, name: &str) -> Option<String> {
    entries(value, name).take(MAX_LINKS).find_map(link).map(|link| link.href)
}

/// The page to open for a document: the `text/html` link, else the first that
/// does not say what it is, else the first.
pub fn page_url(value: &Value, name: &str) -> Option<String> {
    let links = links(value, name);
    let is_html = |link: &&Link| link.media_type.as_deref().is_some_and(|kind| kind.starts_with("text/html"));
    let is_bare = |link: &&Link| link.media_type.is_none();
    let best = links.iter().find(is_html).or_else(|| links.iter().find(is_bare)).or(links.first());
    best.map(|link| link.href.clone())
}

/// The link to a media file of this family (`video`, `audio`, `image`): the
/// largest that is no higher than 720 pixels, else the first. PeerTube hides
/// files among the tags of its playlist links.
pub fn media_url(value: &Value, family: &str) -> Option<Link> {
    let top = links(value, "url");
    let nested = entries(value, "url").take(MAX_LINKS).filter(|link| member(link, "tag").is_some());
    let nested = nested.flat_map(|link| links(link, "tag"));
    let fits = |link: &Link| link.media_type.as_deref().is_some_and(|kind| kind.starts_with(family));
    let found: Vec<Link> = top.into_iter().chain(nested).filter(fits).take(MAX_LINKS).collect();
    let good =
        found.iter().filter(|link| link.height.is_some_and(|h| h <= 720)).max_by_key(|link| link.height);
    good.or(found.first()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_page_is_found_among_the_forms() {
        let page = |url: Value| page_url(&json!({ "url": url }), "url");
        let html = json!({"type": "Link", "mediaType": "text/html", "href": "https://a.example/page"});
        let video = json!({"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/v.mp4"});
        let wanted = Some("https://a.example/page".to_owned());
        assert_eq!(page(json!("https://a.example/page")), wanted);
        assert_eq!(page(json!(["https://a.example/page", "https://b.example/"])), wanted);
        assert_eq!(page(html.clone()), wanted);
        assert_eq!(page(json!([video, html])), wanted);
        assert_eq!(page(json!([video, "https://a.example/page"])), wanted);
        assert_eq!(page(json!({"href": "https://a.example/page"})), wanted);
        assert_eq!(page(video), Some("https://a.example/v.mp4".to_owned()));
        assert_eq!(page(json!("javascript:alert(1)")), None);
        assert_eq!(page(json!({"type": "Link", "href": "magnet:?xt=urn"})), None);
    }

    #[test]
    fn an_image_is_found_in_objects_arrays_and_strings() {
        for icon in [
            json!("https://a.example/i.png"),
            json!({"type": "Image", "url": "https://a.example/i.png"}),
            json!([{"type": "Image", "url": "https://a.example/i.png"}, {"type": "Image", "url": "https://b.example"}]),
            json!({"type": "Image", "url": [{"type": "Link", "href": "https://a.example/i.png"}]}),
            json!({"type": "Image", "url": {"type": "Link", "href": "https://a.example/i.png"}}),
        ] {
            assert_eq!(href(&json!({ "icon": icon }), "icon").as_deref(), Some("https://a.example/i.png"));
        }
    }

    #[test]
    fn an_address_with_spaces_is_spelled_as_browsers_do() {
        assert_eq!(http_url("https://a.example/a b").as_deref(), Some("https://a.example/a%20b"));
        assert_eq!(http_url("https://user:pw@a.example/"), None);
    }

    #[test]
    fn of_several_files_a_middling_one_is_taken() {
        let file = |height: u64| json!({"type": "Link", "mediaType": "video/mp4", "href": format!("https://a.example/{height}.mp4"), "height": height});
        let playlist = json!({"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://a.example/m.m3u8", "tag": [file(1080), file(480), file(720)]});
        assert_eq!(
            media_url(&json!({"url": [playlist]}), "video").unwrap().href,
            "https://a.example/720.mp4"
        );
        assert_eq!(
            media_url(&json!({"url": [file(1080)]}), "video").unwrap().href,
            "https://a.example/1080.mp4"
        );
        assert_eq!(media_url(&json!({"url": "https://a.example/"}), "video"), None);
    }
}
