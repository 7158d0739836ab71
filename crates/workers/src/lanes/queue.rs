//! One host's lane in memory: some of what waits, what is on its way, and the
//! order between them.

use domain::delivery::{Delivery, Lane, Weather};
use domain::{DeliveryId, Host, Timestamp};
use service::delivery::{Effect, End, Landed, Settlement, Waiting, judge};
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

/// Requests under way to one host.
const PARALLEL: usize = 4;
/// Deliveries of one host in memory.
const MOST: usize = 64;
/// Below so many, more are read.
const FEW: usize = 16;
/// Deliveries that are read for a probe, so that not always the same is tried.
const FOR_PROBE: usize = 8;
/// How often a success that changes nothing is written down.
const KEEP_SUCCESS: Duration = Duration::from_secs(3600);
/// How soon after a failure a sign of life makes us try again.
const AFTER_FAILURE: Duration = Duration::from_secs(30);
/// How long a lane rests after trouble of our own.
const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// What is known of a lane when it comes into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acquaintance {
    /// Nothing yet.
    Stranger,
    /// Nothing yet; and this is the first look after a start.
    FreshStart,
    /// What stands here is the newest.
    Known,
}

/// Whether the database holds more than is in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stock {
    /// Nothing more.
    Exhausted,
    /// Probably more.
    More,
    /// It is being read; `again`: news came meanwhile; `stale`: a delivery was
    /// put to rest meanwhile, which the reading may not have seen.
    Reading { again: bool, stale: bool },
}

/// One host's lane in memory.
#[derive(Debug)]
pub(crate) struct Queue {
    lane: Lane,
    acquaintance: Acquaintance,
    waiting: VecDeque<Delivery>,
    flying: HashMap<DeliveryId, Flight>,
    /// What has landed and is not yet written down. Its order key is held
    /// where it has not ended.
    unsettled: HashMap<DeliveryId, Option<i64>>,
    /// What was written down while more was being read.
    settled_meanwhile: HashSet<DeliveryId>,
    stock: Stock,
    /// Counts the lane's changes: a failure of before the last one is no news.
    epoch: u64,
    failed_at: Option<Timestamp>,
    kept_success_at: Option<Timestamp>,
    is_changed: bool,
    /// When something that rests may go.
    wake_at: Option<Timestamp>,
    alarm_at: Option<Timestamp>,
    /// It stands in the list of those that may send.
    pub(crate) is_listed: bool,
    /// It stands in the list of those that want to read.
    pub(crate) is_hungry: bool,
}

#[derive(Debug, Clone, Copy)]
struct Flight {
    order_key: i64,
    epoch: u64,
    is_probe: bool,
}

impl Queue {
    /// A lane of which nothing is known yet.
    pub(crate) fn new(host: Host) -> Self {
        Self {
            kept_success_at: None,
            lane: Lane::new(host),
            acquaintance: Acquaintance::Stranger,
            waiting: VecDeque::new(),
            flying: HashMap::new(),
            unsettled: HashMap::new(),
            settled_meanwhile: HashSet::new(),
            stock: Stock::More,
            epoch: 0,
            failed_at: None,
            is_changed: false,
            wake_at: None,
            alarm_at: None,
            is_listed: false,
            is_hungry: false,
        }
    }

    pub(crate) fn lane(&self) -> &Lane {
        &self.lane
    }

