//! What becomes of messages of ours: a real store, real workers, real HTTP to
//! peers on loopback.

mod endings;
mod fairness;
mod reach;
mod restarts;
mod retries;
mod sink;
mod stage;
