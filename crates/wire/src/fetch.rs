//! Fetching ActivityPub documents (ActivityPub §3.2). Whose words a document
//! carries is decided by where it was fetched from, never by what it says of itself.

use bytes::Bytes;
use domain::address::InvalidId;
use domain::{ObjectId, Origin, Timestamp};
use http::HeaderValue;
use serde_json::Value;
use url::Url;

use crate::client::{Client, FetchError, Fetched, Signer, clean};
use crate::guard::Forbidden;
use crate::json::{self, JsonError, MAX_DEPTH};
use crate::link::activity_alternate;
use crate::media_type::{ACCEPT_DOCUMENT, content_type, is_activity};
use crate::signature::Scheme;

/// A document, and who served it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it came from, after all redirects. Its `id`, if it has one, has
    /// the same origin.
    pub url: Url,
    /// The bytes as they came, decompressed.
    pub body: Bytes,
    /// The same, parsed.
    pub json: Value,
}

impl Document {
    /// What the document calls itself.
    pub fn id(&self) -> Option<&str> {
        self.json.get("id").and_then(Value::as_str)
    }

    /// The `id`, where it is not one the serving origin may speak for.
    fn foreign_id(&self) -> Option<&str> {
        let id = self.id()?;
        let ours = |id: &str| Origin::of(&parse(id).ok()?).ok();
        match ours(id) {
            Some(origin) if Origin::of(&self.url).is_ok_and(|url| url == origin) => None,
            _ => Some(id),
        }
    }
}

impl Client {
    /// Fetches a document by its id. It has an ActivityPub media type, is
    /// nested at most [`MAX_DEPTH`] levels deep, and its `id` has the origin
    /// that served it. Where it names another origin, that one is asked once.
    ///
    /// With a signer, a peer that refuses one signature scheme is asked with
    /// the other one, and what worked is remembered for its host.
    pub async fn fetch_document(
        &self,
        id: &str,
        signer: Option<&Signer>,
        now: Timestamp,
    ) -> Result<Document, FetchError> {
        let url = parse(id)?;
        let errand = DocumentErrand { client: self, signer, now };
        self.within(&url, errand.own_document(&url)).await
    }
}

/// Reads a URL that came from outside.
fn parse(id: &str) -> Result<Url, FetchError> {
    ObjectId::parse(id).map_err(|fault| match fault {
        InvalidId::Scheme => Forbidden::Scheme.into(),
        InvalidId::UserInfo => Forbidden::UserInfo.into(),
        InvalidId::Host => Forbidden::NoHost.into(),
        _ => FetchError::Url,
    })?;
    Url::parse(id).map_err(|_| FetchError::Url)
}

/// What stays the same over all requests for one document.
struct DocumentErrand<'a> {
    client: &'a Client,
    signer: Option<&'a Signer>,
    now: Timestamp,
}

impl DocumentErrand<'_> {
    /// A document whose id belongs to who served it.
    async fn own_document(&self, url: &Url) -> Result<Document, FetchError> {
        let document = self.document(url).await?;
        let Some(id) = document.foreign_id() else { return Ok(document) };
        let refused = || FetchError::OtherOrigin { id: id.to_owned(), url: document.url.clone() };
        // A mirror or an old name; only the id's own origin can say what it is.
        let home = parse(id).map_err(|_| refused())?;
        let document = self.document(&home).await?;
        match document.foreign_id() {
            None => Ok(document),
            Some(_) => Err(refused()),
        }
    }

    async fn document(&self, url: &Url) -> Result<Document, FetchError> {
        let fetched = success(self.knock(url).await?)?;
        if is_activity(content_type(&fetched.headers)) {
            return document(fetched);
        }
        let Some(alternate) = activity_alternate(&fetched.url, &fetched.headers) else {
            return Err(wrong_type(&fetched));
        };
        let fetched = success(self.knock(&alternate).await?)?;
        if is_activity(content_type(&fetched.headers)) {
            document(fetched)
        } else {
            Err(wrong_type(&fetched))
        }
    }

    /// Asks with one signature scheme, and with the other where that is refused.
    async fn knock(&self, url: &Url) -> Result<Fetched, FetchError> {
        let accept = HeaderValue::from_static(ACCEPT_DOCUMENT);
        let Some(signer) = self.signer else {
            return self.client.follow(url, &accept, None, self.now).await;
        };
        let scheme = self.client.scheme_of(url).unwrap_or(Scheme::Cavage);
        let first = self.client.follow(url, &accept, Some((signer, scheme)), self.now).await?;
        if !matches!(first.status, 400 | 401 | 403) {
            return Ok(first);
        }
        let other = scheme.other();
        match self.client.follow(url, &accept, Some((signer, other)), self.now).await {
            Ok(second) if is_success(second.status) => {
                self.client.remember_scheme(url, other);
                Ok(second)
            }
            // The refusal of what most peers read says more.
            _ => Ok(first),
        }
    }
}

