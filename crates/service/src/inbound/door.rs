//! The door: the cheap checks first, then the signature, then the disk, then
//! the yes.

use super::process::{act_at_once, ending, order_key, seen_hash};
use super::taken::Taken;
use super::verify::{self, Signed};
use crate::arrival::Outcome;
use crate::{Cx, Error, delivery, meant, post};
use activitypub::Activity;
use bytes::Bytes;
use domain::message::{Direction, MessageState};
use domain::moderation::HostRule;
use domain::ownership::{self, NotYours};
use domain::{ActorId, Event, Names, ObjectId};
use http::{HeaderMap, Method};
use std::sync::Arc;
use store::Tx;
use store::message::{self, NewMessage};

/// The headers that the log keeps.
const KEPT_HEADERS: [&str; 9] = [
    "host",
    "date",
    "digest",
    "content-digest",
    "content-type",
    "signature",
    "signature-input",
    "user-agent",
    "collection-synchronization",
];

/// The word of the log for a host that is shut out.
const HOST_RULE: &str = "host_rule";

/// A request to an inbox, as it came.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// `POST`.
    pub method: Method,
    /// The `Host` header.
    pub authority: String,
    /// Path and query as received.
    pub target: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, already bounded in size.
    pub body: Bytes,
}

/// Why a message was not taken. Refusals of form go to the sender; those of
/// policy only to the owner's log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not an activity (400).
    #[error("{0}")]
    Malformed(String),
    /// Not proven to be from who it says (401).
    #[error("{reason}")]
    Unproven {
        /// Short word for the log.
        code: &'static str,
        /// What the sender is told.
        reason: String,
    },
    /// Proven, but not the sender's to say (403).
    #[error("{0}")]
    NotYours(String),
    /// A rule of ours (403); the reason is for the log.
    #[error("not accepted")]
    Policy(&'static str),
    /// Try again later (503).
    #[error("{0}")]
    Later(String),
}

impl Refused {
    fn code(&self) -> &str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Unproven { code, .. } => code,
            Self::NotYours(_) => "not_yours",
            Self::Policy(rule) => rule,
            Self::Later(_) => "later",
        }
    }
}

/// What is known of a message before it is believed.
struct Letter {
    activity: Arc<Activity>,
    kind: String,
    object: String,
}

/// Takes a message from a peer. When this returns, it is on disk.
pub async fn accept(cx: &Cx, arrived: Arrived) -> Result<(), Refused> {
    let letter = match read(&cx.names, &arrived.body) {
        Ok(letter) => letter,
        Err(refused) => return Err(log_refusal(cx, &arrived, None, None, refused)),
    };
    match check(cx, &arrived, &letter).await {
        Ok(Entry::New(signed)) => {
            let signer = signed.actor.clone();
            match keep(cx, &arrived, &letter, signed).await {
                Err(refused @ Refused::Policy(_)) => {
                    Err(log_refusal(cx, &arrived, Some(&letter), Some(signer), refused))
                }
                kept => kept,
            }
        }
        Ok(Entry::NotYours(signer, why)) => {
            let refused = Refused::NotYours(why.to_string());
            Err(log_refusal(cx, &arrived, Some(&letter), Some(signer), refused))
        }
        Ok(Entry::Nothing) => Ok(()),
        Err(refused) => Err(log_refusal(cx, &arrived, Some(&letter), None, refused)),
    }
}

enum Entry {
    New(Signed),
    /// The signature holds, and is not of who acts: whose it is, for the log.
    NotYours(ActorId, NotYours),
    /// Nothing to keep: an actor we never knew is gone.
    Nothing,
}

fn read(names: &Names, body: &[u8]) -> Result<Letter, Refused> {
    let mut json = activitypub::read(body).map_err(|why| Refused::Malformed(why.to_string()))?;
    meant::put_ids(names, &mut json);
    let activity = Activity::parse(&json).map_err(|why| Refused::Malformed(why.to_string()))?;
    let kind = activity.kind().chars().take(64).collect();
    let object = activity.object_id().unwrap_or("").chars().take(512).collect();
    Ok(Letter { activity: Arc::new(activity), kind, object })
}

