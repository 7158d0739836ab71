//! Base64 and base58btc, as peers write them.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding is written, and may be missing in what we read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const BASE58_ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Decoding base58 costs the square of its length; the longest key we take
/// (RSA-4096) has about 720 characters.
const MAX_BASE58_CHARACTERS: usize = 1024;

/// Bytes as padded base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Base64 with or without its padding; nothing else may stand in it.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// Bytes as base58btc, without a multibase prefix.
pub(crate) fn base58(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    // Base 58 digits, the least significant first.
    let mut digits: Vec<u8> = Vec::with_capacity(bytes.len() * 138 / 100 + 1);
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = low_byte(carry % 58);
            carry /= 58;
        }
        while carry > 0 {
            digits.push(low_byte(carry % 58));
            carry /= 58;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    let symbol = |digit: &u8| BASE58_ALPHABET.get(usize::from(*digit)).copied().map_or('1', char::from);
    std::iter::repeat_n('1', zeros).chain(digits.iter().rev().map(symbol)).collect()
}

/// What base58btc text stands for; none where it is none or too long.
pub(crate) fn from_base58(text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_BASE58_CHARACTERS {
        return None;
    }
    let zeros = text.bytes().take_while(|symbol| *symbol == b'1').count();
    // The least significant byte first.
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    for symbol in text.bytes() {
        let digit = BASE58_ALPHABET.iter().position(|known| *known == symbol)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = low_byte(carry);
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(low_byte(carry));
            carry >>= 8;
        }
    }
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    Some(bytes)
}

/// The lowest eight bits.
fn low_byte(number: u32) -> u8 {
    let [low, ..] = number.to_le_bytes();
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base58_speaks_as_everybody_does() {
        // The examples of draft-msporny-base58.
        assert_eq!(base58(b"Hello World!"), "2NEpo7TZRRrLZSi2U");
        assert_eq!(base58(&[0, 0, 0x28, 0x7f, 0xb4, 0xcd]), "11233QC4");
        assert_eq!(
            base58(b"The quick brown fox jumps over the lazy dog."),
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"
        );
        assert_eq!(base58(&[]), "");
    }

    #[test]
    fn characters_outside_the_alphabet_are_refused() {
        for text in ["0", "O", "I", "l", "ä", "2NEpo7TZ RrLZSi2U"] {
            assert_eq!(from_base58(text), None, "{text}");
        }
        assert_eq!(from_base58(&"z".repeat(MAX_BASE58_CHARACTERS + 1)), None);
    }

    #[test]
    fn padding_of_base64_may_be_missing() {
        assert_eq!(from_base64("aGk="), Some(b"hi".to_vec()));
        assert_eq!(from_base64("aGk"), Some(b"hi".to_vec()));
        assert_eq!(from_base64("aG k="), None);
        assert_eq!(base64(b"hi"), "aGk=");
    }

    proptest! {
        #[test]
        fn base58_comes_back_as_it_went(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(from_base58(&base58(&bytes)), Some(bytes));
        }
    }
}
