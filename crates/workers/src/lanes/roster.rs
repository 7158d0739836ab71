//! All lanes in memory: whose turn it is to send, who may read more, and when
//! who wakes.

use super::queue::Queue;
use domain::delivery::{Lane, Weather};
use domain::{DeliveryId, Host, Timestamp};
use service::delivery::{Landed, Parcel, Scan, Settlement, Waiting, Want};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

/// Deliveries in memory for hosts that answer.
const MOST_WAITING: usize = 5_000;
/// Deliveries in memory for hosts that fail: after a start all of these are
/// tried, and may be very many.
const MOST_FAILING: usize = 2_000;
/// How long a host that fails is put off while so many others are tried.
const PUT_OFF: Duration = Duration::from_secs(15);
/// Lanes in memory. Beyond it those that rest are left to the database.
const MOST_LANES: usize = 20_000;
/// Hosts that are read for at once.
const READ_AT_ONCE: usize = 64;

/// All lanes in memory.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    queues: HashMap<Host, Queue>,
    /// Those that may have something to send, in turn.
    ready: VecDeque<Host>,
    /// Those that want to read more, in turn.
    hungry: VecDeque<Host>,
    asleep: BinaryHeap<Reverse<(Timestamp, Host)>>,
    held: Held,
    flying: usize,
    probes: usize,
}

/// Deliveries in memory.
#[derive(Debug, Default)]
struct Held {
    waiting: usize,
    failing: usize,
}

impl Held {
    fn of(&mut self, queue: &Queue) -> &mut usize {
        if queue.lane().is_failing() { &mut self.failing } else { &mut self.waiting }
    }
}

impl Roster {
    /// Requests under way.
    pub(crate) fn flying(&self) -> usize {
        self.flying
    }

    /// There is something new for a host.
    pub(crate) fn addressed(&mut self, host: &Host, now: Timestamp) {
        self.queues.entry(host.clone()).or_insert_with_key(|host| Queue::new(host.clone()));
        self.change(host, now, Queue::restock);
    }

    /// A look through the database found a host. What will wake by itself
    /// sleeps on.
    pub(crate) fn found(&mut self, host: &Host, which: Scan, now: Timestamp) {
        self.queues.entry(host.clone()).or_insert_with_key(|host| Queue::new(host.clone()));
        self.change(host, now, |queue| {
            if which == Scan::All {
                queue.start_fresh();
            }
            if !queue.sleeps(now) {
                queue.restock();
            }
        });
    }

    /// A host showed a sign of life.
    pub(crate) fn alive(&mut self, host: &Host, now: Timestamp) {
        if self.change(host, now, |queue| queue.hasten(now)).is_none() {
            self.addressed(host, now);
        }
    }

    /// Wakes those whose time has come; when the next one's comes.
    pub(crate) fn wake(&mut self, now: Timestamp) -> Option<Timestamp> {
        while let Some(Reverse((at, host))) = self.asleep.pop() {
            if at > now {
                self.asleep.push(Reverse((at, host)));
                return Some(at);
            }
            self.change(&host, now, |queue| queue.ring(now));
        }
        None
    }

    /// The hosts to read for next. Each must be answered by [`Self::read`] or
    /// [`Self::unread`].
    pub(crate) fn wants(&mut self, now: Timestamp) -> Vec<Want> {
        let mut wants = Vec::new();
        let mut room = MOST_WAITING.saturating_sub(self.held.waiting);
        while wants.len() < READ_AT_ONCE && room > 0 {
            let Some(host) = self.hungry.pop_front() else { break };
            let Some(queue) = self.queues.get_mut(&host) else { continue };
            queue.is_hungry = false;
            if let Some(limit) = queue.wants(now) {
                queue.reading();
                room = room.saturating_sub(limit);
                wants.push(Want { host, limit });
            }
        }
        wants
    }

