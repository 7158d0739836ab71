//! Block: an actor is not to reach the sender, or a group (ActivityPub §6.9, Lemmy).

use crate::activity::{Head, required_id};
use crate::{Audience, ParseError, json};
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::Value;

/// A Block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who blocks.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// Who is blocked.
    pub object: ActorId,
    /// Where: a group, or the site (Lemmy, Mbin). None: by the sender alone.
    pub target: Option<ObjectId>,
    /// Why.
    pub reason: Option<String>,
    /// Until when.
    pub ends: Option<Timestamp>,
    /// Whether what the blocked actor posted there goes too.
    pub removes_data: bool,
}

impl Block {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = required_id(value, "object")?.into();
        Ok(Self {
            id: head.id,
            actor: head.actor,
            audience: head.audience,
            object,
            target: json::object_id(value, "target"),
            reason: json::plain(value, "summary", json::MAX_TEXT_BYTES),
            ends: json::time(value, "endTime").or_else(|| json::time(value, "expires")),
            removes_data: json::boolean(value, "removeData").unwrap_or(false),
        })
    }
}
