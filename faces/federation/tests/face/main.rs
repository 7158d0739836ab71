//! The federation face over a real store, request by request.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

mod actors;
mod collections;
mod discovery;
mod inbox;
mod notes;
mod posts;
mod secure;
mod world;
