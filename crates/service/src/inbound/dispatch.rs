//! From an activity to the verb that receives it.

use crate::arrival::{Arrival, Outcome};
use crate::{Result, account, block, boost, follow, like, pin, poll, post, report};
use activitypub::{Activity, Object, Reference};
use domain::{Account, AccountState};
use store::Tx;

/// Gives an activity to its verb.
pub(super) fn dispatch(tx: &mut Tx, arrival: &Arrival<'_>) -> Result<Outcome> {
    if matches!(arrival.sender.state, AccountState::Suspended | AccountState::Deleted) {
        return Ok(Outcome::ignored("the actor is suspended or gone"));
    }
    match arrival.activity {
        Activity::Follow(it) => follow::receive(tx, arrival.sender, it),
        Activity::Accept(it) => follow::receive_accept(tx, arrival.sender, it),
        Activity::Reject(it) => follow::receive_reject(tx, arrival.sender, it),
        Activity::Undo(it) => undo(tx, arrival, &it.object),
        Activity::Create(it) => {
            let mut outcome = published(tx, arrival, &it.object)?;
            for other in &it.others {
                outcome = outcome.and(published(tx, arrival, other)?);
            }
            Ok(outcome)
        }
        Activity::Update(it) => match &it.object {
            Reference::Embedded(object) => match &**object {
                Object::Actor(actor) => account::receive_update(tx, arrival.sender, actor),
                object => post::receive_update(tx, arrival, object),
            },
            Reference::Id(id) if id.as_str() == it.actor.as_str() => Ok(account::refetch(arrival)),
            Reference::Id(id) => post::refetch(tx, arrival, id),
        },
        Activity::Delete(it) if it.is_actor() => account::receive_delete(tx, arrival.sender),
        Activity::Delete(it) => {
            // Some peers take a boost back by deleting it.
            if let Some(outcome) = boost::receive_undo_by_id(tx, arrival.sender, it.object.as_str())? {
                return Ok(outcome);
            }
            post::receive_delete(tx, arrival.sender, &it.object, it.former_type.as_deref())
        }
        Activity::Like(it) | Activity::EmojiReact(it) => like::receive(tx, arrival.sender, it),
        Activity::Announce(it) => boost::receive(tx, arrival, it),
        Activity::Block(it) => block::receive(tx, arrival.sender, it),
        Activity::Flag(it) => report::receive(tx, arrival, it),
        Activity::Add(it) => pin::receive_add(tx, arrival, it),
        Activity::Remove(it) => pin::receive_remove(tx, arrival.sender, it),
        other => Ok(Outcome::ignored(format!("nothing is done about a {}", other.kind()))),
    }
}

/// One of the things that a Create publishes.
fn published(tx: &mut Tx, arrival: &Arrival<'_>, object: &Reference<Object>) -> Result<Outcome> {
    match object.embedded() {
        Some(Object::Vote(vote)) => poll::receive_vote(tx, arrival.sender, vote),
        _ => post::receive(tx, arrival, object),
    }
}

/// An Undo belongs to what it undoes.
fn undo(tx: &mut Tx, arrival: &Arrival<'_>, object: &Reference<Activity, String>) -> Result<Outcome> {
    let sender = arrival.sender;
    match object {
        Reference::Embedded(inner) if inner.actor() != &sender.actor_id => {
            Ok(Outcome::ignored("only who did it can undo it"))
        }
        Reference::Embedded(inner) => match &**inner {
            Activity::Follow(it) => follow::receive_undo(tx, sender, it),
            Activity::Like(it) | Activity::EmojiReact(it) => like::receive_undo(tx, sender, it),
            Activity::Announce(it) => boost::receive_undo(tx, sender, it.id.as_deref(), it.object_id()),
            Activity::Block(it) => block::receive_undo(tx, sender, it),
            other => Ok(Outcome::ignored(format!("nothing is done about an undone {}", other.kind()))),
        },
        Reference::Id(id) => undo_by_id(tx, sender, id),
    }
}

/// Some peers name what is undone by id only.
fn undo_by_id(tx: &mut Tx, sender: &Account, id: &str) -> Result<Outcome> {
    for receive in [
        follow::receive_undo_by_id,
        like::receive_undo_by_id,
        boost::receive_undo_by_id,
        block::receive_undo_by_id,
    ] {
        if let Some(outcome) = receive(tx, sender, id)? {
            return Ok(outcome);
        }
    }
    Ok(Outcome::ignored("what is undone is not known"))
}
