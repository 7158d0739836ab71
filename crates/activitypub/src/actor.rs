//! Actors as their servers tell them (ActivityPub §4).

use crate::json::{self, MAX_NAME_BYTES, MAX_TEXT_BYTES};
use crate::note::tag::{Emoji, emojis};
use crate::{Key, ParseError, key};
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::Value;

/// The types that are actors.
pub const ACTOR_TYPES: &[&str] = &["Person", "Service", "Group", "Organization", "Application"];
/// The most profile fields that are read.
pub const MAX_FIELDS: usize = 32;
/// The most other names of an actor that are read.
pub const MAX_ALIASES: usize = 64;

/// What kind of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// Someone.
    Person,
    /// A bot.
    Service,
    /// A community, magazine, channel, forum.
    Group,
    /// An organization.
    Organization,
    /// A server itself, a relay.
    Application,
    /// Something with an inbox and another type.
    Other,
}

/// An actor as its server tells it. All HTML is raw: to be cleaned before it is
/// shown. All addresses are http(s) URLs, on any host.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the members of the document are what they are")]
pub struct Actor {
    /// Its id.
    pub id: ActorId,
    /// What kind of actor.
    pub kind: ActorKind,
    /// The name in its handle; a few have none (Akkoma's relays, portable ids).
    pub preferred_username: Option<String>,
    /// The name it shows.
    pub name: Option<String>,
    /// What it says of itself.
    pub summary_html: Option<String>,
    /// Its profile page; with Threads on another host.
    pub url: Option<String>,
    /// Where it receives.
    pub inbox: String,
    /// What it published.
    pub outbox: Option<String>,
    /// Who follows it.
    pub followers: Option<String>,
    /// Whom it follows.
    pub following: Option<String>,
    /// What it pinned.
    pub featured: Option<String>,
    /// The inbox of all actors of its server.
    pub shared_inbox: Option<String>,
    /// Whether it answers each Follow by hand.
    pub manually_approves_followers: bool,
    /// Whether it may be recommended; none where it is not told.
    pub discoverable: Option<bool>,
    /// Whether its public posts may be searched; none where it is not told.
    pub indexable: Option<bool>,
    /// When it came to be.
    pub published: Option<Timestamp>,
    /// When its profile changed.
    pub updated: Option<Timestamp>,
    /// Its picture.
    pub icon_url: Option<String>,
    /// What it shows.
    pub icon_description: Option<String>,
    /// The picture above its profile.
    pub image_url: Option<String>,
    /// What that shows.
    pub image_description: Option<String>,
    /// Sites that may name it as the author of their pages.
    pub attribution_domains: Vec<String>,
    /// Whether its profile shows media; none where it is not told.
    pub show_media: Option<bool>,
    /// Whether it shows media of answers; none where it is not told.
    pub show_media_replies: Option<bool>,
    /// Whether it shows what it features; none where it is not told.
    pub show_featured: Option<bool>,
    /// Profile fields: a plain name and HTML.
    pub fields: Vec<(String, String)>,
    /// Custom emoji in its texts.
    pub emojis: Vec<Emoji>,
    /// The ids it also goes by: the consent to be moved to.
    pub also_known_as: Vec<ActorId>,
    /// Where it has gone.
    pub moved_to: Option<ActorId>,
    /// Its public keys.
    pub keys: Vec<Key>,
    /// Whether its server has suspended it.
    pub suspended: bool,
    /// Whether it has died.
    pub memorial: bool,
    /// The handle's address by its own word (FEP-2c59), without `acct:`.
    pub webfinger: Option<String>,
    /// The moderators of a group, a collection (Lemmy, Mbin, PeerTube).
    pub moderators: Option<ObjectId>,
    /// Whether only moderators may post to a group (Lemmy).
    pub posting_restricted: bool,
    /// Whether its server says that it takes RFC 9421 signatures (FEP-844e).
    pub takes_rfc9421: bool,
}

