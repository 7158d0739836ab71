//! What arrives in an inbox: one activity, with its verb.

use crate::{
    Announce, Answer, Audience, Block, Create, Delete, Dislike, Flag, Follow, Like, Membership, Move,
    ParseError, Undo, Update, json,
};
use domain::{ActorId, ObjectId};
use serde_json::Value;

/// How many activities may lie in each other. `Announce{Undo{Like}}` is three.
pub const MAX_NESTING: usize = 4;

/// The verbs that we have a type for, or at least know to be verbs.
pub const VERBS: &[&str] = &[
    "Follow",
    "Accept",
    "Reject",
    "Undo",
    "Create",
    "Update",
    "Delete",
    "Like",
    "EmojiReact",
    "Dislike",
    "Announce",
    "Block",
    "Add",
    "Remove",
    "Flag",
    "Move",
    "Lock",
    "Activity",
    "Arrive",
    "Ignore",
    "Invite",
    "Join",
    "Leave",
    "Listen",
    "Offer",
    "Read",
    "TentativeAccept",
    "TentativeReject",
    "Travel",
    "View",
    "LikeRequest",
    "ReplyRequest",
    "AnnounceRequest",
    "QuoteRequest",
    "Resolve",
    "Warn",
];

/// An activity (ActivityPub §6 and §7). That it reads well says nothing of who
/// sent it: signer and `actor` are compared elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub enum Activity {
    /// Asks to receive what an actor publishes.
    Follow(Follow),
    /// Says yes, mostly to a Follow.
    Accept(Answer),
    /// Says no, also after having said yes.
    Reject(Answer),
    /// Takes an earlier activity back.
    Undo(Undo),
    /// Publishes an object.
    Create(Create),
    /// Publishes a new state of an object or actor.
    Update(Update),
    /// Withdraws an object or an actor.
    Delete(Delete),
    /// Likes, or reacts with an emoji (Misskey).
    Like(Like),
    /// Reacts with an emoji (Pleroma, FEP-c0e0).
    EmojiReact(Like),
    /// Votes down (Lemmy, Friendica).
    Dislike(Dislike),
    /// Boosts, or hands an activity to a group's members (FEP-1b12).
    Announce(Announce),
    /// Blocks an actor, for the sender or in a group.
    Block(Block),
    /// Puts something into a collection: pins, moderators.
    Add(Membership),
    /// Takes something out of a collection.
    Remove(Membership),
    /// Reports.
    Flag(Flag),
    /// Says where an actor has gone.
    Move(Move),
    /// Closes a thread to answers (Lemmy, Mbin).
    Lock(Dislike),
    /// A kind we do not act on, or one whose object makes no sense, kept whole:
    /// the activity log shows it.
    Unknown(Unknown),
}

/// An activity that is only kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who did it.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// Its `type`.
    pub kind: String,
    /// What it is done to, any URI.
    pub object: Option<String>,
    /// Why a verb that we know could not be read; none where we do not know it.
    pub problem: Option<ParseError>,
    /// The whole activity.
    pub json: Value,
}

/// What all activities have.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) id: Option<String>,
    pub(crate) actor: ActorId,
    pub(crate) audience: Audience,
}

impl Head {
    fn parse(value: &Value, fallback: Option<&ActorId>) -> Result<Self, ParseError> {
        let actor = match (json::first_string(value, "actor"), fallback) {
            (Some(text), _) => {
                ActorId::parse(text).map_err(|reason| ParseError::InvalidId { member: "actor", reason })?
            }
            (None, Some(fallback)) => fallback.clone(),
            (None, None) => return Err(ParseError::Missing("actor")),
        };
        Ok(Self { id: json::own_id(value), actor, audience: Audience::parse(value) })
    }
}

