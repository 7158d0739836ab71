//! Forms prove that they come from a page of ours: they repeat a text that is
//! made of a cookie's secret, which no other site can read.

use crate::cookie::Cookie;
use crate::error::PageError;
use crate::form;
use axum::RequestExt;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponseParts, ResponseParts};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use service::Cx;
use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;

/// How long a form may lie open before anybody is signed in.
const LASTS: Duration = Duration::from_hours(24);

/// The text that forms repeat, as an extractor; as a part of a response it
/// sets the cookie where there was none: `(csrf, page)`.
#[derive(Debug, Clone)]
pub struct Csrf {
    token: String,
    set_cookie: Option<HeaderValue>,
}

impl Csrf {
    /// What goes into the hidden field `csrf`.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Refuses a form that does not repeat it.
    fn check(&self, written: &str) -> Result<(), PageError> {
        // Where the cookie is made just now, no form can know it.
        if self.set_cookie.is_none() && written == self.token { Ok(()) } else { Err(PageError::stale_form()) }
    }

    fn of(secret: &str, set_cookie: Option<HeaderValue>) -> Self {
        let mut token = String::with_capacity(64);
        for byte in service::keys::secret_hash(&format!("form of {secret}")) {
            let _ = write!(token, "{byte:02x}");
        }
        Self { token, set_cookie }
    }
}

impl FromRequestParts<Cx> for Csrf {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, PageError> {
        let known = Cookie::Session.read(&cx.names, &parts.headers);
        if let Some(secret) = known.or_else(|| Cookie::Form.read(&cx.names, &parts.headers)) {
            return Ok(Self::of(secret, None));
        }
        let secret = service::keys::secret()
            .map_err(|_| PageError::new(StatusCode::INTERNAL_SERVER_ERROR, "There are no random numbers."))?;
        Ok(Self::of(&secret, Some(Cookie::Form.set(&cx.names, &secret, LASTS))))
    }
}

/// A form that comes from a page of ours, as an extractor: without the text
/// it is refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct Posted<T>(pub T);

/// The hidden field.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Proof {
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Cx> for Posted<T> {
    type Rejection = PageError;

    async fn from_request(mut request: Request, cx: &Cx) -> Result<Self, PageError> {
        let csrf: Csrf = request.extract_parts_with_state(cx).await?;
        let (form, proof): (T, Proof) = form::twice(request).await?;
        csrf.check(&proof.csrf)?;
        Ok(Self(form))
    }
}

impl IntoResponseParts for Csrf {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Some(cookie) = self.set_cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_must_repeat_the_text_of_its_cookie() {
        let csrf = Csrf::of("secret", None);
        assert!(csrf.check(csrf.token()).is_ok());
        assert!(csrf.check("").is_err());
        assert!(csrf.check(Csrf::of("another", None).token()).is_err());
        assert!(!csrf.token().contains("secret"));
    }

    #[test]
    fn without_a_cookie_no_form_is_good() {
        let csrf = Csrf::of("secret", Some(HeaderValue::from_static("x")));
        assert!(csrf.check(csrf.token()).is_err());
    }
}
