//! How one-time passwords count time and are written (RFC 4226, RFC 6238). The
//! secret arithmetic over them is not here.

use crate::Timestamp;

/// Seconds for which a password is shown.
pub const STEP_SECONDS: i64 = 30;
/// Digits of a password.
pub const DIGITS: usize = 6;
/// Intervals by which a phone's clock may be wrong, to either side.
pub const SKEW: i64 = 1;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The interval that a time lies in.
pub const fn step_at(now: Timestamp) -> i64 {
    now.0.div_euclid(STEP_SECONDS * 1000)
}

/// The password of a keyed hash of an interval (RFC 4226 §5.3).
pub fn truncate(hash: &[u8; 20]) -> String {
    let [.., last] = hash;
    let offset = usize::from(last & 0x0f);
    let part = hash.iter().skip(offset).take(4);
    let number = part.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Bytes as phones expect to be typed (RFC 4648 §6, without padding).
pub fn base32(bytes: &[u8]) -> String {
    let (mut text, mut buffer, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(buffer >> bits));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(letter(buffer << (5 - bits)));
    }
    text
}

fn letter(value: u32) -> char {
    let index = usize::try_from(value & 31).unwrap_or(0);
    BASE32.get(index).map_or('A', |byte| char::from(*byte))
}

/// What a person typed: spaces and dashes are for the eye.
pub fn typed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_lasts_thirty_seconds() {
        assert_eq!(step_at(Timestamp(59_000)), 1);
        assert_eq!(step_at(Timestamp(1_111_111_109_000)), 0x0235_23ec);
    }

    #[test]
    fn the_example_of_rfc_4226_is_truncated_as_there() {
        let hash = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19, 0xda, 0x8e,
            0x94, 0x5b, 0x55, 0x5a,
        ];
        assert_eq!(truncate(&hash), "872921");
    }

    #[test]
    fn the_examples_of_rfc_4648_are_written_as_there() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn spaces_and_dashes_are_for_the_eye() {
        assert_eq!(typed(" 123 456 "), "123456");
        assert_eq!(typed("ABCD-efgh"), "abcdefgh");
    }
}
