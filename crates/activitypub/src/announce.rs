//! Announce: a boost, or a group that hands something on (ActivityPub §7.9, FEP-1b12).

use crate::activity::{Head, is_activity, required_id};
use crate::{Activity, Audience, Object, ParseError, json};
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::Value;

/// An Announce.
#[derive(Debug, Clone, PartialEq)]
pub struct Announce {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who announces.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is announced.
    pub object: Announced,
    /// When, by the activity's own word.
    pub published: Option<Timestamp>,
}

/// What an Announce holds. What is embedded is hearsay: its origin must be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Announced {
    /// The id of a post, or of an activity.
    Id(ObjectId),
    /// A whole activity, as groups send it (Lemmy, Mbin, WordPress).
    Activity(Box<Activity>),
    /// A whole post (Kroeg, old Mastodon for its own private posts).
    Object(Box<Object>),
}

impl Announce {
    pub(crate) fn parse(value: &Value, head: Head, depth: usize) -> Result<Self, ParseError> {
        let object = announced(value, depth)?;
        let published = json::time(value, "published");
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object, published })
    }

    /// The id of what is announced.
    pub fn object_id(&self) -> Option<&str> {
        match &self.object {
            Announced::Id(id) => Some(id.as_str()),
            Announced::Activity(activity) => activity.id(),
            Announced::Object(object) => object.id(),
        }
    }
}

fn announced(value: &Value, depth: usize) -> Result<Announced, ParseError> {
    let Some(embedded) = json::objects(value, "object").next() else {
        return required_id(value, "object").map(Announced::Id);
    };
    let whole = if is_activity(embedded) {
        Activity::parse_within(embedded, depth.saturating_add(1), None)
            .map(|inner| Announced::Activity(Box::new(inner)))
    } else {
        Object::parse(embedded).map(|object| Announced::Object(Box::new(object)))
    };
    // What cannot be read can still be fetched.
    whole.or_else(|problem| json::object_id(value, "object").map(Announced::Id).ok_or(problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn announce(object: &Value) -> Announced {
        let value = json!({"type": "Announce", "actor": "https://g.example/c/main", "object": object});
        match Activity::parse(&value) {
            Ok(Activity::Announce(announce)) => announce.object,
            other => panic!("no Announce: {other:?}"),
        }
    }

    #[test]
    fn an_announce_holds_an_id_an_activity_or_an_object() {
        let note = json!({"type": "Note", "id": "https://a.example/1", "attributedTo": "https://a.example/bob", "content": "x"});
        let create = json!({"type": "Create", "id": "https://a.example/c/1", "actor": "https://a.example/bob", "object": note});
        assert!(matches!(announce(&json!("https://a.example/1")), Announced::Id(_)));
        assert!(matches!(announce(&note), Announced::Object(object) if matches!(*object, Object::Note(_))));
        assert!(
            matches!(announce(&create), Announced::Activity(inner) if matches!(*inner, Activity::Create(_)))
        );
        assert!(matches!(announce(&json!([create])), Announced::Activity(_)));
    }

    #[test]
    fn what_is_embedded_but_unreadable_counts_by_its_id() {
        let nobody = json!({"type": "Note", "id": "https://a.example/1", "content": "x"});
        assert!(matches!(announce(&nobody), Announced::Id(id) if id.as_str() == "https://a.example/1"));
    }
}
