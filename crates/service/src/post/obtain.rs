//! A post is fetched from where it lives: an ancestor, a boosted post, what
//! somebody searched for.

use super::content::Named;
use super::receive::{change, fetched, write};
use crate::account::{self, Freshness};
use crate::arrival::{Arrival, Need, Outcome};
use crate::errand::Errand;
use crate::{Cx, Error, Result, undone};
use activitypub::{Activity, Note, Object, Reference};
use domain::{Account, ObjectId, Origin, PostId, ownership};
use store::Tx;
use wire::Document;

/// How far up a conversation is followed.
pub(super) const MAX_ANCESTORS: usize = 20;
/// How many documents may lead to a post: a boost, its Create, the post.
const MAX_STEPS: usize = 3;

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
    let mut wanted = id.clone();
    for _ in 0..MAX_STEPS {
        match look(cx, &wanted, errand).await? {
            Seen::Post(note, author) => {
                let above = note.in_reply_to.clone();
                let post = cx.write_later(move |tx| admit(tx, &note, &author)).await?;
                return Ok((post, above));
            }
            Seen::Pointer(id) => wanted = id,
        }
        if let Some(known) = known(cx, &wanted).await? {
            return Ok((known, None));
        }
    }
    Err(Error::invalid("post", "is nothing to show"))
}

/// What was found where a post is said to be.
enum Seen {
    Post(Box<Note>, Box<Account>),
    /// An activity about this post.
    Pointer(ObjectId),
}

async fn look(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<Seen> {
    let document = errand.fetch(cx, id).await?;
    let object = Object::parse(&document.json)
        .map_err(|why| Error::invalid("post", format!("document cannot be read: {why}")))?;
    let note = match object {
        Object::Note(note) => note,
        _ => match published(&document) {
            Some(Reference::Embedded(note)) => note,
            Some(Reference::Id(id)) => return Ok(Seen::Pointer(id)),
            None => return Err(Error::invalid("post", "is nothing to show")),
        },
    };
    ownership::fetched_for(&note.id, &note.attributed_to)
        .map_err(|why| Error::invalid("post", why.to_string()))?;
    let author = account::obtain(cx, &note.attributed_to, Freshness::Known, errand).await?;
    Ok(Seen::Post(note, Box::new(author)))
}

/// What an activity publishes or boosts: the post itself, where the activity
/// lies at the post's own origin, else its id.
fn published(document: &Document) -> Option<Reference<Note>> {
    match Activity::parse(&document.json).ok()? {
        Activity::Create(create) => match create.object {
            Reference::Id(id) => Some(Reference::Id(id)),
            Reference::Embedded(object) => match *object {
                Object::Note(note) if Origin::of(&document.url).is_ok_and(|it| it == *note.id.origin()) => {
                    Some(Reference::Embedded(note))
                }
                object => ObjectId::parse(object.id()?).ok().map(Reference::Id),
            },
        },
        Activity::Announce(announce) => ObjectId::parse(announce.object_id()?).ok().map(Reference::Id),
        _ => None,
    }
}

async fn read(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<Box<Note>> {
    match look(cx, id, errand).await? {
        Seen::Post(note, _) => Ok(note),
        Seen::Pointer(_) => Err(Error::invalid("post", "is nothing to show")),
    }
}

/// Writes a fetched post under an id of the time it was published.
pub(crate) fn admit(tx: &mut Tx, note: &Note, author: &Account) -> Result<PostId> {
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
    let note = read(cx, id, errand).await?;
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
