//! Accounts change and go, ours and those of peers.

use super::absorb::absorb;
use crate::activity::{self, Sending};
use crate::arrival::{Arrival, Need, Outcome};
use crate::media::Portrait;
use crate::outbox::{Followers, Shared};
use crate::{Error, Result, documents, follow, media};
use activitypub::{Actor, render};
use domain::account::{Details, MAX_BIO, MAX_DISPLAY_NAME, Profile};
use domain::media::MAX_DESCRIPTION;
use domain::{Account, AccountId, AccountState, Event, Host};
use store::Tx;
use store::tombstone::{self, Grave};
use text::sanitise::{self, RULES_VERSION};

/// A peer's actor changed its profile or keys (ActivityPub §7.3). The signer is
/// the actor, so the document stands as it came.
pub fn receive_update(tx: &mut Tx, sender: &Account, actor: &Actor) -> Result<Outcome> {
    if actor.id != sender.actor_id {
        return Ok(Outcome::ignored("only an actor itself can change its profile"));
    }
    absorb(tx, actor)?;
    Ok(Outcome::Processed)
}

/// An Update that names its own actor only: its document is asked for anew.
pub fn refetch(arrival: &Arrival<'_>) -> Outcome {
    let actor = &arrival.sender.actor_id;
    if arrival.lacking.was_had(actor.as_str()) {
        return Outcome::Processed;
    }
    arrival.need(Need::Profile(actor.clone()), |why| {
        Outcome::ignored(format!("the profile could not be had: {why}"))
    })
}

/// A peer's actor is gone. Deleting is a state first; its posts go by and by.
pub fn receive_delete(tx: &mut Tx, sender: &Account) -> Result<Outcome> {
    store::account::set_state(tx, sender.id, AccountState::Deleted)?;
    store::key::forget_peer(tx, sender.id)?;
    tombstone::bury(
        tx,
        sender.actor_id.as_str(),
        sender.actor_id.as_str(),
        Some(sender.kind.as_str()),
        Grave::Open,
    )?;
    tx.tell(Event::Changed(sender.id));
    Ok(Outcome::Processed)
}

/// What an owner changes of a profile; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Shown as the name.
    pub display_name: Option<String>,
    /// As typed.
    pub bio: Option<String>,
    /// Approves followers by hand.
    pub locked: Option<bool>,
    /// Wishes to be found.
    pub discoverable: Option<bool>,
    /// Public posts may be searched.
    pub indexable: Option<bool>,
    /// A bot.
    pub bot: Option<bool>,
    /// Lines of the profile, name and value as typed.
    pub fields: Option<Vec<(String, String)>>,
    /// Tells nobody whom it follows and who follows it.
    pub hide_collections: Option<bool>,
    /// The profile shows media.
    pub show_media: Option<bool>,
    /// It shows media of answers.
    pub show_media_replies: Option<bool>,
    /// It shows what is featured.
    pub show_featured: Option<bool>,
    /// Sites that may name it as the author of their pages.
    pub attribution_domains: Option<Vec<String>>,
    /// The picture.
    pub avatar: Option<PictureChange>,
    /// The wide picture.
    pub header: Option<PictureChange>,
    /// What the picture shows.
    pub avatar_description: Option<String>,
    /// What the wide picture shows.
    pub header_description: Option<String>,
}

/// What becomes of a picture of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureChange {
    /// It goes.
    Remove,
    /// This takes its place.
    Set(Portrait),
}

/// The most sites that may name an account.
const MAX_ATTRIBUTION_DOMAINS: usize = 10;

fn details(details: &mut Details, change: &ProfileChange) -> Result<()> {
    let set = |switch: &mut bool, hide: Option<bool>| *switch = hide.unwrap_or(*switch);
    set(&mut details.hides_collections, change.hide_collections);
    set(&mut details.hides_media, change.show_media.map(|show| !show));
    set(&mut details.hides_media_replies, change.show_media_replies.map(|show| !show));
    set(&mut details.hides_featured, change.show_featured.map(|show| !show));
    if let Some(sites) = &change.attribution_domains {
        let typed: Vec<&str> = sites.iter().map(|site| site.trim()).filter(|site| !site.is_empty()).collect();
        if typed.len() > MAX_ATTRIBUTION_DOMAINS {
            return Err(Error::invalid("Attribution domains", "are too many (maximum is 10)"));
        }
        let mut read = Vec::new();
        for site in typed {
            let site =
                site.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
            let host = Host::parse(site)
                .map_err(|_| Error::invalid("Attribution domains", "are not valid domain names"))?;
            read.push(host.to_string());
        }
        read.dedup();
        details.attribution_domains = read;
    }
    Ok(())
}

/// A profile is read and written whole: one change at a time.
pub(super) fn lock(tx: &mut Tx, id: AccountId) -> Result<()> {
    Ok(tx.lock(&format!("profile {id}"))?)
}

/// One of ours changes its profile; followers' servers are told.
pub fn update_local(tx: &mut Tx, id: AccountId, change: &ProfileChange) -> Result<Account> {
    lock(tx, id)?;
    let mut account = store::account::get(tx, id)?;
    let was_locked = account.flags.locked;
    apply(tx, &mut account, change)?;
    crate::emoji::find_in_profile(tx, &mut account)?;
    account.fetched_at = tx.now();
    store::account::update(tx, &account, RULES_VERSION)?;
    tx.tell(Event::Changed(id));
    tell_followers(tx, &account)?;
    if was_locked && !account.flags.locked {
        follow::authorize_waiting(tx, &account)?;
    }
    Ok(account)
}

