//! The sign-in face over HTTP, on each database there is.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails where it stands"
)]

mod browser;
mod code;
mod doors;
mod letters;
mod registration;
mod renewal;
mod second_factor;
mod session;
mod settings;
mod sign_up;
mod sign_up_api;
mod token;
