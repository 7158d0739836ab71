//! Our two cookies: the session's, and the one that proves that a form came
//! from a page of ours where nobody is signed in yet.
//!
//! `HttpOnly`, `SameSite=Lax`; under https also `Secure` and with the prefix
//! `__Host-`, so that no other site of the domain can set them. Cookies do not
//! tell ports apart: under http the port is part of the name, so that two
//! servers on one machine do not sign each other's users out.

use domain::Names;
use http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// Who is signed in.
    Session,
    /// Where a form was shown.
    Form,
}

impl Cookie {
    fn name(self, names: &Names) -> String {
        let purpose = match self {
            Self::Session => "session",
            Self::Form => "form",
        };
        let origin = names.origin();
        if origin.scheme() == "https" {
            return format!("__Host-antiphon-{purpose}");
        }
        match origin.host().as_str().rsplit_once(':') {
            Some((_, port)) if port.bytes().all(|b| b.is_ascii_digit()) => {
                format!("antiphon-{port}-{purpose}")
            }
            _ => format!("antiphon-{purpose}"),
        }
    }

    /// The value a browser sent.
    pub fn read<'a>(self, names: &Names, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.name(names);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs
            .find(|(key, value)| *key == name && !value.is_empty() && value.len() <= 200)
            .map(|(_, value)| value)
    }

    /// The header that sets it. `value` is one of our secrets, or empty to end it.
    pub fn set(self, names: &Names, value: &str, lasts: Duration) -> HeaderValue {
        let secure = if names.origin().scheme() == "https" { "; Secure" } else { "" };
        let (name, seconds) = (self.name(names), lasts.as_secs());
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).expect("our names and secrets are plain letters")
    }

    /// The header that ends it.
    pub fn end(self, names: &Names) -> HeaderValue {
        self.set(names, "", Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(origin: &str) -> Names {
        Names::new(domain::Origin::of(&url::Url::parse(origin).unwrap()).unwrap(), None)
    }

    #[test]
    fn a_cookie_is_for_browsers_of_this_site_only() {
        let text = Cookie::Session.set(&names("https://a.test"), "abc", Duration::from_secs(60));
        assert_eq!(text, "__Host-antiphon-session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let text = Cookie::Form.set(&names("http://127.0.0.1:8080"), "abc", Duration::from_secs(60));
        assert_eq!(text, "antiphon-8080-form=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::COOKIE, "x=1; antiphon-8080-session=abc; antiphon-session=no".parse().unwrap());
        assert_eq!(Cookie::Session.read(&names("http://127.0.0.1:8080"), &headers), Some("abc"));
        assert_eq!(Cookie::Session.read(&names("https://a.test"), &headers), None);
    }
}
