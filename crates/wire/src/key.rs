//! Keys: RSA and Ed25519, in the forms peers write them.
//!
//! What is accepted is narrow on purpose: RSA of 2048 to 4096 bits with a
//! small odd exponent, so that no key makes a check slow, and Ed25519.

mod der;

use crate::encoding::{base58, base64, from_base58, from_base64};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA512, RsaKeyPair, UnparsedPublicKey,
};
use der::Material;
use std::fmt;
use std::sync::Arc;

/// The smallest RSA modulus we trust, in bits.
pub const MIN_RSA_BITS: usize = 2048;
/// The largest RSA modulus we spend time on, in bits.
pub const MAX_RSA_BITS: usize = 4096;

/// A PEM text beyond this is none of a key we take (RSA-4096 has 800 bytes).
const MAX_PEM_BYTES: usize = 16 * 1024;

/// Multicodec prefixes (varints of 0xed and 0x1205).
const MULTICODEC_ED25519: [u8; 2] = [0xed, 0x01];
const MULTICODEC_RSA: [u8; 2] = [0x85, 0x24];

/// Why a text is no key that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No `BEGIN … PUBLIC KEY` and `END`, or far too long.
    #[error("the key is not PEM of a public key")]
    NotPem,
    /// A private key where a public one belongs. Its owner should know.
    #[error("the key is a private key; it must be replaced")]
    Private,
    /// Not base58btc with a known multicodec.
    #[error("the key is not a Multikey of Ed25519 or RSA")]
    NotMultikey,
    /// The bytes are no key in DER.
    #[error("the key is damaged")]
    Damaged,
    /// An algorithm other than RSA and Ed25519.
    #[error("the key is neither RSA nor Ed25519")]
    UnknownKind,
    /// Fewer than [`MIN_RSA_BITS`].
    #[error("the RSA key has {0} bits (at least 2048)")]
    TooSmall(usize),
    /// More than [`MAX_RSA_BITS`].
    #[error("the RSA key has {0} bits (at most 4096)")]
    TooLarge(usize),
    /// Even, 1, or beyond 32 bits.
    #[error("the RSA key has an exponent that is not safe")]
    Exponent,
    /// The crypto library could not make a key.
    #[error("no key could be made")]
    NotMade,
}

/// How a message is hashed and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what the fediverse speaks.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// RSASSA-PSS with SHA-512 (RFC 9421 §3.3.1).
    RsaPssSha512,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

/// A key that checks signatures.
#[derive(Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA, its size and exponent checked.
    Rsa(RsaPublicKey),
    /// Ed25519.
    Ed25519(Ed25519PublicKey),
}

/// An RSA key within our bounds.
#[derive(Clone)]
pub struct RsaPublicKey {
    /// PKCS-1, written by us: equal keys have equal bytes.
    pkcs1: Vec<u8>,
    bits: usize,
    parsed: ParsedPublicKey,
}

/// An Ed25519 key.
#[derive(Clone)]
pub struct Ed25519PublicKey {
    bytes: [u8; 32],
    parsed: ParsedPublicKey,
}

impl PartialEq for RsaPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.pkcs1 == other.pkcs1
    }
}

impl Eq for RsaPublicKey {}

impl PartialEq for Ed25519PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Ed25519PublicKey {}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.bits)
    }
}

impl fmt::Debug for Ed25519PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519PublicKey({})", base58(&self.bytes))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(key) => key.fmt(f),
            Self::Ed25519(key) => key.fmt(f),
        }
    }
}

