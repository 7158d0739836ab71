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
        let object = activity_reference(value, depth, Some(&head.actor))?;
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

/// The activity in `object`: whole where it can be read, else by its id. An
/// Undo's inner activity is its actor's own, also where it does not say so.
pub(crate) fn activity_reference(
    value: &Value,
    depth: usize,
    actor: Option<&ActorId>,
) -> Result<Reference<Activity, String>, ParseError> {
    let object = json::entries(value, "object").next().ok_or(ParseError::Missing("object"))?;
    let by_id = json::identifier(object).map(|id| Reference::Id(id.to_owned()));
    match Activity::parse_within(object, depth.saturating_add(1), actor) {
        Ok(Activity::Unknown(unknown)) if unknown.problem.is_some() => {
            Ok(by_id.unwrap_or_else(|| Reference::Embedded(Box::new(Activity::Unknown(unknown)))))
        }
        Ok(activity) => Ok(Reference::Embedded(Box::new(activity))),
        Err(problem) if object.is_object() => by_id.ok_or(problem),
        Err(_) => by_id.ok_or(ParseError::Missing("object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn undone(object: &Value) -> Reference<Activity, String> {
        let value = json!({"type": "Undo", "actor": "https://a.example/bob", "object": object});
        match Activity::parse(&value) {
            Ok(Activity::Undo(undo)) => undo.object,
            other => panic!("no Undo: {other:?}"),
        }
    }

    #[test]
    fn what_is_undone_is_the_undoers_own_where_it_names_nobody() {
        let undone = undone(&json!({"type": "Follow", "object": "https://b.example/eve"}));
        let Some(Activity::Follow(follow)) = undone.embedded() else { panic!("a Follow") };
        assert_eq!(follow.actor.as_str(), "https://a.example/bob");
    }

    #[test]
    fn what_cannot_be_read_counts_by_its_id() {
        let like = "urn:uuid:7";
        assert_eq!(undone(&json!(like)), Reference::Id(like.to_owned()));
        assert_eq!(undone(&json!({"type": "Like", "id": like})), Reference::Id(like.to_owned()));
        assert!(matches!(undone(&json!({"type": "Like"})).embedded(), Some(Activity::Unknown(_))));
    }
}
