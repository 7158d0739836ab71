//! Our actors as documents (ActivityPub §4.1).

use crate::keys::{ed25519_key_id, key_id};
use crate::{Error, Result};
use activitypub::render::{self, ActorDocument, Envelope, HashtagLink, Picture, PublicKey};
use activitypub::{ActorKind, PUBLIC};
use domain::{Account, AccountKind, AccountState, Names};
use serde_json::Value;
use store::Tx;

/// The document of an account of ours, with its public keys.
pub fn actor(tx: &mut Tx, account: &Account) -> Result<Value> {
    let keys = store::key::public(tx, account.id)?;
    let key = |algorithm: &str| keys.iter().find(|(name, _)| name == algorithm).map(|(_, text)| text.clone());
    let rsa = key("rsa").ok_or_else(|| Error::Internal(format!("account {} has no RSA key", account.id)))?;
    let document = ActorDocument {
        rsa_key: PublicKey { id: key_id(&account.actor_id), text: rsa },
        ed25519_key: key("ed25519").map(|text| PublicKey { id: ed25519_key_id(&account.actor_id), text }),
        ..bare(tx, account)
    };
    Ok(render::actor(&document))
}

/// The Update that tells everyone of a changed account of ours.
pub fn update_actor(tx: &mut Tx, account: &Account, activity_id: &str) -> Result<Value> {
    let document = actor(tx, account)?;
    let followers = account.collections.followers.clone();
    let envelope = Envelope::new(activity_id, account.actor_id.clone())
        .to(vec![PUBLIC.to_owned()], followers.into_iter().collect())
        .at(account.fetched_at);
    Ok(render::update(&envelope, document))
}

/// The document without its keys. A suspended account says nothing of itself;
/// its keys and inbox stay, so that what it sent can still be checked.
fn bare(tx: &Tx, account: &Account) -> ActorDocument {
    let suspended = account.state == AccountState::Suspended;
    // The server itself neither follows nor is followed.
    let is_server = account.actor_id == tx.names().instance_actor();
    let under = |part: &str| format!("{}/{part}", account.actor_id);
    let named = |url: &Option<String>| url.clone().filter(|_| !is_server);
    let silent = Account { profile: domain::account::Profile::default(), ..account.clone() };
    let shown = if suspended { &silent } else { account };
    ActorDocument {
        id: account.actor_id.clone(),
        kind: kind(account.kind),
        preferred_username: account.handle.name.clone(),
        name: shown.shown_name().to_owned(),
        summary_html: shown.profile.bio_html.clone(),
        url: account.profile.url.clone(),
        inbox: under("inbox"),
        outbox: account.collections.outbox.clone().unwrap_or_else(|| under("outbox")),
        followers: named(&account.collections.followers),
        following: named(&account.collections.following),
        featured: named(&account.collections.featured),
        featured_tags: (!is_server).then(|| under("collections/tags")),
        devices: (!is_server).then(|| under("collections/devices")),
        shared_inbox: Some(tx.names().shared_inbox()),
        manually_approves_followers: account.flags.locked,
        discoverable: account.flags.discoverable && !suspended,
        indexable: account.flags.indexable && !suspended,
        attribution_domains: shown.profile.details.attribution_domains.clone(),
        show_media: !shown.profile.details.hides_media,
        show_media_replies: !shown.profile.details.hides_media_replies,
        show_featured: !shown.profile.details.hides_featured,
        suspended,
        memorial: account.flags.memorial,
        published: Some(account.created_at),
        updated: Some(account.fetched_at),
        icon: picture(shown.profile.avatar_url.as_deref(), &shown.profile.pictures.avatar_description),
        image: picture(shown.profile.header_url.as_deref(), &shown.profile.pictures.header_description),
        fields: shown.profile.fields.iter().map(|f| (f.name.clone(), f.value_html.clone())).collect(),
        emojis: shown.profile.emojis.iter().map(super::note::emoji).collect(),
        hashtags: hashtags(tx.names(), &shown.profile.bio_source),
        also_known_as: account.also_known_as.clone(),
        moved_to: account.moved_to.as_ref().map(ToString::to_string),
        rsa_key: PublicKey { id: String::new(), text: String::new() },
        ed25519_key: None,
        moderators: None,
        posting_restricted: false,
        takes_rfc9421: true,
    }
}

/// The hashtags of a bio, each once.
fn hashtags(names: &Names, bio: &str) -> Vec<HashtagLink> {
    let mut keys: Vec<String> =
        text::hashtag::find(bio).iter().map(|found| text::hashtag::key(&found.name)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.iter().map(|key| super::note::hashtag(names, key)).collect()
}

const fn kind(kind: AccountKind) -> ActorKind {
    match kind {
        AccountKind::Person => ActorKind::Person,
        AccountKind::Service => ActorKind::Service,
        AccountKind::Group => ActorKind::Group,
        AccountKind::Organization => ActorKind::Organization,
        AccountKind::Application => ActorKind::Application,
    }
}

fn picture(url: Option<&str>, description: &str) -> Option<Picture> {
    let description = Some(description.to_owned()).filter(|words| !words.is_empty());
    url.map(|url| Picture {
        url: url.to_owned(),
        media_type: media_type(url).map(str::to_owned),
        description,
    })
}

/// By the name of the file: peers want a type with every picture.
fn media_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "avif" => "image/avif",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_type_of_its_file() {
        assert_eq!(media_type("https://a.example/x.PNG?v=2"), Some("image/png"));
        assert_eq!(media_type("https://a.example/x"), None);
    }
}
