//! Looks at films and recordings that were handed in, and takes files away
//! that nobody wants any more.

use crate::pace::{AFTER_TROUBLE, stopped};
use service::{Cx, media};
use std::time::Duration;
use tokio::sync::watch;

/// How soon a file is gone after its post.
const EVERY: Duration = Duration::from_secs(10);

/// Looks at what waits, one after another.
pub(crate) async fn look(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => media::stop(&cx),
        () = look_for_ever(&cx) => (),
    }
}

async fn look_for_ever(cx: &Cx) {
    loop {
        match media::work(cx).await {
            Ok(true) => (),
            Ok(false) => media::wait_for_work(cx, EVERY).await,
            Err(error) => {
                tracing::warn!(%error, "a medium was not looked at");
                tokio::time::sleep(AFTER_TROUBLE).await;
            }
        }
    }
}

/// Takes away what is doomed.
pub(crate) async fn take_away(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = take_away_for_ever(&cx) => (),
    }
}

async fn take_away_for_ever(cx: &Cx) {
    if let Err(error) = media::clear(cx).await {
        tracing::warn!(%error, "what a crash left was not taken away");
    }
    loop {
        if let Err(error) = media::sweep(cx).await {
            tracing::warn!(%error, "files were not taken away");
        }
        tokio::time::sleep(EVERY).await;
    }
}
