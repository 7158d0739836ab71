//! Activities between the door and the desk, as the door read them. It may
//! forget any: what is kept on disk is read again then.

use activitypub::Activity;
use domain::MessageId;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

/// How many bytes of activities are remembered at most.
const BYTES: u64 = 8 << 20;

/// What has not been acted upon for so long waits for something else.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Activities of messages that have just been kept.
#[derive(Debug)]
pub struct Taken(Cache<MessageId, (u32, Arc<Activity>)>);

impl Default for Taken {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(BYTES)
            .weigher(|_, (bytes, _): &(u32, Arc<Activity>)| *bytes)
            .time_to_live(REMEMBERED);
        Self(cache.build())
    }
}

impl Taken {
    /// Remembers what a message of so many bytes says.
    pub(super) fn keep(&self, id: MessageId, bytes: usize, activity: &Arc<Activity>) {
        self.0.insert(id, (u32::try_from(bytes).unwrap_or(u32::MAX), Arc::clone(activity)));
    }

    /// What the message says, if that is remembered; only once.
    pub(super) fn take(&self, id: MessageId) -> Option<Arc<Activity>> {
        self.0.remove(&id).map(|(_, activity)| activity)
    }
}
