//! Our activities. Each is complete: with its context, and with whole objects
//! inside, since most peers do not fetch what is only named.

use super::{Members, NoteDocument, embeddable, note};
use crate::actor::ACTOR_TYPES;
use crate::context::{with_actor_context, with_context, with_plain_context};
use crate::json::{self, render_time};
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::{Value, json};

/// What our activities have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The activity's id.
    pub id: String,
    /// Who does it.
    pub actor: ActorId,
    /// The primary addressees; left out where there are none.
    pub to: Vec<String>,
    /// The secondary addressees; left out where there are none.
    pub cc: Vec<String>,
    /// When, where that is to be said.
    pub published: Option<Timestamp>,
}

impl Envelope {
    /// An envelope with nothing but id and actor.
    pub fn new(id: impl Into<String>, actor: ActorId) -> Self {
        Self { id: id.into(), actor, to: Vec::new(), cc: Vec::new(), published: None }
    }

    /// The envelope, addressed.
    #[must_use]
    pub fn to(mut self, to: Vec<String>, cc: Vec<String>) -> Self {
        self.to = to;
        self.cc = cc;
        self
    }

    /// The envelope, dated.
    #[must_use]
    pub fn at(mut self, published: Timestamp) -> Self {
        self.published = Some(published);
        self
    }

    fn open(&self, kind: &str) -> Members {
        let members = Members::of(kind, &self.id).with("actor", self.actor.as_str());
        let members = match (self.to.as_slice(), self.cc.as_slice()) {
            ([], []) => members,
            // Where one is there, so is the other: some peers stumble over its absence.
            (to, cc) => members.with("to", to).with("cc", cc),
        };
        members.with_some("published", self.published.map(render_time))
    }
}

/// `Follow` of an actor.
pub fn follow(envelope: &Envelope, object: &ActorId) -> Value {
    with_plain_context(envelope.open("Follow").with("object", object.as_str()).done())
}

/// `Accept` of a Follow, which is repeated inside as it came.
pub fn accept(envelope: &Envelope, follow: Value) -> Value {
    with_plain_context(envelope.open("Accept").with("object", embeddable(follow)).done())
}

/// `Reject` of a Follow, which is repeated inside as it came.
pub fn reject(envelope: &Envelope, follow: Value) -> Value {
    with_plain_context(envelope.open("Reject").with("object", embeddable(follow)).done())
}

/// `Undo` of an activity of ours, whole: Threads cannot do with its id.
pub fn undo(envelope: &Envelope, activity: Value) -> Value {
    contextual(envelope.open("Undo").with("object", embeddable(activity)).done())
}

/// `Create` of a post: actor, addresses and time are those of the post.
pub fn create(id: &str, post: &NoteDocument) -> Value {
    let envelope =
        Envelope::new(id, post.attributed_to.clone()).to(post.to.clone(), post.cc.clone()).at(post.published);
    let members = envelope.open("Create").with_some("audience", post.audience.as_deref());
    with_context(members.with("object", note::bare(post)).done())
}

/// `Update` of a post or an actor, whose whole document is given.
pub fn update(envelope: &Envelope, object: Value) -> Value {
    contextual(envelope.open("Update").with("object", embeddable(object)).done())
}

/// `Delete` of a post.
pub fn delete(envelope: &Envelope, object: &ObjectId) -> Value {
    // Mastodon of old finds the post by `atomUri`.
    let object = json!({ "type": "Tombstone", "id": object.as_str(), "atomUri": object.as_str() });
    with_context(envelope.open("Delete").with("object", object).done())
}

/// `Delete` of the actor itself.
pub fn delete_actor(envelope: &Envelope) -> Value {
    with_plain_context(envelope.open("Delete").with("object", envelope.actor.as_str()).done())
}

/// What is served in the place of a deleted post.
pub fn tombstone(id: &ObjectId, former_type: Option<&str>, deleted: Option<Timestamp>) -> Value {
    let members = Members::of("Tombstone", id.as_str());
    let members = members.with_some("formerType", former_type).with_some("deleted", deleted.map(render_time));
    with_plain_context(members.done())
}

/// `Like` of a post.
pub fn like(envelope: &Envelope, object: &ObjectId) -> Value {
    with_plain_context(envelope.open("Like").with("object", object.as_str()).done())
}

/// `EmojiReact` to a post (FEP-c0e0).
pub fn emoji_react(envelope: &Envelope, object: &ObjectId, emoji: &str) -> Value {
    with_context(envelope.open("EmojiReact").with("object", object.as_str()).with("content", emoji).done())
}

/// `Announce` of a post, by its id only.
pub fn announce(envelope: &Envelope, object: &ObjectId) -> Value {
    with_plain_context(envelope.open("Announce").with("object", object.as_str()).done())
}

/// `Announce` of a whole activity, by a group to its members (FEP-1b12).
pub fn announce_activity(envelope: &Envelope, activity: Value) -> Value {
    contextual(envelope.open("Announce").with("object", embeddable(activity)).done())
}

/// `Block` of an actor.
pub fn block(envelope: &Envelope, object: &ActorId) -> Value {
    with_plain_context(envelope.open("Block").with("object", object.as_str()).done())
}

/// `Add` of something to a collection of ours.
pub fn add(envelope: &Envelope, object: &ObjectId, target: &str) -> Value {
    with_plain_context(envelope.open("Add").with("object", object.as_str()).with("target", target).done())
}

/// `Remove` of something from a collection of ours.
pub fn remove(envelope: &Envelope, object: &ObjectId, target: &str) -> Value {
    with_plain_context(envelope.open("Remove").with("object", object.as_str()).with("target", target).done())
}

/// `Flag`: the reported actor first, then its posts. The comment is said twice,
/// for Mastodon and for Lemmy.
pub fn flag(envelope: &Envelope, objects: &[ObjectId], comment: &str) -> Value {
    let ids: Vec<&str> = objects.iter().map(ObjectId::as_str).collect();
    let members = envelope.open("Flag").with("object", ids);
    with_plain_context(members.with("content", comment).with("summary", comment).done())
}

/// `Move` of the actor to another.
pub fn move_account(envelope: &Envelope, target: &ActorId) -> Value {
    let members = envelope.open("Move").with("object", envelope.actor.as_str());
    with_plain_context(members.with("target", target.as_str()).done())
}

/// `Create` of a vote: a Note that has only the option's name, to the poll's author.
pub fn vote(id: &str, voter: &ActorId, question: &ObjectId, author: &ActorId, option: &str) -> Value {
    let to = vec![author.as_str().to_owned()];
    let note = Members::of("Note", id)
        .with("attributedTo", voter.as_str())
        .with("inReplyTo", question.as_str())
        .with("name", option)
        .with("to", to.clone())
        .done();
    let envelope = Envelope::new(format!("{id}/activity"), voter.clone()).to(to, Vec::new());
    with_plain_context(envelope.open("Create").with("object", note).done())
}

/// The context that what lies inside asks for.
fn contextual(activity: Value) -> Value {
    let mut inner = &activity;
    for _ in 0..crate::activity::MAX_NESTING {
        if json::kinds(inner).iter().any(|kind| ACTOR_TYPES.contains(kind)) {
            return with_actor_context(activity);
        }
        match json::member(inner, "object") {
            Some(object) => inner = object,
            None => break,
        }
    }
    with_context(activity)
}
