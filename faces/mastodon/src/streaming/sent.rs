//! Streams as server-sent events.

use super::names::{self, Wanted};
use super::{StreamForm, line, refused, viewer};
use crate::answer::Answer;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::IntoResponse;
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, HeaderName, Uri, header};
use service::Cx;
use service::watch::{Line, Parcel};
use std::convert::Infallible;
use std::time::Duration;
use web::{ClientAddr, Params};

/// A sign of life after so long a silence, as Mastodon gives it.
const SILENCE: Duration = Duration::from_secs(15);
const SIGN_OF_LIFE: Bytes = Bytes::from_static(b":thump\n");
const HELLO: Bytes = Bytes::from_static(b":)\n");

/// `GET /api/v1/streaming/user` and its like.
pub(super) async fn open(
    name: &'static str,
    State(cx): State<Cx>,
    from: ClientAddr,
    headers: HeaderMap,
    uri: Uri,
    Params(form): Params<StreamForm>,
) -> Answer {
    let viewer = viewer(&cx, &headers, &uri).await?;
    let name = match name {
        "public" | "public:local" | "public:remote" if form.only_media => format!("{name}:media"),
        name => name.to_owned(),
    };
    let found = names::find(
        &cx,
        &viewer,
        Wanted { stream: &name, tag: form.tag.as_deref(), list: form.list.as_deref() },
    )
    .await?;
    let line = line(&cx, &viewer, from)?;
    line.watch(&found.name, found.topics).map_err(refused)?;
    let kind = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "private, no-store"),
        // A proxy that collects answers would hold back what happens now.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((kind, body(line)).into_response())
}

fn body(line: Line) -> Body {
    let parcels = stream::unfold(line, async |line| {
        let bytes = match tokio::time::timeout(SILENCE, line.next()).await {
            Ok(Ok(parcel)) => event(&parcel),
            Ok(Err(_)) => return None,
            Err(_) => SIGN_OF_LIFE,
        };
        Some((bytes, line))
    });
    Body::from_stream(stream::iter([HELLO]).chain(parcels).map(Ok::<_, Infallible>))
}

/// Neither has a line break in it: one is a word, the other is JSON or a number.
fn event(parcel: &Parcel) -> Bytes {
    format!("event: {}\ndata: {}\n\n", parcel.event, parcel.payload.plain()).into()
}
