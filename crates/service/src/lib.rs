//! The living room: the verbs, both sides of each in one file, and [`Cx`], the
//! bundle that every verb and door is given.
//!
//! A verb reads, decides (asking `domain`) and writes in one transaction. It is
//! a plain function over `&mut Tx`: it cannot wait for the network. What it
//! lacks it asks for with [`Outcome::Needs`]; what it sends are rows.

pub mod cx;
pub mod error;
pub mod settings;
pub mod keys;

pub use cx::Cx;
pub use error::{Error, Result};
pub use settings::Settings;
pub use store::Tx;
