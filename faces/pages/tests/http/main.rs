//! The pages face over HTTP, on each database there is.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test that cannot go on fails where it stands"
)]

mod world;
mod front;
mod profile;
mod thread;
mod tag;
mod interact;
mod home;