impl PublicKey {
    /// Reads `publicKeyPem`: SPKI or PKCS-1, whatever its label says, with
    /// any line ends, or with none.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Self::from_der(&pem_body(text)?)
    }

    /// Reads SPKI or PKCS-1.
    pub fn from_der(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::from_material(der::read(bytes)?)
    }

    /// Reads `publicKeyMultibase` of a Multikey (FEP-521a): `z6Mk…` for
    /// Ed25519, `z4MX…` for RSA.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = text.trim().strip_prefix('z').and_then(from_base58).ok_or(KeyError::NotMultikey)?;
        if let Some(key) = bytes.strip_prefix(&MULTICODEC_ED25519) {
            return Self::from_material(Material::Ed25519(key.try_into().map_err(|_| KeyError::Damaged)?));
        }
        match bytes.strip_prefix(&MULTICODEC_RSA) {
            Some(key) => Self::from_der(key),
            None => Err(KeyError::NotMultikey),
        }
    }

    fn from_material(material: Material) -> Result<Self, KeyError> {
        match material {
            Material::Rsa { modulus, exponent } => RsaPublicKey::new(&modulus, &exponent).map(Self::Rsa),
            Material::Ed25519(bytes) => {
                let parsed = ParsedPublicKey::new(&ED25519, bytes).map_err(|_| KeyError::Damaged)?;
                Ok(Self::Ed25519(Ed25519PublicKey { bytes, parsed }))
            }
        }
    }

    /// `publicKeyPem` as every peer reads it: SPKI, lines of 64.
    pub fn to_pem(&self) -> String {
        let spki = match self {
            Self::Rsa(key) => der::rsa_spki(&key.pkcs1),
            Self::Ed25519(key) => der::ed25519_spki(key.bytes),
        };
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for (place, character) in base64(&spki).chars().enumerate() {
            if place > 0 && place % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem.push_str("\n-----END PUBLIC KEY-----\n");
        pem
    }

    /// `publicKeyMultibase` of a Multikey.
    pub fn to_multibase(&self) -> String {
        let bytes = match self {
            Self::Rsa(key) => [&MULTICODEC_RSA[..], &key.pkcs1].concat(),
            Self::Ed25519(key) => [&MULTICODEC_ED25519[..], &key.bytes].concat(),
        };
        format!("z{}", base58(&bytes))
    }

    /// `RSA` or `Ed25519`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RSA",
            Self::Ed25519(_) => "Ed25519",
        }
    }

    /// Whether the algorithm can be used with this key.
    pub fn suits(&self, algorithm: Algorithm) -> bool {
        matches!(self, Self::Ed25519(_)) == (algorithm == Algorithm::Ed25519)
    }

    /// Whether this key made the signature. False also where the algorithm
    /// does not suit the key.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let checked = match (self, algorithm) {
            (Self::Rsa(key), Algorithm::RsaSha256) => key.parsed.verify_sig(message, signature),
            (Self::Rsa(key), Algorithm::RsaSha512) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, &key.pkcs1).verify(message, signature)
            }
            (Self::Rsa(key), Algorithm::RsaPssSha512) => {
                UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA512, &key.pkcs1).verify(message, signature)
            }
            (Self::Ed25519(key), Algorithm::Ed25519) => key.parsed.verify_sig(message, signature),
            (Self::Rsa(_), Algorithm::Ed25519) | (Self::Ed25519(_), _) => return false,
        };
        checked.is_ok()
    }
}

impl RsaPublicKey {
    /// Modulus and exponent without leading zeros.
    fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let bits = bit_length(modulus);
        if bits < MIN_RSA_BITS {
            return Err(KeyError::TooSmall(bits));
        }
        if bits > MAX_RSA_BITS {
            return Err(KeyError::TooLarge(bits));
        }
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        if exponent.len() > 4 || exponent == [1] || !odd(exponent) {
            return Err(KeyError::Exponent);
        }
        if !odd(modulus) {
            return Err(KeyError::Damaged);
        }
        let pkcs1 = der::rsa_pkcs1(modulus, exponent);
        let parsed =
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &pkcs1).map_err(|_| KeyError::Damaged)?;
        Ok(Self { pkcs1, bits, parsed })
    }

    /// The size of the modulus.
    pub fn bits(&self) -> usize {
        self.bits
    }
}

