//! Our actors.

use super::Members;
use crate::actor::ActorKind;
use crate::context::with_actor_context;
use crate::json::render_time;
use crate::note::tag::Emoji;
use domain::{ActorId, Timestamp};
use serde_json::{Value, json};

/// What an actor document says. URLs are strings, made where names are made.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the members of the document are what they are")]
pub struct ActorDocument {
    /// Its id.
    pub id: ActorId,
    /// Its `type`.
    pub kind: ActorKind,
    /// The name in its handle.
    pub preferred_username: String,
    /// The name it shows.
    pub name: String,
    /// What it says of itself, clean HTML.
    pub summary_html: String,
    /// Its profile page.
    pub url: Option<String>,
    /// Where it receives.
    pub inbox: String,
    /// What it published.
    pub outbox: String,
    /// Who follows it.
    pub followers: Option<String>,
    /// Whom it follows.
    pub following: Option<String>,
    /// What it pinned.
    pub featured: Option<String>,
    /// The hashtags it shows on its profile.
    pub featured_tags: Option<String>,
    /// The devices collection that Mastodon once asked for.
    pub devices: Option<String>,
    /// The inbox of all our actors.
    pub shared_inbox: Option<String>,
    /// Whether Follows are answered by hand.
    pub manually_approves_followers: bool,
    /// Whether it may be recommended.
    pub discoverable: bool,
    /// Whether its public posts may be searched.
    pub indexable: bool,
    /// Sites that may name it as the author of their pages.
    pub attribution_domains: Vec<String>,
    /// Whether its profile shows media.
    pub show_media: bool,
    /// Whether it shows media of answers.
    pub show_media_replies: bool,
    /// Whether it shows what it features.
    pub show_featured: bool,
    /// Whether it is suspended here.
    pub suspended: bool,
    /// Whether it has died.
    pub memorial: bool,
    /// When it came to be.
    pub published: Option<Timestamp>,
    /// When its profile changed.
    pub updated: Option<Timestamp>,
    /// Its picture.
    pub icon: Option<Picture>,
    /// The picture above its profile.
    pub image: Option<Picture>,
    /// Profile fields: a plain name and clean HTML.
    pub fields: Vec<(String, String)>,
    /// Custom emoji in its texts.
    pub emojis: Vec<Emoji>,
    /// Hashtags in its texts, with their pages.
    pub hashtags: Vec<super::HashtagLink>,
    /// The ids it also goes by.
    pub also_known_as: Vec<String>,
    /// Where it has gone.
    pub moved_to: Option<String>,
    /// Its RSA key, which every peer reads: the PEM of an SPKI.
    pub rsa_key: PublicKey,
    /// Its Ed25519 key (FEP-521a): multibase of a multicodec key.
    pub ed25519_key: Option<PublicKey>,
    /// The moderators of a group.
    pub moderators: Option<String>,
    /// Whether only moderators may post to a group.
    pub posting_restricted: bool,
    /// Whether to tell peers that RFC 9421 signatures are taken (FEP-844e).
    pub takes_rfc9421: bool,
}

/// A public key with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What signatures name it by.
    pub id: String,
    /// The key, in the form that its place asks for.
    pub text: String,
}

/// A picture of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Where it is.
    pub url: String,
    /// Its media type.
    pub media_type: Option<String>,
    /// What it shows.
    pub description: Option<String>,
}

/// The actor document, complete with its context.
pub fn actor(actor: &ActorDocument) -> Value {
    let members = Members::of(actor.kind.as_str(), actor.id.as_str());
    let members = keys(profile(collections(members, actor), actor), actor);
    with_actor_context(members.done())
}

fn collections(members: Members, actor: &ActorDocument) -> Members {
    members
        .with("inbox", actor.inbox.as_str())
        .with("outbox", actor.outbox.as_str())
        .with_some("followers", actor.followers.as_deref())
        .with_some("following", actor.following.as_deref())
        .with_some("featured", actor.featured.as_deref())
        .with_some("featuredTags", actor.featured_tags.as_deref())
        .with_some("devices", actor.devices.as_deref())
        .with_some("moderators", actor.moderators.as_deref())
        // Lemmy and Mbin look for the moderators here.
        .with_some("attributedTo", actor.moderators.as_deref())
        .with_some("endpoints", actor.shared_inbox.as_deref().map(|inbox| json!({ "sharedInbox": inbox })))
}

fn profile(members: Members, actor: &ActorDocument) -> Members {
    let tags: Vec<Value> = actor
        .hashtags
        .iter()
        .map(super::note::hashtag)
        .chain(actor.emojis.iter().map(super::note::emoji))
        .collect();
    let fields: Vec<Value> = actor.fields.iter().map(property).collect();
    members
        .with("preferredUsername", actor.preferred_username.as_str())
        .with("name", actor.name.as_str())
        .with("summary", actor.summary_html.as_str())
        .with_some("url", actor.url.as_deref())
        .with("manuallyApprovesFollowers", actor.manually_approves_followers)
        .with("discoverable", actor.discoverable)
        .with("indexable", actor.indexable)
        .with_some(
            "attributionDomains",
            (!actor.attribution_domains.is_empty()).then(|| actor.attribution_domains.clone()),
        )
        .with("showMedia", actor.show_media)
        .with("showRepliesInMedia", actor.show_media_replies)
        .with("showFeatured", actor.show_featured)
        .with_some("suspended", actor.suspended.then_some(true))
        .with("memorial", actor.memorial)
        .with_some("postingRestrictedToMods", actor.posting_restricted.then_some(true))
        .with_some("published", actor.published.map(render_time))
        .with_some("updated", actor.updated.map(render_time))
        .with("tag", tags)
        .with("attachment", fields)
        .with_some("icon", actor.icon.as_ref().map(picture))
        .with_some("image", actor.image.as_ref().map(picture))
        .with_some("alsoKnownAs", (!actor.also_known_as.is_empty()).then(|| actor.also_known_as.clone()))
        .with_some("movedTo", actor.moved_to.as_deref())
        .with_some("generator", actor.takes_rfc9421.then(generator))
}

fn keys(members: Members, actor: &ActorDocument) -> Members {
    let id = actor.id.as_str();
    let rsa = json!({ "id": actor.rsa_key.id, "owner": id, "publicKeyPem": actor.rsa_key.text });
    let ed25519 = actor.ed25519_key.as_ref().map(
        |key| json!([{ "id": key.id, "type": "Multikey", "controller": id, "publicKeyMultibase": key.text }]),
    );
    members.with("publicKey", rsa).with_some("assertionMethod", ed25519)
}

fn property((name, value): &(String, String)) -> Value {
    json!({ "type": "PropertyValue", "name": name, "value": value })
}

fn picture(picture: &Picture) -> Value {
    Members::default()
        .with("type", "Image")
        .with("url", picture.url.as_str())
        .with_some("mediaType", picture.media_type.as_deref())
        .with_some("name", picture.description.as_deref())
        .with_some("summary", picture.description.as_deref())
        .done()
}

fn generator() -> Value {
    json!({
        "type": "Application",
        "implements": [{
            "href": "https://datatracker.ietf.org/doc/html/rfc9421",
            "name": "RFC-9421: HTTP Message Signatures",
        }],
    })
}
