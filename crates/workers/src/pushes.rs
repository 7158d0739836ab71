//! Sends pushes to browsers and phones. One push service that hangs holds its
//! own pushes up and no others.

use crate::pace::{AFTER_TROUBLE, News, news, stopped};
use domain::Event;
use service::{Cx, Result, push};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinSet;

/// What no event told is found after this time.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Pushes under way.
const AT_ONCE: usize = 64;

/// Runs until told to stop. A push that is being sent then is sent again.
pub(crate) async fn run(
    cx: Cx,
    mut events: broadcast::Receiver<Event>,
    kick: Arc<Notify>,
    mut shutdown: watch::Receiver<bool>,
) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = send_for_ever(&cx, &mut events, &kick) => (),
    }
}

async fn send_for_ever(cx: &Cx, events: &mut broadcast::Receiver<Event>, kick: &Notify) {
    let mut under_way = JoinSet::new();
    loop {
        let pause = begin(cx, &mut under_way).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "pushes wait to be sent");
            AFTER_TROUBLE
        });
        tokio::select! {
            () = tokio::time::sleep(pause) => (),
            () = kick.notified() => (),
            Some(_) = under_way.join_next() => (),
            closed = told(events) => if closed { return },
        }
    }
}

/// Begins to send what is due and there is a place for; how long there is
/// nothing to do then.
async fn begin(cx: &Cx, under_way: &mut JoinSet<()>) -> Result<Duration> {
    let places = AT_ONCE.saturating_sub(under_way.len());
    if places == 0 {
        return Ok(LOOK_AGAIN);
    }
    for due in push::take_due(cx, places).await? {
        let cx = cx.clone();
        under_way.spawn(async move {
            if let Err(error) = push::send(&cx, &due).await {
                tracing::warn!(%error, "a push waits to be sent again");
            }
        });
    }
    let next = cx.read(push::next_due).await?;
    Ok(next.map_or(LOOK_AGAIN, |next| next.since(cx.now()).min(LOOK_AGAIN)))
}

/// Waits until somebody was told something; true where there will be no more news.
async fn told(events: &mut broadcast::Receiver<Event>) -> bool {
    loop {
        match news(events).await {
            News::Event(Event::Notified(..)) | News::Missed => return false,
            News::Event(_) => (),
            News::Closed => return true,
        }
    }
}
