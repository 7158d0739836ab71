//! For tests: boots servers in process, plays peers, drives the clock.
//!
//! Nothing here sleeps for a fixed time: [`eventually`] asks until something is
//! so, or fails with what it waited for.

pub mod http;
pub mod server;
pub mod peer;
pub mod program;
pub mod fixtures;
mod wait;

pub use http::{Http, Reply};
pub use peer::{Letter, Peer, Received};
pub use program::Program;
pub use server::{Person, Setup, TestServer};
pub use wait::{PATIENCE, eventually};

use std::sync::atomic::{AtomicU16, Ordering};

/// An address on loopback that nobody else in this process was given: each
/// peer and server has its own, as rules and bounds go by host.
pub fn address() -> std::net::Ipv4Addr {
    static NEXT: AtomicU16 = AtomicU16::new(256);
    let [upper, lower] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    std::net::Ipv4Addr::new(127, 0, upper, lower.max(1))
}
