//! The one task that hears what was committed and tells who watches. Written
//! once for all to whom it looks the same.

use crate::entities::Dialect;
use domain::Event;
use serde_json::json;
use service::announcement::AnnouncementView;
use service::stream::{self, News, Told};
use service::watch::{End, Payload};
use service::{Cx, Error, Result};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// Most events that are looked at together.
const TOGETHER: usize = 32;
/// How often is asked whether the tokens of those who watch are still good,
/// beside each time that one is revoked here: another process may revoke one,
/// and a line may be opened while it happens.
const ASK_AGAIN: Duration = Duration::from_secs(3);
/// How often a store that is busy is asked once more.
const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_millis(200);
/// How long a stop waits for lines to say good-bye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Tells those who watch what happens, until `shutdown` becomes true; then
/// ends all streams.
pub fn stream(cx: Cx, mut shutdown: watch::Receiver<bool>) -> impl Future<Output = ()> + Send {
    let mut events = cx.store.subscribe();
    async move {
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => (),
            () = tell_for_ever(&cx, &mut events) => (),
        }
        cx.streams.end_all(End::Stopping);
        let gone = async {
            while !cx.streams.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(GOODBYE, gone).await.is_err() {
            tracing::warn!(open = cx.streams.count(), "streams did not end in time");
        }
    }
}

async fn tell_for_ever(cx: &Cx, events: &mut Receiver<Event>) {
    let mut again = tokio::time::interval(ASK_AGAIN);
    loop {
        let first = tokio::select! {
            first = events.recv() => first,
            _ = again.tick() => {
                ask_for_tokens(cx).await;
                continue;
            }
        };
        match first {
            Ok(event) => {
                let mut batch = vec![event];
                while let (true, Ok(event)) = (batch.len() < TOGETHER, events.try_recv()) {
                    batch.push(event);
                }
                tell(cx, batch).await;
            }
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "events were missed: all streams begin anew");
                cx.streams.end_all(End::Missed);
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn tell(cx: &Cx, mut batch: Vec<Event>) {
    if cx.streams.is_empty() {
        return;
    }
    let about_tokens = |event: &Event| match event {
        Event::Revoked => true,
        Event::Changed(account) => cx.streams.has(*account),
        _ => false,
    };
    if batch.iter().any(about_tokens) {
        ask_for_tokens(cx).await;
    }
    batch.retain(stream::concerns_watchers);
    if batch.is_empty() {
        return;
    }
    match look_up(cx, Arc::new(batch)).await {
        Ok(news) => news.iter().for_each(|news| send(cx, news)),
        Err(error) => {
            tracing::warn!(%error, "news could not be told: all streams begin anew");
            cx.streams.end_all(End::Missed);
        }
    }
}

async fn look_up(cx: &Cx, batch: Arc<Vec<Event>>) -> Result<Vec<News>> {
    let mut tries = 1;
    loop {
        let (events, streams) = (Arc::clone(&batch), cx.streams.clone());
        let looked = cx.read(move |tx| {
            let mut all = Vec::new();
            for event in events.iter() {
                all.extend(stream::news(tx, &streams, event)?);
            }
            Ok(all)
        });
        match looked.await {
            Err(Error::Store(error)) if error.is_temporary() && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            result => return result,
        }
    }
}

async fn ask_for_tokens(cx: &Cx) {
    let asked = cx.streams.tokens();
    if asked.is_empty() {
        return;
    }
    let ids = asked.clone();
    match cx.read(move |tx| stream::good_tokens(tx, &ids)).await {
        Ok(good) => cx.streams.keep(&asked, &good),
        Err(error) => tracing::warn!(%error, "the tokens of streams were not looked up"),
    }
}

fn send(cx: &Cx, news: &News) {
    let (event, payload) = written(cx, &news.told);
    match payload {
        Ok(payload) => {
            let payload = Payload::new(payload);
            news.to.iter().for_each(|target| target.send(event, Arc::clone(&payload)));
        }
        Err(error) => tracing::error!(%error, event, "an entity cannot be written"),
    }
}

/// How many reacted so, without saying who.
fn reaction(view: &AnnouncementView, name: &str) -> String {
    let found = view.reactions.iter().find(|(reaction, _)| reaction.name == name);
    let picture = found.and_then(|(_, picture)| picture.as_ref()).map(|emoji| emoji.url.as_str());
    json!({
        "name": name,
        "count": found.map_or(0, |(reaction, _)| reaction.count),
        "url": picture,
        "static_url": picture,
        "announcement_id": view.announcement.id.to_string(),
    })
    .to_string()
}

/// The word for it, and the entity.
fn written(cx: &Cx, told: &Told) -> (&'static str, serde_json::Result<String>) {
    let dialect = Dialect::new(&cx.names);
    match told {
        Told::Posted(view) => ("update", serde_json::to_string(&dialect.status(view))),
        Told::Edited(view) => ("status.update", serde_json::to_string(&dialect.status(view))),
        Told::Deleted(id) => ("delete", Ok(id.to_string())),
        Told::Conversed(view) => ("conversation", serde_json::to_string(&dialect.conversation(view))),
        // Programs ask for their filters again; nothing more is said.
        Told::FiltersChanged => ("filters_changed", Ok("null".to_owned())),
        Told::Announced(view) => ("announcement", serde_json::to_string(&dialect.announcement(view))),
        Told::Reacted(view, name) => ("announcement.reaction", Ok(reaction(view, name))),
        Told::AnnouncementDeleted(id) => ("announcement.delete", Ok(id.to_string())),
        // Nothing more is said: programs load the list again.
        Told::Merged => ("notifications_merged", Ok("1".to_owned())),
        Told::Notified(view) => ("notification", serde_json::to_string(&dialect.notification(view))),
    }
}
