//! What has landed and is to be written down: in batches, one at a time, as a
//! commit costs the same for one row and for hundreds.

use super::roster::Roster;
use crate::pace::AFTER_TROUBLE;
use domain::delivery::Lane;
use domain::{DeliveryId, Host};
use service::delivery::Settlement;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// The most of one batch.
const MOST: usize = 256;
/// So many do not wait for more.
const ENOUGH: usize = 128;
/// How long a few wait for more.
const PATIENCE: Duration = Duration::from_millis(20);

/// What has landed.
#[derive(Debug, Default)]
pub(crate) struct Settling {
    landed: Vec<(Host, Settlement)>,
    /// Lanes that a failed batch was to write down.
    lanes: Vec<Lane>,
    /// Not before.
    begin_at: Option<Instant>,
    is_under_way: bool,
}

/// What is being written down.
#[derive(Debug)]
pub(crate) struct Batch {
    landed: Vec<(Host, Settlement)>,
    lanes: Vec<Lane>,
}

impl Batch {
    pub(crate) fn settlements(&self) -> Vec<Settlement> {
        self.landed.iter().map(|(_, settlement)| settlement.clone()).collect()
    }

    pub(crate) fn lanes(&self) -> Vec<Lane> {
        self.lanes.clone()
    }
}

impl Settling {
    pub(crate) fn is_empty(&self) -> bool {
        self.landed.is_empty() && !self.is_under_way
    }

    pub(crate) fn add(&mut self, host: Host, settlement: Settlement) {
        self.begin_at.get_or_insert_with(|| Instant::now() + PATIENCE);
        self.landed.push((host, settlement));
    }

    /// How long until it is worth writing; `None` while there is nothing, or a
    /// batch is under way.
    pub(crate) fn pause(&self) -> Option<Duration> {
        if self.is_under_way || self.landed.is_empty() {
            return None;
        }
        let is_enough = self.landed.len() >= ENOUGH && self.lanes.is_empty();
        let wait = self.begin_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
        Some(if is_enough { Duration::ZERO } else { wait })
    }

    /// Takes a batch, with the lanes its hosts have now.
    pub(crate) fn begin(&mut self, roster: &mut Roster) -> Batch {
        self.is_under_way = true;
        self.begin_at = None;
        let rest = self.landed.split_off(self.landed.len().min(MOST));
        let landed = std::mem::replace(&mut self.landed, rest);
        let hosts: BTreeSet<&Host> = landed.iter().map(|(host, _)| host).collect();
        let changed = roster.changed(hosts);
        let mut lanes = std::mem::take(&mut self.lanes);
        lanes.retain(|old| changed.iter().all(|new| new.host != old.host));
        lanes.extend(changed);
        Batch { landed, lanes }
    }

    /// A batch is on disk: whose deliveries it settled.
    pub(crate) fn done(&mut self, batch: Batch) -> Vec<(Host, DeliveryId)> {
        self.is_under_way = false;
        batch.landed.into_iter().map(|(host, settlement)| (host, settlement.id)).collect()
    }

    /// A batch was not written: a little later, first thing.
    pub(crate) fn again(&mut self, batch: Batch) {
        self.is_under_way = false;
        self.begin_at = Some(Instant::now() + AFTER_TROUBLE);
        self.lanes = batch.lanes;
        let newer = std::mem::replace(&mut self.landed, batch.landed);
        self.landed.extend(newer);
    }
}