impl Actor {
    /// Reads an actor. Whether the id lives where it was found is for the
    /// caller to see.
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        if !value.is_object() {
            return Err(ParseError::NotAnObject);
        }
        let kind = ActorKind::parse(value)?;
        let id = ActorId::from(crate::activity::required_id(value, "id")?);
        let inbox = json::href(value, "inbox").or_else(|| address(value, "inbox"));
        let text = |name: &str, bound: usize| json::text(value, name, bound).map(|found| found.text);
        Ok(Self {
            kind,
            preferred_username: text("preferredUsername", 512),
            name: text("name", MAX_NAME_BYTES),
            summary_html: text("summary", MAX_TEXT_BYTES),
            url: json::page_url(value, "url"),
            inbox: inbox.ok_or(ParseError::Missing("inbox"))?,
            outbox: address(value, "outbox"),
            followers: address(value, "followers"),
            following: address(value, "following"),
            featured: address(value, "featured"),
            shared_inbox: shared_inbox(value),
            manually_approves_followers: truth(value, "manuallyApprovesFollowers"),
            discoverable: json::boolean(value, "discoverable"),
            indexable: json::boolean(value, "indexable"),
            published: json::time(value, "published"),
            updated: json::time(value, "updated"),
            icon_url: json::href(value, "icon"),
            icon_description: described(value, "icon"),
            image_url: json::href(value, "image"),
            image_description: described(value, "image"),
            attribution_domains: json::strings(value, "attributionDomains")
                .iter()
                .map(ToString::to_string)
                .take(MAX_ALIASES)
                .collect(),
            show_media: json::boolean(value, "showMedia"),
            show_media_replies: json::boolean(value, "showRepliesInMedia"),
            show_featured: json::boolean(value, "showFeatured"),
            fields: fields(value),
            emojis: emojis(value),
            also_known_as: aliases(value),
            moved_to: json::actor_id(value, "movedTo"),
            keys: key::keys(value, id.as_str()),
            suspended: truth(value, "suspended"),
            memorial: truth(value, "memorial"),
            webfinger: json::plain(value, "webfinger", 1024)
                .map(|it| it.trim_start_matches("acct:").to_owned()),
            moderators: moderators(value, kind),
            posting_restricted: truth(value, "postingRestrictedToMods"),
            takes_rfc9421: takes_rfc9421(value),
            id,
        })
    }

    /// The key with this id.
    pub fn key(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl ActorKind {
    fn parse(value: &Value) -> Result<Self, ParseError> {
        Ok(match json::kind(value, ACTOR_TYPES).ok_or(ParseError::NoType)? {
            "Person" => Self::Person,
            "Service" => Self::Service,
            "Group" => Self::Group,
            "Organization" => Self::Organization,
            "Application" => Self::Application,
            // Anything with an inbox can be spoken to.
            _ if json::member(value, "inbox").is_some() => Self::Other,
            found => return Err(ParseError::WrongType { wanted: "an actor", found: found.to_owned() }),
        })
    }

    /// The `type`, with `Person` for what has another.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person | Self::Other => "Person",
            Self::Service => "Service",
            Self::Group => "Group",
            Self::Organization => "Organization",
            Self::Application => "Application",
        }
    }
}

fn truth(value: &Value, name: &str) -> bool {
    json::boolean(value, name).unwrap_or(false)
}

/// The URL of a collection, named or embedded.
fn address(value: &Value, name: &str) -> Option<String> {
    json::first_string(value, name).and_then(json::http_url)
}

/// Under `endpoints`, which Kroeg names by URL; Misskey also puts it on top.
fn shared_inbox(value: &Value) -> Option<String> {
    json::member(value, "endpoints")
        .and_then(|endpoints| address(endpoints, "sharedInbox"))
        .or_else(|| address(value, "sharedInbox"))
}

fn aliases(value: &Value) -> Vec<ActorId> {
    let ids = json::strings(value, "alsoKnownAs");
    ids.iter().filter_map(|id| ActorId::parse(id).ok()).take(MAX_ALIASES).collect()
}

/// The moderators' collection stands in a Lemmy group's `attributedTo`, or in
/// `moderators`; PeerTube names the owning account in `attributedTo` instead.
fn moderators(value: &Value, kind: ActorKind) -> Option<ObjectId> {
    if kind != ActorKind::Group {
        return None;
    }
    let attributed =
        || json::member(value, "attributedTo").filter(|it| it.is_string()).and_then(json::identifier);
    let named = json::first_string(value, "moderators").or_else(attributed)?;
    ObjectId::parse(named).ok()
}

/// Profile fields: `PropertyValue`, else links (WordPress repeats its fields so),
/// with Streams also named Notes.
fn fields(value: &Value) -> Vec<(String, String)> {
    let read = |kind: &'static str, content: fn(&Value) -> Option<String>| {
        json::objects(value, "attachment")
            .filter(move |field| json::kinds(field).contains(&kind))
            .filter_map(move |field| Some((json::plain(field, "name", MAX_NAME_BYTES)?, content(field)?)))
            .take(MAX_FIELDS)
            .collect::<Vec<_>>()
    };
    let properties = read("PropertyValue", |field| {
        Some(json::plain(field, "value", 4 * MAX_NAME_BYTES).unwrap_or_default())
    });
    if !properties.is_empty() {
        return properties;
    }
    let links = read("Link", |field| json::href(field, "href").map(|href| anchor(&href)));
    if !links.is_empty() {
        return links;
    }
    read("Note", |field| json::plain(field, "content", 4 * MAX_NAME_BYTES))
}

