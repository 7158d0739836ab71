//! HTML as text: for search, notifications, word filters and the log.

use crate::sanitise;
use crate::scan::{Piece, decode, escape, pieces};

/// The text of some HTML: blocks on lines of their own, a blank line between
/// paragraphs, entities decoded.
pub fn from_html(html: &str) -> String {
    let clean = sanitise::lines(html);
    let mut text = String::with_capacity(clean.len());
    let (mut due, mut verbatim) = (0, false);
    for piece in pieces(&clean) {
        match piece {
            Piece::Tag(tag) if tag.name == "br" => {
                text.truncate(text.trim_end_matches(' ').len());
                text.push('\n');
            }
            Piece::Tag(tag) => {
                due = due.max(newlines(tag.name));
                verbatim = if tag.name == "pre" { !tag.closing } else { verbatim };
            }
            Piece::Text(part) => add(&mut text, &decode(part), &mut due, verbatim),
        }
    }
    text.trim().to_owned()
}

/// The text of HTML that was cleaned by [`sanitise`] or made by
/// [`crate::format`], without cleaning it again: for looking through it only.
pub fn of_clean(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag)
                if matches!(tag.name, "a" | "span" | "em" | "strong" | "b" | "i" | "u" | "del" | "code") => {}
            Piece::Tag(_) => text.push('\n'),
            Piece::Text(part) => text.push_str(&decode(part)),
        }
    }
    text
}

/// Text as HTML that shows just that text.
pub fn to_html(text: &str) -> String {
    escape(text)
}

/// The line breaks that a tag stands for.
fn newlines(tag: &str) -> usize {
    match tag {
        "p" | "pre" | "blockquote" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => 2,
        "td" | "th" => 0,
        _ => 1,
    }
}

fn add(text: &mut String, part: &str, due: &mut usize, verbatim: bool) {
    if part.trim().is_empty() && *due > 0 {
        return;
    }
    if *due > 0 && !text.is_empty() {
        text.truncate(text.trim_end().len());
        text.extend(std::iter::repeat_n('\n', *due));
    }
    *due = 0;
    if verbatim {
        text.push_str(part);
        return;
    }
    for c in part.chars() {
        let space = c.is_ascii_whitespace();
        if !space {
            text.push(c);
        } else if !text.ends_with([' ', '\n']) {
            text.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn html_becomes_the_text_people_see() {
        for (html, want) in [
            ("", ""),
            ("<p>a</p><p>b</p>", "a\n\nb"),
            ("<p>a<br>b<br />c</p>", "a\nb\nc"),
            ("<p>a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39; &amp;lt;</p>", "a & b <c> \"d\" 'e' &lt;"),
            ("<p>a\n  b</p>", "a b"),
            ("<ul><li>a</li><li>b</li></ul>c", "a\nb\n\nc"),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("<h1>A</h1>b", "A\n\nb"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("a<script>alert(1)</script>b", "ab"),
            (r#"<span class="invisible">https://</span>a.example"#, "https://a.example"),
            (
                r#"<span class="h-card"><a href="https://a.example/@bob" class="u-url mention">@<span>bob</span></a></span> hi"#,
                "@bob hi",
            ),
        ] {
            assert_eq!(from_html(html), want, "{html}");
        }
    }

    #[test]
    fn clean_html_is_read_without_cleaning_it_again() {
        for (html, want) in [
            ("<p>a &amp; <b>b</b>c</p><p>d</p>", "\na & bc\n\nd\n"),
            (
                r#"<p><a href="https://a.example/tags/x" class="hashtag">#<span>x</span></a><br>y</p>"#,
                "\n#x\ny\n",
            ),
        ] {
            assert_eq!(of_clean(html), want, "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_its_html(words in prop::collection::vec("[^\\s\\p{C}]{1,8}", 0..8)) {
            let text = words.join(" ");
            prop_assert_eq!(from_html(&format!("<p>{}</p>", crate::scan::escape(&text))), text);
        }

        #[test]
        fn anything_can_be_read(html in "\\PC{0,200}") {
            let _ = from_html(&html);
        }
    }
}
