//! What a web page says of itself: its title, its description, a picture.
//! Only the tags are looked at, one after another: no tree is built, so no
//! page can be too deep, and nothing of it runs.

mod facts;
mod tags;

use crate::sanitise;
use domain::card::Card;
use encoding_rs::{Encoding, UTF_8};
use facts::Facts;
use serde_json::Value;
use url::Url;

/// The longest title that is kept, in characters.
const MAX_TITLE: usize = 300;
/// The longest description.
const MAX_DESCRIPTION: usize = 1000;
/// The longest URL.
const MAX_URL_BYTES: usize = 2048;
/// Where a page names its encoding, if it does.
const HEAD: usize = 1024;

/// What a page says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSays {
    /// What to show; without a title there is nothing.
    pub card: Option<Card>,
    /// Where its site tells more (oEmbed, as JSON).
    pub oembed: Option<String>,
}

/// The text of a page, in the encoding that its server or itself names.
pub fn decode(bytes: &[u8], content_type: &str) -> String {
    let named = label(content_type).or_else(|| {
        let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes)).to_ascii_lowercase();
        label(&head)
    });
    named.unwrap_or(UTF_8).decode(bytes).0.into_owned()
}

/// The encoding after `charset=`.
fn label(text: &str) -> Option<&'static Encoding> {
    let (_, rest) = text.split_once("charset=")?;
    let name = rest.trim_start_matches(['"', '\'']);
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(name.len());
    Encoding::for_label(name.get(..end)?.as_bytes())
}

/// Reads a page that stands at `url`.
pub fn read(html: &str, url: &Url) -> PageSays {
    let facts = Facts::of(html);
    let card = Card {
        url: url.as_str().to_owned(),
        title: line(facts.title(), MAX_TITLE),
        description: line(facts.description(), MAX_DESCRIPTION),
        provider_name: line(facts.site(), MAX_TITLE),
        provider_url: origin(url),
        author_name: line(facts.author(), MAX_TITLE),
        author_url: address(facts.author_url(), url).unwrap_or_default(),
        image: address(facts.image(), url),
        image_description: line(facts.meta("og:image:alt"), MAX_DESCRIPTION),
        width: pixels(facts.meta("og:image:width")),
        height: pixels(facts.meta("og:image:height")),
        language: language(facts.language()),
        published_at_ms: facts.published(),
    };
    let oembed = address(facts.oembed(), url);
    PageSays { card: (!card.title.is_empty()).then_some(card), oembed }
}

/// Reads what a site tells of a page by oEmbed. Its HTML is not taken.
pub fn read_oembed(json: &Value, url: &Url) -> Option<Card> {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let card = Card {
        url: url.as_str().to_owned(),
        title: line(text("title"), MAX_TITLE),
        provider_name: line(text("provider_name"), MAX_TITLE),
        provider_url: address(text("provider_url"), url).unwrap_or_else(|| origin(url)),
        author_name: line(text("author_name"), MAX_TITLE),
        author_url: address(text("author_url"), url).unwrap_or_default(),
        image: address(text("thumbnail_url"), url),
        ..Card::default()
    };
    (!card.title.is_empty()).then_some(card)
}

/// What an author says of a page that a post links to.
pub fn own_card(link: &str, title: &str, description: &str, image: Option<&str>) -> Option<Card> {
    let url = Url::parse(link).ok().filter(is_web)?;
    let card = Card {
        url: link.to_owned(),
        title: line(Some(title), MAX_TITLE),
        description: line(Some(description), MAX_DESCRIPTION),
        provider_url: origin(&url),
        image: address(image, &url),
        ..Card::default()
    };
    (!card.title.is_empty()).then_some(card)
}

/// The first page that a text links to, leaving out people and hashtags.
pub fn first_link(html: &str) -> Option<String> {
    let mut first = None;
    tags::walk(html, |tag| {
        if first.is_none() && tag.is("a") && !tag.is_mention() {
            let href = tag.value("href").filter(|href| href.len() <= MAX_URL_BYTES);
            let url = href.and_then(|href| Url::parse(href).ok()).filter(is_web);
            first = url.map(|mut url| {
                url.set_fragment(None);
                url.into()
            });
        }
    });
    first
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

fn origin(url: &Url) -> String {
    format!("{}/", url.origin().ascii_serialization())
}

fn line(text: Option<&str>, most: usize) -> String {
    sanitise::plain_line(text.unwrap_or_default()).chars().take(most).collect()
}

fn address(text: Option<&str>, base: &Url) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty() && text.len() <= MAX_URL_BYTES)?;
    base.join(text).ok().filter(is_web).map(String::from)
}

fn pixels(text: Option<&str>) -> i64 {
    text.and_then(|text| text.trim().parse().ok()).filter(|side| (1..=20_000).contains(side)).unwrap_or(0)
}