async fn check(cx: &Cx, arrived: &Arrived, letter: &Letter) -> Result<Entry, Refused> {
    let actor = letter.activity.actor();
    if cx.names.is_ours(&ObjectId::from(actor.clone())) {
        return Err(Refused::NotYours("the actor is one of ours".into()));
    }
    if let Activity::Delete(delete) = &*letter.activity
        && delete.is_actor()
        && !verify::is_known(cx, actor).await.map_err(later)?
    {
        // Whoever was never here, or is gone, need not be fetched to be forgotten.
        return Ok(Entry::Nothing);
    }
    let signed = match verify::signature(cx, arrived, &letter.activity).await {
        Ok(signed) => signed,
        Err(refused) => return Err(shut_out(cx, actor).await.unwrap_or(refused)),
    };
    match ownership::acts_as(&signed.actor, actor) {
        Ok(()) => Ok(Entry::New(signed)),
        // Another server passes it on: a hint, and nothing that was said.
        Err(_) if signed.actor.host() != actor.host() && post::is_hearsay(&letter.activity) => {
            Ok(Entry::New(signed))
        }
        Err(why) => Ok(Entry::NotYours(signed.actor, why)),
    }
}

/// A rule for the whole host tells more than what else was wrong. Whose
/// signature holds is asked for in the transaction that keeps the message;
/// no document of a host that is shut out is fetched in between.
async fn shut_out(cx: &Cx, actor: &ActorId) -> Option<Refused> {
    let host = actor.host().clone();
    match cx.read(move |tx| Ok(store::host_rule::of(tx, &host)?)).await {
        Ok(rule) => (rule == HostRule::Suspend).then_some(Refused::Policy(HOST_RULE)),
        Err(error) => Some(later(error)),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "fits `map_err`")]
fn later(error: Error) -> Refused {
    tracing::warn!(%error, "an activity could not be checked or kept");
    let why =
        if error.is_full() { "the disk of this server is full" } else { "the server is busy; try again" };
    Refused::Later(why.into())
}

/// Keeps a message, and acts upon it where that can be done at once. What
/// cannot be done is kept all the same, and waits to be tried again.
async fn keep(cx: &Cx, arrived: &Arrived, letter: &Letter, signed: Signed) -> Result<(), Refused> {
    post::prepare(&cx.names, &letter.activity);
    let parcel = Arc::new(Parcel::new(arrived, letter, signed));
    let kept = match keep_in(cx, &parcel, Turn::Now).await {
        Err(Error::Store(error)) if error.is_temporary() => Err(Error::Store(error)),
        Err(error) => {
            tracing::warn!(%error, "an activity could not be acted upon at once");
            keep_in(cx, &parcel, Turn::Later).await
        }
        kept => kept,
    };
    if kept.map_err(later)? { Ok(()) } else { Err(Refused::Policy(HOST_RULE)) }
}

/// When a message is acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// In the transaction that keeps it, if it may.
    Now,
    /// When it is taken from those that wait.
    Later,
}

async fn keep_in(cx: &Cx, parcel: &Arc<Parcel>, turn: Turn) -> crate::Result<bool> {
    let (parcel, memory) = (Arc::clone(parcel), cx.clone());
    cx.write(move |tx| parcel.keep(tx, &memory.taken, turn)).await
}

/// A message whose signature holds, ready to be kept.
struct Parcel {
    activity: Arc<Activity>,
    kind: String,
    object: String,
    signed: Signed,
    target: String,
    headers: String,
    body: Bytes,
    order_key: i64,
    seen: Option<i64>,
}

impl Parcel {
    fn new(arrived: &Arrived, letter: &Letter, signed: Signed) -> Self {
        let activity = Arc::clone(&letter.activity);
        // A Follow is answered again each time: our first Accept may be lost.
        let repeats = matches!(*activity, Activity::Follow(_) | Activity::Undo(_) | Activity::Block(_));
        Self {
            kind: letter.kind.clone(),
            object: letter.object.clone(),
            target: arrived.target.clone(),
            headers: kept(&arrived.headers),
            body: arrived.body.clone(),
            order_key: order_key(&activity),
            seen: activity.id().filter(|_| !repeats).map(|id| seen_hash(id, &signed.actor)),
            activity,
            signed,
        }
    }

