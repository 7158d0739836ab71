//! Sweeps a minute after the start and every hour.

use crate::pace::stopped;
use service::Cx;
use std::time::Duration;
use tokio::sync::watch;

const FIRST: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(3600);

/// Runs until told to stop; what is left then is swept after the next start.
pub(crate) async fn run(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = sweep_for_ever(&cx) => (),
    }
}

async fn sweep_for_ever(cx: &Cx) {
    tokio::time::sleep(FIRST).await;
    loop {
        if let Err(error) = service::sweep::sweep(cx).await {
            tracing::warn!(%error, "sweeping was not finished");
        }
        tokio::time::sleep(EVERY).await;
    }
}
