//! Programs that people let act for them (OAuth 2.0 clients).

use crate::ApplicationId;
use crate::user::Scopes;
use url::Url;

/// The redirect URI of a program that cannot be called back: the code is shown
/// to the person, who copies it.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// The longest redirect URI we keep, in bytes.
const MAX_REDIRECT_BYTES: usize = 2000;

/// Schemes that would run or show something instead of calling a program.
const FORBIDDEN: [&str; 13] = [
    "javascript",
    "vbscript",
    "data",
    "file",
    "filesystem",
    "blob",
    "about",
    "view-source",
    "ftp",
    "ws",
    "wss",
    "mailto",
    "urn",
];

/// A registered OAuth client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Our row.
    pub id: ApplicationId,
    /// Its public name towards us (RFC 6749 §2.2).
    pub client_id: String,
    /// What people know it by.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
    /// Where people may be sent back to, compared byte for byte.
    pub redirect_uris: Vec<String>,
    /// The most it may ever ask for.
    pub scopes: Scopes,
}

impl Application {
    /// Whether people may be sent back to `uri`: only to what was registered,
    /// byte for byte.
    pub fn may_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri)
    }
}

/// Why a program may not be called back at a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirect {
    /// Longer than 2000 bytes.
    #[error("is too long")]
    TooLong,
    /// No absolute URI.
    #[error("must be an absolute URI")]
    NotAUri,
    /// A scheme that calls no program.
    #[error("has a scheme that is not allowed")]
    Scheme,
    /// A fragment, user information, or no host where there must be one.
    #[error("must have a host and neither a fragment nor user information")]
    Parts,
}

/// Checks a redirect URI that a program wants to register (RFC 6749 §3.1.2,
/// RFC 8252 §7): http(s), a scheme of its own, or [`OUT_OF_BAND`].
pub fn check_redirect(uri: &str) -> Result<(), InvalidRedirect> {
    if uri == OUT_OF_BAND {
        return Ok(());
    }
    if uri.len() > MAX_REDIRECT_BYTES {
        return Err(InvalidRedirect::TooLong);
    }
    if uri
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '"' | '<' | '>' | ';' | ','))
    {
        return Err(InvalidRedirect::NotAUri);
    }
    let url = Url::parse(uri).map_err(|_| InvalidRedirect::NotAUri)?;
    if FORBIDDEN.contains(&url.scheme()) {
        return Err(InvalidRedirect::Scheme);
    }
    let hidden = !url.username().is_empty() || url.password().is_some() || url.fragment().is_some();
    let homeless = matches!(url.scheme(), "http" | "https") && url.host().is_none();
    if hidden || homeless { Err(InvalidRedirect::Parts) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_may_be_called_back_by_web_scheme_or_not_at_all() {
        for uri in [
            OUT_OF_BAND,
            "https://app.example/callback?x=1",
            "http://localhost:3000/",
            "http://127.0.0.1:4000/cb",
            "tusky://oauth",
            "com.example.app:/oauth2redirect",
            "icecubesapp://",
        ] {
            assert_eq!(check_redirect(uri), Ok(()), "{uri}");
        }
    }

    #[test]
    fn a_redirect_that_runs_or_hides_something_is_refused() {
        for uri in [
            "javascript:alert(1)",
            "JavaScript://app.example/%0aalert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://a.test/x",
            "urn:other",
            "https://user:pw@app.example/",
            "https://app.example/#x",
            "/callback",
            "app.example",
            "",
            "https://app.example/ x",
            "https://app.example/\nx",
            "https://",
        ] {
            assert!(check_redirect(uri).is_err(), "{uri}");
        }
        assert_eq!(
            check_redirect(&format!("https://a.test/{}", "x".repeat(2000))),
            Err(InvalidRedirect::TooLong)
        );
    }

    #[test]
    fn only_what_was_registered_is_called_back() {
        let app = Application {
            id: ApplicationId(1),
            client_id: "c".into(),
            name: "n".into(),
            website: None,
            redirect_uris: vec!["https://app.example/cb".into()],
            scopes: Scopes::default(),
        };
        assert!(app.may_redirect("https://app.example/cb"));
        for uri in [
            "https://app.example/cb/",
            "https://app.example/cb?x",
            "https://APP.example/cb",
            "https://app.example",
        ] {
            assert!(!app.may_redirect(uri), "{uri}");
        }
    }
}
