//! HTML and names from outside, made harmless before anything keeps them.
//!
//! One allow-list for posts and profiles. Headings become bold paragraphs and
//! boxes become line breaks, so that no text runs together; inline images are
//! asked for apart ([`inline_images`]) and become attachments. What scripts
//! could hide in goes with its content. Nothing here fails or panics: bad HTML
//! gives less HTML.

mod bound;
mod flatten;
mod line;

pub use line::{plain_line, shortcode};

use crate::link;
use crate::scan::{Piece, pieces};
use ammonia::{Builder, UrlRelative};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use url::Url;

/// The version of these rules. What was cleaned under older ones is cleaned
/// again when it is next swept.
pub const RULES_VERSION: i64 = 1;

/// The most HTML that is read, in bytes; the rest is cut off.
pub const MAX_BYTES: usize = 256 * 1024;

/// The most inline images that one text yields.
const MAX_IMAGES: usize = 16;

/// What may stand in a post.
const TAGS: [&str; 22] = [
    "p",
    "br",
    "span",
    "a",
    "del",
    "pre",
    "code",
    "em",
    "strong",
    "b",
    "i",
    "u",
    "s",
    "ul",
    "ol",
    "li",
    "blockquote",
    "ruby",
    "rt",
    "rp",
    "sub",
    "sup",
];
/// What is dropped with all that is in it.
const DROPPED: [&str; 22] = [
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "form",
    "button", "input", "select", "textarea", "template", "noscript", "noembed", "noframes", "title", "audio",
    "video",
];
/// The classes that mean something to clients (microformats and Mastodon's own).
const CLASSES: [&str; 9] = [
    "mention",
    "hashtag",
    "u-url",
    "h-card",
    "p-nickname",
    "invisible",
    "ellipsis",
    "quote-inline",
    "p-author",
];
/// Schemes that no browser runs as script.
const SCHEMES: [&str; 7] = ["http", "https", "mailto", "xmpp", "magnet", "gemini", "gopher"];
/// `rel` of every link from outside.
const REL: &str = "nofollow noopener noreferrer";

static POST: LazyLock<Builder<'static>> = LazyLock::new(|| builder(&TAGS));
static WIDE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut wide = builder(&TAGS);
    wide.add_tags(flatten::HEADINGS).add_tags(flatten::BOXES);
    wide
});
static FIELD: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut field = builder(&["span", "a", "del", "code", "em", "strong", "b", "i", "u", "s"]);
    field.link_rel(Some("me nofollow noopener noreferrer"));
    field
});
static AUTHORED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut authored = builder(&TAGS);
    authored
        .link_rel(None)
        .add_tag_attributes("a", ["rel", "target"])
        .set_tag_attribute_values(HashMap::new());
    authored
});
static IMAGES: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut images = builder(&["img"]);
    images.add_tag_attributes("img", ["src", "alt", "class"]);
    images
});
static LINES: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut lines = builder(&["p", "br", "pre", "ul", "ol", "li", "blockquote"]);
    lines.add_tags(flatten::HEADINGS).add_tags(flatten::BOXES);
    lines
});

fn builder(tags: &[&'static str]) -> Builder<'static> {
    let has = |tag: &str| tags.contains(&tag);
    let attributes: [(&str, &[&str]); 3] =
        [("a", &["href", "translate"]), ("ol", &["start", "reversed"]), ("li", &["value"])];
    let classed = ["a", "span", "p"].into_iter().filter(|tag| has(tag));
    let mut builder = Builder::empty();
    builder
        .tags(tags.iter().copied().collect())
        .clean_content_tags(DROPPED.into_iter().collect())
        .tag_attributes(
            attributes
                .into_iter()
                .filter(|(tag, _)| has(tag))
                .map(|(tag, names)| (tag, names.iter().copied().collect()))
                .collect(),
        )
        .allowed_classes(classed.map(|tag| (tag, CLASSES.into_iter().collect::<HashSet<_>>())).collect())
        .generic_attributes(HashSet::new())
        .url_schemes(SCHEMES.into_iter().collect())
        .url_relative(UrlRelative::Deny)
        .attribute_filter(|_, attribute, value| {
            (attribute != "href" || tells_its_host(value)).then(|| value.into())
        })
        .link_rel(Some(REL));
    if has("a") {
        builder.set_tag_attribute_values(HashMap::from([("a", HashMap::from([("target", "_blank")]))]));
    }
    builder
}

/// Whether a link has no `user:password@`, which looks like the host and is not.
fn tells_its_host(href: &str) -> bool {
    let hides = |url: Url| !url.username().is_empty() || url.password().is_some();
    !href.contains('@') || !Url::parse(href.trim()).is_ok_and(hides)
}

/// A post's `content` as we keep and show it.
pub fn post(html: &str) -> String {
    let clean = clean(&WIDE, html);
    match flatten::flatten(&clean) {
        // Cleaned once more: moving tags about may have left some unclosed.
        Some(flat) => POST.clean(&flat).to_string(),
        None => clean,
    }
}

/// A profile's `summary`: the rules of a post.
pub fn bio(html: &str) -> String {
    post(html)
}

/// The value of a profile's field: one line, links and emphasis only.
pub fn field(html: &str) -> String {
    clean(&FIELD, html).trim().to_owned()
}

/// What our own formatter wrote: the same list, `rel` as the formatter set it.
pub(crate) fn authored(html: &str) -> String {
    AUTHORED.clean(html).to_string()
}

/// Blocks and line breaks only, for turning HTML into text.
pub(crate) fn lines(html: &str) -> String {
    clean(&LINES, html)
}

fn clean(builder: &Builder<'_>, html: &str) -> String {
    builder.clean(&bound::bounded(html)).to_string()
}

/// An image that stood in the text of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineImage {
    /// Where it is: an `http` or `https` URL.
    pub src: String,
    /// What it shows, in words; empty where its author gave none.
    pub alt: String,
}

/// The images in a post's HTML, in order and each once, so that they can become
/// attachments. Custom emoji are not among them.
pub fn inline_images(html: &str) -> Vec<InlineImage> {
    if !html.contains("<img") && !html.contains("<IMG") {
        return Vec::new();
    }
    let clean = clean(&IMAGES, html);
    let mut images: Vec<InlineImage> = Vec::new();
    for piece in pieces(&clean) {
        let Piece::Tag(tag) = piece else { continue };
        if tag.attribute("class").is_some_and(|class| class.contains("emoji") || class.contains("smiley")) {
            continue;
        }
        let Some(src) = tag.attribute("src").filter(|src| link::safe(src).is_some()) else { continue };
        if images.len() < MAX_IMAGES && images.iter().all(|image| image.src != src) {
            images.push(InlineImage { src, alt: plain_line(&tag.attribute("alt").unwrap_or_default()) });
        }
    }
    images
}

#[cfg(test)]
mod tests;
