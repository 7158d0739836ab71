//! Tags that are rewritten instead of dropped, so that their text stays apart
//! from its neighbours. Works on HTML that was cleaned.

use crate::scan::{Piece, Tag, pieces};

/// Become a paragraph in bold, as on Mastodon.
pub(crate) const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// Become a line break where no block ends anyway.
pub(crate) const BOXES: [&str; 21] = [
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "aside",
    "nav",
    "figure",
    "figcaption",
    "details",
    "summary",
    "address",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "hr",
];

/// Tags after which a line begins anyway.
const BLOCKS: [&str; 7] = ["p", "br", "pre", "ul", "ol", "li", "blockquote"];

/// Rewrites headings and boxes; `None` where there are none.
pub(super) fn flatten(html: &str) -> Option<String> {
    let rewritten = |tag: &Tag<'_>| HEADINGS.contains(&tag.name) || BOXES.contains(&tag.name);
    if !pieces(html).any(|piece| matches!(piece, Piece::Tag(tag) if rewritten(&tag))) {
        return None;
    }
    let mut flat = Flat { out: String::with_capacity(html.len()), at_edge: true, break_due: false };
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => flat.text(text),
            Piece::Tag(tag) => flat.tag(&tag),
        }
    }
    Some(flat.out)
}

struct Flat {
    out: String,
    /// Nothing stands yet on the current line.
    at_edge: bool,
    /// A box began or ended: the next text starts a line.
    break_due: bool,
}

impl Flat {
    fn text(&mut self, text: &str) {
        if text.trim().is_empty() && (self.at_edge || self.break_due) {
            return;
        }
        self.inline(text);
        self.at_edge = false;
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        if HEADINGS.contains(&tag.name) {
            self.block(if tag.closing { "</strong></p>" } else { "<p><strong>" });
        } else if matches!(tag.name, "td" | "th") {
            // A cell ends like a word, not like a line.
            self.out.push_str(if tag.closing { " " } else { "" });
        } else if BOXES.contains(&tag.name) {
            self.break_due |= !self.at_edge;
        } else if BLOCKS.contains(&tag.name) {
            self.block(tag.raw);
        } else if tag.closing {
            self.out.push_str(tag.raw);
        } else {
            self.inline(tag.raw);
        }
    }

    fn inline(&mut self, part: &str) {
        if std::mem::take(&mut self.break_due) {
            self.out.push_str("<br>");
        }
        self.out.push_str(part);
    }

    fn block(&mut self, part: &str) {
        self.break_due = false;
        self.at_edge = true;
        self.out.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_become_bold_paragraphs_and_boxes_lines() {
        for (html, want) in [
            ("<h1>A</h1><p>b</p>", "<p><strong>A</strong></p><p>b</p>"),
            ("<div>a</div><div>b</div>", "a<br>b"),
            ("<div><p>a</p></div>\n<div><p>b</p></div>", "<p>a</p><p>b</p>"),
            ("a<div><div>b</div></div>c", "a<br>b<br>c"),
            ("<div>a<br></div><div>b</div>", "a<br>b"),
        ] {
            assert_eq!(flatten(html).as_deref(), Some(want), "{html}");
        }
        assert_eq!(flatten("<p>a</p>"), None);
    }
}
