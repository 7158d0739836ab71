//! What activities are about: posts, actors, votes, tombstones, and the rest.

use crate::activity::is_activity;
use crate::actor::ACTOR_TYPES;
use crate::{Actor, Note, ParseError, json};
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::Value;

/// Types that are known and are nothing to show as a post.
const NOT_POSTS: &[&str] = &[
    "Collection",
    "OrderedCollection",
    "CollectionPage",
    "OrderedCollectionPage",
    "Emoji",
    "Hashtag",
    "Mention",
    "Link",
    "PropertyValue",
    "Key",
    "Multikey",
    "CryptographicKey",
    "Library",
    "LikeAuthorization",
    "ReplyAuthorization",
    "AnnounceAuthorization",
    "QuoteAuthorization",
    "LikeApproval",
    "ReplyApproval",
    "AnnounceApproval",
    "CacheFile",
    "Playlist",
    "PlaylistElement",
];

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    /// Anything that can be shown as a post: Note, Article, Question, Video, and
    /// types that nobody has heard of, as long as they carry text.
    Note(Box<Note>),
    /// An actor.
    Actor(Box<Actor>),
    /// What is left of a deleted object.
    Tombstone(Tombstone),
    /// A choice in a poll: a Note with only a name. Never a post.
    Vote(Vote),
    /// All else, kept whole.
    Other(Other),
}

/// What is left of a deleted object (ActivityStreams vocabulary).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The id of what was deleted.
    pub id: ObjectId,
    /// What it was.
    pub former_type: Option<String>,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
}

/// A choice in a poll, as Mastodon sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The vote's id, any URI.
    pub id: Option<String>,
    /// Who votes.
    pub attributed_to: ActorId,
    /// The Question.
    pub in_reply_to: ObjectId,
    /// The option, by its text.
    pub name: String,
}

/// An object that is only kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// Its id, any URI.
    pub id: Option<String>,
    /// Its type, or nothing.
    pub kind: String,
    /// The whole object.
    pub json: Value,
}

impl Object {
    /// Reads an object that stands alone.
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        Self::parse_by(value, None)
    }

    /// Reads an object. `author` counts where the object names none.
    pub fn parse_by(value: &Value, author: Option<&ActorId>) -> Result<Self, ParseError> {
        if !value.is_object() {
            return Err(ParseError::NotAnObject);
        }
        let kinds = json::kinds(value);
        let is = |known: &[&str]| kinds.iter().any(|kind| known.contains(kind));
        if is(ACTOR_TYPES) {
            return Actor::parse(value).map(|actor| Self::Actor(Box::new(actor)));
        }
        if is(&["Tombstone"]) {
            return Tombstone::parse(value).map(Self::Tombstone);
        }
        if let Some(vote) = Vote::parse_by(value, author) {
            return Ok(Self::Vote(vote));
        }
        let known = is(crate::note::POST_TYPES);
        let shown = || !kinds.is_empty() && !is(NOT_POSTS) && !is_activity(value) && carries_text(value);
        if known || shown() {
            match Note::parse_by(value, author) {
                Ok(note) => return Ok(Self::Note(Box::new(note))),
                Err(problem) if known => return Err(problem),
                Err(_) => (),
            }
        }
        let kind = kinds.first().copied().unwrap_or_default().to_owned();
        Ok(Self::Other(Other { id: json::own_id(value), kind, json: value.clone() }))
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Note(note) => Some(note.id.as_str()),
            Self::Actor(actor) => Some(actor.id.as_str()),
            Self::Tombstone(tombstone) => Some(tombstone.id.as_str()),
            Self::Vote(vote) => vote.id.as_deref(),
            Self::Other(other) => other.id.as_deref(),
        }
    }
}

impl Tombstone {
    /// Reads a Tombstone.
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        let former_type =
            json::plain(value, "formerType", 64).or_else(|| json::plain(value, "former_type", 64));
        Ok(Self {
            id: crate::activity::required_id(value, "id")?,
            former_type,
            deleted: json::time(value, "deleted").or_else(|| json::time(value, "updated")),
        })
    }
}

impl Vote {
    /// Reads a vote: a Note that answers, has a name, and neither text nor media.
    fn parse_by(value: &Value, author: Option<&ActorId>) -> Option<Self> {
        let is_note = json::kinds(value).contains(&"Note");
        let is_bare =
            json::text(value, "content", 1).is_none() && json::entries(value, "attachment").next().is_none();
        if !is_note || !is_bare {
            return None;
        }
        Some(Self {
            id: json::own_id(value),
            attributed_to: json::actor_id(value, "attributedTo").or_else(|| author.cloned())?,
            in_reply_to: json::object_id(value, "inReplyTo")?,
            name: json::plain(value, "name", json::MAX_NAME_BYTES)?,
        })
    }
}

fn carries_text(value: &Value) -> bool {
    ["content", "name", "summary"].iter().any(|name| json::text(value, name, 1).is_some())
        || json::entries(value, "attachment").next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_note_with_only_a_name_is_a_vote() {
        let mut vote = json!({"type": "Note", "id": "https://a.example/bob#votes/1", "attributedTo": "https://a.example/bob",
            "inReplyTo": "https://b.example/poll", "name": "yes", "to": "https://b.example/eve"});
        assert!(matches!(Object::parse(&vote), Ok(Object::Vote(vote)) if vote.name == "yes"));
        vote["content"] = json!("");
        assert!(matches!(Object::parse(&vote), Ok(Object::Vote(_))));
        vote["content"] = json!("<p>yes</p>");
        assert!(matches!(Object::parse(&vote), Ok(Object::Note(_))));
    }

    #[test]
    fn a_titled_note_that_answers_nothing_is_a_post() {
        // lotide sends image posts so.
        let page = json!({"type": "Note", "id": "https://a.example/1", "attributedTo": "https://a.example/bob", "name": "image",
            "attachment": [{"type": "Image", "url": "https://a.example/i"}]});
        assert!(
            matches!(Object::parse(&page), Ok(Object::Note(note)) if note.title.as_deref() == Some("image"))
        );
    }

    /// Capability N20, X4.
    #[test]
    fn an_unknown_type_with_text_is_a_post_and_without_is_kept() {
        let mut badge = json!({"type": "Badge", "id": "https://a.example/1", "attributedTo": "https://a.example/bob", "name": "x"});
        assert!(matches!(Object::parse(&badge), Ok(Object::Note(_))));
        badge["name"] = json!(null);
        assert!(matches!(Object::parse(&badge), Ok(Object::Other(other)) if other.kind == "Badge"));
        assert!(matches!(Object::parse(&json!({})), Ok(Object::Other(other)) if other.kind.is_empty()));
    }
}