    /// What was read for a host.
    pub(crate) fn read(&mut self, want: &Want, found: Waiting, now: Timestamp) {
        let is_crowded = self.held.failing > MOST_FAILING;
        self.change(&want.host, now, |queue| {
            queue.take(found, want.limit, now);
            if is_crowded && queue.lane().is_failing() {
                queue.put_off(now.plus(PUT_OFF));
            }
        });
    }

    /// Reading failed.
    pub(crate) fn unread(&mut self, want: &Want, now: Timestamp) {
        self.change(&want.host, now, Queue::unread);
    }

    /// The next delivery to start, hosts in turn, with at most `sockets` under
    /// way. Probes of hosts that fail take a quarter of them at most.
    pub(crate) fn next(&mut self, now: Timestamp, sockets: usize) -> Option<Parcel> {
        let most_probes = (sockets / 4).max(1);
        let mut turns = self.ready.len();
        while self.flying < sockets && turns > 0 {
            turns -= 1;
            let host = self.ready.pop_front()?;
            let Some(queue) = self.queues.get_mut(&host) else { continue };
            if queue.lane().is_failing() && self.probes >= most_probes {
                self.ready.push_back(host);
                continue;
            }
            queue.is_listed = false;
            let is_probe = queue.lane().is_failing();
            let reads_rfc9421 = queue.lane().reads_rfc9421;
            if let Some(delivery) = self.change(&host, now, |queue| queue.next(now)).flatten() {
                self.flying += 1;
                self.probes += usize::from(is_probe);
                return Some(Parcel { delivery, reads_rfc9421 });
            }
        }
        None
    }

    /// A delivery came back: what is to be written down, if anything.
    pub(crate) fn land(
        &mut self,
        landed: &Landed,
        now: Timestamp,
        weather: Weather,
        chance: f64,
    ) -> Option<Settlement> {
        let host = landed.delivery.host.clone();
        self.flying = self.flying.saturating_sub(1);
        if self.queues.get(&host)?.is_probe(landed.delivery.id) {
            self.probes = self.probes.saturating_sub(1);
        }
        self.change(&host, now, |queue| queue.land(landed, now, weather, chance)).flatten()
    }

    /// The lanes among these hosts that are to be written down.
    pub(crate) fn changed<'a>(&mut self, hosts: impl IntoIterator<Item = &'a Host>) -> Vec<Lane> {
        hosts.into_iter().filter_map(|host| self.queues.get_mut(host)?.changed()).collect()
    }

    /// A settlement is on disk.
    pub(crate) fn settled(&mut self, host: &Host, id: DeliveryId, now: Timestamp) {
        self.change(host, now, |queue| queue.settled(id));
    }

    /// Forgets lanes, where there are too many, that have nothing to do.
    pub(crate) fn tidy(&mut self) {
        if self.queues.len() > MOST_LANES {
            self.queues.retain(|_, queue| !queue.is_idle());
            let queues = &self.queues;
            self.asleep.retain(|Reverse((_, host))| queues.contains_key(host));
        }
    }

    /// Changes a lane, keeps count of what it holds, and lists its host
    /// wherever it belongs then.
    fn change<T>(&mut self, host: &Host, now: Timestamp, change: impl FnOnce(&mut Queue) -> T) -> Option<T> {
        let queue = self.queues.get_mut(host)?;
        *self.held.of(queue) -= queue.len();
        let told = change(queue);
        *self.held.of(queue) += queue.len();
        self.look_at(host, now);
        Some(told)
    }

    /// Lists a host wherever it belongs.
    fn look_at(&mut self, host: &Host, now: Timestamp) {
        let Some(queue) = self.queues.get_mut(host) else { return };
        if queue.len() > 0 && !queue.is_listed && queue.rests_until(now).is_none() {
            queue.is_listed = true;
            self.ready.push_back(host.clone());
        }
        if !queue.is_hungry && queue.wants(now).is_some() {
            queue.is_hungry = true;
            self.hungry.push_back(host.clone());
        }
        if let Some(at) = queue.set_alarm() {
            self.asleep.push(Reverse((at, host.clone())));
        }
    }
}

#[cfg(test)]
mod tests;
