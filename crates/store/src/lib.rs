//! The cellar: all SQL, migrations, the message log, deliveries.
//!
//! A verb is a plain function over [`Tx`]; [`Store::write`] runs it in one
//! transaction on a thread of the store's own and answers once it is on disk.
//! What a verb decides is no business of this crate.

pub mod clock;
pub mod engine;
pub mod error;
pub mod ids;
pub mod tx;
pub mod value;
mod dialect;
mod sqlite;
mod pg;
mod lock;
mod backup;
mod soundness;
mod migrations;

mod cursor;
mod decoded;
mod json;
mod paged;
mod wishes;
mod wanted;
pub mod account;
pub mod key;
pub mod host_rule;
pub mod audit;
pub mod report;
pub mod follow;
pub mod block;
pub mod mute;
pub mod domain_block;
pub mod account_note;
pub mod card;
pub mod poll;
pub mod post;
pub mod scheduled;
pub mod tombstone;
pub mod boost;
pub mod like;
pub mod bookmark;
pub mod pin;
pub mod tag;
pub mod discovery;
pub mod timeline;
pub mod list;
pub mod emoji;
pub mod announcement;
pub mod rule;
pub mod filter;
pub mod marker;
pub mod conversation;
pub mod stream;
pub mod search;
pub mod notification;
pub mod push;
pub mod instance;
pub mod user;
pub mod session;
pub mod sign_up;
pub mod invite;
pub mod totp;
pub mod letter;
pub mod oauth;
pub mod refresh;
pub mod message;
pub mod idempotency;
pub mod outbox;
pub mod delivery;
pub mod lane;
pub mod sweep;
pub mod media;
pub mod shelf;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use engine::{Config, Database, Stats, Store};
pub use error::{Error, Result};
pub use tx::Tx;
