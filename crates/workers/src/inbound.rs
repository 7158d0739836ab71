//! The inbound loop: acts upon what has arrived, in order where the order
//! matters, side by side where it does not.

use crate::pace::{News, news, stopped};
use domain::{Event, MessageId, Timestamp};
use service::Cx;
use service::inbound::{self, Waiting};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::sync::{Semaphore, broadcast, watch};
use tokio::task::JoinSet;

/// Messages acted upon at a time; those that wait for a fetch do not count.
const RUNNING: usize = 64;
/// Messages held in memory; the others wait on disk.
const HELD: usize = 4096;
/// Bytes of bodies held in memory.
const HELD_BYTES: usize = 32 << 20;
/// Messages read at a time.
const BATCH: i64 = 128;
/// How often the whole table is looked through: for what was postponed, and
/// for what was committed out of order.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Runs until shutdown; what is being acted upon ends first, what stands in a
/// queue waits on disk for the next start.
pub(crate) async fn run(cx: Cx, mut events: broadcast::Receiver<Event>, mut shutdown: watch::Receiver<bool>) {
    let mut desk = Desk::new(cx);
    let mut again = tokio::time::interval(LOOK_AGAIN);
    again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped(&mut shutdown) => break,
            Some(Ok(ended)) = desk.acting.join_next() => desk.ended(ended),
            news = news(&mut events) => match news {
                News::Event(Event::Arrived(_)) => {
                    drain(&mut events);
                    desk.take_new().await;
                }
                News::Event(_) => (),
                News::Missed => desk.take_new().await,
                News::Closed => break,
            },
            _ = again.tick() => desk.take_all().await,
        }
    }
    desk.queues.clear();
    while let Some(ended) = desk.acting.join_next().await {
        ended.ok().into_iter().for_each(|ended| desk.ended(ended));
    }
}

/// Many messages arrive at once: looking once is enough for all of them.
fn drain(events: &mut broadcast::Receiver<Event>) {
    while matches!(events.try_recv(), Ok(_) | Err(TryRecvError::Lagged(_))) {}
}

/// What ended: its row, its order key, the size of its body.
type Ended = (MessageId, i64, usize);

/// What is in memory at the moment.
struct Desk {
    cx: Cx,
    running: Arc<Semaphore>,
    acting: JoinSet<Ended>,
    /// All that is held, acted upon or in a queue.
    held: HashSet<MessageId>,
    held_bytes: usize,
    /// For each order key that is acted upon, what waits behind it.
    queues: HashMap<i64, VecDeque<Waiting>>,
    /// The newest message read.
    newest: MessageId,
}

impl Desk {
    fn new(cx: Cx) -> Self {
        Self {
            cx,
            running: Arc::new(Semaphore::new(RUNNING)),
            acting: JoinSet::new(),
            held: HashSet::new(),
            held_bytes: 0,
            queues: HashMap::new(),
            newest: MessageId(0),
        }
    }

    fn is_full(&self) -> bool {
        self.held.len() >= HELD || self.held_bytes >= HELD_BYTES
    }

    /// Reads on from the newest message.
    async fn take_new(&mut self) {
        self.take_after(self.newest).await;
    }

    /// Reads from the beginning.
    async fn take_all(&mut self) {
        self.take_after(MessageId(0)).await;
    }

    async fn take_after(&mut self, mut after: MessageId) {
        while !self.is_full() {
            let batch = match inbound::waiting(&self.cx, after, BATCH).await {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::warn!(%error, "what waits could not be read");
                    return;
                }
            };
            let Some(last) = batch.last().map(|waiting| waiting.id) else { return };
            let complete = batch.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            after = last;
            let now = self.cx.now();
            for waiting in batch {
                self.take(waiting, now);
            }
            if complete {
                return;
            }
        }
    }

    fn take(&mut self, waiting: Waiting, now: Timestamp) {
        if waiting.not_before > now || !self.held.insert(waiting.id) {
            return;
        }
        self.newest = self.newest.max(waiting.id);
        self.held_bytes += waiting.bytes.len();
        if let Some(queue) = self.queues.get_mut(&waiting.order_key) {
            queue.push_back(waiting);
        } else {
            self.queues.insert(waiting.order_key, VecDeque::new());
            self.act(waiting);
        }
    }

    fn act(&mut self, waiting: Waiting) {
        let (cx, running) = (self.cx.clone(), self.running.clone());
        let ended = (waiting.id, waiting.order_key, waiting.bytes.len());
        self.acting.spawn(async move {
            inbound::act(&cx, waiting, &running).await;
            ended
        });
    }

    fn ended(&mut self, (id, order_key, size): Ended) {
        self.held.remove(&id);
        self.held_bytes = self.held_bytes.saturating_sub(size);
        match self.queues.get_mut(&order_key).and_then(VecDeque::pop_front) {
            Some(next) => self.act(next),
            None => drop(self.queues.remove(&order_key)),
        }
    }
}
