//! Blocks: neither sees nor follows the other any more.

use crate::activity::{self, Sending};
use crate::arrival::Outcome;
use crate::{Error, Result, follow, undone};
use activitypub::Block;
use activitypub::render::{self, Envelope};
use domain::Account;
use store::{Tx, conversation, notification, timeline};

/// One of ours blocks an account. The peer is told, as Mastodon does, so that
/// both sides agree (against ActivityPub §6.9, which would keep it secret).
pub fn block(tx: &mut Tx, viewer: &Account, target: &Account) -> Result<()> {
    if viewer.id == target.id {
        return Err(Error::Forbidden("nobody can block themselves"));
    }
    tx.lock(&format!("block {} {}", viewer.id, target.id))?;
    if store::block::exists(tx, viewer.id, target.id)? {
        return Ok(());
    }
    // An unfollow of its own: not every peer takes a Block for one.
    follow::undo(tx, viewer, target)?;
    let minted = activity::mint(tx, viewer);
    store::block::insert(tx, viewer.id, target.id, &minted.envelope.id)?;
    sever(tx, viewer, target)?;
    // Nothing of theirs would be shown in them. The other keeps theirs.
    conversation::remove_with(tx, viewer.id, target.id)?;
    if !target.is_ours() {
        let json = render::block(&minted.envelope, &target.actor_id);
        let (me, object) = (viewer.actor_id.as_str(), target.actor_id.as_str());
        activity::send(
            tx,
            viewer,
            &minted,
            &json,
            &Sending::to_one("Block", object, &[target], &[me, object]),
        )?;
    }
    Ok(())
}

/// Ends all that two accounts have with each other.
fn sever(tx: &mut Tx, one: &Account, other: &Account) -> Result<()> {
    follow::remove(tx, one, other)?;
    follow::remove(tx, other, one)?;
    for (owner, from) in [(one, other), (other, one)] {
        if owner.is_ours() {
            timeline::withdraw(tx, owner.id, from.id)?;
            notification::forget(tx, owner.id, from.id)?;
        }
    }
    Ok(())
}

/// One of ours blocks no more.
pub fn undo(tx: &mut Tx, viewer: &Account, target: &Account) -> Result<()> {
    let Some(activity_id) = store::block::remove(tx, viewer.id, target.id)? else { return Ok(()) };
    if target.is_ours() {
        return Ok(());
    }
    let minted = activity::mint(tx, viewer);
    let block =
        render::block(&Envelope::new(activity_id.as_str(), viewer.actor_id.clone()), &target.actor_id);
    let json = render::undo(&minted.envelope, block);
    let order = [viewer.actor_id.as_str(), target.actor_id.as_str()];
    activity::send(tx, viewer, &minted, &json, &Sending::to_one("Undo", &activity_id, &[target], &order))?;
    Ok(())
}

/// A peer's actor blocks one of ours.
pub fn receive(tx: &mut Tx, sender: &Account, block: &Block) -> Result<Outcome> {
    let id = block.id.clone().unwrap_or_else(|| format!("{}#blocks/{}", sender.actor_id, block.object));
    if undone::is(tx, sender, &id)? {
        return Ok(Outcome::ignored("this block was taken back"));
    }
    let Some(target) = store::account::by_actor(tx, &block.object)?.filter(Account::is_ours) else {
        return Ok(Outcome::ignored("who is blocked is no account here"));
    };
    store::block::insert(tx, sender.id, target.id, &id)?;
    sever(tx, sender, &target)?;
    Ok(Outcome::Processed)
}

/// A peer's actor blocks no more.
pub fn receive_undo(tx: &mut Tx, sender: &Account, block: &Block) -> Result<Outcome> {
    if let Some(id) = &block.id {
        undone::bury(tx, sender, id, Some("Block"))?;
    }
    let Some(target) = store::account::by_actor(tx, &block.object)? else {
        return Ok(Outcome::ignored("who was blocked is not known"));
    };
    match store::block::remove(tx, sender.id, target.id)? {
        Some(_) => Ok(Outcome::Processed),
        None => Ok(Outcome::ignored("did not block")),
    }
}

/// The same, where only the block's id is named.
pub fn receive_undo_by_id(tx: &mut Tx, sender: &Account, id: &str) -> Result<Option<Outcome>> {
    let Some((account, target)) =
        store::block::by_activity(tx, id)?.filter(|(account, _)| *account == sender.id)
    else {
        return Ok(None);
    };
    undone::bury(tx, sender, id, Some("Block"))?;
    store::block::remove(tx, account, target)?;
    Ok(Some(Outcome::Processed))
}
