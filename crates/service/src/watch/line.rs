//! One line to somebody who watches: a queue with two ends.

use super::registry::{LineId, Refused, Streams};
use domain::stream::Topic;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::Notify;

/// Most parcels that wait for one line ...
const MAX_WAITING: usize = 256;
/// ... and the most of their payloads, in bytes.
const MAX_WAITING_BYTES: usize = 1 << 20;

/// Why a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The server stops.
    Stopping,
    /// The token is good no more.
    Revoked,
    /// Its reader did not keep up.
    Slow,
    /// Some news was missed here: whoever comes again sees all.
    Missed,
}

/// What is sent, in the words of a door.
#[derive(Debug)]
pub struct Payload {
    plain: String,
    quoted: OnceLock<String>,
}

impl Payload {
    /// For many lines at once.
    pub fn new(plain: String) -> Arc<Self> {
        Arc::new(Self { plain, quoted: OnceLock::new() })
    }

    /// As it is.
    pub fn plain(&self) -> &str {
        &self.plain
    }

    /// As a JSON string, written once for all lines.
    pub fn quoted(&self) -> &str {
        self.quoted.get_or_init(|| serde_json::Value::String(self.plain.clone()).to_string())
    }
}

/// One piece of news on its way to one line.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// What the door called the topics when it hung them up.
    pub stream: Arc<str>,
    /// The word for what happened.
    pub event: &'static str,
    /// What.
    pub payload: Arc<Payload>,
}

#[derive(Debug, Default)]
struct Waiting {
    parcels: VecDeque<Parcel>,
    bytes: usize,
    end: Option<End>,
}

/// The queue of a line, which both ends hold.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    ready: Notify,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, parcel: Parcel) {
        let mut waiting = self.waiting();
        if waiting.end.is_some() {
            return;
        }
        waiting.bytes += parcel.payload.plain().len();
        waiting.parcels.push_back(parcel);
        if waiting.parcels.len() > MAX_WAITING || waiting.bytes > MAX_WAITING_BYTES {
            waiting.end = Some(End::Slow);
            waiting.parcels = VecDeque::new();
        }
        drop(waiting);
        self.ready.notify_one();
    }

    /// What waits is forgotten: the end comes at once.
    pub(super) fn end(&self, why: End) {
        let mut waiting = self.waiting();
        waiting.end.get_or_insert(why);
        waiting.parcels = VecDeque::new();
        drop(waiting);
        self.ready.notify_one();
    }

    fn take(&self) -> Option<Result<Parcel, End>> {
        let mut waiting = self.waiting();
        if let Some(why) = waiting.end {
            return Some(Err(why));
        }
        let parcel = waiting.parcels.pop_front()?;
        waiting.bytes = waiting.bytes.saturating_sub(parcel.payload.plain().len());
        if waiting.parcels.is_empty() {
            // Idle lines are many: none keeps room for what is over.
            waiting.parcels = VecDeque::new();
        }
        Some(Ok(parcel))
    }
}

/// The end of a line where somebody watches. It is closed by being dropped.
#[derive(Debug)]
pub struct Line {
    pub(super) id: LineId,
    pub(super) queue: Arc<Queue>,
    pub(super) streams: Streams,
}

impl Line {
    /// Hangs topics on the line, under what the door calls them. Twice is once.
    pub fn watch(&self, stream: &Arc<str>, topics: Vec<Topic>) -> Result<(), Refused> {
        self.streams.watch(self.id, stream, topics)
    }

    /// Takes them off again.
    pub fn leave(&self, stream: &str) {
        self.streams.leave(self.id, stream);
    }

    /// The next parcel, or why there is none any more. May be given up at any time.
    pub async fn next(&self) -> Result<Parcel, End> {
        loop {
            if let Some(next) = self.queue.take() {
                return next;
            }
            self.queue.ready.notified().await;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.streams.close(self.id);
    }
}
