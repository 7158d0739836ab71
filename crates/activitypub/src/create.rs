//! Create and Update: publish an object, or its new state (ActivityPub §7.2, §7.3).

use crate::activity::{Head, required_id};
use crate::{Audience, Object, ParseError, Reference, json};
use domain::{ActorId, Timestamp};
use serde_json::Value;

/// A Create.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who publishes.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is published. A few peers send only its id.
    pub object: Reference<Object>,
    /// When, by the activity's own word.
    pub published: Option<Timestamp>,
}

/// An Update.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who publishes.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// The new state: of a post or an actor.
    pub object: Reference<Object>,
}

impl Create {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = published_object(value, &head)?;
        let published = json::time(value, "published");
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object, published })
    }

    /// The id of what is published.
    pub fn object_id(&self) -> Option<&str> {
        object_id(&self.object)
    }
}

impl Update {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = published_object(value, &head)?;
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object })
    }

    /// The id of what has a new state.
    pub fn object_id(&self) -> Option<&str> {
        object_id(&self.object)
    }
}

pub(crate) fn object_id(object: &Reference<Object>) -> Option<&str> {
    match object {
        Reference::Id(id) => Some(id.as_str()),
        Reference::Embedded(object) => object.id(),
    }
}

/// The problem, said of the object and not of the activity.
fn within_object(problem: ParseError) -> ParseError {
    match problem {
        ParseError::Missing("id") => ParseError::Missing("object.id"),
        ParseError::InvalidId { member: "id", reason } => {
            ParseError::InvalidId { member: "object.id", reason }
        }
        ParseError::Missing("inbox") => ParseError::Missing("object.inbox"),
        other => other,
    }
}

/// What is published; author and addresses come from the activity where the
/// object leaves them out (Kroeg, kbin).
fn published_object(value: &Value, head: &Head) -> Result<Reference<Object>, ParseError> {
    let Some(object) = json::objects(value, "object").next() else {
        return required_id(value, "object").map(Reference::Id);
    };
    let mut object = Object::parse_by(object, Some(&head.actor)).map_err(within_object)?;
    if let Object::Note(note) = &mut object
        && note.audience.is_empty()
    {
        note.audience = head.audience.clone();
    }
    Ok(Reference::Embedded(Box::new(object)))
}
