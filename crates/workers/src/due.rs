//! What is to happen at a time: posts that were scheduled, the numbers of
//! polls, and their end. The times stand in the database; here is only the
//! looking.

use crate::pace::stopped;
use service::{Cx, Result, poll, scheduled};
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(1);

/// Runs until told to stop. Each thing happens in one transaction or not at all.
pub(crate) async fn run(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = look_for_ever(&cx) => (),
    }
}

async fn look_for_ever(cx: &Cx) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = round(cx).await {
            tracing::warn!(%error, "something that is due has to wait");
        }
    }
}

async fn round(cx: &Cx) -> Result<()> {
    for id in cx.read(scheduled::due).await? {
        alone("a scheduled post", scheduled::publish(cx, id).await);
    }
    for id in cx.read(poll::with_news).await? {
        alone("the numbers of a poll", cx.write_later(move |tx| poll::tell(tx, id)).await);
    }
    for id in cx.read(poll::ending).await? {
        alone("the end of a poll", poll::end(cx, id).await);
    }
    Ok(())
}

/// What goes wrong with one holds up no other.
fn alone(what: &str, done: Result<()>) {
    if let Err(error) = done {
        tracing::warn!(what, %error, "has to wait");
    }
}
