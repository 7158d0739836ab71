//! What should be done soon, though nobody waits for it: removing what deleted
//! accounts left, and keeping key pairs ready.

use crate::pace::stopped;
use service::{Cx, keys, leavings};
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(5);

/// Runs until told to stop; each step is a transaction of its own.
pub(crate) async fn run(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = tidy_for_ever(&cx) => (),
    }
}

async fn tidy_for_ever(cx: &Cx) {
    loop {
        if let Err(error) = tidy(cx).await {
            tracing::warn!(%error, "tidying was not finished");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn tidy(cx: &Cx) -> service::Result<()> {
    keys::stock(cx).await?;
    while cx.write_later(leavings::sweep).await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}