/// The Update of an account's document.
fn tell_followers(tx: &mut Tx, account: &Account) -> Result<()> {
    let minted = activity::mint(tx, account);
    let json = documents::update_actor(tx, account, &minted.envelope.id)?;
    activity::send(
        tx,
        account,
        &minted,
        &json,
        &to_followers("Update", account, &[account.actor_id.as_str()]),
    )?;
    Ok(())
}

fn to_followers<'a>(kind: &'a str, account: &'a Account, order: &'a [&'a str]) -> Sending<'a> {
    Sending {
        kind,
        object: account.actor_id.as_str(),
        to: &[],
        followers: Followers::All,
        shared: Shared::Broadcast,
        is_open: true,
        order,
    }
}

fn apply(tx: &mut Tx, account: &mut Account, change: &ProfileChange) -> Result<()> {
    let profile: &mut Profile = &mut account.profile;
    if let Some(name) = &change.display_name {
        let name = sanitise::plain_line(name);
        if name.chars().count() > MAX_DISPLAY_NAME {
            return Err(Error::invalid("display_name", "is longer than 100 characters"));
        }
        profile.display_name = name;
    }
    if let Some(bio) = &change.bio {
        if bio.chars().count() > MAX_BIO {
            return Err(Error::invalid("note", "is longer than 2000 characters"));
        }
        let names = tx.names().clone();
        let around = text::Around { names: &names, resolve: &|_| None };
        profile.bio_html = text::format::plain(bio, &around).html;
        profile.bio_source.clone_from(bio);
    }
    if let Some(fields) = &change.fields {
        let before = std::mem::take(&mut profile.fields);
        profile.fields = super::fields(tx, fields)?;
        for field in &mut profile.fields {
            // What was proven stays so while the line says the same.
            let same = before.iter().find(|old| old.value_html == field.value_html);
            field.verified_at = same.and_then(|old| old.verified_at);
        }
    }
    details(&mut profile.details, change)?;
    pictures(tx, profile, change)?;
    let flags = &mut account.flags;
    flags.locked = change.locked.unwrap_or(flags.locked);
    flags.discoverable = change.discoverable.unwrap_or(flags.discoverable);
    flags.indexable = change.indexable.unwrap_or(flags.indexable);
    if let Some(bot) = change.bot {
        account.kind = if bot { domain::AccountKind::Service } else { domain::AccountKind::Person };
    }
    Ok(())
}

/// One of ours is shut out: followers' servers are told, its posts are not shown.
pub fn suspend_local(tx: &mut Tx, id: AccountId) -> Result<()> {
    store::account::set_state(tx, id, AccountState::Suspended)?;
    let mut account = store::account::get(tx, id)?;
    account.fetched_at = tx.now();
    tx.tell(Event::Changed(id));
    tell_followers(tx, &account)
}

fn pictures(tx: &mut Tx, profile: &mut Profile, change: &ProfileChange) -> Result<()> {
    let known = &mut profile.pictures;
    if let Some(avatar) = &change.avatar {
        exchange(tx, &mut profile.avatar_url, &mut known.avatar_static_url, avatar)?;
        known.avatar_description.clear();
    }
    if let Some(header) = &change.header {
        exchange(tx, &mut profile.header_url, &mut known.header_static_url, header)?;
        known.header_description.clear();
    }
    for (words, known) in [
        (&change.avatar_description, &mut known.avatar_description),
        (&change.header_description, &mut known.header_description),
    ] {
        let Some(words) = words else { continue };
        if words.chars().count() > MAX_DESCRIPTION {
            return Err(Error::invalid("description", "is longer than 1500 characters"));
        }
        *known = sanitise::plain_line(words);
    }
    Ok(())
}

/// A picture takes the place of another, whose files go.
fn exchange(
    tx: &mut Tx,
    url: &mut Option<String>,
    still: &mut Option<String>,
    change: &PictureChange,
) -> Result<()> {
    let names = tx.names().clone();
    for old in [url.take(), still.take()].iter().flatten() {
        media::doom(tx, old)?;
    }
    if let PictureChange::Set(portrait) = change {
        media::claim(tx, portrait)?;
        *url = Some(names.file(&portrait.main));
        *still = portrait.still.as_deref().map(|name| names.file(name));
    }
    Ok(())
}

/// One of ours is deleted: its followers' servers are told, and by and by all
/// others that may have seen it; its name stays taken.
pub fn delete_local(tx: &mut Tx, id: AccountId) -> Result<()> {
    let account = store::account::get(tx, id)?;
    let minted = activity::mint(tx, &account);
    let envelope = minted.envelope.clone().to(vec![activitypub::PUBLIC.to_owned()], Vec::new());
    let json = render::delete_actor(&envelope);
    activity::send(
        tx,
        &account,
        &minted,
        &json,
        &to_followers("Delete", &account, &[account.actor_id.as_str()]),
    )?;
    media::leave(tx, &account)?;
    store::account::set_state(tx, id, AccountState::Deleted)?;
    tombstone::bury(
        tx,
        account.actor_id.as_str(),
        account.actor_id.as_str(),
        Some(account.kind.as_str()),
        Grave::Open,
    )?;
    tx.tell(Event::Changed(id));
    Ok(())
}
