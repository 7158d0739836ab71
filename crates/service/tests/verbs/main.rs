//! The verbs, both ways, on each database: activities signed by peers come in
//! through the door and are acted upon; what goes out is read from the log.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a test may fail in its helpers too, and is big"
)]

mod stage;
mod peer;
mod checks;

mod following;
mod blocking;
mod liking;
mod boosting;
mod cards;
mod publishing;
mod polling;
mod emoji;
mod receiving;
mod programs;
mod hearsay;
mod dialects;
mod changing;
mod accounts;
mod door;
mod outgoing;
mod crowds;
mod seeing;
mod people;
mod real;
