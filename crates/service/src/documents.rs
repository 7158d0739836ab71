//! Our documents as other servers read them: whole, with their context, the
//! same whether they are served or sent.
//!
//! Verbs send them; `reading` decides who may have them, and hands them to the
//! federation face as bytes.

mod actor;
mod note;

pub use actor::{actor, update_actor};
pub use note::{announce, audience, create, note, note_of, tombstone, update};
pub(crate) use note::{hashtag_document, shares};
