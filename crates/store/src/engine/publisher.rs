//! News after commits, in the order of commits.

use domain::Event;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

/// How many events a listener may be behind before it misses some.
const BEHIND: usize = 4096;

/// Sends events to whoever listens.
///
/// Several connections to PostgreSQL commit at once. Each takes a number
/// before it asks for its commit; what was told under a number goes out only
/// when all lower numbers are settled. So nobody hears of an effect before
/// its cause.
#[derive(Debug)]
pub(crate) struct Publisher {
    events: broadcast::Sender<Event>,
    order: Mutex<Order>,
}

#[derive(Debug, Default)]
struct Order {
    /// The next number to give.
    next: u64,
    /// The lowest number that is not settled.
    lowest: u64,
    settled: BTreeMap<u64, Vec<Event>>,
}

impl Publisher {
    pub(crate) fn new() -> Self {
        Self { events: broadcast::Sender::new(BEHIND), order: Mutex::default() }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// A number, taken before a commit. It must be settled, or all waits.
    pub(crate) fn number(&self) -> u64 {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.next += 1;
        order.next - 1
    }

    /// The commit with this number is over; `events` is empty if it failed.
    pub(crate) fn settle(&self, number: u64, events: Vec<Event>) {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.settled.insert(number, events);
        loop {
            let lowest = order.lowest;
            let Some(events) = order.settled.remove(&lowest) else { break };
            order.lowest += 1;
            for event in events {
                // Nobody may be listening.
                drop(self.events.send(event));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::PostId;

    #[test]
    fn news_of_a_later_commit_waits_for_the_earlier() {
        let publisher = Publisher::new();
        let mut heard = publisher.subscribe();
        let (first, second, third) = (publisher.number(), publisher.number(), publisher.number());
        publisher.settle(third, vec![Event::Posted(PostId(3))]);
        publisher.settle(second, Vec::new());
        assert!(heard.try_recv().is_err());
        publisher.settle(first, vec![Event::Posted(PostId(1))]);
        assert_eq!(heard.try_recv().unwrap(), Event::Posted(PostId(1)));
        assert_eq!(heard.try_recv().unwrap(), Event::Posted(PostId(3)));
    }
}
