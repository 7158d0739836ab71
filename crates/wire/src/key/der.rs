//! As much DER (X.690) as public keys need.

use super::KeyError;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_ID: u8 = 0x06;

/// rsaEncryption, 1.2.840.113549.1.1.1
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// id-Ed25519, 1.3.101.112
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// What a key is made of, not yet checked.
pub(super) enum Material {
    /// Big-endian, without leading zeros.
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    Ed25519([u8; 32]),
}

/// Reads SPKI (RFC 5280) or PKCS-1 (RFC 8017).
pub(super) fn read(bytes: &[u8]) -> Result<Material, KeyError> {
    let mut outer = Reader(bytes);
    let mut key = Reader(outer.take(SEQUENCE).ok_or(KeyError::Damaged)?);
    if key.next_is(SEQUENCE) { spki(&mut key) } else { pkcs1(&mut key).ok_or(KeyError::Damaged) }
}

fn spki(key: &mut Reader<'_>) -> Result<Material, KeyError> {
    let mut algorithm = Reader(key.take(SEQUENCE).ok_or(KeyError::Damaged)?);
    let kind = algorithm.take(OBJECT_ID).ok_or(KeyError::Damaged)?;
    // The first byte counts unused bits, of which keys have none.
    let bits = key.take(BIT_STRING).and_then(|bits| bits.strip_prefix(&[0])).ok_or(KeyError::Damaged)?;
    match kind {
        RSA => {
            let numbers = Reader(bits).take(SEQUENCE).ok_or(KeyError::Damaged)?;
            pkcs1(&mut Reader(numbers)).ok_or(KeyError::Damaged)
        }
        ED25519 => bits.try_into().map(Material::Ed25519).map_err(|_| KeyError::Damaged),
        _ => Err(KeyError::UnknownKind),
    }
}

/// The two numbers of PKCS-1, its sequence being opened.
fn pkcs1(numbers: &mut Reader<'_>) -> Option<Material> {
    let modulus = numbers.number()?;
    let exponent = numbers.number()?;
    numbers.0.is_empty().then_some(Material::Rsa { modulus, exponent })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The content of the next element, if it has this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, rest) = self.0.split_first()?;
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (*found == tag).then_some(content)
    }

    /// A positive number without its leading zeros.
    fn number(&mut self) -> Option<Vec<u8>> {
        let bytes = self.take(INTEGER)?;
        if bytes.first().is_none_or(|first| first & 0x80 != 0) {
            return None;
        }
        Some(bytes.iter().copied().skip_while(|byte| *byte == 0).collect())
    }
}

/// A length in one, two or three bytes: no key is longer than 64 KiB.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [short @ 0..=0x7f, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, one, rest @ ..] => Some((usize::from(*one), rest)),
        [0x82, high, low, rest @ ..] => Some((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        _ => None,
    }
}

/// PKCS-1 of an RSA key.
pub(super) fn rsa_pkcs1(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[number(modulus), number(exponent)].concat())
}

/// SPKI around PKCS-1.
pub(super) fn rsa_spki(pkcs1: &[u8]) -> Vec<u8> {
    let null = [0x05, 0x00];
    let algorithm = element(SEQUENCE, &[&element(OBJECT_ID, RSA)[..], &null].concat());
    element(SEQUENCE, &[algorithm, bit_string(pkcs1)].concat())
}

/// SPKI of an Ed25519 key (RFC 8410).
pub(super) fn ed25519_spki(key: [u8; 32]) -> Vec<u8> {
    let algorithm = element(SEQUENCE, &element(OBJECT_ID, ED25519));
    element(SEQUENCE, &[algorithm, bit_string(&key)].concat())
}

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

fn number(bytes: &[u8]) -> Vec<u8> {
    // A leading zero keeps the number positive.
    let sign: &[u8] = if bytes.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[sign, bytes].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let mut bytes = match content.len() {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        // Within our bounds nothing is longer than 64 KiB.
        _ => vec![tag, 0x82, high, low],
    };
    bytes.extend_from_slice(content);
    bytes
}
