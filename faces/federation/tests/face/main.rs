//! The federation face over a real store, request by request.

mod actors;
mod collections;
mod discovery;
mod inbox;
mod posts;
mod secure;
mod world;
