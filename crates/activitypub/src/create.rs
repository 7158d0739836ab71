//! Create and Update: publish an object, or its new state (ActivityPub §7.2, §7.3).

use crate::activity::{Head, required_id};
use crate::{Audience, Object, ParseError, Reference, json};
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::Value;

/// The most objects that one Create publishes.
pub const MAX_OBJECTS: usize = 20;

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
    /// What else is published: of a vote for several options GoToSocial makes
    /// one Create.
    pub others: Vec<Reference<Object>>,
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
        let others = other_objects(value, &head);
        let published = json::time(value, "published");
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object, others, published })
    }

    /// All that is published, each in its turn.
    pub fn objects(&self) -> impl Iterator<Item = &Reference<Object>> {
        std::iter::once(&self.object).chain(&self.others)
    }

    /// The id of what is published; of several, of the first.
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
    embedded(object, head)
}

/// What stands beside the object that [`published_object`] reads; what cannot
/// be read is left out.
fn other_objects(value: &Value, head: &Head) -> Vec<Reference<Object>> {
    let entries: Vec<&Value> = json::entries(value, "object").take(MAX_OBJECTS).collect();
    let first = entries.iter().position(|entry| entry.is_object()).unwrap_or(0);
    let others = entries.into_iter().enumerate().filter(|(place, _)| *place != first);
    others
        .filter_map(|(_, entry)| match entry {
            Value::Object(_) => embedded(entry, head).ok(),
            _ => ObjectId::parse(json::identifier(entry)?).ok().map(Reference::Id),
        })
        .collect()
}

fn embedded(object: &Value, head: &Head) -> Result<Reference<Object>, ParseError> {
    let mut object = Object::parse_by(object, Some(&head.actor)).map_err(within_object)?;
    if let Object::Note(note) = &mut object
        && note.audience.is_empty()
    {
        note.audience = head.audience.clone();
    }
    Ok(Reference::Embedded(Box::new(object)))
}

#[cfg(test)]
mod tests {
    use crate::{Activity, Object, Reference};
    use serde_json::{Value, json};

    fn published(object: &Value) -> Vec<Reference<Object>> {
        let value = json!({"type": "Create", "actor": "https://a.example/bob", "object": object});
        match Activity::parse(&value) {
            Ok(Activity::Create(create)) => create.objects().cloned().collect(),
            other => panic!("no Create: {other:?}"),
        }
    }

    #[test]
    fn a_create_may_publish_several_objects() {
        let vote = |name: &str| json!({"type": "Note", "id": format!("https://a.example/{name}"), "name": name, "inReplyTo": "https://b.example/poll"});
        let two = published(&json!([vote("one"), vote("two")]));
        let names: Vec<_> = two
            .iter()
            .map(|it| match it.embedded() {
                Some(Object::Vote(vote)) => vote.name.as_str(),
                other => panic!("no vote: {other:?}"),
            })
            .collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(published(&json!([vote("one")])).len(), 1);
        assert_eq!(published(&vote("one")).len(), 1);
        let mixed = published(&json!(["https://a.example/1", vote("one"), 7, {"type": "Note"}]));
        assert_eq!(mixed.len(), 2, "what cannot be read is left out");
    }

    #[test]
    fn the_objects_of_a_create_are_read_to_a_bound() {
        let many: Vec<_> = (0..500).map(|n| json!(format!("https://a.example/{n}"))).collect();
        assert_eq!(published(&json!(many)).len(), super::MAX_OBJECTS);
    }
}
