//! Keeps the search index behind what is written, a little later.

use crate::pace::{AFTER_TROUBLE, News, news, stopped};
use domain::Event;
use service::Cx;
use service::search::{Filled, fill};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::watch;

/// What comes soon after each other is looked at together.
const TOGETHER: Duration = Duration::from_millis(250);
/// What no event told is found after this time.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Between two steps: an index that is built anew leaves room for others.
const BREATH: Duration = Duration::from_millis(5);

/// Runs until told to stop; each step is whole or has not been.
pub(crate) async fn run(cx: Cx, mut events: Receiver<Event>, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = fill_for_ever(&cx, &mut events) => (),
    }
}

async fn fill_for_ever(cx: &Cx, events: &mut Receiver<Event>) {
    loop {
        match fill(cx).await {
            Ok(Filled::More) => tokio::time::sleep(BREATH).await,
            Ok(Filled::All) => {
                if tokio::time::timeout(LOOK_AGAIN, written(events)).await == Ok(Listening::Closed) {
                    return;
                }
                tokio::time::sleep(TOGETHER).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the search index falls behind");
                tokio::time::sleep(AFTER_TROUBLE).await;
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Listening {
    Look,
    Closed,
}

async fn written(events: &mut Receiver<Event>) -> Listening {
    loop {
        match news(events).await {
            News::Event(
                Event::Posted(_)
                | Event::Edited(_)
                | Event::Withdrawn(_)
                | Event::Changed(_)
                | Event::Notified(..),
            )
            | News::Missed => return Listening::Look,
            News::Event(_) => (),
            News::Closed => return Listening::Closed,
        }
    }
}
