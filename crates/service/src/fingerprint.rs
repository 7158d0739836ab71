//! Numbers that stand for texts. Peers choose the texts, so they must not be
//! able to make two that have the same number.

use aws_lc_rs::digest::{SHA256, digest};

/// The first 64 bits of the text's SHA-256.
pub(crate) fn of(text: &str) -> i64 {
    let digest = digest(&SHA256, text.as_bytes());
    let mut first = [0; 8];
    first.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    i64::from_le_bytes(first)
}
