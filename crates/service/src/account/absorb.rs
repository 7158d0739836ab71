//! An actor document becomes an account.

use crate::{Error, Result};
use activitypub::{Actor, ActorKind, KeyForm};
use domain::account::{Collections, Details, Emoji, Field, Flags, Pictures, Profile};
use domain::memo::Memo;
use domain::{Account, AccountId, AccountKind, AccountState, Event, Handle, Home, Inbox, ObjectId};
use serde_json::Value;
use store::Tx;
use store::account::Inserted;
use text::sanitise;
use url::Url;

/// Reads an actor document; whose id it is was checked by who fetched it.
pub fn document_of(json: &Value) -> Result<Actor> {
    Actor::parse(json).map_err(|why| Error::invalid("actor", format!("document cannot be read: {why}")))
}

/// Writes what an actor's own server says of it: profile, inboxes, keys. The
/// caller has the document from the actor's origin, or signed by the actor.
pub fn absorb(tx: &mut Tx, actor: &Actor) -> Result<Account> {
    if tx.names().is_ours(&ObjectId::from(actor.id.clone())) {
        return Err(Error::invalid("actor", "has an id of ours"));
    }
    tx.lock(&format!("actor {}", actor.id))?;
    let account = match store::account::by_actor(tx, &actor.id)? {
        Some(known) if known.state == AccountState::Deleted => return Err(Error::Gone("account")),
        Some(known) => refresh(tx, &known, actor)?,
        None => insert(tx, actor)?,
    };
    keep_keys(tx, &account, actor)?;
    Ok(account)
}

fn insert(tx: &mut Tx, actor: &Actor) -> Result<Account> {
    let id = AccountId(tx.id_at(actor.published.unwrap_or(tx.now())));
    let state = store::host_rule::of(tx, actor.id.host())?.state();
    let account = account_of(actor, id, state, first_handle(actor), tx.now())?;
    let rules = sanitise::RULES_VERSION;
    let now = tx.now();
    // The first of a name on its own host holds the handle until WebFinger says otherwise.
    if store::account::insert(tx, &account, Some(now), rules)? == Inserted::New {
        return Ok(account);
    }
    let account = Account { id: AccountId(tx.new_id()), ..account };
    if store::account::insert(tx, &account, None, rules)? == Inserted::New {
        return Ok(account);
    }
    store::account::by_actor(tx, &actor.id)?
        .ok_or_else(|| Error::Internal("an account neither new nor there".into()))
}

fn refresh(tx: &mut Tx, known: &Account, actor: &Actor) -> Result<Account> {
    let mut handle = known.handle.clone();
    if let Some(name) = &actor.preferred_username
        && !name.eq_ignore_ascii_case(&handle.name)
    {
        handle = first_handle(actor);
    }
    let renamed = handle != known.handle;
    let mut account = account_of(actor, known.id, known.state, handle, tx.now())?;
    account.created_at = known.created_at;
    store::account::update(tx, &account, sanitise::RULES_VERSION)?;
    if renamed {
        let now = tx.now();
        store::account::claim_handle(tx, account.id, &account.handle, now)?;
    }
    tx.tell(Event::Changed(account.id));
    Ok(account)
}

/// Until WebFinger has spoken, a handle is the name at the actor's own host:
/// a host cannot lie about itself.
fn first_handle(actor: &Actor) -> Handle {
    let fallback =
        || actor.id.as_str().rsplit('/').find(|part| !part.is_empty()).unwrap_or("unknown").to_owned();
    let name: String =
        actor.preferred_username.clone().filter(|name| !name.is_empty()).unwrap_or_else(fallback);
    let name: String =
        name.chars().filter(|c| c.is_alphanumeric() || "._-~+".contains(*c)).take(128).collect();
    let name = if is_mixed(&name) { name.chars().filter(|c| !is_foreign(*c)).collect() } else { name };
    Handle { name, domain: actor.id.host().clone() }
}

/// Latin letters among others pass for what they are not: `a` has a twin in
/// Cyrillic.
fn is_mixed(name: &str) -> bool {
    name.chars().any(|c| c.is_ascii_alphabetic()) && name.chars().any(is_foreign)
}

/// A letter beyond the Latin ones.
fn is_foreign(c: char) -> bool {
    c.is_alphabetic() && c > '\u{24f}'
}

/// An inbox in its one spelling, so that nothing goes there twice.
fn inbox(text: &str) -> Option<Inbox> {
    Inbox::parse(Url::parse(text).ok()?.as_str()).ok()
}