fn anchor(href: &str) -> String {
    let safe = href.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<a href=\"{safe}\" rel=\"me\">{safe}</a>")
}

/// FEP-844e: what the generator implements, by links to the standards.
fn takes_rfc9421(value: &Value) -> bool {
    let holders = json::objects(value, "generator").chain([value]);
    holders
        .flat_map(|holder| json::strings(holder, "implements"))
        .any(|standard| standard.contains("rfc9421"))
}

/// What a picture shows, in the words of its owner.
fn described(value: &Value, name: &str) -> Option<String> {
    let picture = json::objects(value, name).next()?;
    ["summary", "name"].iter().find_map(|name| json::plain(picture, name, MAX_NAME_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn actor(extra: Value) -> Actor {
        let mut value =
            json!({"type": "Person", "id": "https://a.example/bob", "inbox": "https://a.example/bob/inbox"});
        let Value::Object(extra) = extra else { panic!("an object") };
        value.as_object_mut().unwrap().extend(extra);
        Actor::parse(&value).unwrap()
    }

    #[test]
    fn an_actor_needs_an_id_a_type_and_an_inbox() {
        assert_eq!(Actor::parse(&json!({"id": "https://a.example/bob"})), Err(ParseError::NoType));
        assert_eq!(Actor::parse(&json!({"type": "Person"})), Err(ParseError::Missing("id")));
        let silent = json!({"type": "Person", "id": "https://a.example/bob", "inbox": "ftp://a.example/"});
        assert_eq!(Actor::parse(&silent), Err(ParseError::Missing("inbox")));
        let note = json!({"type": "Note", "id": "https://a.example/1"});
        assert!(matches!(Actor::parse(&note), Err(ParseError::WrongType { .. })));
        assert_eq!(actor(json!({"type": "Robot"})).kind, ActorKind::Other);
        assert_eq!(actor(json!({"type": ["Person", "Organization"]})).kind, ActorKind::Person);
    }

    #[test]
    fn the_shared_inbox_is_found_in_both_places() {
        let inbox = "https://a.example/inbox";
        assert_eq!(actor(json!({"endpoints": {"sharedInbox": inbox}})).shared_inbox.as_deref(), Some(inbox));
        assert_eq!(actor(json!({ "sharedInbox": inbox })).shared_inbox.as_deref(), Some(inbox));
        assert_eq!(actor(json!({"endpoints": "https://a.example/#endpoints"})).shared_inbox, None);
        assert_eq!(actor(json!({"endpoints": {}})).shared_inbox, None);
    }

    #[test]
    fn aliases_are_one_or_many_and_bounded() {
        assert_eq!(actor(json!({"alsoKnownAs": "https://b.example/bob"})).also_known_as.len(), 1);
        assert!(actor(json!({"alsoKnownAs": []})).also_known_as.is_empty());
        let many: Vec<_> = (0..900).map(|n| format!("https://b.example/{n}")).collect();
        assert_eq!(actor(json!({ "alsoKnownAs": many })).also_known_as.len(), MAX_ALIASES);
    }

    #[test]
    fn fields_are_properties_else_links_made_safe() {
        let property = json!({"type": "schema:PropertyValue", "name": "Web", "value": "<b>x</b>"});
        let link = json!({"type": "Link", "name": "Web", "href": "https://a.example/?a=1&b=\"2"});
        let both = actor(json!({"attachment": [link, property]}));
        assert_eq!(both.fields, [("Web".to_owned(), "<b>x</b>".to_owned())]);
        let linked = actor(json!({ "attachment": link }));
        assert_eq!(linked.fields[0].1.matches('"').count(), 4);
        assert!(linked.fields[0].1.contains("&amp;b="));
    }

    #[test]
    fn moderators_are_a_collection_and_not_an_account() {
        let moderators = "https://a.example/c/main/moderators";
        let lemmy = actor(json!({"type": "Group", "attributedTo": moderators}));
        assert_eq!(lemmy.moderators.unwrap().as_str(), moderators);
        let channel =
            json!({"type": "Group", "attributedTo": [{"type": "Person", "id": "https://a.example/bob"}]});
        assert_eq!(actor(channel).moderators, None);
    }

    #[test]
    fn what_the_generator_implements_is_read() {
        let implements = json!({"href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC-9421"});
        assert!(
            actor(json!({"generator": {"type": "Application", "implements": [implements]}})).takes_rfc9421
        );
        assert!(!actor(json!({"generator": "https://a.example/actor"})).takes_rfc9421);
    }
}
