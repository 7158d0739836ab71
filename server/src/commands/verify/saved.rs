//! An HTTP request in a file, as people copy it out of logs and tools.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

/// A request that was read from a text.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    pub(super) method: Method,
    pub(super) authority: String,
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Saved {
    /// Reads the request line, the headers and, after an empty line, the body
    /// as it stands. Lines end with or without a carriage return.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (head, body) = split(text.trim_start_matches(['\r', '\n']));
        let mut lines = head.lines();
        let (method, target) = request_line(lines.next().unwrap_or_default())?;
        let headers = headers(lines)?;
        let host = headers.get("host").and_then(|host| host.to_str().ok()).map(str::to_owned);
        let (authority, target) = match Url::parse(&target) {
            // In the absolute form the URL names the host.
            Ok(url) if url.has_host() => (host.unwrap_or_else(|| url.authority().to_owned()), path_of(&url)),
            _ => (host.ok_or("there is no Host header")?, target),
        };
        Ok(Self { method, authority, target, headers, body: body.to_owned() })
    }
}

fn path_of(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// The head, and what stands after the first empty line.
fn split(text: &str) -> (&str, &str) {
    let with_return = text.split_once("\r\n\r\n");
    let without = text.split_once("\n\n");
    match (with_return, without) {
        (Some(one), Some(other)) if one.0.len() < other.0.len() => one,
        (Some(one), None) => one,
        (_, Some(other)) => other,
        (None, None) => (text, ""),
    }
}

fn request_line(line: &str) -> Result<(Method, String), String> {
    let mut words = line.split_whitespace();
    let wrong = || format!("the first line must be like \"POST /inbox HTTP/1.1\", not {line:?}");
    let (method, target) = words.next().zip(words.next()).ok_or_else(wrong)?;
    let is_method = method.bytes().all(|byte| byte.is_ascii_uppercase());
    let method = Method::from_bytes(method.as_bytes()).ok().filter(|_| is_method).ok_or_else(wrong)?;
    if target.starts_with('/') || target.contains("://") {
        Ok((method, target.to_owned()))
    } else {
        Err(wrong())
    }
}

fn headers<'a>(lines: impl Iterator<Item = &'a str>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for line in lines {
        let wrong = || format!("this is no header: {line:?}");
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| wrong())?;
        headers.append(name, HeaderValue::from_str(value.trim()).map_err(|_| wrong())?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_with_either_line_end() {
        for end in ["\n", "\r\n"] {
            let text = ["POST /inbox?x=1 HTTP/1.1", "Host: a.example", "Date:  now", "", "{\n\n}"].join(end);
            let saved = Saved::parse(&text).unwrap();
            assert_eq!((saved.method.as_str(), saved.target.as_str()), ("POST", "/inbox?x=1"));
            assert_eq!((saved.authority.as_str(), saved.body.as_str()), ("a.example", "{\n\n}"));
            assert_eq!(saved.headers["date"], "now");
        }
    }

    #[test]
    fn an_absolute_target_names_the_host() {
        let saved = Saved::parse("GET https://a.example:8443/users/bob?page=1\n\n").unwrap();
        assert_eq!(
            (saved.authority.as_str(), saved.target.as_str()),
            ("a.example:8443", "/users/bob?page=1")
        );
    }

    #[test]
    fn what_is_no_request_is_told() {
        for wrong in [
            "",
            "hello",
            "POST inbox",
            "post /inbox\nHost: a",
            "POST /inbox HTTP/1.1\nno header",
            "POST /inbox HTTP/1.1\nDate: x",
        ] {
            assert!(Saved::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
