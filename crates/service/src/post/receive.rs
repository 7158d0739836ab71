//! A peer's post arrives, or its change.

use super::content::{Named, kind_of, text_of};
use super::spread::{spread, spread_late};
use super::{linked, question};
use crate::arrival::{Arrival, Need, Outcome};
use crate::{Result, fingerprint, undone};
use activitypub::{Activity, Note, Object, Reference};
use domain::moderation::{Concern, HostRule, Verdict, verdict};
use domain::{Account, AccountId, Event, Post, PostId, Timestamp, Visibility, ownership};
use std::time::Duration;
use store::Tx;
use text::sanitise::RULES_VERSION;

/// So long after its publication a post may come by its Update first, and into
/// homes by what it answers.
const LATE: Duration = Duration::from_secs(12 * 3600);
/// The most answers that enter homes when what they answer comes.
const MAX_LATE: usize = 50;

/// A peer's actor publishes something (ActivityPub §7.2).
pub fn receive(tx: &mut Tx, arrival: &Arrival<'_>, object: &Reference<Object>) -> Result<Outcome> {
    let note = match object {
        Reference::Embedded(object) => match &**object {
            Object::Note(note) => note,
            other => {
                return Ok(Outcome::ignored(format!("nothing to show: {}", other.id().unwrap_or("no id"))));
            }
        },
        Reference::Id(id) => {
            if let Some(known) = store::post::id_by_object(tx, id)? {
                return welcome(tx, arrival.sender, known);
            }
            if undone::is(tx, arrival.sender, id.as_str())? {
                return Ok(Outcome::ignored("the post was deleted"));
            }
            if !concerns_us(tx, arrival)? {
                return Ok(Outcome::ignored("concerns nobody here"));
            }
            return Ok(fetch_it(arrival, id));
        }
    };
    if tx.names().is_ours(&note.id) {
        return Ok(Outcome::ignored("the post has an id of ours"));
    }
    if ownership::speaks_for(&arrival.sender.actor_id, &note.id, &note.attributed_to).is_err() {
        // Not the sender's to say: what its origin says counts.
        if store::post::id_by_object(tx, &note.id)?.is_some() {
            return Ok(Outcome::ignored("known already"));
        }
        if !concerns_us(tx, arrival)? {
            return Ok(Outcome::ignored("concerns nobody here"));
        }
        return Ok(fetch_it(arrival, &note.id));
    }
    take(tx, arrival, note)
}

fn fetch_it(arrival: &Arrival<'_>, id: &domain::ObjectId) -> Outcome {
    arrival.need(Need::Post(id.clone()), |why| Outcome::ignored(format!("the post could not be had: {why}")))
}

/// Whether anybody here follows the sender or is addressed by the activity.
fn concerns_us(tx: &mut Tx, arrival: &Arrival<'_>) -> Result<bool> {
    if store::follow::is_wanted_here(tx, arrival.sender.id)? {
        return Ok(true);
    }
    addresses_us(tx, arrival.activity)
}

/// Whether an activity is addressed to anybody here.
pub(super) fn addresses_us(tx: &mut Tx, activity: &Activity) -> Result<bool> {
    let ids: Vec<&str> = activity.audience().everyone().take(1000).collect();
    Ok(store::account::by_actors(tx, &ids)?.iter().any(Account::is_ours))
}

fn take(tx: &mut Tx, arrival: &Arrival<'_>, note: &Note) -> Result<Outcome> {
    if undone::is(tx, arrival.sender, note.id.as_str())? {
        return Ok(Outcome::ignored("the post was deleted"));
    }
    if let Some(known) = store::post::id_by_object(tx, &note.id)? {
        return welcome(tx, arrival.sender, known);
    }
    let named = Named::of(tx, note)?;
    let parent = match &note.in_reply_to {
        Some(id) => store::post::by_object(tx, id)?,
        None => None,
    };
    let concern = concern(tx, arrival.sender, &named, parent.as_ref())?;
    if verdict(HostRule::None, concern) != Verdict::Accept {
        let why = if concern.blocked { "policy: the author is blocked" } else { "concerns nobody here" };
        return Ok(Outcome::ignored(why));
    }
    let mut needs: Vec<Need> =
        named.unknown(&tx.names().clone(), note).into_iter().map(Need::Actor).collect();
    if let (Some(id), None) = (&note.in_reply_to, &parent)
        && !tx.names().is_ours(id)
        && store::tombstone::find(tx, id.as_str())?.is_none()
    {
        needs.push(Need::Post(id.clone()));
    }
    // Who or what cannot be had is done without.
    needs.retain(|need| arrival.lacking.why(need.id()).is_none());
    if !needs.is_empty() {
        return Ok(Outcome::Needs(needs));
    }
    let id = PostId(tx.new_id());
    let Some(post) = write(tx, note, arrival.sender, id, &named, parent.as_ref())? else {
        return Ok(Outcome::ignored("known already"));
    };
    let addressed = store::post::addressed(tx, post.id)?;
    spread(tx, &post, arrival.sender, &addressed)?;
    Ok(Outcome::Processed)
}

