//! Move: an actor says where it has gone (FEP-7628).

use crate::activity::{Head, required_id};
use crate::{Audience, ParseError};
use domain::ActorId;
use serde_json::Value;

/// A Move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who says so: the old actor, with Mitra also the new one.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// The old actor.
    pub object: ActorId,
    /// The new actor, which must name the old one in `alsoKnownAs`.
    pub target: ActorId,
}

impl Move {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = required_id(value, "object")?.into();
        let target = required_id(value, "target")?.into();
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object, target })
    }
}
