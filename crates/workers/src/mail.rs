//! Hands letters over, soon after they are asked for. Not started where no
//! mail server is named.

use crate::pace::stopped;
use service::{Cx, letter};
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(2);

/// Runs until told to stop; letters that wait then are sent after the next start.
pub(crate) async fn run(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = send_for_ever(&cx) => (),
    }
}

async fn send_for_ever(cx: &Cx) {
    loop {
        match letter::send_due(cx).await {
            Ok(0) => tokio::time::sleep(EVERY).await,
            Ok(_) => (),
            Err(error) => {
                tracing::warn!(%error, "letters were not sent");
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}