/// `en_US` of Open Graph as `en-US`.
fn language(text: Option<&str>) -> Option<String> {
    let tag = text?.trim().replace('_', "-");
    let is_tag = (2..=35).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_tag.then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(html: &str) -> PageSays {
        read(html, &Url::parse("https://news.example/a/story?id=1").unwrap())
    }

    #[test]
    fn open_graph_comes_before_the_rest() {
        let card = page(
            r#"<!doctype html><html lang="de-AT"><head><title>short</title>
            <meta property="og:title" content="The &quot;long&quot; title"><meta name="description" content="plain">
            <meta property="og:description" content="graph"><meta property="og:image" content="/pic.png">
            <meta property="og:image:width" content="640"><meta property="og:image:alt" content="a cat">
            <meta property="og:site_name" content="News"><meta name="author" content="Eve">
            <meta property="article:published_time" content="2025-09-09T06:40:00Z"></head><body>"#,
        )
        .card
        .unwrap();
        assert_eq!((card.title.as_str(), card.description.as_str()), ("The \"long\" title", "graph"));
        assert_eq!(card.image.as_deref(), Some("https://news.example/pic.png"));
        assert_eq!((card.width, card.height, card.image_description.as_str()), (640, 0, "a cat"));
        assert_eq!(
            (card.provider_name.as_str(), card.provider_url.as_str()),
            ("News", "https://news.example/")
        );
        assert_eq!((card.author_name.as_str(), card.language.as_deref()), ("Eve", Some("de-AT")));
        assert_eq!(card.published_at_ms, Some(1_757_400_000_000));
    }

    #[test]
    fn a_bare_page_has_its_title_and_one_without_has_no_card() {
        assert_eq!(page("<title> only\n this </title>").card.unwrap().title, "only this");
        assert_eq!(page("<p>text").card, None);
        assert_eq!(page("").card, None);
        assert_eq!(page("<script>'<title>no</title>'</script><title>yes</title>").card.unwrap().title, "yes");
    }

    #[test]
    fn structured_data_fills_in() {
        let html = r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"x"},
            {"@type":"NewsArticle","headline":"H","description":"D","author":[{"name":"Bob","url":"https://bob.example/"}],
             "publisher":{"name":"P"},"datePublished":"2025-09-09T06:40:00+00:00","image":{"url":"https://i.example/i.png"}}]}</script>"#;
        let card = page(html).card.unwrap();
        assert_eq!((card.title.as_str(), card.description.as_str()), ("H", "D"));
        assert_eq!((card.author_name.as_str(), card.author_url.as_str()), ("Bob", "https://bob.example/"));
        assert_eq!((card.provider_name.as_str(), card.published_at_ms), ("P", Some(1_757_400_000_000)));
        assert_eq!(card.image.as_deref(), Some("https://i.example/i.png"));
        assert_eq!(page("<script type='application/ld+json'>{broken</script>").card, None);
    }

    /// N17
    #[test]
    fn nothing_that_runs_gets_into_a_card() {
        let card = page(
            r#"<meta property="og:title" content="<script>alert(1)</script>hi"><meta property="og:image" content="javascript:alert(1)">
            <link rel="author" href="data:text/html,x"><meta property="og:description" content="a&lt;img onerror=x&gt;b">"#,
        )
        .card
        .unwrap();
        assert!(!card.title.contains('<') && !card.description.contains('<'), "{card:?}");
        assert_eq!((card.image, card.author_url.as_str()), (None, ""));
    }

    #[test]
    fn a_page_that_never_ends_is_read_as_far_as_it_goes() {
        let deep = "<div>".repeat(100_000) + "<title>deep";
        assert_eq!(page(&deep).card.unwrap().title, "deep");
    }

    #[test]
    fn other_encodings_are_read() {
        let latin = b"<meta charset=\"iso-8859-1\"><title>K\xe4se</title>";
        assert!(decode(latin, "text/html").contains("Käse"));
        assert!(decode(b"K\xe4se", "text/html; charset=latin1").contains("Käse"));
        assert!(decode("Käse".as_bytes(), "text/html").contains("Käse"));
        assert!(decode("Käse".as_bytes(), "text/html; charset=nonsense").contains("Käse"));
    }

    /// N17
    #[test]
    fn oembed_gives_names_and_a_picture_but_no_html() {
        let url = Url::parse("https://v.example/1").unwrap();
        let told = json!({"title": "T", "author_name": "A", "thumbnail_url": "https://v.example/t.jpg",
            "provider_name": "V", "html": "<iframe src=javascript:alert(1)>", "type": "rich"});
        let card = read_oembed(&told, &url).unwrap();
        assert_eq!((card.title.as_str(), card.author_name.as_str()), ("T", "A"));
        assert_eq!(card.image.as_deref(), Some("https://v.example/t.jpg"));
        assert_eq!(read_oembed(&json!({"html": "x"}), &url), None);
        let page = page(r#"<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">"#);
        assert_eq!(page.oembed.as_deref(), Some("https://news.example/oembed?url=x"));
    }

    #[test]
    fn the_first_link_is_neither_a_person_nor_a_hashtag() {
        let html = r#"<p><span class="h-card"><a href="https://b.example/@bob" class="u-url mention">@bob</a></span>
            <a href="https://b.example/tags/x" class="mention hashtag" rel="tag">#x</a>
            <a href="mailto:x@y.example">m</a> <a href="https://Page.example/a#part">this</a> <a href="https://second.example">no</a>"#;
        assert_eq!(first_link(html).as_deref(), Some("https://page.example/a"));
        assert_eq!(first_link("<p>https://a.example"), None);
    }
}
