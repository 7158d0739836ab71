//! Visitors from other servers: from their handle to the page of their own
//! server where they go on with what they found here.

use crate::{Cx, Error, Result};
use domain::{Handle, Host};
use url::Url;

/// Longest text that is handed on, in bytes.
const MAX_BYTES: usize = domain::address::MAX_ID_BYTES;

/// The page of a visitor's own server where they can follow, answer, like or
/// boost `uri`, as that server's WebFinger names it. It lies on the handle's
/// domain or where its actor lives: nobody is sent anywhere else.
pub async fn page(cx: &Cx, handle: &str, uri: &str) -> Result<String> {
    let handle = Handle::parse(handle).map_err(|_| Error::invalid("handle", "must be @name@host"))?;
    if uri.is_empty() || uri.len() > MAX_BYTES {
        return Err(Error::invalid("uri", "must be what you want to meet"));
    }
    if [cx.names.domain(), cx.names.origin().host()].contains(&&handle.domain) {
        return Err(Error::invalid("handle", "is of this server: sign in here"));
    }
    let found = cx.client.webfinger(&handle, cx.now()).await?;
    let template = found.subscribe_template.as_deref().unwrap_or_default();
    let allowed = [&handle.domain, found.actor.host()];
    fill(template, uri, &allowed, cx.client.guard().allows_plain())
        .ok_or(Error::invalid("handle", "is of a server that has no such page; search there for the address"))
}

/// A template with `uri` in it, if it leads to one of the hosts.
fn fill(template: &str, uri: &str, allowed: &[&Host], allows_plain: bool) -> Option<String> {
    if !template.contains("{uri}") {
        return None;
    }
    let escaped: String = form(uri);
    let url = Url::parse(&template.replace("{uri}", &escaped)).ok()?;
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && allows_plain);
    let plain = url.username().is_empty() && url.password().is_none();
    let host = Host::of(&url).ok()?;
    (scheme && plain && allowed.contains(&&host)).then(|| url.to_string())
}

/// Percent-encoded whole, so that nothing in it can end the member of the query.
fn form(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Option<String> {
        let allowed = [Host::parse("b.example").unwrap(), Host::parse("social.b.example").unwrap()];
        fill(template, "https://here.example/@a?x=1&y=#z", &allowed.iter().collect::<Vec<_>>(), false)
    }

    #[test]
    fn a_visitor_is_sent_to_their_own_server() {
        assert_eq!(
            filled("https://social.b.example/authorize_interaction?uri={uri}").unwrap(),
            "https://social.b.example/authorize_interaction?uri=https%3A%2F%2Fhere.example%2F%40a%3Fx%3D1%26y%3D%23z"
        );
    }

    #[test]
    fn a_template_that_leads_elsewhere_is_refused() {
        for template in [
            "",
            "https://b.example/no-place-for-it",
            "https://evil.example/?u={uri}",
            "https://b.example@evil.example/{uri}",
            "https://user:pw@b.example/{uri}",
            "https://b.example.evil.example/{uri}",
            "http://b.example/{uri}",
            "javascript:alert('{uri}')",
            "data:text/html,{uri}",
            "//b.example/{uri}",
            "https://b.example:8443/{uri}",
            "{uri}",
        ] {
            assert_eq!(filled(template), None, "{template}");
        }
    }

    #[test]
    fn plain_http_is_for_allowed_networks_only() {
        let host = Host::parse("127.0.0.1:9000").unwrap();
        let go = |plain| fill("http://127.0.0.1:9000/i?uri={uri}", "x", &[&host], plain);
        assert_eq!(go(true).unwrap(), "http://127.0.0.1:9000/i?uri=x");
        assert_eq!(go(false), None);
    }
}
