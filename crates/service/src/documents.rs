//! Our documents as other servers read them: whole, with their context, the
//! same whether they are served or sent.
//!
//! Verbs take the values ([`note()`], [`create`], [`actor()`]) and send them;
//! faces, which know no `ActivityPub`, are handed bytes.

mod actor;
mod note;

pub use actor::{actor, update_actor};
pub use note::{announce, audience, create, note, note_of, tombstone, update};
