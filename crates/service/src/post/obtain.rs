//! A post is fetched from where it lives: an ancestor, a boosted post, what
//! somebody searched for.

use super::content::Named;
use super::receive::{change, fetched, write};
use crate::account::{self, Freshness};
use crate::arrival::{Arrival, Need, Outcome};
use crate::errand::Errand;
use crate::{Cx, Error, Result, undone};
use activitypub::{Note, Object};
use domain::{Account, ObjectId, PostId, ownership};
use store::Tx;

/// How far up a conversation is followed.
pub(super) const MAX_ANCESTORS: usize = 20;

/// The post of an object, fetched where we do not have it, with what it
/// answers as far as that can be had. It does not enter anyone's home.
pub async fn obtain(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<PostId> {
    if let Some(known) = known(cx, id).await? {
        return Ok(known);
    }
    let (first, mut above) = fetch(cx, id, errand).await?;
    for _ in 0..MAX_ANCESTORS {
        let Some(parent) = above else { break };
        if known(cx, &parent).await?.is_some() {
            break;
        }
        match fetch(cx, &parent, errand).await {
            Ok((_, next)) => above = next,
            Err(error) => {
                tracing::debug!(%parent, %error, "an ancestor could not be had");
                break;
            }
        }
    }
    Ok(first)
}

async fn known(cx: &Cx, id: &ObjectId) -> Result<Option<PostId>> {
    let id = id.clone();
    cx.read(move |tx| {
        if tx.names().is_ours(&id) && store::post::id_by_object(tx, &id)?.is_none() {
            return Err(Error::NotFound("post"));
        }
        Ok(store::post::id_by_object(tx, &id)?)
    })
    .await
}

/// Fetches one post with its author and writes it; also what it answers.
async fn fetch(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<(PostId, Option<ObjectId>)> {
    let (note, author) = read(cx, id, errand).await?;
    let above = note.in_reply_to.clone();
    let post = cx.write_later(move |tx| admit(tx, &note, &author)).await?;
    Ok((post, above))
}

async fn read(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<(Box<Note>, Account)> {
    let document = errand.fetch(cx, id).await?;
    let object = Object::parse(&document.json)
        .map_err(|why| Error::invalid("post", format!("document cannot be read: {why}")))?;
    let Object::Note(note) = object else {
        return Err(Error::invalid("post", "is nothing to show"));
    };
    ownership::fetched_for(&note.id, &note.attributed_to)
        .map_err(|why| Error::invalid("post", why.to_string()))?;
    let author = account::obtain(cx, &note.attributed_to, Freshness::Known, errand).await?;
    Ok((note, author))
}

/// Writes a fetched post under an id of the time it was published.
fn admit(tx: &mut Tx, note: &Note, author: &Account) -> Result<PostId> {
    if let Some(known) = store::post::id_by_object(tx, &note.id)? {
        return Ok(known);
    }
    if undone::is(tx, author, note.id.as_str())? {
        return Err(Error::Gone("post"));
    }
    if !author.state.is_live() {
        return Err(Error::NotFound("post"));
    }
    let named = Named::of(tx, note)?;
    let parent = match &note.in_reply_to {
        Some(id) => store::post::by_object(tx, id)?,
        None => None,
    };
    let published = note.published.unwrap_or(tx.now());
    for _ in 0..3 {
        // Two posts of the same millisecond may fall on the same id: then again.
        let id = PostId(tx.id_at(published));
        if let Some(post) = write(tx, note, author, id, &named, parent.as_ref())? {
            store::message::mark_seen(tx, fetched(&note.id))?;
            return Ok(post.id);
        }
        if let Some(known) = store::post::id_by_object(tx, &note.id)? {
            return Ok(known);
        }
    }
    Err(Error::Internal("no free id for a fetched post".into()))
}

/// An Update that names its object only: asked at its origin.
pub fn refetch(tx: &mut Tx, arrival: &Arrival<'_>, id: &ObjectId) -> Result<Outcome> {
    let Some(post) = store::post::by_object(tx, id)? else {
        return Ok(Outcome::ignored("the post is not known here"));
    };
    let author = store::account::get(tx, post.author_id)?;
    if let Err(why) = ownership::may_change(&arrival.sender.actor_id, &author.actor_id) {
        return Ok(Outcome::ignored(why.to_string()));
    }
    if arrival.lacking.was_had(id.as_str()) {
        return Ok(Outcome::Processed);
    }
    Ok(arrival
        .need(Need::Change(id.clone()), |why| Outcome::ignored(format!("the edit could not be had: {why}"))))
}

/// Asks a known post's origin for what it says now.
pub async fn renew(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<()> {
    errand.forget(cx, id).await;
    let (note, _) = read(cx, id, errand).await?;
    cx.write_later(move |tx| {
        let Some(post) = store::post::by_object(tx, &note.id)? else { return Ok(()) };
        let author = store::account::get(tx, post.author_id)?;
        match change(tx, &post, &author, &note)? {
            Outcome::Ignored(why) => Err(Error::invalid("edit", why)),
            _ => Ok(()),
        }
    })
    .await
}
