//! From where somebody signs in, for the list of browsers in their settings.

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use service::Cx;
use service::session::Device;
use std::convert::Infallible;
use web::ClientAddr;
use web::cookie::Cookie;

/// The most that is kept of what a browser says of itself.
const MAX_AGENT_CHARS: usize = 300;

/// The browser that sends a request.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) address: ClientAddr,
    /// As it is listed.
    pub(crate) device: Device,
    /// The secret of the session it has, if that still lasts.
    pub(crate) before: Option<String>,
}

impl FromRequestParts<Cx> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, Infallible> {
        let address = ClientAddr::from_request_parts(parts, cx).await?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let device = Device {
            agent: agent.map(|text| text.chars().take(MAX_AGENT_CHARS).collect()),
            address: (!address.0.is_unspecified()).then(|| address.0.to_string()),
        };
        let before = Cookie::Session.read(&cx.names, &parts.headers).map(str::to_owned);
        Ok(Self { address, device, before })
    }
}

/// Names that browsers put into their agent, the telling one first.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// "Firefox on Linux".
pub(crate) fn words(agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default();
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "A browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_in_words() {
        for (agent, said) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            ("curl/8", "A browser"),
        ] {
            assert_eq!(words(Some(agent)), said);
        }
        assert_eq!(words(None), "A browser");
    }
}
