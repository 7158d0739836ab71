//! Walking over HTML that was cleaned: well formed, attributes in double
//! quotes, every other `<` and `"` written as an entity. Not for HTML as it
//! comes from outside.

/// A part of cleaned HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text between tags, entities still in it.
    Text(&'a str),
    /// `<name …>` or `</name>`.
    Tag(Tag<'a>),
}

/// An opening or closing tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// The tag as it stands, with its brackets.
    pub(crate) raw: &'a str,
    /// Its name, lower case as the cleaner writes it.
    pub(crate) name: &'a str,
    /// Whether it is `</name>`.
    pub(crate) closing: bool,
}

impl Tag<'_> {
    /// The value of an attribute, entities decoded.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let (_, rest) = self.raw.split_once(&format!(" {name}=\""))?;
        let (value, _) = rest.split_once('"')?;
        Some(decode(value))
    }
}

/// The parts of cleaned HTML, in order; put together they are the whole.
pub(crate) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let at = if rest.starts_with('<') { tag_end(rest) } else { rest.find('<') };
        let (head, tail) = rest.split_at_checked(at.unwrap_or(rest.len()))?;
        rest = tail;
        (!head.is_empty()).then(|| read(head))
    })
}

/// Where the tag that opens `html` ends: after the first `>` outside quotes.
fn tag_end(html: &str) -> Option<usize> {
    let mut quoted = false;
    html.bytes()
        .position(|byte| {
            quoted ^= byte == b'"';
            byte == b'>' && !quoted
        })
        .map(|at| at + 1)
}

fn read(part: &str) -> Piece<'_> {
    let Some(inner) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) else {
        return Piece::Text(part);
    };
    let (inner, closing) = match inner.strip_prefix('/') {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let name = inner.split([' ', '/']).next().unwrap_or(inner);
    Piece::Tag(Tag { raw: part, name, closing })
}

/// Decodes the entities that the cleaner and [`escape`] write.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

/// Text as it is written into HTML, between tags or in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_put_together_are_the_whole() {
        let html = r#"<p>a &lt; <a href="https://x.example/?a>b" class="mention">b</a><br></p>"#;
        let whole: String = pieces(html)
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Tag(tag) => tag.raw,
            })
            .collect();
        assert_eq!(whole, html);
    }

    #[test]
    fn an_attribute_is_read_with_its_entities_decoded() {
        let html = r#"<img alt="a &quot;b&quot; &amp;lt;" src="https://x.example/a?b&amp;c">"#;
        let Some(Piece::Tag(tag)) = pieces(html).next() else { panic!("no tag") };
        assert_eq!(tag.attribute("src").as_deref(), Some("https://x.example/a?b&c"));
        assert_eq!(tag.attribute("alt").as_deref(), Some("a \"b\" &lt;"));
        assert_eq!(tag.attribute("title"), None);
    }

    #[test]
    fn what_is_escaped_decodes_to_itself() {
        let text = "a < b && \"c\" > 'd' &amp;lt;";
        assert_eq!(decode(&escape(text)), text);
    }
}
