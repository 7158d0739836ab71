//! Whether a page names an account as its owner: a link with `rel="me"` that
//! leads to the account (<https://microformats.org/wiki/rel-me>). For HTML as
//! it comes from outside, whatever is wrong with it.

use crate::scan::decode;

/// Elements whose content is no HTML.
const OPAQUE: [&str; 4] = ["script", "style", "template", "textarea"];

/// Whether an `a` or `link` of the page says that one of `owners` is its owner.
pub fn names_back(html: &str, owners: &[&str]) -> bool {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (name, after) = take_while(after, |c| c.is_ascii_alphanumeric());
        let name = name.to_ascii_lowercase();
        let (attributes, after) = attributes(after);
        rest = after;
        if OPAQUE.contains(&name.as_str()) {
            rest = skip_element(rest, &name);
        } else if matches!(name.as_str(), "a" | "link") && is_me(&attributes, owners) {
            return true;
        }
    }
    false
}

fn is_me(attributes: &[(String, String)], owners: &[&str]) -> bool {
    let value =
        |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let me =
        value("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|it| it.eq_ignore_ascii_case("me")));
    let same =
        |href: &str| owners.iter().any(|owner| owner.trim_end_matches('/') == href.trim_end_matches('/'));
    me && value("href").is_some_and(|href| same(decode(href.trim()).as_str()))
}

fn take_while(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The attributes of a tag, and what follows the tag.
fn attributes(text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('<') {
            return (found, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        let (name, after) = take_while(rest, |c| !c.is_ascii_whitespace() && !matches!(c, '=' | '>' | '/'));
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => ("", after),
        };
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = after;
    }
}

fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    take_while(text, |c| !c.is_ascii_whitespace() && c != '>')
}

/// What follows the end of an element whose content is no HTML.
fn skip_element<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        let (found, tail) = take_while(after, |c| c.is_ascii_alphanumeric());
        if found.eq_ignore_ascii_case(name) {
            return tail;
        }
        rest = after;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "https://here.example/@bob";

    #[test]
    fn a_link_back_is_found_however_it_is_written() {
        for page in [
            "<a rel=\"me\" href=\"https://here.example/@bob\">me</a>",
            "<!DOCTYPE html><LINK REL='nofollow ME' HREF='https://here.example/@bob/'>",
            "<p>x < y <a class=x href=https://here.example/@bob rel=me>me",
            "<a\n href = \"https://here.example/@bob\"\n rel = \"me noopener\" download>",
        ] {
            assert!(names_back(page, &[ME]), "{page}");
        }
    }

    #[test]
    fn what_is_no_link_back_proves_nothing() {
        for page in [
            "",
            "<a href=\"https://here.example/@bob\">me</a>",
            "<a rel=\"me\" href=\"https://here.example/@eve\">me</a>",
            "<a rel=\"mew\" href=\"https://here.example/@bob\">me</a>",
            "<!-- <a rel=me href=https://here.example/@bob> -->",
            "<script>\"<a rel=me href=https://here.example/@bob>\"</script>",
            "<textarea><a rel=me href=https://here.example/@bob></textarea>",
            "&lt;a rel=me href=https://here.example/@bob>",
            "<b rel=me href=https://here.example/@bob>",
            "<a rel=me",
            "<a rel=\"me href='",
            "<",
            "<!--",
            "<script",
        ] {
            assert!(!names_back(page, &[ME]), "{page}");
        }
    }
}