    /// One transaction; `false` where a rule shuts the sender's host out.
    fn keep(&self, tx: &mut Tx, taken: &Taken, turn: Turn) -> crate::Result<bool> {
        let host = self.signed.actor.host();
        if store::host_rule::of(tx, host)? == HostRule::Suspend {
            return Ok(false);
        }
        let again = match self.seen {
            Some(hash) => !message::mark_seen(tx, hash)?,
            None => false,
        };
        let outcome = match turn {
            _ if again => Some(Outcome::ignored("came before")),
            Turn::Now => act_at_once(tx, &self.activity, &self.signed.actor, self.order_key)?,
            Turn::Later => None,
        };
        let ended = outcome.as_ref().and_then(ending);
        let id = message::insert(tx, &self.entry(ended, if again { &[] } else { &self.body }))?;
        delivery::revive(tx, host)?;
        if ended.is_some() {
            tx.tell(Event::Logged(id));
        } else {
            message::wait(tx, id, self.order_key)?;
            taken.keep(id, self.body.len(), &self.activity);
            tx.tell(Event::Arrived(id));
        }
        Ok(true)
    }

    fn entry<'a>(
        &'a self,
        ended: Option<(MessageState, Option<&'a str>)>,
        bytes: &'a [u8],
    ) -> NewMessage<'a> {
        NewMessage {
            direction: Direction::In,
            state: ended.map_or(MessageState::Waiting, |(state, _)| state),
            kind: &self.kind,
            object: &self.object,
            activity_id: self.activity.id(),
            actor: Some(self.activity.actor().as_str()),
            signer: Some(self.signed.actor.as_str()),
            host: Some(self.signed.actor.host()),
            target: &self.target,
            checks: self.signed.checks,
            reason: ended.and_then(|(_, why)| why),
            cause: None,
            account: None,
            is_open: self.activity.audience().is_public(),
            headers: &self.headers,
            bytes,
        }
    }
}

fn kept(headers: &HeaderMap) -> String {
    let mut lines = String::new();
    for name in KEPT_HEADERS {
        for value in headers.get_all(name) {
            let value: String = String::from_utf8_lossy(value.as_bytes()).chars().take(4096).collect();
            lines.push_str(name);
            lines.push_str(": ");
            lines.push_str(&value);
            lines.push('\n');
        }
    }
    lines
}

/// How much of a refused body the log keeps.
const REFUSED_BODY_BYTES: usize = 16 * 1024;

/// Writes a refusal into the log. It rides along: nobody waits for it, and
/// where too many are refused at once, some are left out.
fn log_refusal(
    cx: &Cx,
    arrived: &Arrived,
    letter: Option<&Letter>,
    signer: Option<ActorId>,
    refused: Refused,
) -> Refused {
    let Ok(permit) = cx.refusals.clone().try_acquire_owned() else { return refused };
    let headers = kept(&arrived.headers);
    let body = arrived.body.slice(..arrived.body.len().min(REFUSED_BODY_BYTES));
    let target = arrived.target.clone();
    let kind = letter.map_or("", |letter| &letter.kind).to_owned();
    let object = letter.map_or("", |letter| &letter.object).to_owned();
    let actor = letter.map(|letter| letter.activity.actor().clone());
    let activity_id = letter.and_then(|letter| letter.activity.id()).map(str::to_owned);
    let reason = format!("{}: {refused}", refused.code());
    let cx = cx.clone();
    tokio::spawn(async move {
        let _permit = permit;
        let logged = cx
            .write_later(move |tx| {
                let id = message::insert(
                    tx,
                    &NewMessage {
                        direction: Direction::In,
                        state: MessageState::Refused,
                        kind: &kind,
                        object: &object,
                        activity_id: activity_id.as_deref(),
                        actor: actor.as_ref().map(ActorId::as_str),
                        signer: signer.as_ref().map(ActorId::as_str),
                        host: signer.as_ref().or(actor.as_ref()).map(ActorId::host),
                        target: &target,
                        checks: "",
                        reason: Some(&reason),
                        cause: None,
                        account: None,
                        is_open: false,
                        headers: &headers,
                        bytes: &body,
                    },
                )?;
                tx.tell(Event::Logged(id));
                Ok(())
            })
            .await;
        if let Err(error) = logged {
            tracing::debug!(%error, "a refusal was left out of the log");
        }
    });
    refused
}
