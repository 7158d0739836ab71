//! Undo: takes an activity back (ActivityPub §7.10).

use crate::activity::Head;
use crate::{Activity, Audience, ParseError, Reference, json};
use domain::ActorId;
use serde_json::Value;

/// An Undo.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who undoes.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is undone: embedded by nearly all, only its id by old Pleroma.
    pub object: Reference<Activity, String>,
}

impl Undo {
    pub(crate) fn parse(value: &Value, head: Head, depth: usize) -> Result<Self, ParseError> {
        let object = activity_reference(value, depth)?;
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object })
    }

    /// The id of the activity that is undone, if it has one.
    pub fn object_id(&self) -> Option<&str> {
        match &self.object {
            Reference::Id(id) => Some(id),
            Reference::Embedded(activity) => activity.id(),
        }
    }
}

/// The activity in `object`: whole where it can be read, else by its id.
pub(crate) fn activity_reference(
    value: &Value,
    depth: usize,
) -> Result<Reference<Activity, String>, ParseError> {
    let object = json::entries(value, "object").next().ok_or(ParseError::Missing("object"))?;
    match Activity::parse_within(object, depth.saturating_add(1)) {
        Ok(activity) => Ok(Reference::Embedded(Box::new(activity))),
        Err(problem) => match json::identifier(object) {
            Some(id) => Ok(Reference::Id(id.to_owned())),
            None if object.is_object() => Err(problem),
            None => Err(ParseError::Missing("object")),
        },
    }
}
