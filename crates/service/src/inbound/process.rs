//! Acting upon what was kept.

use super::dispatch::dispatch;
use crate::arrival::{Arrival, Lacking, Need, Outcome};
use crate::errand::Errand;
use crate::{Cx, Error, Result, account, fingerprint, meant, post};
use activitypub::{Activity, Reference};
use domain::message::MessageState;
use domain::{ActorId, Event, MessageId, Names, PostId};
use futures_util::FutureExt;
use futures_util::future::join_all;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::Tx;
use store::message::{self, Waiting};
use tokio::sync::Semaphore;

/// After so many failed starts a message is given up.
pub const MAX_STARTS: i64 = 3;
/// How often one message may ask for more before it is decided without.
const MAX_ROUNDS: usize = 6;
/// Pause before a failed start is repeated.
const PAUSE: Duration = Duration::from_secs(5);

/// What must not be acted upon at the same time: activities about one object,
/// or of one actor about one target.
pub(super) fn order_key(activity: &Activity) -> i64 {
    fingerprint::of(&subject(activity))
}

fn subject(activity: &Activity) -> String {
    let pair = |actor: &ActorId, object: &str| format!("{actor} {object}");
    match activity {
        Activity::Follow(it) => pair(&it.actor, it.object.as_str()),
        Activity::Block(it) => pair(&it.actor, it.object.as_str()),
        Activity::Accept(it) | Activity::Reject(it) => match &it.object {
            Reference::Embedded(inner) => subject(inner),
            Reference::Id(id) => id.clone(),
        },
        Activity::Undo(it) => match &it.object {
            Reference::Embedded(inner) => subject(inner),
            Reference::Id(id) => id.clone(),
        },
        other => other.object_id().or(other.id()).unwrap_or(other.actor().as_str()).to_owned(),
    }
}

/// By what an activity is recognised when it comes again.
pub(super) fn seen_hash(id: &str, signer: &ActorId) -> i64 {
    fingerprint::of(&format!("{id}\n{signer}"))
}

/// Messages that wait, oldest first, after the given one.
pub async fn waiting(cx: &Cx, after: MessageId, limit: i64) -> Result<Vec<Waiting>> {
    cx.read(move |tx| Ok(message::waiting(tx, after, limit)?)).await
}

/// Acts upon a waiting message: exactly once in effect, however often it is
/// begun. `running` bounds what is acted upon at a time; who waits for a
/// fetch gives its place to others meanwhile.
pub async fn act(cx: &Cx, waiting: Waiting, running: &Semaphore) {
    let id = waiting.id;
    // What panics is one message that failed, not a dead loop.
    let acted = AssertUnwindSafe(act_inner(cx, &waiting, running)).catch_unwind().await;
    let error = match acted.unwrap_or_else(|_| Err(Error::Internal("acting upon it broke".into()))) {
        Ok(()) => return,
        Err(Error::Store(error)) if error.is_temporary() => {
            // Not the message's fault: it waits on, however often.
            tracing::warn!(message = %id, %error, "an activity has to wait");
            return;
        }
        Err(error) => error,
    };
    let lasting = !matches!(error, Error::Store(_) | Error::Internal(_));
    let given_up = lasting || waiting.attempts + 1 >= MAX_STARTS;
    tracing::warn!(message = %id, %error, given_up, "an activity could not be acted upon");
    if let Err(error) = cx.write_later(move |tx| end(tx, id, given_up, &error)).await {
        // It still waits on disk; the next round takes it again.
        tracing::error!(message = %id, %error, "the end of an activity could not be written");
    }
}

fn end(tx: &mut Tx, id: MessageId, given_up: bool, error: &Error) -> Result<()> {
    if given_up {
        message::take(tx, id)?;
        message::set_state(tx, id, MessageState::Failed, Some(&error.to_string()))?;
        if let (Some(activity), Some(signer)) = message::identity(tx, id)? {
            message::forget_seen(tx, fingerprint::of(&format!("{activity}\n{signer}")))?;
        }
        tx.tell(Event::Logged(id));
    } else {
        let later = tx.now().plus(PAUSE);
        message::postpone(tx, id, later)?;
    }
    Ok(())
}

fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::invalid("activity", why)
}

fn read(names: &Names, bytes: &[u8]) -> Result<Activity> {
    let mut json = activitypub::read(bytes).map_err(|why| invalid(format!("cannot be read: {why}")))?;
    meant::put_ids(names, &mut json);
    Activity::parse(&json).map_err(|why| invalid(format!("cannot be read: {why}")))
}

