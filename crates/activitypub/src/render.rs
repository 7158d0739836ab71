//! Our documents, in the plainest of the forms that peers read: ids as strings,
//! addresses, tags and attachments always as arrays, objects embedded, the same
//! `to` and `cc` on an activity and its object.
//!
//! `service` fills the structs from its rows; nothing here decides anything.

mod activity;
mod actor;
mod collection;
mod note;

pub use activity::{
    Envelope, accept, add, announce, announce_activity, block, create, delete, delete_actor, emoji_react,
    flag, follow, like, move_account, reject, remove, tombstone, undo, update, vote,
};
pub use actor::{ActorDocument, Picture, PublicKey, actor};
pub use collection::{PageDocument, ordered_collection, ordered_collection_of, ordered_collection_page};
pub use note::{Counted, HashtagLink, NoteDocument, emoji_document as emoji, hashtag, note};

use serde_json::{Map, Value};

/// An object under construction.
#[derive(Debug, Default)]
struct Members(Map<String, Value>);

impl Members {
    fn of(kind: &str, id: &str) -> Self {
        Self::default().with("type", kind).with("id", id)
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Adds the member if there is something to say.
    fn with_some<T: Into<Value>>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// A document to lie inside another, which has the context of both.
fn embeddable(mut document: Value) -> Value {
    if let Value::Object(members) = &mut document {
        members.remove("@context");
    }
    document
}
