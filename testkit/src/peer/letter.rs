//! A signed request that can be spoilt before it is sent.

use crate::http::{Http, Reply};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use url::Url;
use wire::Signer;
use wire::signature::{Scheme, ToSign, sign};

const ACTIVITY_JSON: &str = "application/activity+json";

/// A `POST` to an inbox.
#[derive(Debug, Clone)]
pub struct Letter {
    http: Http,
    method: Method,
    url: Url,
    body: Bytes,
    signer: Signer,
    at: Timestamp,
    scheme: Scheme,
    headers: HeaderMap,
}

impl Letter {
    /// # Panics
    /// Where the inbox is no URL.
    pub(super) fn new(http: Http, inbox: &str, body: Bytes, signer: Signer, at: Timestamp) -> Self {
        let url = Url::parse(inbox).expect("a URL");
        let headers = HeaderMap::new();
        Self { http, method: Method::POST, url, body, signer, at, scheme: Scheme::Cavage, headers }.signed()
    }

    /// Signs anew.
    fn signed(mut self) -> Self {
        let to_sign = ToSign {
            method: &self.method,
            url: &self.url,
            body: Some(&self.body),
            content_type: Some(ACTIVITY_JSON),
            now: self.at,
        };
        self.headers = sign(&to_sign, &self.signer.key, &self.signer.key_id, self.scheme);
        self
    }

    /// In this dialect.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self.signed()
    }

    /// Signed at this time.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self.signed()
    }

    /// Signed by this key, under this id.
    #[must_use]
    pub fn signer(mut self, signer: Signer) -> Self {
        self.signer = signer;
        self.signed()
    }

    /// Signed under another key id.
    #[must_use]
    pub fn key_id(mut self, key_id: &str) -> Self {
        key_id.clone_into(&mut self.signer.key_id);
        self.signed()
    }

    /// With these bytes, signed as they are.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.signed()
    }

    /// With these bytes, which nobody signed.
    #[must_use]
    pub fn altered(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Without a header that was signed or that signs.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With another header than was signed.
    ///
    /// # Panics
    /// Where it is no header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        self
    }

    /// Signed in draft-cavage over exactly these parts.
    ///
    /// # Panics
    /// Where a part is not there.
    #[must_use]
    pub fn covering(mut self, parts: &[&str]) -> Self {
        let line = |part: &&str| match *part {
            "(request-target)" => format!("(request-target): post {}", self.url.path()),
            name => {
                let value = self.headers.get(name).unwrap_or_else(|| panic!("no header {name}"));
                format!("{name}: {}", value.to_str().expect("text"))
            }
        };
        let text = parts.iter().map(line).collect::<Vec<_>>().join("\n");
        let signature = STANDARD.encode(self.signer.key.sign(text.as_bytes()));
        let value = format!(
            "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{}\",signature=\"{signature}\"",
            self.signer.key_id,
            parts.join(" ")
        );
        self.headers.insert("signature", HeaderValue::from_str(&value).expect("a header's value"));
        self
    }

    /// The request as it is now.
    ///
    /// # Panics
    /// Where it is no request.
    pub fn request(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.url.as_str().parse().expect("a URL");
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// Sends it; can be called again.
    pub async fn send(&self) -> Reply {
        self.http.send(self.request()).await
    }

    /// Sends it; `None` where nobody answered.
    pub async fn try_send(&self) -> Option<Reply> {
        self.http.try_send(self.request()).await.ok()
    }
}
