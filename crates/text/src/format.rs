//! What people here write, as HTML: plain text or Markdown, with links,
//! mentions and hashtags marked up the way Mastodon's clients know them.

use crate::mention::overlaps;
use crate::scan::escape;
use crate::{hashtag, link, mention, sanitise};
use domain::{AccountId, Names};
use std::fmt;
use std::ops::Range;

pub use crate::markdown::markdown;
use crate::mention::Mention;

/// What formatting asks its caller for.
pub struct Around<'a> {
    /// Our names: hashtags link to pages of ours.
    pub names: &'a Names,
    /// Who a mention means; a mention of nobody known stays text.
    pub resolve: &'a dyn Fn(&Mention) -> Option<Resolved>,
}

impl fmt::Debug for Around<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around").field("names", self.names).finish_non_exhaustive()
    }
}

/// An account that a mention means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Our row for it.
    pub account: AccountId,
    /// Its page, for people.
    pub page: String,
    /// What is shown after the `@`: mostly the bare name.
    pub shown: String,
}

/// A mention in a text, and whom it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentioned {
    /// As it was written.
    pub written: Mention,
    /// Whom it means.
    pub resolved: Resolved,
}

/// A text of ours, ready to be kept and sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formatted {
    /// The `content`.
    pub html: String,
    /// The accounts mentioned, each once, in order.
    pub mentions: Vec<Mentioned>,
    /// The hashtags as written, without `#`, each once, in order.
    pub hashtags: Vec<String>,
}

/// Formats plain text: a blank line ends a paragraph, a line break stays one.
pub fn plain(text: &str, around: &Around<'_>) -> Formatted {
    let mut out = Formatted::default();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for paragraph in text.trim().split("\n\n").map(|part| part.trim_matches('\n')) {
        if paragraph.is_empty() {
            continue;
        }
        out.html.push_str("<p>");
        for (number, line) in paragraph.split('\n').enumerate() {
            if number > 0 {
                out.html.push_str("<br />");
            }
            let html = inline(line, around, &mut out);
            out.html.push_str(&html);
        }
        out.html.push_str("</p>");
    }
    out
}

/// What in a line is more than text.
enum Entity {
    Link,
    Mention(Mention),
    Hashtag(String),
}

/// Links, mentions and hashtags of a text, in order, none over another.
fn entities(text: &str) -> Vec<(Range<usize>, Entity)> {
    let links = link::find(text);
    let mentions = mention::outside(text, &links);
    let taken: Vec<_> = mentions.iter().map(|found| found.range.clone()).collect();
    let hashtags = hashtag::outside(text, &links);

    let mut all: Vec<_> = links.into_iter().map(|range| (range, Entity::Link)).collect();
    all.extend(mentions.into_iter().map(|found| (found.range, Entity::Mention(found.mention))));
    all.extend(
        hashtags
            .into_iter()
            .filter(|found| !overlaps(&taken, &found.range))
            .map(|found| (found.range, Entity::Hashtag(found.name))),
    );
    all.sort_by_key(|(range, _)| range.start);
    all
}

/// One run of text as HTML; what it mentions is noted in `out`.
pub(crate) fn inline(text: &str, around: &Around<'_>, out: &mut Formatted) -> String {
    let (mut html, mut at) = (String::with_capacity(text.len() * 2), 0);
    for (range, entity) in entities(text) {
        html.push_str(&escape(text.get(at..range.start).unwrap_or_default()));
        let written = text.get(range.clone()).unwrap_or_default();
        html.push_str(&match entity {
            Entity::Link => link::html(written),
            Entity::Mention(mention) => mention_html(written, mention, around, out),
            Entity::Hashtag(name) => hashtag_html(name, around, out),
        });
        at = range.end;
    }
    html.push_str(&escape(text.get(at..).unwrap_or_default()));
    html
}

fn mention_html(written: &str, mention: Mention, around: &Around<'_>, out: &mut Formatted) -> String {
    let Some(resolved) = (around.resolve)(&mention) else {
        return escape(written);
    };
    let html = format!(
        "<span class=\"h-card\" translate=\"no\"><a href=\"{}\" class=\"u-url mention\">@<span>{}</span></a></span>",
        escape(&resolved.page),
        escape(&resolved.shown),
    );
    if out.mentions.iter().all(|other| other.resolved.account != resolved.account) {
        out.mentions.push(Mentioned { written: mention, resolved });
    }
    html
}

fn hashtag_html(name: String, around: &Around<'_>, out: &mut Formatted) -> String {
    let html = format!(
        "<a href=\"{}\" class=\"mention hashtag\" rel=\"tag\">#<span>{}</span></a>",
        escape(&tag_page(around.names, &name)),
        escape(&name),
    );
    if out.hashtags.iter().all(|other| hashtag::key(other) != hashtag::key(&name)) {
        out.hashtags.push(name);
    }
    html
}

/// The page of a hashtag here: `ORIGIN/tags/NAME`, percent-encoded.
pub fn tag_page(names: &Names, name: &str) -> String {
    let path = format!("/tags/{}", hashtag::key(name));
    match url::Url::parse(&names.url(&path)) {
        Ok(url) => url.into(),
        Err(_) => names.url(&path),
    }
}

/// Markdown's last check: our own allow-list over our own HTML.
pub(crate) fn checked(html: &str) -> String {
    sanitise::authored(html)
}

#[cfg(test)]
mod tests;
