//! Boosts, from both sides (ActivityPub §6.11 and §7.11).

use crate::activity::{self, Sending};
use crate::arrival::{Arrival, Need, Outcome};
use crate::notify::{self, News};
use crate::outbox::{Followers, Shared};
use crate::{Error, OrNotFound, Result, documents, list, post, undone};
use activitypub::announce::Announced;
use activitypub::render;
use activitypub::{Activity, Announce, Object};
use domain::notification::{About, NotificationKind};
use domain::visibility::{Standing, may_boost};
use domain::{Account, AccountId, BoostId, Event, ObjectId, Post, PostId, Visibility, ownership};
use store::Tx;
use store::boost::Boost;
use store::timeline::{self, Entry};

/// A boost of what stands among so many newer ids is not shown again: an hour's worth.
const AGAIN_AFTER_MS: i64 = 3_600_000;

fn news(to: AccountId, from: AccountId, id: PostId) -> News {
    News { to, kind: NotificationKind::Boost, from, about: About::Post(id) }
}

/// What a viewer is to a boost: its booster is its author, and whose post it
/// is is addressed.
pub(crate) fn standing(
    tx: &mut Tx,
    boost: &Boost,
    post: &Post,
    viewer: Option<AccountId>,
) -> Result<Standing> {
    let Some(viewer) = viewer else { return Ok(Standing::STRANGER) };
    let booster = boost.account_id;
    Ok(Standing {
        is_author: viewer == booster,
        follows: store::follow::find(tx, viewer, booster)?.is_some_and(|follow| follow.accepted),
        addressed: viewer == post.author_id,
        blocked: store::block::either(tx, viewer, booster)?,
    })
}

/// One of ours shows a post to its followers. Twice is once.
pub fn boost(tx: &mut Tx, viewer: &Account, id: PostId, visibility: Visibility) -> Result<Boost> {
    let (boosted, author) = post::seen_by(tx, id, viewer)?;
    let standing = store::post::standing(tx, &boosted, Some(viewer.id))?;
    if !may_boost(boosted.visibility, standing) {
        return Err(Error::Forbidden("this post may not be shown to more people"));
    }
    if let Some(there) = store::boost::find(tx, viewer.id, id)? {
        return Ok(there);
    }
    let boost = mine(tx, viewer, &boosted, visibility);
    if !store::boost::insert(tx, &boost)? {
        return store::boost::find(tx, viewer.id, id)?.or_not_found("boost");
    }
    spread(tx, viewer, &boost, &boosted, &author)?;
    if boosted.local_only {
        return Ok(boost);
    }
    let json = documents::announce(tx, &boost, viewer, &boosted)?;
    let to: &[&Account] = if author.is_ours() { &[] } else { &[&author] };
    let order = [viewer.actor_id.as_str(), boosted.object_id.as_str()];
    let sending = sending("Announce", to, boost.visibility, &order);
    activity::post(tx, viewer, boost.activity_id.as_str(), &json, &sending)?;
    Ok(boost)
}

fn mine(tx: &mut Tx, viewer: &Account, boosted: &Post, visibility: Visibility) -> Boost {
    let id = BoostId(tx.new_id());
    let activity_id = format!("{}/activity", tx.names().post(&viewer.actor_id, id.into()));
    Boost {
        id,
        activity_id: ObjectId::parse(&activity_id).expect("an id with a path added is an id"),
        account_id: viewer.id,
        post_id: boosted.id,
        // A boost is seen by no more people than the post, and is never direct.
        visibility: match boosted.visibility {
            Visibility::Public | Visibility::Unlisted => visibility.min(Visibility::Followers),
            Visibility::Followers | Visibility::Direct => Visibility::Followers,
        },
        created_at: tx.now(),
    }
}

/// `order`: the booster and the post.
fn sending<'a>(
    kind: &'a str,
    to: &'a [&'a Account],
    visibility: Visibility,
    order: &'a [&'a str; 2],
) -> Sending<'a> {
    Sending {
        kind,
        object: order[1],
        to,
        followers: Followers::All,
        shared: Shared::Broadcast,
        is_open: visibility.is_open(),
        order,
    }
}

