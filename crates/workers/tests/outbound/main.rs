//! What becomes of messages of ours: a real store, real workers, real HTTP to
//! peers on loopback.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail in its helpers too")]

mod endings;
mod fairness;
mod pushing;
mod reach;
mod restarts;
mod retries;
mod sink;
mod stage;
mod sweeping;