fn account_of(
    actor: &Actor,
    id: AccountId,
    state: AccountState,
    handle: Handle,
    now: domain::Timestamp,
) -> Result<Account> {
    let inbox =
        inbox(&actor.inbox).ok_or_else(|| Error::invalid("actor", "has an inbox that is no http(s) URL"))?;
    let shared_inbox = actor.shared_inbox.as_deref().and_then(self::inbox);
    Ok(Account {
        id,
        actor_id: actor.id.clone(),
        home: Home::Peer { inbox, shared_inbox },
        state,
        kind: kind_of(actor.kind),
        handle,
        profile: profile_of(actor),
        flags: Flags {
            locked: actor.manually_approves_followers,
            discoverable: actor.discoverable.unwrap_or(false),
            indexable: actor.indexable.unwrap_or(false),
            memorial: actor.memorial,
        },
        collections: Collections {
            followers: actor.followers.clone(),
            following: actor.following.clone(),
            outbox: actor.outbox.clone(),
            featured: actor.featured.clone(),
        },
        also_known_as: actor.also_known_as.iter().map(ToString::to_string).collect(),
        moved_to: actor.moved_to.clone(),
        created_at: actor.published.unwrap_or(now),
        fetched_at: now,
        shown: Memo::default(),
    })
}

const fn kind_of(kind: ActorKind) -> AccountKind {
    match kind {
        ActorKind::Person | ActorKind::Other => AccountKind::Person,
        ActorKind::Service => AccountKind::Service,
        ActorKind::Group => AccountKind::Group,
        ActorKind::Organization => AccountKind::Organization,
        ActorKind::Application => AccountKind::Application,
    }
}

fn profile_of(actor: &Actor) -> Profile {
    Profile {
        display_name: actor.name.as_deref().map(sanitise::plain_line).unwrap_or_default(),
        bio_html: actor.summary_html.as_deref().map(sanitise::bio).unwrap_or_default(),
        bio_source: String::new(),
        // Hosts in their one spelling, which hides no letter behind its twin.
        url: actor.url.as_deref().and_then(|url| Some(Url::parse(url).ok()?.into())),
        avatar_url: actor.icon_url.clone(),
        header_url: actor.image_url.clone(),
        pictures: Pictures {
            avatar_description: described(actor.icon_description.as_deref()),
            header_description: described(actor.image_description.as_deref()),
            ..Pictures::default()
        },
        details: Details {
            hides_collections: false,
            hides_media: actor.show_media == Some(false),
            hides_media_replies: actor.show_media_replies == Some(false),
            hides_featured: actor.show_featured == Some(false),
            attribution_domains: actor
                .attribution_domains
                .iter()
                .map(|it| sanitise::plain_line(it))
                .collect(),
        },
        fields: actor
            .fields
            .iter()
            .take(16)
            .map(|(name, value)| Field {
                name: sanitise::plain_line(name),
                value_html: sanitise::field(value),
                verified_at: None,
            })
            .collect(),
        emojis: emojis_of(&actor.emojis),
    }
}

fn described(words: Option<&str>) -> String {
    words.map(|words| sanitise::plain_line(words).chars().take(1500).collect()).unwrap_or_default()
}

/// Custom emoji of a document, as ours.
pub(crate) fn emojis_of(emojis: &[activitypub::note::Emoji]) -> Vec<Emoji> {
    emojis
        .iter()
        .map(|emoji| Emoji {
            shortcode: sanitise::plain_line(&emoji.shortcode),
            url: emoji.url.clone(),
            id: emoji.id.clone(),
        })
        .collect()
}

/// A key counts only where its owner's own document lists it, and where its id
/// lies on the owner's origin.
fn keep_keys(tx: &mut Tx, account: &Account, actor: &Actor) -> Result<()> {
    store::key::forget_peer(tx, account.id)?;
    for key in &actor.keys {
        let same_origin = ObjectId::parse(&key.id).is_ok_and(|id| id.origin() == account.actor_id.origin());
        if key.owner != account.actor_id.as_str() || !same_origin {
            continue;
        }
        let (KeyForm::Pem(text) | KeyForm::Multibase(text)) = &key.form;
        store::key::keep_peer(tx, &key.id, account.id, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// N20
    #[test]
    fn a_name_of_two_scripts_loses_the_one_that_poses_as_the_other() {
        assert!(
            is_mixed("\u{430}lice") && !is_mixed("alice") && !is_mixed("\u{430}\u{43b}\u{438}\u{441}\u{430}")
        );
        assert!(!is_mixed("k\u{e4}the") && !is_mixed("\u{82b1}\u{5b50}_2"));
    }
}