/// Under this number it is remembered that a post was fetched, and so shown to
/// nobody: its Create may still come.
pub(super) fn fetched(id: &domain::ObjectId) -> i64 {
    fingerprint::of(&format!("fetched {id}"))
}

/// The Create of a post that we have. Where the post was only fetched so far,
/// now is the time to show it to whom it is for.
pub(super) fn welcome(tx: &mut Tx, sender: &Account, id: PostId) -> Result<Outcome> {
    let Some(post) = store::post::find(tx, id)?.filter(|post| post.author_id == sender.id) else {
        return Ok(Outcome::ignored("known already"));
    };
    if !store::message::forget_seen(tx, fetched(&post.object_id))? {
        return Ok(Outcome::ignored("known already"));
    }
    let addressed = store::post::addressed(tx, post.id)?;
    spread(tx, &post, sender, &addressed)?;
    Ok(Outcome::Processed)
}

fn concern(tx: &mut Tx, author: &Account, named: &Named, parent: Option<&Post>) -> Result<Concern> {
    let ours: Vec<AccountId> = named.accounts().filter(|a| a.is_ours()).map(|a| a.id).collect();
    let blocking = store::block::blockers_among(tx, &ours, author.id)?;
    let answered_ours_blocks = match parent {
        Some(parent) => store::block::exists(tx, parent.author_id, author.id)?,
        None => false,
    };
    let followed = store::follow::is_wanted_here(tx, author.id)?;
    Ok(Concern {
        followed,
        addresses_us: ours.len() > blocking.len(),
        answers_known: parent.is_some_and(|parent| parent.visibility.is_open()) && !answered_ours_blocks,
        fetched: false,
        blocked: !followed && (answered_ours_blocks || !ours.is_empty() && ours.len() == blocking.len()),
    })
}

/// Writes a post that was received or fetched; `None` where it is there already.
pub(super) fn write(
    tx: &mut Tx,
    note: &Note,
    author: &Account,
    id: PostId,
    named: &Named,
    parent: Option<&Post>,
) -> Result<Option<Post>> {
    let now = tx.now();
    let published_at = note.published.unwrap_or(now).min(now);
    let post = Post {
        id,
        object_id: note.id.clone(),
        author_id: author.id,
        kind: kind_of(note),
        visibility: note.audience.visibility(author.collections.followers.as_deref()),
        text: text_of(&tx.names().clone(), note, named),
        url: note.url.clone(),
        in_reply_to: note.in_reply_to.clone(),
        in_reply_to_id: parent.map(|parent| parent.id),
        in_reply_to_account_id: parent.map(|parent| parent.answered_by(author.id)),
        conversation_id: parent.map_or(id, |parent| parent.conversation_id),
        published_at,
        edited_at: note.updated.filter(|updated| *updated > published_at).map(|updated| updated.min(now)),
        local_only: false,
    };
    if !store::post::insert(tx, &post, None, RULES_VERSION)? {
        return Ok(None);
    }
    let addressed: Vec<AccountId> = named.accounts().map(|a| a.id).filter(|id| *id != author.id).collect();
    file(tx, &post, &addressed)?;
    if let Some(poll) = question::of_note(note) {
        store::poll::insert(tx, post.id, &poll, None)?;
    }
    linked::file(tx, &post, linked::own_card(note).as_ref())?;
    Ok(Some(post))
}

