//! The language: ActivityPub documents, JSON to and from typed values.
//!
//! Reading takes what the programs of the fediverse really send: single values
//! where arrays are meant, arrays where one value is meant, objects in the place
//! of ids. Writing uses the plainest of all those forms. JSON-LD is treated as
//! plain JSON: contexts are never fetched.
//!
//! Nothing here knows a database, a clock or a network, and nothing decides what
//! a message may do: that it is well formed says nothing of who sent it.

mod audience;
mod error;
pub mod json;
mod reference;

pub mod accept;
pub mod activity;
pub mod add;
pub mod announce;
pub mod block;
pub mod create;
pub mod delete;
pub mod flag;
pub mod follow;
pub mod like;
pub mod move_account;
pub mod undo;

pub mod actor;
pub mod collection;
pub mod key;
pub mod note;
pub mod object;

pub mod context;
pub mod render;
pub mod understanding;

pub use accept::Answer;
pub use activity::{Activity, Unknown};
pub use actor::{Actor, ActorKind};
pub use add::Membership;
pub use announce::{Announce, Announced};
pub use audience::{Audience, PUBLIC};
pub use block::Block;
pub use collection::{Collection, Item};
pub use context::with_context;
pub use create::{Create, Update};
pub use delete::Delete;
pub use error::{ParseError, ReadError};
pub use flag::Flag;
pub use follow::Follow;
pub use json::read;
pub use key::{Key, KeyDocument, KeyForm};
pub use like::{Dislike, Like};
pub use move_account::Move;
pub use note::{Attachment, Note};
pub use object::{Object, Tombstone};
pub use reference::Reference;
pub use understanding::{Understanding, understood};
pub use undo::Undo;