const fn is_success(status: u16) -> bool {
    matches!(status, 200..=299)
}

/// An answer with a 2xx status; every other one is an error.
pub(crate) fn success(fetched: Fetched) -> Result<Fetched, FetchError> {
    match fetched.status {
        status if is_success(status) => Ok(fetched),
        410 => Err(FetchError::Gone),
        status => Err(FetchError::Status { status, words: clean(&fetched.body) }),
    }
}

fn wrong_type(fetched: &Fetched) -> FetchError {
    FetchError::ContentType(clean(content_type(&fetched.headers).as_bytes()))
}

fn document(fetched: Fetched) -> Result<Document, FetchError> {
    let json = parse_json(&fetched.body)?;
    if !json.is_object() {
        return Err(FetchError::NotJson);
    }
    Ok(Document { url: fetched.url, body: fetched.body, json })
}

/// Parses an answer's body within the bounds.
pub(crate) fn parse_json(body: &[u8]) -> Result<Value, FetchError> {
    json::parse(body).map_err(|fault| match fault {
        JsonError::Invalid => FetchError::NotJson,
        JsonError::TooDeep => FetchError::TooDeep(MAX_DEPTH),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn served(url: &str, id: &Value) -> Document {
        Document { url: Url::parse(url).unwrap(), body: Bytes::new(), json: json!({ "id": id }) }
    }

    #[test]
    fn a_document_speaks_only_for_the_origin_that_served_it() {
        let at = "https://a.example/users/bob";
        for own in ["https://a.example/users/bob", "https://A.example:443/u/1#x"] {
            assert_eq!(served(at, &json!(own)).foreign_id(), None, "{own}");
        }
        for foreign in [
            "https://b.example/u",
            "http://a.example/u",
            "https://a.example:8443/u",
            "https://x.a.example/u",
            "",
            "bob",
        ] {
            assert_eq!(served(at, &json!(foreign)).foreign_id(), Some(foreign));
        }
        assert_eq!(served(at, &Value::Null).foreign_id(), None);
    }

    #[test]
    fn what_is_no_http_url_is_refused_with_its_reason() {
        for (wrong, why) in [
            ("", FetchError::Url),
            ("bob@a.example", FetchError::Url),
            ("acct:bob@a.example", Forbidden::Scheme.into()),
            ("file:///etc/passwd", Forbidden::Scheme.into()),
            ("data:text/html,x", Forbidden::Scheme.into()),
            ("javascript:alert(1)", Forbidden::Scheme.into()),
            ("gopher://a.example/", Forbidden::Scheme.into()),
            ("https://[::1", FetchError::Url),
            ("https://good@evil.example/", Forbidden::UserInfo.into()),
            ("/users/bob", FetchError::Url),
        ] {
            assert_eq!(parse(wrong), Err(why), "{wrong}");
        }
        assert_eq!(parse(&format!("https://a.example/{}", "k".repeat(8192))), Err(FetchError::Url));
    }
}
