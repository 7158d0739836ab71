//! Reads pages that posts link to, after somebody looked at one of the posts.
//!
//! When a post spreads, many servers learn of a page at the same moment: each
//! waits a while of its own before it asks.

use crate::pace::stopped;
use futures_util::future::join_all;
use service::{Cx, card};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

const EVERY: Duration = Duration::from_secs(1);
/// The longest wait before a page is asked for.
const SPREAD: Duration = Duration::from_secs(15);
/// Pages that wait; more are wished for again.
const MOST: usize = 1000;
/// Pages that are read at a time.
const AT_ONCE: usize = 4;

/// Runs until told to stop; what is wished for then is wished for again.
pub(crate) async fn run(cx: Cx, mut shutdown: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = read_for_ever(&cx) => (),
    }
}

async fn read_for_ever(cx: &Cx) {
    let mut waiting: HashMap<String, Instant> = HashMap::new();
    loop {
        tokio::time::sleep(EVERY).await;
        // Where the store is busy it is looked at and wished for again.
        let wished = cx.read(card::wished).await.unwrap_or_default();
        let now = Instant::now();
        for url in wished {
            if waiting.len() < MOST {
                waiting.entry(url).or_insert_with(|| now + SPREAD.mul_f64(cx.chance.next()));
            }
        }
        let ready: Vec<String> =
            waiting.iter().filter(|(_, at)| **at <= now).map(|(url, _)| url.clone()).take(AT_ONCE).collect();
        for url in &ready {
            waiting.remove(url);
        }
        join_all(ready.iter().map(|url| read(cx, url))).await;
    }
}

async fn read(cx: &Cx, url: &str) {
    if let Err(error) = card::read(cx, url).await {
        tracing::warn!(%url, %error, "a page has to wait");
    }
}
