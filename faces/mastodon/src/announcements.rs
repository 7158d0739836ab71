//! What the administrator tells everyone here.

use crate::answer::{Answer, At, Id, json, nothing};
use crate::entities::Dialect;
use crate::entities::announcement::Announcement;
use axum::extract::State;
use domain::AnnouncementId;
use serde::Deserialize;
use service::Cx;
use service::announcement::{self, Which};
use web::{ApiError, Params, Viewer};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    with_dismissed: bool,
}

/// `GET /api/v1/announcements`
pub(crate) async fn list(State(cx): State<Cx>, viewer: Viewer, Params(wanted): Params<Wanted>) -> Answer {
    let me = viewer.account().id;
    let which = if wanted.with_dismissed { Which::All } else { Which::New };
    let views = cx.read(move |tx| announcement::list(tx, me, which)).await?;
    let dialect = Dialect::new(&cx.names);
    let entities: Vec<Announcement<'_>> = views.iter().map(|view| dialect.announcement(view)).collect();
    json(&entities)
}

/// `POST /api/v1/announcements/:id/dismiss`
pub(crate) async fn dismiss(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:accounts")?;
    let me = viewer.account().id;
    cx.write(move |tx| announcement::dismiss(tx, me, AnnouncementId(id))).await?;
    nothing()
}

/// The announcement and the emoji in a path.
fn named((id, name): (String, String)) -> Result<(AnnouncementId, String), ApiError> {
    let id = crate::params::id(&id).ok_or_else(ApiError::not_found)?;
    Ok((AnnouncementId(id), name))
}

/// `PUT /api/v1/announcements/:id/reactions/:name`
pub(crate) async fn react(State(cx): State<Cx>, viewer: Viewer, At(path): At<(String, String)>) -> Answer {
    viewer.require("write:favourites")?;
    let (me, (id, name)) = (viewer.account().id, named(path)?);
    cx.write(move |tx| announcement::react(tx, me, id, &name)).await?;
    nothing()
}

/// `DELETE /api/v1/announcements/:id/reactions/:name`
pub(crate) async fn unreact(State(cx): State<Cx>, viewer: Viewer, At(path): At<(String, String)>) -> Answer {
    viewer.require("write:favourites")?;
    let (me, (id, name)) = (viewer.account().id, named(path)?);
    cx.write(move |tx| announcement::unreact(tx, me, id, &name)).await?;
    nothing()
}
