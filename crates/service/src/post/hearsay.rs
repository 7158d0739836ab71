//! What another server passes on: an answer of somebody else's to a thread, its
//! change, its end (ActivityPub §7.1.2). It is never believed, whatever
//! signature it carries inside: it only tells of which post its own origin may
//! be asked, and that only where the post concerns somebody here.

use super::change::erase;
use super::receive::{addresses_us, welcome};
use crate::arrival::{Lacking, Need, Outcome};
use crate::errand::Errand;
use crate::{Cx, Error, Result};
use activitypub::create::{Create, Update};
use activitypub::{Activity, Object};
use domain::{ObjectId, Post};
use store::Tx;
use wire::FetchError;

/// Whether an activity that its actor did not sign may be taken as a hint.
pub(crate) fn is_hearsay(activity: &Activity) -> bool {
    subject(activity).is_some()
}

/// The post that is told of.
fn subject(activity: &Activity) -> Option<ObjectId> {
    match activity {
        Activity::Delete(_) => (),
        Activity::Create(Create { object, .. }) | Activity::Update(Update { object, .. }) => {
            if !matches!(object.embedded(), None | Some(Object::Note(_))) {
                return None;
            }
        }
        _ => return None,
    }
    let id = activity.object_id().filter(|id| *id != activity.actor().as_str())?;
    ObjectId::parse(id).ok()
}

/// Hears of a post. What is done is done by what its origin says of it.
pub(crate) fn hear(tx: &mut Tx, activity: &Activity, lacking: &Lacking) -> Result<Outcome> {
    let Some(id) = subject(activity) else {
        return Ok(Outcome::ignored("the signer is not the actor"));
    };
    if tx.names().is_ours(&id) {
        return Ok(Outcome::ignored("the post has an id of ours"));
    }
    match (activity, store::post::by_object(tx, &id)?) {
        (Activity::Delete(_), None) => Ok(Outcome::ignored("the post is not known here")),
        (Activity::Delete(_), Some(post)) => hear_of_end(tx, &post, lacking),
        (Activity::Update(_), Some(_)) if lacking.was_had(id.as_str()) => Ok(Outcome::Processed),
        (Activity::Update(_), Some(_)) => Ok(ask(Need::Change(id), lacking)),
        (_, Some(post)) if lacking.post(id.as_str()) == Some(post.id) => {
            let author = store::account::get(tx, post.author_id)?;
            welcome(tx, &author, post.id)
        }
        (_, Some(_)) => Ok(Outcome::ignored("known already")),
        (_, None) if store::tombstone::find(tx, id.as_str())?.is_some() => {
            Ok(Outcome::ignored("the post was deleted"))
        }
        (_, None) if may_concern_us(tx, activity)? => Ok(ask(Need::Post(id), lacking)),
        (_, None) => Ok(Outcome::ignored("concerns nobody here")),
    }
}

fn ask(need: Need, lacking: &Lacking) -> Outcome {
    match lacking.why(need.id()) {
        Some(why) => Outcome::ignored(format!("its origin does not say so: {why}")),
        None => Outcome::Needs(vec![need]),
    }
}

/// Whether, if it were true, somebody here would want to know: it is worth a
/// question then.
fn may_concern_us(tx: &mut Tx, activity: &Activity) -> Result<bool> {
    if let Some(author) = store::account::by_actor(tx, activity.actor())? {
        if !author.state.is_live() {
            return Ok(false);
        }
        if store::follow::is_wanted_here(tx, author.id)? {
            return Ok(true);
        }
    }
    let note = match activity {
        Activity::Create(it) => it.object.embedded(),
        Activity::Update(it) => it.object.embedded(),
        _ => None,
    };
    if let Some(Object::Note(note)) = note
        && let Some(answered) = &note.in_reply_to
        && store::post::id_by_object(tx, answered)?.is_some()
    {
        return Ok(true);
    }
    addresses_us(tx, activity)
}

/// A post that not everyone may read looks missing to us even where it is.
fn hear_of_end(tx: &mut Tx, post: &Post, lacking: &Lacking) -> Result<Outcome> {
    if !post.visibility.is_open() {
        return Ok(Outcome::ignored("the post is not for everyone: only its author can delete it"));
    }
    if !lacking.was_had(post.object_id.as_str()) {
        return Ok(ask(Need::Absence(post.object_id.clone()), lacking));
    }
    let author = store::account::get(tx, post.author_id)?;
    erase(tx, post, &author)?;
    Ok(Outcome::Processed)
}

/// Asks a post's origin, and succeeds where it says that there is no such post.
pub(crate) async fn confirm_gone(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<()> {
    errand.forget(cx, id).await;
    match errand.fetch(cx, id).await {
        Ok(_) => Err(Error::invalid("post", "is there")),
        Err(Error::Fetch(FetchError::Gone | FetchError::Status { status: 404, .. })) => Ok(()),
        Err(error) => Err(error),
    }
}
