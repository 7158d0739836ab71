//! Markdown as people here write it. HTML in it is shown, not followed;
//! headings and images become what other servers keep.

use crate::format::{Around, Formatted, checked, inline};
use crate::scan::escape;
use crate::{hashtag, link, mention};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};
use std::ops::Range;

/// Markdown's own characters and what stands for them inside links, mentions
/// and hashtags while it is parsed (noncharacters, dropped from what comes in).
const SHELTERED: [(char, char); 3] = [('_', '\u{fdd0}'), ('*', '\u{fdd1}'), ('~', '\u{fdd2}')];

/// Formats Markdown (CommonMark with `~~struck out~~`); a line break stays one.
pub fn markdown(text: &str, around: &Around<'_>) -> Formatted {
    let mut out = Formatted::default();
    let sheltered = shelter(text);
    let parser = TextMergeStream::new(Parser::new_ext(&sheltered, Options::ENABLE_STRIKETHROUGH));
    // Inside code and links text is only text.
    let mut plain_depth = 0_usize;
    let events: Vec<Event<'_>> = parser
        .map(|event| {
            match &event {
                Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => plain_depth += 1,
                Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => {
                    plain_depth = plain_depth.saturating_sub(1);
                }
                _ => (),
            }
            rewrite(event, plain_depth > 0, around, &mut out)
        })
        .collect();
    let mut written = String::with_capacity(text.len() * 2);
    html::push_html(&mut written, events.into_iter());
    out.html = checked(&written);
    out
}

fn rewrite<'a>(event: Event<'a>, plain: bool, around: &Around<'_>, out: &mut Formatted) -> Event<'a> {
    match event {
        Event::Text(text) if plain => Event::Text(unshelter(&text).into()),
        Event::Text(text) => Event::InlineHtml(inline(&unshelter(&text), around, out).into()),
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(unshelter(&text).into()),
        Event::Code(text) => Event::Code(unshelter(&text).into()),
        Event::SoftBreak => Event::HardBreak,
        Event::Rule => Event::Html("".into()),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Heading { .. }) => Event::Html("<p><strong>".into()),
        Event::End(TagEnd::Heading(_)) => Event::Html("</strong></p>".into()),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => start_link(&dest_url),
        Event::End(TagEnd::Link | TagEnd::Image) => Event::InlineHtml("</a>".into()),
        other => other,
    }
}

/// A link to what may be clicked; of anything else only its text is left.
fn start_link<'a>(dest: &str) -> Event<'a> {
    let dest = unshelter(dest);
    Event::InlineHtml(match link::safe(&dest) {
        Some(_) => format!(
            "<a href=\"{}\" target=\"_blank\" rel=\"nofollow noopener noreferrer\">",
            escape(dest.trim())
        )
        .into(),
        None => "<a>".into(),
    })
}

/// Hides Markdown's characters inside links, mentions and hashtags.
fn shelter(text: &str) -> String {
    let text: String =
        text.chars().filter(|c| !SHELTERED.iter().any(|(_, stand_in)| stand_in == c)).collect();
    let links = link::find(&text);
    let mut ranges: Vec<Range<usize>> = links.clone();
    ranges.extend(mention::outside(&text, &links).into_iter().map(|found| found.range));
    ranges.extend(hashtag::outside(&text, &links).into_iter().map(|found| found.range));
    ranges.sort_by_key(|range| range.start);

    let (mut out, mut at) = (String::with_capacity(text.len() + 16), 0);
    for range in ranges {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.extend(text.get(range.start.max(at)..range.end).unwrap_or_default().chars().map(hide));
        at = range.end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn hide(c: char) -> char {
    SHELTERED.iter().find(|(shown, _)| *shown == c).map_or(c, |(_, stand_in)| *stand_in)
}

fn unshelter(text: &str) -> String {
    text.chars()
        .map(|c| SHELTERED.iter().find(|(_, stand_in)| *stand_in == c).map_or(c, |(shown, _)| *shown))
        .collect()
}
