//! Carries one delivery to its inbox and says how that went.

use crate::{Cx, Error};
use bytes::Bytes;
use domain::MessageId;
use domain::delivery::{Delivery, Outcome, outcome};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use wire::deliver::Answer;
use wire::signature::Scheme;
use wire::{FetchError, Signer};

/// Bytes of bodies that are held in memory, so that the deliveries of one
/// message read it once.
const BODIES: u64 = 32 << 20;
/// How long after their last use.
const BODY_IDLE: Duration = Duration::from_secs(60);
/// Characters of an answer that are kept.
const WORDS: usize = 500;

/// A delivery that is to be carried.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// What to whom.
    pub delivery: Delivery,
    /// The host has shown that it reads RFC 9421.
    pub reads_rfc9421: bool,
}

/// How a try went.
#[derive(Debug, Clone)]
pub struct Landed {
    /// What was carried.
    pub delivery: Delivery,
    /// How it went.
    pub tried: Tried,
    /// What was learned of the host's taste in signatures.
    pub reads_rfc9421: Option<bool>,
}

/// Who is to wait after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The host: it cannot be reached, or is busy.
    Host,
    /// Perhaps only this delivery: the host stumbled over it.
    Delivery,
}

/// How a try went, with the peer's words where it said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It took it.
    Delivered,
    /// There is no such inbox.
    Gone(String),
    /// It will not take it.
    Refused(String),
    /// It cannot be sent at all: there is no body, or the address is forbidden.
    Impossible(String),
    /// Not now.
    Later {
        /// The peer's words, or what was wrong.
        words: String,
        /// How long the host wants to be left alone.
        asked: Option<Duration>,
        /// Who waits.
        blame: Blame,
    },
    /// The trouble is here; it was not tried.
    NotTried,
}

/// Carries deliveries. Clones share what they hold.
#[derive(Debug, Clone)]
pub struct Postman {
    cx: Cx,
    bodies: Cache<MessageId, Option<Bytes>>,
}

impl Postman {
    /// Needs nothing but the server.
    pub fn new(cx: Cx) -> Self {
        let bodies = Cache::builder()
            .max_capacity(BODIES)
            .weigher(|_, body: &Option<Bytes>| {
                body.as_ref().map_or(64, |body| u32::try_from(body.len()).unwrap_or(u32::MAX))
            })
            .time_to_idle(BODY_IDLE)
            .build();
        Self { cx, bodies }
    }

    /// Posts a delivery, signed; where the signature is refused, once more
    /// with the other scheme.
    pub async fn carry(&self, parcel: Parcel) -> Landed {
        let Parcel { delivery, reads_rfc9421 } = parcel;
        let ready =
            tokio::try_join!(self.body(delivery.message), self.cx.keys.signer(&self.cx, delivery.account));
        let (tried, reads_rfc9421) = match ready {
            Ok((Some(body), signer)) => self.post(&delivery, body, &signer, reads_rfc9421).await,
            Ok((None, _)) => (Tried::Impossible("its text was removed before it could be sent".into()), None),
            Err(error) => (unready(&error), None),
        };
        Landed { delivery, tried, reads_rfc9421 }
    }

    async fn body(&self, message: MessageId) -> Result<Option<Bytes>, Error> {
        let read = self.cx.read(move |tx| Ok(store::message::body(tx, message)?.map(Bytes::from)));
        self.bodies.try_get_with(message, read).await.map_err(|error: Arc<Error>| match &*error {
            Error::Store(error) => Error::Store(error.clone()),
            other => Error::Internal(other.to_string()),
        })
    }

    async fn post(
        &self,
        delivery: &Delivery,
        body: Bytes,
        signer: &Signer,
        reads_rfc9421: bool,
    ) -> (Tried, Option<bool>) {
        let first = if reads_rfc9421 { Scheme::Rfc9421 } else { Scheme::Cavage };
        let answer =
            self.cx.client.deliver(&delivery.inbox, body.clone(), signer, first, self.cx.now()).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return (failed(&error), None),
        };
        if outcome(answer.status, None, false) != Outcome::OtherScheme {
            let learned = (answer.accepts_rfc9421 && !reads_rfc9421).then_some(true);
            return (read(&answer, false), learned);
        }
        let second = if reads_rfc9421 { Scheme::Cavage } else { Scheme::Rfc9421 };
        match self.cx.client.deliver(&delivery.inbox, body, signer, second, self.cx.now()).await {
            Ok(answer) => {
                let tried = read(&answer, true);
                let learned = (tried == Tried::Delivered).then_some(!reads_rfc9421);
                (tried, learned)
            }
            Err(error) => (failed(&error), None),
        }
    }
}

fn unready(error: &Error) -> Tried {
    match error {
        Error::Store(error) if *error != store::Error::Missing => {
            tracing::warn!(%error, "a delivery waits for the store");
            Tried::NotTried
        }
        other => Tried::Impossible(format!("it cannot be signed: {other}")),
    }
}

fn failed(error: &FetchError) -> Tried {
    match error {
        FetchError::Busy => Tried::NotTried,
        error if error.is_lasting() => Tried::Impossible(shorten(&error.to_string())),
        error => Tried::Later { words: shorten(&error.to_string()), asked: None, blame: Blame::Host },
    }
}

fn read(answer: &Answer, other_scheme_tried: bool) -> Tried {
    let words = || shorten(format!("{} {}", answer.status, answer.words).trim_end());
    match outcome(answer.status, answer.retry_after, other_scheme_tried) {
        Outcome::Delivered => Tried::Delivered,
        Outcome::Gone => Tried::Gone(words()),
        Outcome::Refused | Outcome::OtherScheme => Tried::Refused(words()),
        Outcome::Later(asked) => {
            let blame = match answer.status {
                429 | 502 | 503 | 504 => Blame::Host,
                _ => Blame::Delivery,
            };
            Tried::Later { words: words(), asked, blame }
        }
    }
}

fn shorten(words: &str) -> String {
    words.chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Answer {
        Answer { status, retry_after: None, accepts_rfc9421: false, words: "so it is".into() }
    }

    #[test]
    fn a_refusal_keeps_status_and_words() {
        assert_eq!(read(&answer(422), false), Tried::Refused("422 so it is".into()));
        assert_eq!(read(&answer(401), true), Tried::Refused("401 so it is".into()));
        assert_eq!(read(&answer(410), false), Tried::Gone("410 so it is".into()));
    }

    #[test]
    fn a_busy_host_waits_and_a_stumbling_one_may_wait_for_this_delivery_only() {
        let blamed = |status| match read(&answer(status), false) {
            Tried::Later { blame, .. } => blame,
            other => panic!("{other:?}"),
        };
        assert_eq!(blamed(503), Blame::Host);
        assert_eq!(blamed(429), Blame::Host);
        assert_eq!(blamed(500), Blame::Delivery);
    }

    #[test]
    fn too_many_requests_of_ours_are_no_fault_of_the_host() {
        assert_eq!(failed(&FetchError::Busy), Tried::NotTried);
        let down = failed(&FetchError::Timeout);
        assert!(matches!(down, Tried::Later { blame: Blame::Host, .. }), "{down:?}");
        assert!(matches!(failed(&FetchError::Url), Tried::Impossible(_)));
    }
}
