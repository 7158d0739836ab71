//! Makes ids of rows: 48 bits of milliseconds, 6 of node, 10 of sequence.
//!
//! `domain::id` says what an id means; this says that none is made twice.

use crate::error::{Error, Result};
use domain::Timestamp;
use domain::id::{SEQUENCE_BITS, first_at, time_of};
use std::sync::atomic::{AtomicI64, Ordering};

/// Low bits that count within a millisecond; the bits above them name the node.
const COUNT_BITS: u32 = 10;

/// How many processes may share one database.
const NODES: u16 = 1 << (SEQUENCE_BITS - COUNT_BITS);

/// An odd number, so that its multiples visit all low bits before repeating.
const STRIDE: i64 = 40_503;

/// Makes ids that only grow, whatever the clock does.
#[derive(Debug)]
pub struct Ids {
    node: i64,
    /// Milliseconds and count of the last id made, without the node.
    last: AtomicI64,
    scatter: AtomicI64,
}

impl Ids {
    /// Goes on after `newest`, the greatest id that exists, or at `now`.
    pub fn starting(node: u16, newest: i64, now: Timestamp) -> Result<Self> {
        if node >= NODES {
            return Err(Error::Setting(format!("node number {node} is not below {NODES}")));
        }
        // The whole millisecond of the newest id counts as used: another node
        // may have made it.
        let used = ((time_of(newest.max(0)) + 1) << COUNT_BITS) - 1;
        let used = if newest <= 0 { 0 } else { used };
        Ok(Self { node: node.into(), last: AtomicI64::new(used), scatter: AtomicI64::new(now.0) })
    }

    /// A new id, greater than all before it.
    pub fn next(&self, now: Timestamp) -> i64 {
        let earliest = now.0.max(0) << COUNT_BITS;
        let after = |last: i64| earliest.max(last + 1);
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last)));
        let tick = after(last.unwrap_or_default());
        first_at(tick >> COUNT_BITS) | self.node << COUNT_BITS | (tick & ((1 << COUNT_BITS) - 1))
    }

    /// An id for something published earlier elsewhere: sorts by that time, is
    /// never of the future, and its low bits are scattered. It may be taken.
    pub fn at(&self, published: Timestamp, now: Timestamp) -> i64 {
        let low = self.scatter.fetch_add(1, Ordering::Relaxed).wrapping_mul(STRIDE);
        let low = low & ((1 << SEQUENCE_BITS) - 1);
        first_at(published.min(now).0.max(0)) | low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    #[test]
    fn ids_grow_although_the_clock_steps_back() {
        let ids = Ids::starting(3, 0, NOW).unwrap();
        let mut last = 0;
        for step in [0, 0, 5, -60_000, -60_000, 7] {
            for _ in 0..3000 {
                let id = ids.next(Timestamp(NOW.0 + step));
                assert!(id > last);
                last = id;
            }
        }
    }

    #[test]
    fn ids_go_on_after_the_newest_row() {
        let newest = first_at(NOW.0 + 1000) | 0xffff;
        let ids = Ids::starting(0, newest, NOW).unwrap();
        assert!(ids.next(NOW) > newest);
    }

    #[test]
    fn ids_of_two_nodes_differ() {
        let one = Ids::starting(1, 0, NOW).unwrap();
        let two = Ids::starting(2, 0, NOW).unwrap();
        assert_ne!(one.next(NOW), two.next(NOW));
        assert!(Ids::starting(64, 0, NOW).is_err());
    }

    #[test]
    fn an_id_for_the_past_is_of_its_time_and_never_of_the_future() {
        let ids = Ids::starting(0, 0, NOW).unwrap();
        assert_eq!(time_of(ids.at(Timestamp(5000), NOW)), 5000);
        assert_eq!(time_of(ids.at(Timestamp(NOW.0 + 1), NOW)), NOW.0);
        assert_eq!(time_of(ids.at(Timestamp(-7), NOW)), 0);
        let same_time: HashSet<i64> = (0..60_000).map(|_| ids.at(Timestamp(5000), NOW)).collect();
        assert_eq!(same_time.len(), 60_000);
    }
}
