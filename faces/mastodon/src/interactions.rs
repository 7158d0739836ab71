//! Likes and boosts.

use crate::answer::{Answer, Id, json};
use crate::entities::Dialect;
use crate::entities::status::visibility_of;
use axum::extract::State;
use domain::{Account, PostId, PostView, Visibility};
use serde::Deserialize;
use service::{Cx, Tx, boost as boosts, like as likes, preferences, thread};
use web::{ApiError, Params, Viewer};

/// Runs a verb on a post (or on the one that a boost shows) and answers with
/// the status that came of it.
pub(crate) async fn upon(
    cx: &Cx,
    viewer: &Viewer,
    id: i64,
    mut verb: impl FnMut(&mut Tx, &Account, PostId) -> service::Result<PostId> + Send + 'static,
) -> Answer {
    let me = viewer.account().clone();
    let view: PostView = cx
        .write(move |tx| {
            let id = thread::post_of(tx, Some(me.id), PostId(id))?;
            let shown = verb(tx, &me, id)?;
            thread::one(tx, Some(me.id), shown)
        })
        .await?;
    json(&Dialect::new(&cx.names).status(&view))
}

/// Takes back what the viewer did with a post (or the one that a boost shows),
/// and answers with the post.
pub(crate) async fn take_back(
    cx: &Cx,
    viewer: &Viewer,
    id: i64,
    verb: fn(&mut Tx, &Account, PostId) -> service::Result<()>,
) -> Answer {
    let me = viewer.account().clone();
    let view = cx.write(move |tx| thread::take_back(tx, &me, PostId(id), verb)).await?;
    json(&Dialect::new(&cx.names).status(&view))
}

/// `POST /api/v1/statuses/:id/favourite`
pub(crate) async fn like(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:favourites")?;
    upon(&cx, &viewer, id, |tx, me, id| likes::like(tx, me, id).map(|()| id)).await
}

/// `POST /api/v1/statuses/:id/unfavourite`
pub(crate) async fn unlike(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:favourites")?;
    take_back(&cx, &viewer, id, likes::undo).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BoostForm {
    visibility: Option<String>,
}

/// `POST /api/v1/statuses/:id/reblog`: answers with the boost.
pub(crate) async fn boost(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<BoostForm>,
) -> Answer {
    viewer.require("write:statuses")?;
    let user = viewer.user().id;
    let visibility = match form.visibility.as_deref() {
        None | Some("") => cx.read(move |tx| preferences::of(tx, user)).await?.visibility,
        Some(word) => match visibility_of(word) {
            Some(visibility) if visibility != Visibility::Direct => visibility,
            _ => return Err(ApiError::invalid("Validation failed: visibility is not included in the list")),
        },
    };
    upon(&cx, &viewer, id, move |tx, me, id| Ok(boosts::boost(tx, me, id, visibility)?.id.into())).await
}

/// `POST /api/v1/statuses/:id/unreblog`: answers with the post.
pub(crate) async fn unboost(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:statuses")?;
    take_back(&cx, &viewer, id, boosts::undo).await
}
