//! What a signature must cover and how old it may be, before any key is
//! fetched for it.

use super::cavage;
use super::claim::{Claim, Parts, Scheme};
use crate::refusal::Refusal;
use crate::{date, digest, headers};
use domain::Timestamp;
use http::Method;
use std::time::Duration;

/// How long ago a message may have been signed: queues and retries take time.
pub const MAX_AGE: Duration = Duration::from_hours(12);
/// How far a peer's clock may be ahead of ours.
pub const MAX_AHEAD: Duration = Duration::from_hours(1);

/// Whether a signature covers method, target, host, time and (where there is
/// a body) its digest, and whether its times are within [`MAX_AGE`] and
/// [`MAX_AHEAD`] of `now`.
pub fn check_form(parts: &Parts<'_>, claim: &Claim, has_body: bool, now: Timestamp) -> Result<(), Refusal> {
    covers_request(parts, claim)?;
    if has_body || [Method::POST, Method::PUT, Method::PATCH].contains(parts.method) {
        covers_digest(parts, claim)?;
    }
    check_times(parts, claim, now)
}

/// Method, target and host: else the signature could be moved to another
/// request.
fn covers_request(parts: &Parts<'_>, claim: &Claim) -> Result<(), Refusal> {
    let need = |covered: bool, part| if covered { Ok(()) } else { Err(Refusal::NotCovered(part)) };
    match claim.scheme {
        Scheme::Cavage => {
            need(claim.covers(cavage::REQUEST_TARGET), cavage::REQUEST_TARGET)?;
            need(claim.covers("host"), "host")
        }
        Scheme::Rfc9421 => {
            let query = parts.query().is_none() || claim.covers("@query");
            let uri = claim.covers("@target-uri");
            need(claim.covers("@method"), "@method")?;
            need(uri || claim.covers("@request-target") || (claim.covers("@path") && query), "@target-uri")?;
            need(uri || claim.covers("@authority") || claim.covers("host"), "@authority")
        }
    }
}

/// One covered digest has to be of a kind that is compared with the body: an
/// unknown one under the signature and a known one beside it prove nothing.
fn covers_digest(parts: &Parts<'_>, claim: &Claim) -> Result<(), Refusal> {
    let mut covered = false;
    for name in [digest::CONTENT_DIGEST, digest::DIGEST] {
        if claim.covers(name) {
            covered = true;
            if digest::is_comparable(parts.headers, name)? {
                return Ok(());
            }
        }
    }
    if covered {
        return Err(Refusal::MissingDigest);
    }
    Err(Refusal::NotCovered(match claim.scheme {
        Scheme::Cavage => digest::DIGEST,
        Scheme::Rfc9421 => digest::CONTENT_DIGEST,
    }))
}

/// Every time that the signature vouches for is checked, and there is one.
fn check_times(parts: &Parts<'_>, claim: &Claim, now: Timestamp) -> Result<(), Refusal> {
    let dated = claim.covers("date");
    // In RFC 9421 the parameters are always signed, in draft-cavage where covered.
    let created = claim.created.filter(|_| claim.scheme == Scheme::Rfc9421 || claim.covers(cavage::CREATED));
    if !dated && created.is_none() {
        return Err(match claim.scheme {
            Scheme::Cavage if claim.covers(cavage::CREATED) => Refusal::MissingParameter("created"),
            Scheme::Cavage => Refusal::NotCovered("date"),
            Scheme::Rfc9421 => Refusal::MissingParameter("created"),
        });
    }
    if dated {
        let text = headers::text(parts.headers, "date")?
            .ok_or_else(|| Refusal::CoveredHeaderMissing("date".to_owned()))?;
        within_window("Date", date::parse(&text).ok_or(Refusal::DateMalformed)?, now)?;
    }
    if let Some(created) = claim.created {
        within_window("created", timestamp(created), now)?;
    }
    match claim.expires.map(timestamp) {
        Some(end) if end <= now => Err(Refusal::Expired(now.since(end))),
        _ => Ok(()),
    }
}

fn within_window(what: &'static str, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let (age, by) = (now.since(at), at.since(now));
    if age > MAX_AGE {
        return Err(Refusal::TooOld { what, age, limit: MAX_AGE });
    }
    if by > MAX_AHEAD {
        return Err(Refusal::TooFarAhead { what, by, limit: MAX_AHEAD });
    }
    Ok(())
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp(seconds.saturating_mul(1000))
}
