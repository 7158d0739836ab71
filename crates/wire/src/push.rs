//! Web Push: a message that only the program that subscribed can read (RFC
//! 8291, RFC 8188), sent in the name of this server (RFC 8292) to the push
//! service that the program named (RFC 8030). Programs that were written
//! before the RFCs get the form of the drafts.

mod seal;
mod vapid;

pub use seal::{Audience, SealError};
pub use vapid::{VapidError, VapidKey};

use crate::client::{Client, FetchError, Question};
use crate::deliver::retry_after;
use bytes::Bytes;
use domain::Timestamp;
use domain::push::{PushForm, TTL, Tried};
use http::header::{AUTHORIZATION, CONTENT_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

/// The most of a message that every push service takes (RFC 8030 §7.2), less
/// what sealing adds to it.
pub const MAX_MESSAGE: usize = 3_800;

const MEDIA_TYPE: &str = "application/octet-stream";
const TTL_HEADER: HeaderName = HeaderName::from_static("ttl");
const URGENCY: HeaderName = HeaderName::from_static("urgency");
const ENCRYPTION: HeaderName = HeaderName::from_static("encryption");
const CRYPTO_KEY: HeaderName = HeaderName::from_static("crypto-key");

/// A push on its way.
#[derive(Debug)]
pub struct Push<'a> {
    /// Where to.
    pub endpoint: &'a Url,
    /// Who can read it.
    pub audience: &'a Audience,
    /// In which form.
    pub form: PushForm,
    /// What it says.
    pub message: &'a [u8],
    /// Whom the push service may write to: a `mailto:` or `https:` URL.
    pub contact: &'a str,
}

/// Why a push cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The message or the program's keys do not fit.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The server's key does not sign.
    #[error(transparent)]
    Vapid(#[from] VapidError),
    /// Something does not fit into a header.
    #[error("the push does not fit into a request")]
    Header,
}

/// A request that can be sent as it is.
#[derive(Debug)]
struct Sealed {
    headers: HeaderMap,
    body: Bytes,
}

fn header(text: &str) -> Result<HeaderValue, PushError> {
    HeaderValue::from_str(text).map_err(|_| PushError::Header)
}

/// Seals and signs a push.
fn seal(push: &Push<'_>, key: &VapidKey, now: Timestamp) -> Result<Sealed, PushError> {
    let token = key.token(push.endpoint, push.contact, now)?;
    let mut headers = HeaderMap::new();
    headers.insert(TTL_HEADER, HeaderValue::from(TTL.as_secs()));
    headers.insert(URGENCY, HeaderValue::from_static("normal"));
    let body = match push.form {
        PushForm::Standard => {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
            headers.insert(AUTHORIZATION, header(&format!("vapid t={token},k={}", key.public()))?);
            push.audience.seal(push.message)?
        }
        PushForm::Draft => {
            let sealed = push.audience.seal_as_draft(push.message)?;
            let crypto_key = format!("dh={};p256ecdsa={}", sealed.public, key.public());
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aesgcm"));
            headers.insert(AUTHORIZATION, header(&format!("WebPush {token}"))?);
            headers.insert(ENCRYPTION, header(&format!("salt={}", sealed.salt))?);
            headers.insert(CRYPTO_KEY, header(&crypto_key)?);
            sealed.body
        }
    };
    Ok(Sealed { headers, body: body.into() })
}

impl Client {
    /// Sends a push. Every status is an answer; redirects are not followed.
    pub async fn push(&self, push: &Push<'_>, key: &VapidKey, now: Timestamp) -> Result<Tried, PushError> {
        if self.guard().check_url(push.endpoint).is_err() {
            return Ok(Tried::Forbidden);
        }
        let sealed = seal(push, key, now)?;
        let asked =
            tokio::time::timeout(self.limits().delivery, Box::pin(self.send_sealed(push, &sealed, now)));
        Ok(match asked.await {
            Ok(Ok(tried)) => tried,
            Ok(Err(FetchError::Forbidden(_))) => Tried::Forbidden,
            Ok(Err(_)) | Err(_) => Tried::Unanswered,
        })
    }

    async fn send_sealed(
        &self,
        push: &Push<'_>,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<Tried, FetchError> {
        let _turn = self.delivery_turn().await?;
        let question = Question {
            method: Method::POST,
            url: push.endpoint,
            accept: None,
            range: None,
            post: Some((&sealed.body, MEDIA_TYPE)),
            signer: None,
            more: Some(&sealed.headers),
            now,
        };
        let answer = self.ask(&question).await?;
        let retry_after = retry_after(answer.headers(), now);
        Ok(Tried::Answered { status: answer.status().as_u16(), retry_after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_its_headers() {
        let (audience, _) = seal::tests::audience();
        let key = VapidKey::generate().unwrap().0;
        let endpoint = Url::parse("https://push.example/send/1").unwrap();
        let sealed = |form| {
            let contact = "https://here.example";
            let push = Push { endpoint: &endpoint, audience: &audience, form, message: b"{}", contact };
            seal(&push, &key, Timestamp(1_000)).unwrap().headers
        };
        let headers = sealed(PushForm::Standard);
        assert_eq!(headers["ttl"], "172800");
        assert_eq!(headers["urgency"], "normal");
        assert_eq!(headers["content-encoding"], "aes128gcm");
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(
            authorization.starts_with("vapid t=") && authorization.ends_with(key.public()),
            "{authorization}"
        );
        assert!(!headers.contains_key("crypto-key"));
        let headers = sealed(PushForm::Draft);
        assert_eq!(headers["content-encoding"], "aesgcm");
        assert!(headers["authorization"].to_str().unwrap().starts_with("WebPush ey"));
        assert!(headers["encryption"].to_str().unwrap().starts_with("salt="));
        let crypto_key = headers["crypto-key"].to_str().unwrap();
        assert!(crypto_key.starts_with("dh=") && crypto_key.contains(";p256ecdsa="), "{crypto_key}");
    }
}
