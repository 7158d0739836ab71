//! Second factors: one-time passwords of a phone (RFC 6238) and recovery codes
//! for who loses it.

use crate::keys::{random, secret_hash};
use crate::{Error, Result};
use aws_lc_rs::hmac;
use domain::UserId;
use domain::totp::{SKEW, base32, step_at, truncate, typed};
use store::Tx;

/// Bytes of a secret: as many as its hash has (RFC 4226 §4).
const SECRET_BYTES: usize = 20;
/// Recovery codes made at a time.
const RECOVERY_CODES: usize = 10;
/// Bytes of a recovery code: 80 bits, so that one round of hashing is enough.
const RECOVERY_BYTES: usize = 10;

/// Whether codes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// They are not.
    Off,
    /// They are; so many recovery codes are left.
    On {
        /// How many.
        recovery_codes: i64,
    },
}

/// A secret to be taken over by a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// To be typed.
    pub text: String,
    /// To be scanned (`otpauth:`).
    pub uri: String,
}

/// Whether codes are asked of a user.
pub fn state(tx: &mut Tx, user: UserId) -> Result<State> {
    match store::totp::find(tx, user)?.and_then(|totp| totp.on_since) {
        None => Ok(State::Off),
        Some(_) => Ok(State::On { recovery_codes: store::totp::count_recovery(tx, user)? }),
    }
}

/// A new secret for a user who asks for codes; `name` and `site` are what the
/// phone shows. It counts once a code of it was typed.
pub fn offer(tx: &mut Tx, user: UserId, name: &str, site: &str) -> Result<Offer> {
    let secret: [u8; SECRET_BYTES] = random()?;
    if !store::totp::prepare(tx, user, &secret)? {
        return Err(Error::Forbidden("codes are asked for already"));
    }
    Ok(offer_of(&secret, name, site))
}

/// The secret that waits for its first code, shown again.
pub fn offered(tx: &mut Tx, user: UserId, name: &str, site: &str) -> Result<Option<Offer>> {
    let found = store::totp::find(tx, user)?.filter(|totp| totp.on_since.is_none());
    Ok(found.map(|totp| offer_of(&totp.secret, name, site)))
}

fn offer_of(secret: &[u8], name: &str, site: &str) -> Offer {
    let text = base32(secret);
    let label = format!("{}:{}", site.replace(':', " "), name);
    let mut uri = url::Url::parse("otpauth://totp/").expect("it is a URL");
    uri.path_segments_mut().expect("it has a path").clear().push(&label);
    uri.query_pairs_mut().append_pair("secret", &text).append_pair("issuer", site);
    Offer { text, uri: uri.as_str().replace('+', "%20") }
}

/// Begins to ask for codes, where the person shows that their phone makes
/// them. The recovery codes, shown this once; none where the code is wrong.
pub fn switch_on(tx: &mut Tx, user: UserId, code: &str) -> Result<Option<Vec<String>>> {
    let Some(totp) = store::totp::find(tx, user)?.filter(|totp| totp.on_since.is_none()) else {
        return Ok(None);
    };
    let now = tx.now();
    let Some(step) = matching_step(&totp.secret, code, step_at(now)) else { return Ok(None) };
    if !store::totp::switch_on(tx, user, step, now)? {
        return Ok(None);
    }
    recovery_codes(tx, user).map(Some)
}

/// New recovery codes in place of the old ones.
pub fn recovery_codes(tx: &mut Tx, user: UserId) -> Result<Vec<String>> {
    store::totp::remove_recovery(tx, user)?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let text = base32(&random::<RECOVERY_BYTES>()?).to_lowercase();
        store::totp::add_recovery(tx, user, &secret_hash(&text))?;
        codes.push(grouped(&text, "-"));
    }
    Ok(codes)
}

/// In groups of four, for the eye.
pub fn grouped(text: &str, between: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

/// Asks for no codes any more.
pub fn switch_off(tx: &mut Tx, user: UserId) -> Result<bool> {
    store::totp::remove_recovery(tx, user)?;
    store::totp::end_steps(tx, user)?;
    Ok(store::totp::remove(tx, user)?)
}

/// Whether a code is good, of the phone or a recovery code. Each is good once.
pub fn take(tx: &mut Tx, user: UserId, code: &str) -> Result<bool> {
    let Some(totp) = store::totp::find(tx, user)?.filter(|totp| totp.on_since.is_some()) else {
        return Ok(false);
    };
    let now = step_at(tx.now());
    match matching_step(&totp.secret, code, now) {
        Some(step) => Ok(store::totp::use_step(tx, user, step)?),
        None => Ok(store::totp::use_recovery(tx, user, &secret_hash(&typed(code)))?),
    }
}

/// The interval around `now` of which `code` is the password.
fn matching_step(secret: &[u8], code: &str, now: i64) -> Option<i64> {
    let code = typed(code);
    (now - SKEW..=now + SKEW).find(|step| password(secret, *step) == code)
}

/// The password of an interval (RFC 6238 §4.2, with SHA-1 as every phone does).
fn password(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    <[u8; 20]>::try_from(tag.as_ref()).map(|hash| truncate(&hash)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;

    #[test]
    fn the_vectors_of_rfc_6238_come_out() {
        // Appendix B has eight digits; ours are the last six of them.
        for (seconds, wanted) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = step_at(Timestamp(seconds * 1000));
            assert_eq!(password(b"12345678901234567890", step), wanted);
        }
    }

    #[test]
    fn a_phone_may_be_half_a_minute_off() {
        let secret = b"12345678901234567890";
        let code = password(secret, 100);
        for (now, found) in [(98, None), (99, Some(100)), (100, Some(100)), (101, Some(100)), (102, None)] {
            assert_eq!(matching_step(secret, &code, now), found);
        }
        assert_eq!(matching_step(secret, "", 100), None);
    }

    #[test]
    fn an_offer_can_be_scanned_and_typed() {
        let offer = offer_of(b"12345678901234567890", "alice@here.example", "My: Server");
        assert_eq!(offer.text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(offer.uri.starts_with("otpauth://totp/My"), "{}", offer.uri);
        assert!(offer.uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && !offer.uri.contains('+'));
    }

    #[test]
    fn a_recovery_code_is_grouped_for_the_eye() {
        assert_eq!(grouped("abcdefghij", "-"), "abcd-efgh-ij");
        assert_eq!(typed("ABCD-efgh-ij"), "abcdefghij");
    }
}
