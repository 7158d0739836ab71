//! Antiphon, the program: settings, boot, wiring, command line.
//!
//! Everything else lives in the other rooms. Nothing here reads the
//! environment or sets up logging; `main` does, and hands on what it found.

pub mod settings;
pub mod doors;
pub mod boot;
mod leftover;
mod listen;
mod metrics;
mod socket;
pub mod commands;
pub mod demo;
pub mod cli;
pub mod files;

pub use boot::{Options, Running, Server, StartError};
pub use settings::Settings;