/// Shows a boost to who here follows the booster, and tells the author.
fn spread(tx: &mut Tx, booster: &Account, boost: &Boost, boosted: &Post, author: &Account) -> Result<()> {
    let mut followers = store::follow::local_followers(tx, booster.id)?;
    post::leave_out_averse(tx, boosted, &mut followers)?;
    let mut owners: Vec<AccountId> = followers
        .iter()
        .filter(|follower| follower.shows_boosts && follower.reads(boosted.text.language.as_deref()))
        .map(|follower| follower.account_id)
        .collect();
    let since = domain::id::first_at(tx.now().0 - AGAIN_AFTER_MS);
    let having = timeline::having(tx, &owners, boosted.id, since)?;
    let blocking = store::block::apart(tx, &owners, author.id)?;
    owners.retain(|owner| !blocking.contains(owner) && *owner != author.id);
    let entry = Entry { id: boost.id.0, post_id: boosted.id, boost_id: Some(boost.id) };
    let elsewhere = list::spread_boost(tx, entry, booster.id, &owners.iter().copied().collect(), since)?;
    owners.retain(|owner| !having.contains(owner) && !elsewhere.contains(owner));
    if booster.is_ours() {
        owners.push(booster.id);
    }
    timeline::push(tx, &owners, entry, booster.id)?;
    tell_author(tx, boost, author)?;
    tx.tell(Event::Boosted(boost.id));
    Ok(())
}

fn tell_author(tx: &mut Tx, boost: &Boost, author: &Account) -> Result<()> {
    if author.is_ours() {
        notify::tell(tx, &news(author.id, boost.account_id, boost.post_id))?;
    }
    Ok(())
}

/// One of ours takes a boost back, also of a post it may not see any more.
pub fn undo(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let Some(boost) = store::boost::find(tx, viewer.id, id)? else {
        return post::seen_by(tx, id, viewer).map(drop);
    };
    let (boosted, author) = post::whole(tx, id)?;
    store::boost::remove(tx, &boost)?;
    notify::retract(tx, &news(author.id, viewer.id, id))?;
    if boosted.local_only {
        return Ok(());
    }
    let minted = activity::mint(tx, viewer);
    let announce = documents::announce(tx, &boost, viewer, &boosted)?;
    let json = render::undo(&minted.envelope, announce);
    let to: &[&Account] = if author.is_ours() { &[] } else { &[&author] };
    let order = [viewer.actor_id.as_str(), boosted.object_id.as_str()];
    activity::send(tx, viewer, &minted, &json, &sending("Undo", to, boost.visibility, &order))?;
    Ok(())
}

/// A peer's actor boosts a post, or a group hands on what was posted in it.
pub fn receive(tx: &mut Tx, arrival: &Arrival<'_>, announce: &Announce) -> Result<Outcome> {
    let sender = arrival.sender;
    let object = match &announce.object {
        Announced::Id(id) => id.clone(),
        // What is embedded is hearsay: its id leads to its origin.
        Announced::Object(object) => match object.id().map(ObjectId::parse) {
            Some(Ok(id)) => id,
            _ => return Ok(Outcome::ignored("announces something without an id")),
        },
        Announced::Activity(inner) => match group_post(inner) {
            Some(id) => id,
            None => {
                return Ok(Outcome::ignored(format!("nothing is done about an announced {}", inner.kind())));
            }
        },
    };
    if let Some(id) = &announce.id
        && undone::is(tx, sender, id)?
    {
        return Ok(Outcome::ignored("this boost was taken back"));
    }
    let known = match store::post::by_object(tx, &object)? {
        None => match arrival.lacking.post(object.as_str()) {
            // The id was that of its Create.
            Some(had) => store::post::find(tx, had)?,
            None => own(tx, arrival, announce)?,
        },
        known => known,
    };
    let Some(boosted) = known else {
        return unknown(tx, arrival, object);
    };
    let author = store::account::get(tx, boosted.author_id)?;
    if !author.is_ours() && !store::follow::is_wanted_here(tx, sender.id)? {
        return Ok(Outcome::ignored("nobody here follows the booster"));
    }
    take(tx, sender, announce, &boosted, &author)
}

/// What somebody boosts of their own comes along where others cannot fetch it:
/// of them it is believed (Mastodon, of posts for followers).
fn own(tx: &mut Tx, arrival: &Arrival<'_>, announce: &Announce) -> Result<Option<Post>> {
    let Announced::Object(object) = &announce.object else { return Ok(None) };
    let Object::Note(note) = &**object else { return Ok(None) };
    let sender = arrival.sender;
    let visibility = note.audience.visibility(sender.collections.followers.as_deref());
    if visibility == Visibility::Direct
        || ownership::speaks_for(&sender.actor_id, &note.id, &note.attributed_to).is_err()
        || undone::is(tx, sender, note.id.as_str())?
        || !store::follow::is_wanted_here(tx, sender.id)?
    {
        return Ok(None);
    }
    let id = post::admit(tx, note, sender)?;
    Ok(store::post::find(tx, id)?)
}