impl Activity {
    /// Reads an activity. An error means that nobody can be said to have done
    /// anything: no object, no type, no actor. All else is at least [`Unknown`].
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        Self::parse_within(value, 1, None)
    }

    /// Reads an activity that lies within `depth - 1` others. `fallback` did it
    /// where it names no actor.
    pub(crate) fn parse_within(
        value: &Value,
        depth: usize,
        fallback: Option<&ActorId>,
    ) -> Result<Self, ParseError> {
        if depth > MAX_NESTING {
            return Err(ParseError::TooDeep);
        }
        if !value.is_object() {
            return Err(ParseError::NotAnObject);
        }
        let kind = json::kind(value, VERBS).ok_or(ParseError::NoType)?;
        let head = Head::parse(value, fallback)?;
        let known = typed(kind, value, head.clone(), depth);
        Ok(match known {
            Ok(Some(activity)) => activity,
            Ok(None) => Self::Unknown(Unknown::new(head, kind, value, None)),
            Err(problem) => Self::Unknown(Unknown::new(head, kind, value, Some(problem))),
        })
    }

    /// The activity's id, any URI; a few peers send none.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Follow(it) => it.id.as_deref(),
            Self::Accept(it) | Self::Reject(it) => it.id.as_deref(),
            Self::Undo(it) => it.id.as_deref(),
            Self::Create(it) => it.id.as_deref(),
            Self::Update(it) => it.id.as_deref(),
            Self::Delete(it) => it.id.as_deref(),
            Self::Like(it) | Self::EmojiReact(it) => it.id.as_deref(),
            Self::Dislike(it) | Self::Lock(it) => it.id.as_deref(),
            Self::Announce(it) => it.id.as_deref(),
            Self::Block(it) => it.id.as_deref(),
            Self::Add(it) | Self::Remove(it) => it.id.as_deref(),
            Self::Flag(it) => it.id.as_deref(),
            Self::Move(it) => it.id.as_deref(),
            Self::Unknown(it) => it.id.as_deref(),
        }
    }

    /// Who did it, by the activity's own word.
    pub fn actor(&self) -> &ActorId {
        match self {
            Self::Follow(it) => &it.actor,
            Self::Accept(it) | Self::Reject(it) => &it.actor,
            Self::Undo(it) => &it.actor,
            Self::Create(it) => &it.actor,
            Self::Update(it) => &it.actor,
            Self::Delete(it) => &it.actor,
            Self::Like(it) | Self::EmojiReact(it) => &it.actor,
            Self::Dislike(it) | Self::Lock(it) => &it.actor,
            Self::Announce(it) => &it.actor,
            Self::Block(it) => &it.actor,
            Self::Add(it) | Self::Remove(it) => &it.actor,
            Self::Flag(it) => &it.actor,
            Self::Move(it) => &it.actor,
            Self::Unknown(it) => &it.actor,
        }
    }

    /// To whom it is addressed.
    pub fn audience(&self) -> &Audience {
        match self {
            Self::Follow(it) => &it.audience,
            Self::Accept(it) | Self::Reject(it) => &it.audience,
            Self::Undo(it) => &it.audience,
            Self::Create(it) => &it.audience,
            Self::Update(it) => &it.audience,
            Self::Delete(it) => &it.audience,
            Self::Like(it) | Self::EmojiReact(it) => &it.audience,
            Self::Dislike(it) | Self::Lock(it) => &it.audience,
            Self::Announce(it) => &it.audience,
            Self::Block(it) => &it.audience,
            Self::Add(it) | Self::Remove(it) => &it.audience,
            Self::Flag(it) => &it.audience,
            Self::Move(it) => &it.audience,
            Self::Unknown(it) => &it.audience,
        }
    }

    /// The `type`.
    pub fn kind(&self) -> &str {
        match self {
            Self::Follow(_) => "Follow",
            Self::Accept(_) => "Accept",
            Self::Reject(_) => "Reject",
            Self::Undo(_) => "Undo",
            Self::Create(_) => "Create",
            Self::Update(_) => "Update",
            Self::Delete(_) => "Delete",
            Self::Like(_) => "Like",
            Self::EmojiReact(_) => "EmojiReact",
            Self::Dislike(_) => "Dislike",
            Self::Announce(_) => "Announce",
            Self::Block(_) => "Block",
            Self::Add(_) => "Add",
            Self::Remove(_) => "Remove",
            Self::Flag(_) => "Flag",
            Self::Move(_) => "Move",
            Self::Lock(_) => "Lock",
            Self::Unknown(it) => &it.kind,
        }
    }

    /// What it is done to: for the log, and to keep the activities about one
    /// object in order. Of a Flag, the first.
    pub fn object_id(&self) -> Option<&str> {
        match self {
            Self::Follow(it) => Some(it.object.as_str()),
            Self::Accept(it) | Self::Reject(it) => it.object_id(),
            Self::Undo(it) => it.object_id(),
            Self::Create(it) => it.object_id(),
            Self::Update(it) => it.object_id(),
            Self::Delete(it) => Some(it.object.as_str()),
            Self::Like(it) | Self::EmojiReact(it) => Some(it.object.as_str()),
            Self::Dislike(it) | Self::Lock(it) => Some(it.object.as_str()),
            Self::Announce(it) => it.object_id(),
            Self::Block(it) => Some(it.object.as_str()),
            Self::Add(it) | Self::Remove(it) => Some(it.object.as_str()),
            Self::Flag(it) => it.objects.first().map(ObjectId::as_str),
            Self::Move(it) => Some(it.object.as_str()),
            Self::Unknown(it) => it.object.as_deref(),
        }
    }
}

fn typed(kind: &str, value: &Value, head: Head, depth: usize) -> Result<Option<Activity>, ParseError> {
    Ok(Some(match kind {
        "Follow" => Activity::Follow(Follow::parse(value, head)?),
        "Accept" => Activity::Accept(Answer::parse(value, head, depth)?),
        "Reject" => Activity::Reject(Answer::parse(value, head, depth)?),
        "Undo" => Activity::Undo(Undo::parse(value, head, depth)?),
        "Create" => Activity::Create(Create::parse(value, head)?),
        "Update" => Activity::Update(Update::parse(value, head)?),
        "Delete" => Activity::Delete(Delete::parse(value, head)?),
        "Like" => Activity::Like(Like::parse(value, head)?),
        "EmojiReact" => Activity::EmojiReact(Like::parse(value, head)?),
        "Dislike" => Activity::Dislike(Dislike::parse(value, head)?),
        "Announce" => Activity::Announce(Announce::parse(value, head, depth)?),
        "Block" => Activity::Block(Block::parse(value, head)?),
        "Add" => Activity::Add(Membership::parse(value, head)?),
        "Remove" => Activity::Remove(Membership::parse(value, head)?),
        "Flag" => Activity::Flag(Flag::parse(value, head)?),
        "Move" => Activity::Move(Move::parse(value, head)?),
        "Lock" => Activity::Lock(Dislike::parse(value, head)?),
        _ => return Ok(None),
    }))
}

