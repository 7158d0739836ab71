//! Sealing a message for the program that subscribed: `aes128gcm` (RFC 8291
//! over RFC 8188), and `aesgcm` of the drafts before it
//! (draft-ietf-webpush-encryption-04, draft-ietf-httpbis-encryption-encoding-03).

use super::MAX_MESSAGE;
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// An uncompressed point of P-256.
const POINT: usize = 65;
const SECRET: usize = 16;
const SALT: usize = 16;
const KEY: usize = 16;
/// The record size that is announced; a message is one record.
const RECORD: u32 = 4096;
/// After the last byte of the last record.
const LAST: u8 = 2;

/// Why a message cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// `p256dh` is no point of P-256 in its long form.
    #[error("the public key is none of P-256")]
    PublicKey,
    /// `auth` has not 16 bytes.
    #[error("the shared secret has not 16 bytes")]
    Secret,
    /// The message is longer than push services take.
    #[error("the message is too long")]
    TooLong,
    /// The crypto library would not.
    #[error("the message could not be sealed")]
    Crypto,
}

/// The program that can read what is sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Audience {
    public: [u8; POINT],
    secret: [u8; SECRET],
}

impl std::fmt::Debug for Audience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audience").finish_non_exhaustive()
    }
}

/// A message in the form of the drafts; salt and key go into headers.
#[derive(Debug)]
pub(crate) struct AsDraft {
    pub(crate) body: Vec<u8>,
    pub(crate) salt: String,
    pub(crate) public: String,
}

/// How many bytes are wanted of a key derivation.
#[derive(Debug, Clone, Copy)]
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[&[u8]]) -> Result<[u8; N], SealError> {
    let mut out = [0; N];
    let okm = prk.expand(info, Bytes(N)).map_err(|_| SealError::Crypto)?;
    okm.fill(&mut out).map_err(|_| SealError::Crypto)?;
    Ok(out)
}

/// What is made anew for each message: the sender's key and the salt.
struct Fresh {
    private: PrivateKey,
    public: Vec<u8>,
    salt: [u8; SALT],
}

impl Fresh {
    fn new() -> Result<Self, SealError> {
        let private = PrivateKey::generate(&ECDH_P256).map_err(|_| SealError::Crypto)?;
        let mut salt = [0; SALT];
        rand::fill(&mut salt).map_err(|_| SealError::Crypto)?;
        Self::of(private, salt)
    }

    fn of(private: PrivateKey, salt: [u8; SALT]) -> Result<Self, SealError> {
        let public = private.compute_public_key().map_err(|_| SealError::Crypto)?.as_ref().to_vec();
        Ok(Self { private, public, salt })
    }
}

impl Audience {
    /// The program with this public key and secret.
    pub fn new(public: &[u8], secret: &[u8]) -> Result<Self, SealError> {
        let public: [u8; POINT] = public.try_into().map_err(|_| SealError::PublicKey)?;
        let secret = secret.try_into().map_err(|_| SealError::Secret)?;
        let audience = Self { public, secret };
        // A point beside the curve is found out by using it.
        let trial = PrivateKey::generate(&ECDH_P256).map_err(|_| SealError::Crypto)?;
        audience.shared(&trial).map_err(|_| SealError::PublicKey)?;
        Ok(audience)
    }

    /// What both sides can compute, mixed with the secret they share.
    fn shared(&self, private: &PrivateKey) -> Result<Prk, SealError> {
        let theirs = UnparsedPublicKey::new(&ECDH_P256, self.public);
        agree(private, theirs, SealError::Crypto, |ecdh| {
            Ok(Salt::new(HKDF_SHA256, &self.secret).extract(ecdh))
        })
    }

    /// The message as a body of `aes128gcm`.
    pub(crate) fn seal(&self, message: &[u8]) -> Result<Vec<u8>, SealError> {
        self.seal_with(message, &Fresh::new()?)
    }

    fn seal_with(&self, message: &[u8], fresh: &Fresh) -> Result<Vec<u8>, SealError> {
        let material: [u8; 32] =
            expand(&self.shared(&fresh.private)?, &[b"WebPush: info\0", &self.public, &fresh.public])?;
        let prk = Salt::new(HKDF_SHA256, &fresh.salt).extract(&material);
        let key: [u8; KEY] = expand(&prk, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; NONCE_LEN] = expand(&prk, &[b"Content-Encoding: nonce\0"])?;
        let mut record = message.to_vec();
        record.push(LAST);
        encrypt(key, nonce, &mut record)?;
        let id = u8::try_from(fresh.public.len()).map_err(|_| SealError::Crypto)?;
        Ok([fresh.salt.as_slice(), &RECORD.to_be_bytes(), &[id], &fresh.public, &record].concat())
    }

