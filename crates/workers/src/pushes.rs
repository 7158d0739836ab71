//! Sends pushes to browsers and phones.

use crate::pace::{AFTER_TROUBLE, News, news, stopped};
use domain::Event;
use service::{Cx, Result, push};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};

/// What no event told is found after this time.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

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
    loop {
        match round(cx).await {
            Ok(None) => (),
            Ok(Some(pause)) => tokio::select! {
                () = tokio::time::sleep(pause) => (),
                () = kick.notified() => (),
                closed = told(events) => if closed { return },
            },
            Err(error) => {
                tracing::warn!(%error, "pushes wait to be sent");
                tokio::time::sleep(AFTER_TROUBLE).await;
            }
        }
    }
}

/// Sends what is due; how long there is nothing to do after it.
async fn round(cx: &Cx) -> Result<Option<Duration>> {
    if push::send_due(cx).await? > 0 {
        return Ok(None);
    }
    let next = cx.read(push::next_due).await?;
    Ok(Some(next.map_or(LOOK_AGAIN, |next| next.since(cx.now()).min(LOOK_AGAIN))))
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
