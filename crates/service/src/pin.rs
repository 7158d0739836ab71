//! Posts shown first on a profile, from both sides: Add and Remove with the
//! actor's `featured` collection as target, and the collection itself.

use crate::activity::{self, Sending};
use crate::arrival::{Arrival, Need, Outcome};
use crate::errand::Errand;
use crate::outbox::{Followers, Shared};
use crate::{Cx, Error, OrNotFound, Result, post, timeline};
use activitypub::render;
use activitypub::{Collection, Membership, PUBLIC, Reference};
use domain::{Account, AccountId, ObjectId, Post, PostId, PostView, Visibility};
use std::time::Duration;
use store::Tx;

/// The most posts one of ours can pin.
pub const MOST: i64 = 5;
/// The most pins of a peer's account that are kept.
const MOST_OF_PEERS: usize = 20;
/// How long what a peer's account pinned is believed.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// One of ours shows a post first on its profile. Twice is once.
pub fn pin(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let post = pinnable(tx, viewer, id)?;
    // Two clicks at once do not make six.
    tx.lock(&format!("pins {}", viewer.id))?;
    if store::pin::count(tx, viewer.id)? >= MOST {
        let pinned = store::pin::list(tx, viewer.id, Some(viewer.id), MOST + 1)?;
        if pinned.iter().any(|entry| entry.post_id == id) {
            return Ok(());
        }
        return Err(Error::invalid("You", "have already pinned the maximum number of posts"));
    }
    if store::pin::insert(tx, viewer.id, id)? {
        announce(tx, viewer, &post, Change::Add)?;
    }
    Ok(())
}

