//! The living room: the verbs, both sides of each in one file, and [`Cx`], the
//! bundle that every verb and door is given.
//!
//! A verb reads, decides (asking `domain`) and writes in one transaction. It is
//! a plain function over `&mut Tx`: it cannot wait for the network. What it
//! lacks it asks for with [`arrival::Outcome::Needs`]; what it sends are rows.

pub mod cx;
pub mod error;
pub mod settings;
pub mod keys;
pub mod access;
pub mod password;
pub mod session;
pub mod login;
pub mod user;
pub mod totp;
pub mod oauth;
pub mod invite;
pub mod letter;
pub mod sign_up;
pub mod credentials;
pub mod outbox;
pub mod delivery;
pub mod sweep;

mod fingerprint;
mod meant;
mod undone;
pub mod notify;

pub mod media;
pub mod errand;
pub mod arrival;
pub mod activity;
pub mod documents;
pub mod account;
pub mod follow;
pub mod block;
pub mod mute;
pub mod domain_block;
pub mod card;
pub mod embed;
pub mod poll;
pub mod scheduled;
pub mod post;
pub mod like;
pub mod boost;
pub mod bookmark;
pub mod pin;
pub mod report;
pub mod inbound;
pub mod leavings;
pub mod moderation;
pub mod reading;

pub mod listed;
pub mod profile;
pub mod relationship;
pub mod timeline;
pub mod thread;
pub mod emoji;
pub mod announcement;
pub mod rule;
pub mod filter;
pub mod list;
pub mod conversation;
pub mod marker;
pub mod notification;
pub mod push;
pub mod watch;
pub mod stream;
pub mod search;
pub mod tag;
pub mod discovery;
pub mod preferences;
pub mod instance;
pub mod show;
pub mod interaction;

pub use cx::{Cx, Memory};
pub use error::{Error, OrNotFound, Result};
pub use listed::Listed;
pub use settings::Settings;
pub use store::Tx;