async fn act_inner(cx: &Cx, waiting: &Waiting, running: &Semaphore) -> Result<()> {
    let activity = match cx.taken.take(waiting.id) {
        Some(activity) => activity,
        None => Arc::new(read(&cx.names, &waiting.bytes)?),
    };
    let errand = Errand::new(cx, Some(waiting.id));
    let mut lacking = Lacking::default();
    for round in 0..=MAX_ROUNDS {
        let place =
            running.acquire().await.map_err(|_| Error::Internal("the inbound loop has ended".into()))?;
        let outcome = attempt(cx, waiting, &activity, &lacking).await?;
        drop(place);
        match outcome {
            Outcome::Processed | Outcome::Ignored(_) => {
                if matches!(&*activity, Activity::Update(_) | Activity::Delete(_))
                    && activity.object_id() == Some(activity.actor().as_str())
                {
                    cx.peer_keys.forget(activity.actor());
                }
                return Ok(());
            }
            Outcome::Needs(needs) if round < MAX_ROUNDS => {
                let answers = join_all(needs.iter().map(|need| obtain(cx, need, &errand))).await;
                for (need, answer) in needs.iter().zip(answers) {
                    // Had or not: asked twice it would not be different.
                    match answer {
                        Ok(post) => lacking.had(need, post),
                        Err(error) => lacking.add(need, error.to_string()),
                    }
                }
            }
            Outcome::Needs(_) => break,
        }
    }
    Err(invalid("asks for more and more documents"))
}

/// One try, in one transaction: the effect and the end of the waiting.
async fn attempt(cx: &Cx, waiting: &Waiting, activity: &Arc<Activity>, lacking: &Lacking) -> Result<Outcome> {
    let (activity, lacking) = (activity.clone(), lacking.clone());
    let (id, signer) = (waiting.id, waiting.signer.clone());
    cx.write_later(move |tx| {
        if !message::is_waiting(tx, id)? {
            return Ok(Outcome::ignored("acted upon before"));
        }
        let outcome = act_in(tx, &activity, &signer, &lacking)?;
        // What needs something waits on.
        if let Some((state, why)) = ending(&outcome) {
            message::take(tx, id)?;
            message::set_state(tx, id, state, why)?;
            tx.tell(Event::Logged(id));
        }
        Ok(outcome)
    })
    .await
}

/// What somebody else signed than did it is hearsay.
fn act_in(tx: &mut Tx, activity: &Activity, signer: &str, lacking: &Lacking) -> Result<Outcome> {
    if signer != activity.actor().as_str() {
        return post::hear(tx, activity, lacking);
    }
    let sender = store::account::by_actor(tx, activity.actor())?.ok_or(Error::NotFound("actor"))?;
    dispatch(tx, &Arrival { sender: &sender, activity, lacking })
}

/// How a message stands that was acted upon; none where it still waits.
pub(super) fn ending(outcome: &Outcome) -> Option<(MessageState, Option<&str>)> {
    match outcome {
        Outcome::Processed => Some((MessageState::Processed, None)),
        Outcome::Ignored(why) => Some((MessageState::Ignored, Some(why))),
        Outcome::Needs(_) => None,
    }
}

/// Acts in the transaction that keeps the message: two transactions are half
/// again as much work as one. None where it has to wait its turn, as something
/// about the same object does, or as its verb may be long.
pub(super) fn act_at_once(
    tx: &mut Tx,
    activity: &Activity,
    signer: &ActorId,
    order_key: i64,
) -> Result<Option<Outcome>> {
    let is_short = matches!(
        activity,
        Activity::Create(_) | Activity::Like(_) | Activity::EmojiReact(_) | Activity::Announce(_)
    );
    if !is_short && signer == activity.actor() {
        return Ok(None);
    }
    tx.lock(&format!("inbound {order_key}"))?;
    if message::is_any_waiting(tx, order_key)? {
        return Ok(None);
    }
    act_in(tx, activity, signer.as_str(), &Lacking::default()).map(Some)
}

/// Asks for what is needed; of a post, gives its row.
async fn obtain(cx: &Cx, need: &Need, errand: &Errand) -> Result<Option<PostId>> {
    use account::Freshness::{Known, Now};
    match need {
        Need::Actor(id) => account::obtain(cx, id, Known, errand).await.map(|_| None),
        Need::Profile(id) => account::obtain(cx, id, Now, errand).await.map(|_| None),
        Need::Post(id) => post::obtain(cx, id, errand).await.map(Some),
        Need::Change(id) => post::renew(cx, id, errand).await.map(|()| None),
        Need::Absence(id) => post::confirm_gone(cx, id, errand).await.map(|()| None),
    }
}