fn pinnable(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<Post> {
    let post = store::post::find(tx, id)?.or_not_found("post")?;
    if post.author_id != viewer.id {
        post::seen_by(tx, id, viewer)?;
        return Err(Error::invalid("Someone else's post", "cannot be pinned"));
    }
    if post.visibility == Visibility::Direct {
        return Err(Error::invalid("Posts", "that are only visible to mentioned users cannot be pinned"));
    }
    Ok(post)
}

/// One of ours takes a pinned post down.
pub fn unpin(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let post = store::post::find(tx, id)?.or_not_found("post")?;
    if store::pin::remove(tx, viewer.id, id)? {
        announce(tx, viewer, &post, Change::Remove)?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Add,
    Remove,
}

/// Tells followers' servers, of what they may know of.
fn announce(tx: &mut Tx, viewer: &Account, post: &Post, change: Change) -> Result<()> {
    let Some(featured) =
        viewer.collections.featured.clone().filter(|_| post.visibility.is_open() && !post.local_only)
    else {
        return Ok(());
    };
    let minted = activity::mint(tx, viewer);
    let followers: Vec<String> = viewer.collections.followers.clone().into_iter().collect();
    let envelope = minted.envelope.clone().to(vec![PUBLIC.to_owned()], followers);
    let (kind, json) = match change {
        Change::Add => ("Add", render::add(&envelope, &post.object_id, &featured)),
        Change::Remove => ("Remove", render::remove(&envelope, &post.object_id, &featured)),
    };
    let order = [post.object_id.as_str()];
    let sending = Sending {
        kind,
        object: post.object_id.as_str(),
        to: &[],
        followers: Followers::All,
        shared: Shared::Broadcast,
        is_open: true,
        order: &order,
    };
    activity::send(tx, viewer, &minted, &json, &sending)?;
    Ok(())
}

/// What an account pinned, as far as the viewer may see it, the newest pin first.
pub fn of(tx: &mut Tx, viewer: Option<AccountId>, account: AccountId) -> Result<Vec<PostView>> {
    let most = i64::try_from(MOST_OF_PEERS).unwrap_or(MOST);
    let entries = store::pin::list(tx, account, viewer, most)?;
    let entries: Vec<_> = entries.into_iter().map(|entry| entry.post_id.into()).collect();
    timeline::dress(tx, viewer, &entries)
}

/// A peer's actor pins a post of its own.
pub fn receive_add(tx: &mut Tx, arrival: &Arrival<'_>, add: &Membership) -> Result<Outcome> {
    let sender = arrival.sender;
    if sender.collections.featured.as_deref() != Some(add.target.as_str()) {
        return Ok(Outcome::ignored("adds to no collection of pinned posts"));
    }
    let Some(post) = store::post::by_object(tx, &add.object)? else {
        if !store::follow::is_wanted_here(tx, sender.id)? {
            return Ok(Outcome::ignored("nobody here follows who pins"));
        }
        if tx.names().is_ours(&add.object) || add.object.origin() != sender.actor_id.origin() {
            return Ok(Outcome::ignored("pins another's post"));
        }
        return Ok(arrival.need(Need::Post(add.object.clone()), |why| {
            Outcome::ignored(format!("the pinned post could not be had: {why}"))
        }));
    };
    if post.author_id != sender.id {
        return Ok(Outcome::ignored("pins another's post"));
    }
    if usize::try_from(store::pin::count(tx, sender.id)?).unwrap_or(0) >= MOST_OF_PEERS {
        return Ok(Outcome::ignored("pins more than is kept"));
    }
    if store::pin::insert(tx, sender.id, post.id)? {
        Ok(Outcome::Processed)
    } else {
        Ok(Outcome::ignored("pinned already"))
    }
}

/// A peer's actor takes a pinned post down.
pub fn receive_remove(tx: &mut Tx, sender: &Account, remove: &Membership) -> Result<Outcome> {
    if sender.collections.featured.as_deref() != Some(remove.target.as_str()) {
        return Ok(Outcome::ignored("removes from no collection of pinned posts"));
    }
    let pinned = store::post::id_by_object(tx, &remove.object)?;
    match pinned.map(|id| store::pin::remove(tx, sender.id, id)).transpose()? {
        Some(true) => Ok(Outcome::Processed),
        _ => Ok(Outcome::ignored("was not pinned")),
    }
}

/// Asks in the background what a peer's account pinned, where that was not
/// asked for a day. Who looks at the profile meanwhile sees what we know.
pub fn learn_later(cx: &Cx, account: AccountId) {
    // Where too many questions are under way it is left for the next look.
    let Ok(permit) = cx.confirmations.0.clone().try_acquire_owned() else { return };
    let cx = cx.clone();
    tokio::spawn(async move {
        let _permit = permit;
        if let Err(error) = Box::pin(learn(&cx, account)).await {
            tracing::debug!(%account, %error, "pinned posts could not be had");
        }
    });
}

/// Asks what a peer's account pinned, where that was not asked for a day.
pub async fn learn(cx: &Cx, id: AccountId) -> Result<()> {
    let due = cx.read(move |tx| {
        let before = tx.now().minus(FRESH);
        Ok(store::pin::is_due(tx, id, before)?)
    });
    if !due.await? {
        return Ok(());
    }
    let claimed = cx.write_later(move |tx| {
        let before = tx.now().minus(FRESH);
        let claimed = store::pin::claim_asking(tx, id, before)?;
        Ok(if claimed { store::account::find(tx, id)? } else { None })
    });
    let Some(account) = claimed.await? else { return Ok(()) };
    let Some(featured) = account.collections.featured.as_deref().and_then(|url| ObjectId::parse(url).ok())
    else {
        return Ok(());
    };
    if featured.origin() != account.actor_id.origin() {
        return Ok(());
    }
    let errand = Errand::new(cx, None);
    let mut posts = Vec::new();
    for item in listed(cx, &featured, &errand).await? {
        if item.origin() != account.actor_id.origin() {
            continue;
        }
        match post::obtain(cx, &item, &errand).await {
            Ok(post) => posts.push(post),
            Err(error) => tracing::debug!(%item, %error, "a pinned post could not be had"),
        }
    }
    // The collection begins with what was pinned last.
    posts.reverse();
    cx.write_later(move |tx| keep(tx, &account, &posts)).await
}

/// The ids in a collection, with those of its first page.
async fn listed(cx: &Cx, id: &ObjectId, errand: &Errand) -> Result<Vec<ObjectId>> {
    errand.forget(cx, id).await;
    let document = errand.fetch(cx, id).await?;
    let invalid = |why: activitypub::ParseError| Error::invalid("collection", why.to_string());
    let whole = Collection::parse(&document.json).map_err(invalid)?;
    let page = match &whole.first {
        _ if !whole.items.is_empty() => None,
        Some(Reference::Embedded(page)) => Some((**page).clone()),
        Some(Reference::Id(page)) => {
            Some(Collection::parse(&errand.fetch(cx, page).await?.json).map_err(invalid)?)
        }
        None => None,
    };
    let page = page.unwrap_or(whole);
    Ok(page.ids().filter_map(|id| ObjectId::parse(id).ok()).take(MOST_OF_PEERS).collect())
}

fn keep(tx: &mut Tx, account: &Account, posts: &[PostId]) -> Result<()> {
    store::pin::keep_only(tx, account.id, posts)?;
    for id in posts {
        if store::post::find(tx, *id)?.is_some_and(|post| post.author_id == account.id) {
            store::pin::insert(tx, account.id, *id)?;
        }
    }
    Ok(())
}

/// What is pinned for everyone to see, as it stands in the `featured`
/// collection: whole, since peers do not fetch each.
pub(crate) fn documents(tx: &mut Tx, account: &Account) -> Result<Vec<serde_json::Value>> {
    let mut documents = Vec::new();
    for (id, _) in store::pin::open(tx, account.id, MOST)? {
        let post = store::post::find(tx, id)?.or_not_found("post")?;
        documents.push(crate::documents::note(tx, &post, account)?);
    }
    Ok(documents)
}
