//! Delete: withdraws an object or an actor (ActivityPub §7.4).

use crate::activity::{Head, required_id};
use crate::{Audience, ParseError, json};
use domain::{ActorId, ObjectId};
use serde_json::Value;

/// A Delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who withdraws.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is withdrawn: a bare id, or the id of a Tombstone (Mastodon) or of
    /// the embedded thing itself.
    pub object: ObjectId,
    /// What it was, where a Tombstone tells it.
    pub former_type: Option<String>,
    /// The moderator's reason: Lemmy's sign that not the author withdraws.
    pub reason: Option<String>,
    /// Whether all that the actor posted goes too (Lemmy, Mbin).
    pub removes_data: bool,
}

impl Delete {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = required_id(value, "object")?;
        let former_type = json::objects(value, "object").find_map(|tombstone| {
            // lotide writes `former_type`.
            json::plain(tombstone, "formerType", 64).or_else(|| json::plain(tombstone, "former_type", 64))
        });
        Ok(Self {
            id: head.id,
            actor: head.actor,
            audience: head.audience,
            object,
            former_type,
            reason: json::plain(value, "summary", json::MAX_TEXT_BYTES),
            removes_data: json::boolean(value, "removeData").unwrap_or(false),
        })
    }

    /// Whether the actor itself is withdrawn.
    pub fn is_actor(&self) -> bool {
        self.object.as_str() == self.actor.as_str()
    }
}
