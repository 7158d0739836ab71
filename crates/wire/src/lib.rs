//! The post office: signatures, digests, guarded requests, deliveries, WebFinger.

mod encoding;
mod headers;
mod refusal;
mod structured;

pub mod date;
pub mod digest;
pub mod key;
pub mod signature;

mod connect;
mod resolve;

pub mod client;
pub mod deliver;
pub mod fetch;
pub mod guard;
pub mod json;
pub mod link;
pub mod mail;
pub mod media_type;
pub mod passing;
pub mod push;
pub mod webfinger;

pub use client::{Client, ClientConfig, ClientError, FetchError, Fetched, Limits, Signer, Stats};
pub use deliver::Answer;
pub use fetch::Document;
pub use passing::Passing;
pub use webfinger::WebFinger;
