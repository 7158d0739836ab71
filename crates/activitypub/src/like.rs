//! Like, emoji reactions, and the verbs that only name a post: Dislike, Lock.

use crate::activity::{Head, required_id};
use crate::note::tag::{Emoji, emojis};
use crate::{Audience, ParseError, json};
use domain::{ActorId, ObjectId};
use serde_json::Value;

/// The longest reaction, in bytes: an emoji of many parts, or `:name:`.
const MAX_REACTION_BYTES: usize = 256;

/// A Like (ActivityPub §7.8), or an `EmojiReact`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who likes.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What is liked.
    pub object: ObjectId,
    /// The reaction, where it is more than a like: an emoji, `:name:`, or one of
    /// the words of old Misskey (`pudding`). Whether it is one is not checked.
    pub content: Option<String>,
    /// The pictures of custom emoji.
    pub emojis: Vec<Emoji>,
}

impl Like {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = required_id(value, "object")?;
        let content = json::plain(value, "content", MAX_REACTION_BYTES)
            .or_else(|| json::plain(value, "_misskey_reaction", MAX_REACTION_BYTES));
        let emojis = emojis(value);
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object, content, emojis })
    }
}

/// A Dislike, or another verb that has nothing but its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dislike {
    /// The activity's id, any URI.
    pub id: Option<String>,
    /// Who did it.
    pub actor: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// What it is done to.
    pub object: ObjectId,
}

impl Dislike {
    pub(crate) fn parse(value: &Value, head: Head) -> Result<Self, ParseError> {
        let object = required_id(value, "object")?;
        Ok(Self { id: head.id, actor: head.actor, audience: head.audience, object })
    }
}

#[cfg(test)]
mod tests {
    use crate::Activity;
    use serde_json::json;

    #[test]
    fn a_reaction_is_read_from_content_or_from_the_misskey_member() {
        for (kind, name) in [("Like", "content"), ("Like", "_misskey_reaction"), ("EmojiReact", "content")] {
            let value = json!({"type": kind, "actor": "https://a.example/bob", "object": {"id": "https://b.example/1"}, name: ":blob:",
                "tag": [{"type": "Emoji", "id": null, "name": ":blob:", "icon": {"type": "Image", "url": "https://a.example/blob.png"}}]});
            let Ok(Activity::Like(like) | Activity::EmojiReact(like)) = Activity::parse(&value) else {
                panic!("{value} is a like")
            };
            assert_eq!(like.content.as_deref(), Some(":blob:"));
            assert_eq!(like.emojis[0].shortcode, "blob");
        }
    }
}
