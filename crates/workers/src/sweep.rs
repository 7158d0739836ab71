//! Sweeps a minute after the start and every hour; each day, whether the
//! database is sound.

use crate::pace::stopped;
use service::Cx;
use std::time::Duration;
use tokio::sync::watch;

const FIRST: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(3600);
const SWEEPS_OF_A_DAY: u32 = 24;

/// Runs until told to stop; what is left then is swept after the next start.
pub(crate) async fn run(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = sweep_for_ever(&cx) => (),
    }
}

async fn sweep_for_ever(cx: &Cx) {
    tokio::time::sleep(FIRST).await;
    for sweep in (0..SWEEPS_OF_A_DAY).cycle() {
        if let Err(error) = service::sweep::sweep(cx).await {
            tracing::warn!(%error, "sweeping was not finished");
        }
        if sweep == 0
            && let Err(error) = cx.store.check().await
        {
            tracing::error!(%error, "the database was looked through");
        }
        tokio::time::sleep(EVERY).await;
    }
}
