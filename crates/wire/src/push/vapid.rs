//! Who sends a push (RFC 8292): a token that the server signs for the push
//! service, with a key of which programs were told at subscribing.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use serde_json::json;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// How long a token is good, in seconds; a day is the most that is allowed.
const GOOD_FOR: i64 = 12 * 3600;

/// Why a key does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VapidError {
    /// The bytes are no key of P-256.
    #[error("the key of Web Push is damaged")]
    Damaged,
    /// The crypto library would not.
    #[error("the key of Web Push does not sign")]
    NotSigned,
}

/// The server's key. Cheap to clone.
#[derive(Clone)]
pub struct VapidKey {
    pair: Arc<EcdsaKeyPair>,
    public: Arc<str>,
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VapidKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl VapidKey {
    /// A new key, and it in PKCS#8.
    pub fn generate() -> Result<(Self, Vec<u8>), VapidError> {
        let pair =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| VapidError::NotSigned)?;
        let der = pair.to_pkcs8v1().map_err(|_| VapidError::NotSigned)?.as_ref().to_vec();
        Ok((Self::of(pair), der))
    }

    /// The key in a PKCS#8 of [`Self::generate`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, VapidError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
        pair.map(Self::of).map_err(|_| VapidError::Damaged)
    }

    fn of(pair: EcdsaKeyPair) -> Self {
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()).into();
        Self { pair: Arc::new(pair), public }
    }

    /// The public half, as programs are told: an uncompressed point in base64url.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// A token for the push service of an endpoint (RFC 8292 §2).
    pub(crate) fn token(&self, endpoint: &Url, contact: &str, now: Timestamp) -> Result<String, VapidError> {
        let head = json!({ "typ": "JWT", "alg": "ES256" });
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.0.div_euclid(1000).saturating_add(GOOD_FOR),
            "sub": contact,
        });
        let mut token = URL_SAFE_NO_PAD.encode(head.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature =
            self.pair.sign(&SystemRandom::new(), token.as_bytes()).map_err(|_| VapidError::NotSigned)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    #[test]
    fn a_token_is_signed_for_the_push_service_alone() {
        let (key, der) = VapidKey::generate().unwrap();
        let key = VapidKey::from_pkcs8(&der).inspect(|again| assert_eq!(again.public(), key.public()));
        let (key, endpoint) = (key.unwrap(), Url::parse("https://push.example:8443/send/1?x=2").unwrap());
        let token = key.token(&endpoint, "mailto:me@here.example", Timestamp(1_000_500)).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let part = |at: usize| URL_SAFE_NO_PAD.decode(parts[at]).unwrap();
        let json = |at: usize| serde_json::from_slice::<Value>(&part(at)).unwrap();
        assert_eq!(json(0), json!({ "typ": "JWT", "alg": "ES256" }));
        let claims =
            json!({ "aud": "https://push.example:8443", "exp": 44_200, "sub": "mailto:me@here.example" });
        assert_eq!(json(1), claims);
        let public = URL_SAFE_NO_PAD.decode(key.public()).unwrap();
        assert_eq!((public.len(), public[0]), (65, 4));
        let signed = format!("{}.{}", parts[0], parts[1]);
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
        assert!(public.verify(signed.as_bytes(), &part(2)).is_ok());
        assert!(public.verify(b"something else", &part(2)).is_err());
        assert_eq!(VapidKey::from_pkcs8(b"no key").unwrap_err(), VapidError::Damaged);
    }
}
