//! A post is changed or deleted, here or elsewhere.

use super::linked;
use super::publish::{Silence, check_length, sending, written};
use super::question::{self, PollChange};
use super::spread::tell_named;
use crate::activity;
use crate::arrival::Outcome;
use crate::media::Retouch;
use crate::notify::{self, News};
use crate::{Cx, Error, OrNotFound, Result, conversation, documents, media, undone};
use activitypub::render;
use domain::notification::{About, NotificationKind};
use domain::post::{self, Draft};
use domain::visibility::may_see;
use domain::{Account, AccountId, Event, MediaId, ObjectId, Post, PostId, PostKind};
use std::sync::Arc;
use store::Tx;
use store::tombstone::{self, Grave};
use text::sanitise::RULES_VERSION;

/// What an author changes; visibility and what is answered stay.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The new text, read as its format says.
    pub draft: Draft,
    /// What hangs on it from now on, in this order; `None` leaves it.
    pub media: Option<Vec<MediaId>>,
    /// What becomes of it.
    pub retouches: Vec<Retouch>,
}

impl Edit {
    /// A change of the text only.
    pub const fn text(draft: Draft) -> Self {
        Self { draft, media: None, retouches: Vec::new() }
    }
}

fn own(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<Post> {
    store::post::find(tx, id)?.filter(|post| post.author_id == viewer.id).or_not_found("post")
}

/// One of ours changes a post (ActivityPub §6.3).
pub async fn edit(cx: &Cx, viewer: &Account, id: PostId, edit: Edit) -> Result<()> {
    check_length(&edit.draft, Silence::Allowed)?;
    question::check(edit.draft.poll.as_ref())?;
    let text = written(cx, &edit.draft).await?;
    let retouched = media::develop(cx, edit.retouches).await?;
    let (viewer, poll, names) = (viewer.clone(), edit.draft.poll.clone(), cx.clone());
    cx.write(move |tx| {
        let post = own(tx, &viewer, id)?;
        let mut text = text.clone();
        text.attachments = match &edit.media {
            Some(ids) => media::hang(tx, &viewer, id, ids)?,
            None => post.text.attachments.clone(),
        };
        media::apply(tx, &names, &viewer, id, &mut text.attachments, &retouched)?;
        check_length(&edit.draft, Silence::of(&text.attachments))?;
        let now = tx.now();
        let before = store::poll::find(tx, id)?;
        let change = question::change_of(before.as_ref(), poll.as_ref(), now);
        if let PollChange::End(poll) = &change {
            store::poll::set_end(tx, id, poll)?;
        }
        if text == post.text && !matches!(change, PollChange::Other(_)) {
            return if change == PollChange::None { Ok(()) } else { send_update(tx, &viewer, &post) };
        }
        if !store::post::edit(tx, &post, &text, now, RULES_VERSION)? {
            return Err(Error::invalid("status", "was changed at the same moment"));
        }
        if let Some(before) = &before {
            store::poll::keep_options(tx, id, &before.titles())?;
        }
        if let PollChange::Other(after) = &change {
            question::replace(tx, &post, before.as_ref(), after.as_ref())?;
        }
        store::post::set_hashtags(tx, id, &text.hashtags)?;
        tell_boosters(tx, &post)?;
        let changed = own(tx, &viewer, id)?;
        name(tx, &changed, &viewer, &post::addressed(viewer.id, &text.mentions, None))?;
        tx.tell(Event::Edited(id));
        linked::file_again(tx, &changed, None)?;
        send_update(tx, &viewer, &changed)
    })
    .await
}

/// Tells whom it concerns what a post of ours says now.
pub(crate) fn send_update(tx: &mut Tx, viewer: &Account, post: &Post) -> Result<()> {
    if post.local_only {
        return Ok(());
    }
    let minted = activity::mint(tx, viewer);
    let json = documents::update(tx, post, viewer, &minted.envelope.id)?;
    let mut to = Vec::new();
    for account in interested(tx, post)? {
        // Who could see it once is not told what it says now.
        let standing = store::post::standing(tx, post, Some(account.id))?;
        if may_see(post.visibility, standing) {
            to.push(account);
        }
    }
    let to: Vec<&Account> = to.iter().map(|account| &**account).collect();
    activity::send(tx, viewer, &minted, &json, &sending("Update", post, &to, &[post.object_id.as_str()]))?;
    Ok(())
}

/// Who must learn of a change although they may not follow: named in it, or
/// having answered, liked or boosted it, or voted in it.
fn interested(tx: &mut Tx, post: &Post) -> Result<Vec<Arc<Account>>> {
    let mut ids = store::post::addressed(tx, post.id)?;
    ids.extend(store::post::interacted(tx, post.id, 1000)?);
    if post.kind == PostKind::Question {
        ids.extend(store::poll::voters_elsewhere(tx, post.id, 1000)?);
    }
    ids.sort_unstable();
    ids.dedup();
    let accounts = store::account::list(tx, &ids)?;
    Ok(accounts
        .into_iter()
        .map(|(account, _)| account)
        .filter(|account| account.id != post.author_id)
        .collect())
}

/// Addresses a changed post to whom it names now, and tells those who are new.
pub(super) fn name(tx: &mut Tx, post: &Post, author: &Account, named: &[AccountId]) -> Result<()> {
    let known = store::post::addressed(tx, post.id)?;
    let new: Vec<AccountId> = named.iter().copied().filter(|id| !known.contains(id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    store::post::address(tx, post.id, &new)?;
    tell_named(tx, post, author, &new)?;
    conversation::add(tx, post, author, &[known, new].concat())
}

/// Tells accounts of ours that a post they boosted has changed.
pub(super) fn tell_boosters(tx: &mut Tx, post: &Post) -> Result<()> {
    for booster in store::boost::local_boosters(tx, post.id, 200)? {
        let (kind, about) = (NotificationKind::Update, About::Post(post.id));
        notify::tell_anew(tx, &News { to: booster, kind, from: post.author_id, about })?;
    }
    Ok(())
}

/// One of ours deletes a post (ActivityPub §6.4). The id is never used again.
pub fn delete(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let post = own(tx, viewer, id)?;
    if !post.local_only {
        send_delete(tx, viewer, &post)?;
    }
    erase(tx, &post, viewer)
}

fn send_delete(tx: &mut Tx, viewer: &Account, post: &Post) -> Result<()> {
    let to = interested(tx, post)?;
    let to: Vec<&Account> = to.iter().map(|account| &**account).collect();
    let minted = activity::mint(tx, viewer);
    let audience = documents::audience(tx, post, viewer)?;
    let envelope = minted.envelope.clone().to(audience.0, audience.1);
    let json = render::delete(&envelope, &post.object_id);
    activity::send(tx, viewer, &minted, &json, &sending("Delete", post, &to, &[post.object_id.as_str()]))?;
    Ok(())
}

/// Leaves only a tombstone of a post.
pub fn erase(tx: &mut Tx, post: &Post, author: &Account) -> Result<()> {
    let grave = if post.visibility.is_open() && !post.local_only { Grave::Open } else { Grave::Hidden };
    tombstone::bury(tx, post.object_id.as_str(), author.actor_id.as_str(), Some(post.kind.as_str()), grave)?;
    store::message::empty_bodies_about(tx, post.object_id.as_str())?;
    media::forget(tx, post)?;
    store::post::remove(tx, post)?;
    tx.tell(Event::Deleted(post.id));
    Ok(())
}

/// A peer's actor deletes a post of its own (ActivityPub §7.4).
pub fn receive_delete(
    tx: &mut Tx,
    sender: &Account,
    object: &ObjectId,
    former: Option<&str>,
) -> Result<Outcome> {
    if object.origin() != sender.actor_id.origin() {
        return Ok(Outcome::ignored("only its own origin can delete an object"));
    }
    if let Some(post) = store::post::by_object(tx, object)? {
        if post.author_id != sender.id {
            return Ok(Outcome::ignored("only its author can delete a post"));
        }
        erase(tx, &post, sender)?;
        return Ok(Outcome::Processed);
    }
    // Should the Create come later, it comes too late.
    undone::bury(tx, sender, object.as_str(), former)?;
    Ok(Outcome::Processed)
}