    /// How many deliveries it holds in memory.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing would be lost or late if it were forgotten, as the
    /// database and the next look at it tell the rest.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
            && self.flying.is_empty()
            && self.unsettled.is_empty()
            && !self.is_changed
            && !matches!(self.stock, Stock::Reading { .. })
    }

    /// Its next try, while it rests.
    pub(crate) fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        (self.lane.next_try_at > now).then_some(self.lane.next_try_at)
    }

    /// This is the first look after a start.
    pub(crate) fn start_fresh(&mut self) {
        if self.acquaintance == Acquaintance::Stranger {
            self.acquaintance = Acquaintance::FreshStart;
        }
    }

    /// Takes over what the database knows of the lane, unless more is known
    /// here. After a start, what has failed for some hours may well work now,
    /// and patience begins anew.
    fn meet(&mut self, lane: Lane, now: Timestamp) {
        let before = std::mem::replace(&mut self.acquaintance, Acquaintance::Known);
        if before == Acquaintance::Known {
            return;
        }
        self.kept_success_at = lane.last_success_at;
        self.lane = lane;
        if before == Acquaintance::FreshStart && self.lane.is_failing() && !self.lane.is_dead(now) {
            self.lane.failures = 1;
            self.lane.next_try_at = now;
        }
    }

    /// There is something new in the database.
    pub(crate) fn restock(&mut self) {
        self.stock = match self.stock {
            Stock::Exhausted | Stock::More => Stock::More,
            Stock::Reading { stale, .. } => Stock::Reading { again: true, stale },
        };
    }

    /// How much to read now, if anything. What is in other hands is read again
    /// and left out.
    pub(crate) fn wants(&self, now: Timestamp) -> Option<usize> {
        let few = self.waiting.len() < FEW && self.stock == Stock::More;
        if !few || self.rests_until(now).is_some() {
            return None;
        }
        if self.lane.is_failing() {
            // Once a probe is under way, its end decides.
            let is_bare = self.waiting.is_empty() && self.flying.is_empty();
            return is_bare.then(|| FOR_PROBE + self.unsettled.len());
        }
        Some(MOST + self.flying.len() + self.unsettled.len())
    }

    /// Reading begins.
    pub(crate) fn reading(&mut self) {
        self.settled_meanwhile.clear();
        self.stock = Stock::Reading { again: false, stale: false };
    }

    /// Reading failed.
    pub(crate) fn unread(&mut self) {
        self.stock = Stock::More;
    }

    /// What was read, of `asked` deliveries that were wanted.
    pub(crate) fn take(&mut self, read: Waiting, asked: usize, now: Timestamp) {
        let Stock::Reading { again, stale } = self.stock else { return };
        self.meet(read.lane, now);
        let is_all = read.deliveries.len() < asked && !again && !stale;
        self.stock = if is_all { Stock::Exhausted } else { Stock::More };
        if self.rests_until(now).is_some() {
            return self.drop_waiting();
        }
        if let Some(next) = read.next.filter(|next| *next > now) {
            self.wake(next);
        }
        if !stale {
            self.stow(read.deliveries);
        }
    }

    /// Puts what was read behind what is held, without what is in other hands
    /// or must wait for that.
    fn stow(&mut self, read: Vec<Delivery>) {
        let held: HashSet<DeliveryId> = self.waiting.iter().map(|delivery| delivery.id).collect();
        let resting: HashSet<i64> = self.unsettled.values().flatten().copied().collect();
        for delivery in read {
            let id = &delivery.id;
            let in_hands = held.contains(id)
                || self.flying.contains_key(id)
                || self.unsettled.contains_key(id)
                || self.settled_meanwhile.contains(id);
            if in_hands || resting.contains(&delivery.order_key) {
                continue;
            }
            if self.waiting.len() >= if self.lane.is_failing() { FOR_PROBE } else { MOST } {
                self.stock = Stock::More;
                return;
            }
            self.waiting.push_back(delivery);
        }
    }

    /// The next delivery that may start now: the oldest whose order key is
    /// free; for a probe, the one that was tried least.
    pub(crate) fn next(&mut self, now: Timestamp) -> Option<Delivery> {
        let parallel = if self.lane.is_failing() { 1 } else { PARALLEL };
        if self.lane.next_try_at > now || self.flying.len() >= parallel {
            return None;
        }
        let mut taken: HashSet<i64> = self.flying.values().map(|flight| flight.order_key).collect();
        let mut free = Vec::new();
        for (index, delivery) in self.waiting.iter().enumerate() {
            if taken.insert(delivery.order_key) {
                free.push((delivery.attempts, index));
                if !self.lane.is_failing() {
                    break;
                }
            }
        }
        let (_, index) = free.into_iter().min()?;
        let delivery = self.waiting.remove(index)?;
        self.flying.insert(
            delivery.id,
            Flight { order_key: delivery.order_key, epoch: self.epoch, is_probe: self.lane.is_failing() },
        );
        Some(delivery)
    }

    /// Whether a delivery on its way is the probe of a host that fails.
    pub(crate) fn is_probe(&self, id: DeliveryId) -> bool {
        self.flying.get(&id).is_some_and(|flight| flight.is_probe)
    }

    /// A delivery came back: what is to be written down, if anything.
    pub(crate) fn land(
        &mut self,
        landed: &Landed,
        now: Timestamp,
        weather: Weather,
        chance: f64,
    ) -> Option<Settlement> {
        let (id, message) = (landed.delivery.id, landed.delivery.message);
        let flight = self.flying.remove(&id)?;
        let (end, effect) = judge(landed, &self.lane, now, weather, chance);
        self.learn(landed.reads_rfc9421);
        self.feel(effect, flight.epoch, now, weather, chance);
        let Some(end) = end else {
            self.rest_for_our_trouble(now);
            return None;
        };
        if let End::Later { not_before, .. } = &end {
            self.rest(&landed.delivery, *not_before);
        }
        let held = matches!(end, End::Later { .. }).then_some(flight.order_key);
        self.unsettled.insert(id, held);
        Some(Settlement { id, message, end })
    }

    /// A delivery will be tried again: what must follow it waits in the
    /// database with it.
    fn rest(&mut self, delivery: &Delivery, not_before: Timestamp) {
        self.waiting.retain(|other| other.order_key != delivery.order_key);
        self.wake(not_before.max(self.lane.next_try_at));
        self.restock();
    }

    fn rest_for_our_trouble(&mut self, now: Timestamp) {
        self.lane.next_try_at = self.lane.next_try_at.max(now.plus(AFTER_TROUBLE));
        self.drop_waiting();
    }

    fn learn(&mut self, reads_rfc9421: Option<bool>) {
        if let Some(reads) = reads_rfc9421.filter(|reads| *reads != self.lane.reads_rfc9421) {
            self.lane.reads_rfc9421 = reads;
            self.is_changed = true;
        }
    }

    fn feel(&mut self, effect: Effect, epoch: u64, now: Timestamp, weather: Weather, chance: f64) {
        match effect {
            Effect::Works => self.succeed(now),
            // What started before the last change tells nothing new.
            Effect::Fails(asked) if epoch == self.epoch => {
                self.lane.fail(now, asked, weather, chance);
                self.epoch += 1;
                self.failed_at = Some(now);
                self.is_changed = true;
                self.drop_waiting();
            }
            Effect::Fails(_) | Effect::Nothing => (),
        }
    }

    fn succeed(&mut self, now: Timestamp) {
        let was_failing = self.lane.is_failing();
        self.lane.succeed(now);
        if was_failing {
            self.epoch += 1;
            self.restock();
        }
        let is_old = self.kept_success_at.is_none_or(|at| now.since(at) >= KEEP_SUCCESS);
        if was_failing || is_old {
            self.kept_success_at = Some(now);
            self.is_changed = true;
        }
    }

    /// While it rests it holds nothing in memory.
    fn drop_waiting(&mut self) {
        self.waiting.clear();
        self.wake(self.lane.next_try_at);
        self.restock();
    }

    /// Too many are tried already.
    pub(crate) fn put_off(&mut self, until: Timestamp) {
        self.lane.next_try_at = self.lane.next_try_at.max(until);
        self.drop_waiting();
    }

    fn wake(&mut self, at: Timestamp) {
        self.wake_at = Some(self.wake_at.map_or(at, |earlier| earlier.min(at)));
    }

    /// Whether it will wake by itself, later.
    pub(crate) fn sleeps(&self, now: Timestamp) -> bool {
        self.wake_at.is_some_and(|at| at > now)
    }

    /// When it is to be woken, if that is not arranged yet.
    pub(crate) fn set_alarm(&mut self) -> Option<Timestamp> {
        let at = self.wake_at.filter(|at| self.alarm_at != Some(*at))?;
        self.alarm_at = Some(at);
        Some(at)
    }

    /// The alarm rang; whether it is time.
    pub(crate) fn ring(&mut self, now: Timestamp) -> bool {
        let is_due = self.wake_at.is_some_and(|at| at <= now);
        if is_due {
            (self.wake_at, self.alarm_at) = (self.rests_until(now), None);
            self.restock();
        }
        is_due
    }

    /// The host showed a sign of life.
    pub(crate) fn hasten(&mut self, now: Timestamp) {
        if self.lane.is_failing() {
            let soonest = self.failed_at.map_or(now, |at| at.plus(AFTER_FAILURE).max(now));
            self.lane.next_try_at = self.lane.next_try_at.min(soonest);
            self.wake(self.lane.next_try_at);
            self.restock();
        }
    }

    /// The lane, if it is to be written down.
    pub(crate) fn changed(&mut self) -> Option<Lane> {
        std::mem::take(&mut self.is_changed).then(|| self.lane.clone())
    }

    /// A settlement is on disk.
    pub(crate) fn settled(&mut self, id: DeliveryId) {
        let held = self.unsettled.remove(&id).flatten();
        if let Stock::Reading { again, stale } = self.stock {
            self.settled_meanwhile.insert(id);
            self.stock = Stock::Reading { again, stale: stale || held.is_some() };
        }
    }
}

#[cfg(test)]
mod tests;
