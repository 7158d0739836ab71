//! Add and Remove: what stands in a collection, pins and moderators (ActivityPub §6.6, §6.7).

use crate::activity::{Head, required_id};
use crate::{Audience, ParseError};
use domain::{ActorId, ObjectId};
use serde_json::Value;

/// An Add or a Remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who changes the collection.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What goes in or out: a post, an actor, an activity (Mitra).
    pub object: ObjectId,
    /// The collection.
    pub target: ObjectId,
}

impl Membership {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = required_id(value, "object")?;
        let target = required_id(value, "target")?;
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object, target })
    }
}
