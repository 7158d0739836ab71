//! Who may change what (FEP-fe34). Everything else asks here.

use crate::{ActorId, ObjectId};

/// Why an activity may not do what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotYours {
    /// The signature is of somebody else.
    #[error("the signer is not the actor")]
    Signer,
    /// The object belongs to another actor.
    #[error("the object is not the actor's")]
    Object,
    /// The id lies on another origin than who says so.
    #[error("the id does not belong to the actor's origin")]
    Origin,
    /// The id lies in our namespace.
    #[error("the id is one of ours")]
    Ours,
}

/// The actor of an activity must be who signed it.
pub fn acts_as(signer: &ActorId, actor: &ActorId) -> Result<(), NotYours> {
    if signer == actor { Ok(()) } else { Err(NotYours::Signer) }
}

/// An object sent by an actor may be believed as it stands only where both its
/// id and its author are of the actor's origin and the author is the actor.
/// Otherwise it has to be fetched from where it lives.
pub fn speaks_for(actor: &ActorId, object: &ObjectId, author: &ActorId) -> Result<(), NotYours> {
    if author != actor {
        return Err(NotYours::Object);
    }
    if object.origin() == actor.origin() { Ok(()) } else { Err(NotYours::Origin) }
}

/// A document fetched from an origin is believed about ids of that origin only.
pub fn fetched_for(id: &ObjectId, author: &ActorId) -> Result<(), NotYours> {
    if id.origin() == author.origin() { Ok(()) } else { Err(NotYours::Origin) }
}

/// Only the author changes a post, and nothing moves it to another author.
pub fn may_change(actor: &ActorId, stored_author: &ActorId) -> Result<(), NotYours> {
    if actor == stored_author { Ok(()) } else { Err(NotYours::Object) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(text: &str) -> ActorId {
        ActorId::parse(text).unwrap()
    }

    fn object(text: &str) -> ObjectId {
        ObjectId::parse(text).unwrap()
    }

    #[test]
    fn another_of_the_same_host_may_not_speak_for_the_actor() {
        assert_eq!(
            acts_as(&actor("https://v.example/bob"), &actor("https://v.example/alice")),
            Err(NotYours::Signer)
        );
    }

    #[test]
    fn an_object_is_believed_only_from_its_author_and_origin() {
        let mallory = actor("https://evil.example/m");
        let alice = actor("https://v.example/alice");
        let note = object("https://v.example/notes/1");
        assert_eq!(speaks_for(&alice, &note, &alice), Ok(()));
        assert_eq!(speaks_for(&mallory, &note, &alice), Err(NotYours::Object));
        assert_eq!(speaks_for(&mallory, &note, &mallory), Err(NotYours::Origin));
        assert_eq!(speaks_for(&alice, &object("http://v.example/notes/1"), &alice), Err(NotYours::Origin));
    }
}