impl Unknown {
    fn new(head: Head, kind: &str, value: &Value, problem: Option<ParseError>) -> Self {
        Self {
            id: head.id,
            actor: head.actor,
            audience: head.audience,
            kind: kind.to_owned(),
            object: json::first_string(value, "object").map(str::to_owned),
            problem,
            json: value.clone(),
        }
    }
}

/// Whether a document is an activity rather than an object: by its type, else
/// by having `actor` and something it is done to (Pleroma's Notes have only the first).
pub(crate) fn is_activity(value: &Value) -> bool {
    let kinds = json::kinds(value);
    kinds.iter().any(|kind| VERBS.contains(kind))
        || (json::member(value, "actor").is_some()
            && ["object", "target"].iter().any(|name| json::member(value, name).is_some()))
}

/// The id in a member that an activity cannot do without.
pub(crate) fn required_id(value: &Value, member: &'static str) -> Result<ObjectId, ParseError> {
    if let Some(id) = json::object_id(value, member) {
        return Ok(id);
    }
    let text = json::first_string(value, member).ok_or(ParseError::Missing(member))?;
    // A follow of everyone is how relays are asked; `Public` is short for it.
    let text = if ["as:Public", "Public"].contains(&text) { crate::PUBLIC } else { text };
    ObjectId::parse(text).map_err(|reason| ParseError::InvalidId { member, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_activity_needs_a_type_and_an_actor() {
        let actor = "https://a.example/bob";
        assert_eq!(Activity::parse(&json!([])), Err(ParseError::NotAnObject));
        assert_eq!(Activity::parse(&json!({ "actor": actor })), Err(ParseError::NoType));
        assert_eq!(Activity::parse(&json!({"type": "Like"})), Err(ParseError::Missing("actor")));
        let nobody = json!({"type": "Like", "actor": {"type": "Person", "name": "Bob"}});
        assert_eq!(Activity::parse(&nobody), Err(ParseError::Missing("actor")));
        let elsewhere = json!({"type": "Like", "actor": "did:plc:x"});
        assert!(matches!(Activity::parse(&elsewhere), Err(ParseError::InvalidId { member: "actor", .. })));
    }

    #[test]
    fn a_kind_without_a_type_of_ours_is_kept_whole() {
        let view = json!({"type": "View", "id": "urn:uuid:1", "actor": "https://a.example/bob", "object": "at://x/y"});
        let Ok(Activity::Unknown(unknown)) = Activity::parse(&view) else { panic!("a View is unknown") };
        assert_eq!((unknown.kind.as_str(), unknown.object.as_deref()), ("View", Some("at://x/y")));
        assert_eq!((unknown.problem, unknown.json), (None, view));
    }

    #[test]
    fn a_known_verb_without_its_object_is_kept_with_the_reason() {
        for object in [json!(null), json!([]), json!({}), json!(7)] {
            let like = json!({"type": "Like", "actor": "https://a.example/bob", "object": object});
            let Ok(Activity::Unknown(unknown)) = Activity::parse(&like) else {
                panic!("{object} is no object")
            };
            assert_eq!(
                (unknown.kind.as_str(), unknown.problem),
                ("Like", Some(ParseError::Missing("object")))
            );
        }
    }

    #[test]
    fn the_actor_may_be_embedded_or_in_a_list() {
        for actor in [
            json!({"id": "https://a.example/bob", "type": "Person"}),
            json!([{"id": "https://a.example/bob", "type": "Person"}]),
            json!(["https://a.example/bob"]),
        ] {
            let like = json!({"type": ["Like"], "actor": actor, "object": "https://b.example/1"});
            let like = Activity::parse(&like).unwrap();
            assert_eq!((like.actor().as_str(), like.kind()), ("https://a.example/bob", "Like"));
            assert_eq!(like.object_id(), Some("https://b.example/1"));
        }
    }

    #[test]
    fn nesting_ends() {
        let mut activity = json!({"type": "Like", "id": "https://a.example/0", "actor": "https://a.example/bob", "object": "https://b.example/1"});
        for n in 1..12 {
            activity = json!({"type": "Undo", "id": format!("https://a.example/{n}"), "actor": "https://a.example/bob", "object": activity});
        }
        let mut levels = 1;
        let mut current = Activity::parse(&activity).unwrap();
        while let Activity::Undo(undo) = current {
            match undo.object {
                crate::Reference::Embedded(inner) => current = *inner,
                crate::Reference::Id(_) => break,
            }
            levels += 1;
        }
        assert_eq!(levels, MAX_NESTING);
    }
}
