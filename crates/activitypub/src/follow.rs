//! Follow: asks an actor for what it publishes (ActivityPub §7.5).

use crate::activity::{Head, required_id};
use crate::{Audience, ParseError};
use domain::{ActorId, ObjectId};
use serde_json::Value;

/// A Follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// The activity's id, any URI: the answer refers to it.
    pub id: Option<String>,
    /// Who follows.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is followed. Mostly an actor; Friendica follows posts to be put
    /// among the receivers of a thread, Funkwhale libraries, relays [`crate::PUBLIC`].
    pub object: ObjectId,
}

impl Follow {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = required_id(value, "object")?;
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object })
    }
}
