//! The sign-in face over HTTP, on each database there is.

mod browser;
mod code;
mod doors;
mod registration;
mod session;
mod sign_up;
mod token;
