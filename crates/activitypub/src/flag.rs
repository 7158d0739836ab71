//! Flag: a report to the moderators of another server.

use crate::activity::Head;
use crate::{Audience, ParseError, json};
use domain::{ActorId, ObjectId};
use serde_json::Value;

/// The most objects of one report that are read.
const MAX_OBJECTS: usize = 100;

/// A Flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who reports: with Mastodon the instance actor.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is reported: an actor and its posts, in any order. Never empty.
    pub objects: Vec<ObjectId>,
    /// The comment: `content`, with Lemmy `summary`.
    pub content: Option<String>,
}

impl Flag {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let ids = json::strings(value, "object");
        let objects: Vec<_> =
            ids.iter().filter_map(|id| ObjectId::parse(id).ok()).take(MAX_OBJECTS).collect();
        if objects.is_empty() {
            return Err(ParseError::Missing("object"));
        }
        let content =
            ["content", "summary"].iter().find_map(|name| json::plain(value, name, json::MAX_TEXT_BYTES));
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, objects, content })
    }
}
