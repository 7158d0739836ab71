//! How often somebody may come. Counted are accounts, else networks: an
//! address, or the /64 of one in IPv6, as that is what one household has. The
//! path is no part of it, so no spelling of a path escapes.

use crate::doors::Front;
use crate::error::ApiError;
use crate::host::ClientAddr;
use crate::viewer::{self, Known};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::{AccountId, Timestamp};
use http::{HeaderMap, HeaderName, HeaderValue};
use moka::sync::Cache;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Most callers that are remembered.
const REMEMBERED: u64 = 100_000;

/// How often is too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Tells its counters from those of other rules.
    pub name: &'static str,
    /// So often ...
    pub times: u32,
    /// ... within this.
    pub within: Duration,
}

impl Rule {
    /// Calls of a client, by its account or network.
    pub const API: Self = Self { name: "api", times: 300, within: Duration::from_mins(5) };
    /// Letters asked for, from one network.
    pub const LETTERS_FROM: Self = Self { name: "letters-from", times: 20, within: Duration::from_hours(1) };
    /// Letters asked for, to one address.
    pub const LETTERS_TO: Self = Self { name: "letters-to", times: 4, within: Duration::from_hours(1) };
    /// New accounts, from one network.
    pub const SIGN_UP: Self = Self { name: "sign-up", times: 5, within: Duration::from_mins(30) };
    /// New applications, from one network.
    pub const REGISTER: Self = Self { name: "register", times: 50, within: Duration::from_mins(10) };
}

/// Who comes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// An account of ours.
    Account(AccountId),
    /// An address, or the first half of one.
    Network(IpAddr),
    /// Something written, by its hash.
    Text(Vec<u8>),
}

impl Who {
    /// The network of an address.
    pub fn at(ClientAddr(address): ClientAddr) -> Self {
        Self::Network(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        })
    }

    /// A name that somebody wrote, of any length and case.
    pub fn named(text: &str) -> Self {
        Self::Text(service::keys::secret_hash(&text.trim().to_lowercase()))
    }
}

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How often in all.
    pub times: u32,
    /// How often still.
    pub remaining: u32,
    /// When it begins again.
    pub reset_at: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at: Timestamp,
    used: u32,
}

/// Counters of everyone who came lately, bounded.
#[derive(Debug, Clone)]
pub struct Limits(Option<Counters>);

type Counters = Cache<(Rule, Who), Arc<Mutex<Window>>>;

impl Limits {
    /// No counters at all where it is off.
    pub fn new(on: bool) -> Self {
        let idle = Duration::from_hours(1);
        Self(on.then(|| Cache::builder().max_capacity(REMEMBERED).time_to_idle(idle).build()))
    }

    /// Counts a visit. `Ok(None)` where nothing is counted; else what is left,
    /// or the seconds to wait.
    pub fn take(&self, rule: Rule, who: Who, now: Timestamp) -> Result<Option<Left>, u64> {
        let Some(cache) = &self.0 else { return Ok(None) };
        let fresh = Window { ends_at: now.plus(rule.within), used: 0 };
        let window = cache.get_with((rule, who), || Arc::new(Mutex::new(fresh)));
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= window.ends_at {
            *window = fresh;
        }
        if window.used >= rule.times {
            return Err(window.ends_at.since(now).as_secs() + 1);
        }
        window.used += 1;
        let remaining = rule.times - window.used;
        Ok(Some(Left { times: rule.times, remaining, reset_at: window.ends_at }))
    }
}

/// The layer in front of the API.
pub(crate) async fn count(State(front): State<Front>, mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let caller = match viewer::caller(&front.cx, request.headers(), request.uri()).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let account = caller.as_ref().and_then(|caller| caller.person.as_ref()).map(|person| person.account.id);
    let address = request.extensions().get::<ClientAddr>().copied();
    let who = match (account, address) {
        (Some(account), _) => Who::Account(account),
        (None, Some(address)) => Who::at(address),
        (None, None) => Who::named("nowhere"),
    };
    request.extensions_mut().insert(Known(caller));
    match front.doors.limits.take(Rule::API, who, front.cx.now()) {
        Err(seconds) => {
            let mut response = ApiError::too_many(seconds).into_response();
            let reset_at = front.cx.now().plus(Duration::from_secs(seconds));
            tell(response.headers_mut(), Left { times: Rule::API.times, remaining: 0, reset_at });
            response
        }
        Ok(left) => {
            let mut response = next.run(request).await;
            if let Some(left) = left {
                tell(response.headers_mut(), left);
            }
            response
        }
    }
}

fn tell(headers: &mut HeaderMap, left: Left) {
    headers.insert(HeaderName::from_static("x-ratelimit-limit"), left.times.into());
    headers.insert(HeaderName::from_static("x-ratelimit-remaining"), left.remaining.into());
    let reset = jiff::Timestamp::from_millisecond(left.reset_at.0).ok();
    if let Some(reset) = reset.and_then(|at| HeaderValue::from_str(&at.to_string()).ok()) {
        headers.insert(HeaderName::from_static("x-ratelimit-reset"), reset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { name: "test", times: 2, within: Duration::from_secs(10) };

    fn from(address: &str) -> Who {
        Who::at(ClientAddr(address.parse().unwrap()))
    }

    #[test]
    fn who_comes_too_often_waits_until_the_window_ends() {
        let limits = Limits::new(true);
        let take =
            |at| limits.take(RULE, from("203.0.113.7"), Timestamp(at)).map(|left| left.unwrap().remaining);
        assert_eq!((take(0), take(1000), take(2000)), (Ok(1), Ok(0), Err(9)));
        assert_eq!(take(10_000), Ok(1));
    }

    /// N25
    #[test]
    fn one_household_is_one_caller() {
        let limits = Limits::new(true);
        for end in 1..=2 {
            assert!(limits.take(RULE, from(&format!("2001:db8::{end}")), Timestamp(0)).is_ok());
        }
        assert!(limits.take(RULE, from("2001:db8::ffff:1"), Timestamp(0)).is_err());
        assert!(limits.take(RULE, from("2001:db8:0:1::1"), Timestamp(0)).is_ok());
    }

    #[test]
    fn nothing_is_counted_when_it_is_off() {
        let limits = Limits::new(false);
        assert!((0..100).all(|_| limits.take(RULE, Who::named("A"), Timestamp(0)) == Ok(None)));
    }

    #[test]
    fn a_name_is_the_same_in_any_case() {
        assert_eq!(Who::named(" Alice"), Who::named("alice"));
    }
}
