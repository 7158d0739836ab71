//! The cellar: all SQL, migrations, the message log, deliveries.
//!
//! A verb is a plain function over [`Tx`]; [`Store::write`] runs it in one
//! transaction on a thread of the store's own and answers once it is on disk.
//! What a verb decides is no business of this crate.

mod backup;
pub mod clock;
mod dialect;
pub mod engine;
pub mod error;
pub mod ids;
mod lock;
mod migrations;
mod pg;
mod sqlite;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod tx;
pub mod value;

pub use clock::Clock;
pub use engine::{Config, Database, Stats, Store};
pub use error::{Error, Result};
pub use tx::Tx;
