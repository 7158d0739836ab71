//! Writes followers out as deliveries, a part at a time: each account's oldest
//! message in turn, so that a famous account holds up nobody else.

use crate::pace::{AFTER_TROUBLE, News, news, stopped};
use domain::{Event, Host, MessageId};
use futures_util::future::join_all;
use service::delivery::{self, Expanded};
use service::{Cx, Result};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};

/// What no event told is found after this time.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Runs until told to stop. A part that was begun is one transaction and is
/// done whole or not at all.
pub(crate) async fn run(
    cx: Cx,
    mut events: broadcast::Receiver<Event>,
    addressed: mpsc::Sender<Vec<Host>>,
    mut shutdown: watch::Receiver<bool>,
) {
    tokio::select! {
        () = stopped(&mut shutdown) => (),
        () = expand_for_ever(&cx, &mut events, &addressed) => (),
    }
}

async fn expand_for_ever(
    cx: &Cx,
    events: &mut broadcast::Receiver<Event>,
    addressed: &mpsc::Sender<Vec<Host>>,
) {
    loop {
        match round(cx, addressed).await {
            Ok(0) => {
                if tokio::time::timeout(LOOK_AGAIN, published(events)).await == Ok(Listening::Closed) {
                    return;
                }
            }
            Ok(_) => (),
            Err(error) => {
                tracing::warn!(%error, "followers wait to be written out");
                tokio::time::sleep(AFTER_TROUBLE).await;
            }
        }
    }
}

/// One part of each account's oldest message; how many there were.
async fn round(cx: &Cx, addressed: &mpsc::Sender<Vec<Host>>) -> Result<usize> {
    let messages = cx.read(delivery::to_expand).await?;
    let count = messages.len();
    let parts = join_all(messages.into_iter().map(|message| expand(cx, message))).await;
    for part in parts {
        let hosts = part?.hosts;
        // Lanes that have stopped find the rows when they start again.
        let _ = addressed.send(hosts).await;
    }
    Ok(count)
}

async fn expand(cx: &Cx, message: MessageId) -> Result<Expanded> {
    cx.write_later(move |tx| delivery::expand(tx, message)).await
}

#[derive(Debug, PartialEq, Eq)]
enum Listening {
    Look,
    Closed,
}

async fn published(events: &mut broadcast::Receiver<Event>) -> Listening {
    loop {
        match news(events).await {
            News::Event(Event::Published(_)) | News::Missed => return Listening::Look,
            News::Event(_) => (),
            News::Closed => return Listening::Closed,
        }
    }
}
