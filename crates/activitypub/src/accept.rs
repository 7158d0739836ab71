//! Accept and Reject: the answers to a Follow, and to requests (ActivityPub §7.6, §7.7).

use crate::activity::Head;
use crate::undo::activity_reference;
use crate::{Activity, Audience, Follow, ParseError, Reference, json};
use domain::ActorId;
use serde_json::Value;

/// An Accept or a Reject.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who answers.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is answered: embedded by most, only its id by Mitra.
    pub object: Reference<Activity, String>,
    /// The authorization that came of it (GoToSocial, FEP-044f), any URI.
    pub result: Option<String>,
}

impl Answer {
    pub(crate) fn parse(value: &Value, head: Head, depth: usize) -> Result<Self, ParseError> {
        let object = activity_reference(value, depth, None)?;
        let result = json::first_string(value, "result").map(str::to_owned);
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object, result })
    }

    /// The Follow that is answered, if it came along.
    pub fn follow(&self) -> Option<&Follow> {
        match self.object.embedded() {
            Some(Activity::Follow(follow)) => Some(follow),
            _ => None,
        }
    }

    /// The id of what is answered; an embedded Follow can lack one.
    pub fn object_id(&self) -> Option<&str> {
        match &self.object {
            Reference::Id(id) => Some(id),
            Reference::Embedded(activity) => activity.id(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn accept(object: &Value) -> Answer {
        let value = json!({"type": "Accept", "id": "https://b.example/1", "actor": "https://b.example/eve", "object": object});
        match Activity::parse(&value) {
            Ok(Activity::Accept(answer)) => answer,
            other => panic!("no Accept: {other:?}"),
        }
    }

    #[test]
    fn an_accept_embeds_the_follow_or_names_it() {
        let follow = json!({"type": "Follow", "id": "urn:uuid:7", "actor": "https://a.example/bob", "object": "https://b.example/eve"});
        let embedded = accept(&follow);
        assert_eq!(embedded.object_id(), Some("urn:uuid:7"));
        assert_eq!(embedded.follow().unwrap().actor.as_str(), "https://a.example/bob");
        let named = accept(&json!("urn:uuid:7"));
        assert_eq!((named.object_id(), named.follow()), (Some("urn:uuid:7"), None));
    }

    #[test]
    fn what_is_embedded_without_an_actor_counts_by_its_id() {
        let stub = accept(&json!({"type": "Follow", "id": "https://a.example/f/1"}));
        assert_eq!(stub.object, Reference::Id("https://a.example/f/1".into()));
        let event = accept(&json!({"type": "Event", "id": "https://a.example/e/1"}));
        assert_eq!(event.object_id(), Some("https://a.example/e/1"));
    }
}