    /// The message as a body of `aesgcm`.
    pub(crate) fn seal_as_draft(&self, message: &[u8]) -> Result<AsDraft, SealError> {
        let fresh = Fresh::new()?;
        let material: [u8; 32] = expand(&self.shared(&fresh.private)?, &[b"Content-Encoding: auth\0"])?;
        let prk = Salt::new(HKDF_SHA256, &fresh.salt).extract(&material);
        // Each key after its length in two bytes.
        let context: [&[u8]; 5] = [b"P-256\0", &[0, 65], &self.public, &[0, 65], &fresh.public];
        let info = |kind: &'static [u8]| [&[kind] as &[&[u8]], &context].concat();
        let key: [u8; KEY] = expand(&prk, &info(b"Content-Encoding: aesgcm\0"))?;
        let nonce: [u8; NONCE_LEN] = expand(&prk, &info(b"Content-Encoding: nonce\0"))?;
        // How much padding there is, in two bytes: none.
        let mut body = [&[0, 0], message].concat();
        encrypt(key, nonce, &mut body)?;
        Ok(AsDraft {
            body,
            salt: URL_SAFE_NO_PAD.encode(fresh.salt),
            public: URL_SAFE_NO_PAD.encode(&fresh.public),
        })
    }
}

/// Encrypts in place and appends the tag. Key and nonce are of one message only.
fn encrypt(key: [u8; KEY], nonce: [u8; NONCE_LEN], text: &mut Vec<u8>) -> Result<(), SealError> {
    if text.len() > MAX_MESSAGE {
        return Err(SealError::TooLong);
    }
    let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|_| SealError::Crypto)?;
    LessSafeKey::new(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), text)
        .map_err(|_| SealError::Crypto)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// The program of RFC 8291, Appendix A, and its private key.
    pub(crate) fn audience() -> (Audience, Vec<u8>) {
        let public =
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let audience = Audience::new(&bytes(public), &bytes("BTBZMqHH6r4Tts7J_aSIgg")).unwrap();
        (audience, bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    }

    #[test]
    fn the_example_of_rfc_8291_is_sealed_as_it_stands_there() {
        let private = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let private = PrivateKey::from_private_key(&ECDH_P256, &private).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let fresh = Fresh::of(private, salt).unwrap();
        let sealed = audience().0.seal_with(b"When I grow up, I want to be a watermelon", &fresh).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(sealed),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8\
             wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    /// What the program does on its side.
    fn open_draft(sealed: &AsDraft) -> Vec<u8> {
        let (audience, private) = audience();
        let private = PrivateKey::from_private_key(&ECDH_P256, &private).unwrap();
        let sender = bytes(&sealed.public);
        let prk = agree(&private, UnparsedPublicKey::new(&ECDH_P256, &sender), (), |ecdh| {
            Ok(Salt::new(HKDF_SHA256, &audience.secret).extract(ecdh))
        })
        .unwrap();
        let material: [u8; 32] = expand(&prk, &[b"Content-Encoding: auth\0"]).unwrap();
        let prk = Salt::new(HKDF_SHA256, &bytes(&sealed.salt)).extract(&material);
        let mut context = b"P-256\0\0\x41".to_vec();
        context.extend_from_slice(&audience.public);
        context.extend_from_slice(b"\0\x41");
        context.extend_from_slice(&sender);
        let key: [u8; KEY] = expand(&prk, &[b"Content-Encoding: aesgcm\0", &context]).unwrap();
        let nonce: [u8; NONCE_LEN] = expand(&prk, &[b"Content-Encoding: nonce\0", &context]).unwrap();
        let mut body = sealed.body.clone();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.open_in_place(nonce, Aad::empty(), &mut body).unwrap().to_vec()
    }

    #[test]
    fn the_form_of_the_drafts_is_opened_by_the_program() {
        let sealed = audience().0.seal_as_draft(b"hello").unwrap();
        assert_eq!(open_draft(&sealed), b"\0\0hello");
    }

    #[test]
    fn two_sealings_of_one_message_have_nothing_in_common() {
        let (audience, _) = audience();
        let (one, other) = (audience.seal(b"hello").unwrap(), audience.seal(b"hello").unwrap());
        assert_ne!(one[..SALT], other[..SALT]);
        assert_ne!(one[86..], other[86..]);
        assert_eq!(one.len(), 86 + 5 + 1 + 16);
    }

    #[test]
    fn what_is_no_key_or_too_long_is_refused() {
        let secret = [1; SECRET];
        assert_eq!(Audience::new(&[4; POINT], &secret), Err(SealError::PublicKey));
        assert_eq!(Audience::new(&[4; 33], &secret), Err(SealError::PublicKey));
        let (audience, _) = audience();
        assert_eq!(Audience::new(&audience.public, &[1; 15]), Err(SealError::Secret));
        assert_eq!(audience.seal(&vec![b'x'; MAX_MESSAGE]), Err(SealError::TooLong));
        assert!(audience.seal(&vec![b'x'; MAX_MESSAGE - 1]).unwrap().len() <= 4096);
    }
}
