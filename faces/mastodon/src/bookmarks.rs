//! Posts that the viewer keeps, and those shown first on the own profile.

use crate::answer::{Answer, Id, Place};
use crate::interactions::{take_back, upon};
use axum::extract::State;
use service::{Cx, bookmark, pin as pins};
use web::Viewer;

/// `POST /api/v1/statuses/:id/bookmark`
pub(crate) async fn keep(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:bookmarks")?;
    upon(&cx, &viewer, id, |tx, me, id| bookmark::keep(tx, me, id).map(|()| id)).await
}

/// `POST /api/v1/statuses/:id/unbookmark`
pub(crate) async fn drop(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:bookmarks")?;
    take_back(&cx, &viewer, id, bookmark::drop).await
}

/// `GET /api/v1/bookmarks`
pub(crate) async fn list(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:bookmarks")?;
    let (page, me) = (place.page(20, 40), viewer.account().id);
    let posts = cx.read(move |tx| bookmark::list(tx, me, page)).await?;
    place.statuses(page, &posts)
}

/// `POST /api/v1/statuses/:id/pin`
pub(crate) async fn pin(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:accounts")?;
    upon(&cx, &viewer, id, |tx, me, id| pins::pin(tx, me, id).map(|()| id)).await
}

/// `POST /api/v1/statuses/:id/unpin`
pub(crate) async fn unpin(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:accounts")?;
    upon(&cx, &viewer, id, |tx, me, id| pins::unpin(tx, me, id).map(|()| id)).await
}
