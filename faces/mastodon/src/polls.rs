//! Polls are looked at and voted in.

use crate::answer::{Answer, Id, json};
use crate::entities::Dialect;
use axum::extract::State;
use domain::{AccountId, PostId};
use serde::Deserialize;
use service::{Cx, poll, thread};
use web::{MaybeViewer, Params, Viewer};

/// The poll has the number of its post.
async fn show(cx: &Cx, viewer: Option<AccountId>, id: PostId) -> Answer {
    let (view, post) =
        cx.read(move |tx| Ok((poll::view(tx, viewer, id)?, thread::one(tx, viewer, id)?.post))).await?;
    json(&Dialect::new(&cx.names).poll(post.id, &view, &post.text.emojis))
}

/// `GET /api/v1/polls/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id) -> Answer {
    viewer.require("read:statuses")?;
    let (viewer, id) = (viewer.id(), PostId(id));
    if let Some(viewer) = viewer {
        poll::refresh(&cx, viewer, id).await?;
    }
    show(&cx, viewer, id).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Choices {
    choices: Vec<i64>,
}

/// `POST /api/v1/polls/:id/votes`
pub(crate) async fn vote(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<Choices>,
) -> Answer {
    viewer.require("write:statuses")?;
    let (me, id) = (viewer.account().clone(), PostId(id));
    let voter = me.clone();
    cx.write(move |tx| poll::vote(tx, &voter, id, &form.choices)).await?;
    show(&cx, Some(me.id), id).await
}
