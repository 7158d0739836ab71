//! Waiting, and being told to stop.

use domain::Event;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::watch;

/// After trouble with the store.
pub(crate) const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Waits until workers are to stop.
pub(crate) async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    // A sender that is gone cannot say stop any more.
    let _ = shutdown.wait_for(|stop| *stop).await;
}

/// News of the store.
#[derive(Debug)]
pub(crate) enum News {
    /// This happened.
    Event(Event),
    /// Something happened that was missed: look at everything.
    Missed,
    /// There will be no more.
    Closed,
}

/// Waits for news.
pub(crate) async fn news(events: &mut Receiver<Event>) -> News {
    match events.recv().await {
        Ok(event) => News::Event(event),
        Err(RecvError::Lagged(_)) => News::Missed,
        Err(RecvError::Closed) => News::Closed,
    }
}

/// News that need not be waited for.
pub(crate) fn lies_ready(events: &mut Receiver<Event>) -> Option<News> {
    match events.try_recv() {
        Ok(event) => Some(News::Event(event)),
        Err(TryRecvError::Lagged(_)) => Some(News::Missed),
        Err(TryRecvError::Empty | TryRecvError::Closed) => None,
    }
}