fn bit_length(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros() as usize);
    (number.len() * 8).saturating_sub(unused)
}

/// The bytes between the two lines of a PEM text.
fn pem_body(text: &str) -> Result<Vec<u8>, KeyError> {
    if text.len() > MAX_PEM_BYTES {
        return Err(KeyError::NotPem);
    }
    let (_, rest) = text.split_once("-----BEGIN ").ok_or(KeyError::NotPem)?;
    let (label, rest) = rest.split_once("-----").ok_or(KeyError::NotPem)?;
    if label.contains("PRIVATE KEY") {
        return Err(KeyError::Private);
    }
    if !label.ends_with("PUBLIC KEY") {
        return Err(KeyError::NotPem);
    }
    let (body, _) = rest.split_once("-----END").ok_or(KeyError::NotPem)?;
    // Some documents carry the line ends escaped twice.
    let body: String = body.replace("\\r", "").replace("\\n", "").split_ascii_whitespace().collect();
    from_base64(&body).ok_or(KeyError::Damaged)
}

/// A key that makes signatures. Copies share one key.
#[derive(Clone)]
pub struct SigningKey(Arc<Pair>);

enum Pair {
    Rsa { pair: RsaKeyPair, public: PublicKey },
    Ed25519 { pair: Ed25519KeyPair, public: PublicKey },
}

impl fmt::Debug for SigningKey {
    // Never the key itself: this may land in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey of {:?}", self.public())
    }
}

impl SigningKey {
    /// Makes an RSA key of 2048 bits, which every peer reads. Takes about
    /// 75 ms: make it ahead of need, off the async threads.
    pub fn generate_rsa() -> Result<Self, KeyError> {
        Self::from_rsa(RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::NotMade)?)
    }

    /// Makes an Ed25519 key.
    pub fn generate_ed25519() -> Result<Self, KeyError> {
        Self::from_ed25519(Ed25519KeyPair::generate().map_err(|_| KeyError::NotMade)?)
    }

    /// Reads an unencrypted PKCS-8 key of either kind.
    pub fn from_pkcs8_der(bytes: &[u8]) -> Result<Self, KeyError> {
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8(bytes) {
            return Self::from_ed25519(pair);
        }
        Self::from_rsa(RsaKeyPair::from_pkcs8(bytes).map_err(|_| KeyError::Damaged)?)
    }

    fn from_rsa(pair: RsaKeyPair) -> Result<Self, KeyError> {
        let public = PublicKey::from_der(pair.public_key().as_ref())?;
        Ok(Self(Arc::new(Pair::Rsa { pair, public })))
    }

    fn from_ed25519(pair: Ed25519KeyPair) -> Result<Self, KeyError> {
        let bytes = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Damaged)?;
        let public = PublicKey::from_material(Material::Ed25519(bytes))?;
        Ok(Self(Arc::new(Pair::Ed25519 { pair, public })))
    }

    /// The key as PKCS-8, to be kept where nobody else reads.
    pub fn to_pkcs8_der(&self) -> Result<Vec<u8>, KeyError> {
        let der: Result<Pkcs8V1Der<'static>, _> = match &*self.0 {
            Pair::Rsa { pair, .. } => pair.as_der(),
            Pair::Ed25519 { pair, .. } => pair.as_der(),
        };
        der.map(|der| der.as_ref().to_vec()).map_err(|_| KeyError::Damaged)
    }

    /// Its other half, for the actor document.
    pub fn public(&self) -> &PublicKey {
        match &*self.0 {
            Pair::Rsa { public, .. } | Pair::Ed25519 { public, .. } => public,
        }
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256, or with Ed25519.
    ///
    /// # Panics
    /// Where the crypto library fails on a key it accepted (out of memory).
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &*self.0 {
            Pair::Rsa { pair, .. } => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .expect("a checked key signs");
                signature
            }
            Pair::Ed25519 { pair, .. } => pair.sign(message).as_ref().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests;