/// Everything that hangs on a new post's row.
pub(super) fn file(tx: &mut Tx, post: &Post, addressed: &[AccountId]) -> Result<()> {
    store::post::address(tx, post.id, addressed)?;
    if !post.text.hashtags.is_empty() {
        store::post::set_hashtags(tx, post.id, &post.text.hashtags)?;
    }
    if post.visibility != Visibility::Direct {
        store::account::posted(tx, post.author_id, post.published_at)?;
    }
    if let Some(parent) = post.in_reply_to_id.filter(|_| post.visibility.is_open()) {
        store::post::add_counts(tx, parent, 1, 0, 0)?;
    }
    let since = domain::id::first_at(tx.now().minus(LATE).0);
    for child in store::post::adopt(tx, post)?.into_iter().filter(|child| child.0 >= since).take(MAX_LATE) {
        let Some(child) = store::post::find(tx, child)? else { continue };
        // What was only fetched is in nobody's home.
        if !store::message::is_seen(tx, fetched(&child.object_id))? {
            spread_late(tx, &child)?;
        }
    }
    Ok(())
}

/// A peer's actor changed a post (ActivityPub §7.3).
pub fn receive_update(tx: &mut Tx, arrival: &Arrival<'_>, object: &Object) -> Result<Outcome> {
    let Object::Note(note) = object else {
        return Ok(Outcome::ignored("nothing to show"));
    };
    let sender = &arrival.sender.actor_id;
    if let Err(why) = ownership::speaks_for(sender, &note.id, &note.attributed_to) {
        return Ok(Outcome::ignored(why.to_string()));
    }
    let Some(post) = store::post::by_object(tx, &note.id)? else {
        let age = note.published.map(|published| tx.now().since(published));
        return match age {
            // It may overtake its Create, as Mastodon's can.
            Some(age) if age < LATE => take(tx, arrival, note),
            _ => Ok(Outcome::ignored("the post is not known here")),
        };
    };
    let author = store::account::get(tx, post.author_id)?;
    change(tx, &post, &author, note)
}

/// Writes what a post says now. Who may see it does not change, nor what it answers.
pub(super) fn change(tx: &mut Tx, post: &Post, author: &Account, note: &Note) -> Result<Outcome> {
    if let Err(why) = ownership::may_change(&note.attributed_to, &author.actor_id) {
        return Ok(Outcome::ignored(why.to_string()));
    }
    let named = Named::of(tx, note)?;
    let text = text_of(&tx.names().clone(), note, &named);
    let now: Timestamp = tx.now();
    let (before, poll) = (store::poll::find(tx, post.id)?, question::of_note(note));
    // Only numbers, or the end: no edit, and nobody is told.
    let same_question = match (&before, &poll) {
        (Some(before), Some(poll)) if poll.asks_the_same(before) => {
            store::poll::recount(tx, post.id, poll)?;
            true
        }
        (None, None) => true,
        // Without a time of the edit it may be an older state.
        _ => note.updated.is_none(),
    };
    if text == post.text && same_question {
        return Ok(match poll {
            Some(_) => Outcome::Processed,
            None => Outcome::ignored("the text is the same"),
        });
    }
    let updated = note.updated.unwrap_or(now).min(now);
    if updated < post.published_at {
        return Ok(Outcome::ignored("the edit is older than the post"));
    }
    if !store::post::edit(tx, post, &text, updated, RULES_VERSION)? {
        return Ok(Outcome::ignored("a newer edit is known"));
    }
    if let Some(before) = &before {
        store::poll::keep_options(tx, post.id, &before.titles())?;
    }
    if !same_question {
        question::replace(tx, post, before.as_ref(), poll.as_ref())?;
    }
    store::post::set_hashtags(tx, post.id, &text.hashtags)?;
    let changed = Post { text: text.clone(), ..post.clone() };
    linked::file_again(tx, &changed, linked::own_card(note).as_ref())?;
    let mentioned: Vec<AccountId> = text.mentions.iter().map(|mention| mention.account_id).collect();
    super::change::name(tx, &changed, author, &mentioned)?;
    super::change::tell_boosters(tx, post)?;
    tx.tell(Event::Edited(post.id));
    Ok(Outcome::Processed)
}