/// A group announces the Create of what its members post (FEP-1b12); we show
/// it as its boost.
fn group_post(inner: &Activity) -> Option<ObjectId> {
    match inner {
        Activity::Create(create) => ObjectId::parse(create.object_id()?).ok(),
        _ => None,
    }
}

fn unknown(tx: &mut Tx, arrival: &Arrival<'_>, object: ObjectId) -> Result<Outcome> {
    if tx.names().is_ours(&object) || store::tombstone::find(tx, object.as_str())?.is_some() {
        return Ok(Outcome::ignored("the boosted post is gone"));
    }
    if !store::follow::is_wanted_here(tx, arrival.sender.id)? {
        return Ok(Outcome::ignored("nobody here follows the booster"));
    }
    Ok(arrival.need(Need::Post(object), |why| {
        Outcome::ignored(format!("the boosted post could not be had: {why}"))
    }))
}

fn take(
    tx: &mut Tx,
    sender: &Account,
    announce: &Announce,
    boosted: &Post,
    author: &Account,
) -> Result<Outcome> {
    let standing = store::post::standing(tx, boosted, Some(sender.id))?;
    if !may_boost(boosted.visibility, standing) {
        return Ok(Outcome::ignored("policy: the post may not be shown to more people"));
    }
    let id = BoostId(tx.new_id());
    let activity_id = announce.id.as_deref().and_then(|id| ObjectId::parse(id).ok());
    let fallback = || ObjectId::parse(&format!("{}#boosts/{id}", sender.actor_id));
    let Some(activity_id) = activity_id.or_else(|| fallback().ok()) else {
        return Ok(Outcome::ignored("the boost has no id"));
    };
    let visibility =
        announce.audience.visibility(sender.collections.followers.as_deref()).max(boosted.visibility);
    let boost = Boost {
        id,
        activity_id,
        account_id: sender.id,
        post_id: boosted.id,
        visibility,
        created_at: announce.published.unwrap_or(tx.now()).min(tx.now()),
    };
    if !store::boost::insert(tx, &boost)? {
        return Ok(Outcome::ignored("boosts the post already"));
    }
    if visibility == Visibility::Direct {
        // For nobody in particular, or for whom we do not know: it counts, and
        // the author may know of it.
        tell_author(tx, &boost, author)?;
    } else {
        spread(tx, sender, &boost, boosted, author)?;
    }
    Ok(Outcome::Processed)
}

/// A peer's actor takes a boost back, by the Announce's id or by its object.
pub fn receive_undo(
    tx: &mut Tx,
    sender: &Account,
    id: Option<&str>,
    object: Option<&str>,
) -> Result<Outcome> {
    if let Some(id) = id {
        undone::bury(tx, sender, id, Some("Announce"))?;
        if let Some(outcome) = receive_undo_by_id(tx, sender, id)? {
            return Ok(outcome);
        }
    }
    let boosted = match object.map(ObjectId::parse) {
        Some(Ok(object)) => store::post::id_by_object(tx, &object)?,
        _ => None,
    };
    match boosted {
        Some(boosted) => match store::boost::find(tx, sender.id, boosted)? {
            Some(boost) => take_back(tx, &boost),
            None => Ok(Outcome::ignored("did not boost the post")),
        },
        None => Ok(Outcome::ignored("the post is not known here")),
    }
}

/// The same, where only the boost's id is named.
pub fn receive_undo_by_id(tx: &mut Tx, sender: &Account, id: &str) -> Result<Option<Outcome>> {
    let Some(boost) = store::boost::by_activity(tx, id)?.filter(|boost| boost.account_id == sender.id) else {
        return Ok(None);
    };
    undone::bury(tx, sender, id, Some("Announce"))?;
    take_back(tx, &boost).map(Some)
}

fn take_back(tx: &mut Tx, boost: &Boost) -> Result<Outcome> {
    store::boost::remove(tx, boost)?;
    if let Some(boosted) = store::post::find(tx, boost.post_id)? {
        notify::retract(tx, &news(boosted.author_id, boost.account_id, boosted.id))?;
    }
    Ok(Outcome::Processed)
}
