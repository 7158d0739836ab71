//! Likes, from both sides.

use crate::activity::{self, Sending};
use crate::arrival::Outcome;
use crate::notify::{self, News};
use crate::{Result, post, undone};
use activitypub::Like;
use activitypub::render::{self, Envelope};
use domain::notification::{About, NotificationKind};
use domain::visibility::may_see;
use domain::{Account, AccountId, PostId};
use store::Tx;

fn news(to: AccountId, from: AccountId, id: PostId) -> News {
    News { to, kind: NotificationKind::Like, from, about: About::Post(id) }
}

/// One of ours likes a post it may see (ActivityPub §6.8). Twice is once.
pub fn like(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let (liked, author) = post::seen_by(tx, id, viewer)?;
    let minted = activity::mint(tx, viewer);
    if !store::like::insert(tx, viewer.id, id, Some(&minted.envelope.id))? {
        return Ok(());
    }
    if author.is_ours() {
        notify::tell(tx, &news(author.id, viewer.id, id))?;
    } else {
        let json = render::like(&minted.envelope, &liked.object_id);
        let object = liked.object_id.as_str();
        let order = [viewer.actor_id.as_str(), object];
        activity::send(tx, viewer, &minted, &json, &Sending::to_one("Like", object, &[&author], &order))?;
    }
    Ok(())
}

/// One of ours takes a like back, also of a post it may not see any more.
pub fn undo(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let Some(activity_id) = store::like::remove(tx, viewer.id, id)? else {
        return post::seen_by(tx, id, viewer).map(drop);
    };
    let (liked, author) = post::whole(tx, id)?;
    notify::retract(tx, &news(author.id, viewer.id, id))?;
    if let Some(activity_id) = activity_id.filter(|_| !author.is_ours()) {
        let minted = activity::mint(tx, viewer);
        let like =
            render::like(&Envelope::new(activity_id.as_str(), viewer.actor_id.clone()), &liked.object_id);
        let json = render::undo(&minted.envelope, like);
        let order = [viewer.actor_id.as_str(), liked.object_id.as_str()];
        activity::send(
            tx,
            viewer,
            &minted,
            &json,
            &Sending::to_one("Undo", &activity_id, &[&author], &order),
        )?;
    }
    Ok(())
}

/// A peer's actor likes a post. A reaction with an emoji counts as a like.
pub fn receive(tx: &mut Tx, sender: &Account, like: &Like) -> Result<Outcome> {
    if let Some(id) = &like.id
        && undone::is(tx, sender, id)?
    {
        return Ok(Outcome::ignored("this like was taken back"));
    }
    let Some(liked) = store::post::by_object(tx, &like.object)? else {
        return Ok(Outcome::ignored("the post is not known here"));
    };
    let standing = store::post::standing(tx, &liked, Some(sender.id))?;
    if standing.blocked || !may_see(liked.visibility, standing) {
        return Ok(Outcome::ignored("policy: the actor may not see the post"));
    }
    if !store::like::insert(tx, sender.id, liked.id, like.id.as_deref())? {
        return Ok(Outcome::ignored("likes the post already"));
    }
    let author = store::account::get(tx, liked.author_id)?;
    if author.is_ours() {
        notify::tell(tx, &news(author.id, sender.id, liked.id))?;
    }
    Ok(Outcome::Processed)
}

/// A peer's actor takes a like back. Its id is never acted upon again.
pub fn receive_undo(tx: &mut Tx, sender: &Account, like: &Like) -> Result<Outcome> {
    if let Some(id) = &like.id {
        undone::bury(tx, sender, id, Some("Like"))?;
    }
    match store::post::by_object(tx, &like.object)? {
        Some(liked) => take_back(tx, sender, liked.id),
        None => Ok(Outcome::ignored("the post is not known here")),
    }
}

/// The same, where only the like's id is named.
pub fn receive_undo_by_id(tx: &mut Tx, sender: &Account, id: &str) -> Result<Option<Outcome>> {
    let Some((_, liked)) = store::like::by_activity(tx, id)?.filter(|(account, _)| *account == sender.id)
    else {
        return Ok(None);
    };
    undone::bury(tx, sender, id, Some("Like"))?;
    take_back(tx, sender, liked).map(Some)
}

fn take_back(tx: &mut Tx, sender: &Account, id: PostId) -> Result<Outcome> {
    if store::like::remove(tx, sender.id, id)?.is_none() {
        return Ok(Outcome::ignored("did not like the post"));
    }
    if let Some(liked) = store::post::find(tx, id)? {
        notify::retract(tx, &news(liked.author_id, sender.id, id))?;
    }
    Ok(Outcome::Processed)
}
