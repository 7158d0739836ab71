//! Accounts and conversations that the viewer does not want to meet.

use crate::answer::{Answer, Id, Place};
use crate::entities::Dialect;
use crate::follows::towards;
use crate::interactions::upon;
use axum::extract::State;
use serde::Deserialize;
use service::Cx;
use service::mute::{self as mutes, Wishes};
use std::time::Duration;
use web::{ApiError, Params, Viewer};

/// The longest mute: longer is for good.
const LONGEST_SECONDS: u64 = 100 * 366 * 24 * 3600;

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(crate) struct MuteForm {
    notifications: bool,
    duration: Option<i64>,
}

impl Default for MuteForm {
    fn default() -> Self {
        Self { notifications: true, duration: None }
    }
}

impl MuteForm {
    fn wishes(&self) -> Result<Wishes, ApiError> {
        let seconds = u64::try_from(self.duration.unwrap_or(0))
            .map_err(|_| ApiError::invalid("Validation failed: duration is negative"))?;
        let ends = (1..=LONGEST_SECONDS).contains(&seconds);
        Ok(Wishes { notifications: self.notifications, duration: ends.then(|| Duration::from_secs(seconds)) })
    }
}

/// `POST /api/v1/accounts/:id/mute`
pub(crate) async fn mute(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<MuteForm>,
) -> Answer {
    viewer.require("write:mutes")?;
    let wishes = form.wishes()?;
    towards(&cx, &viewer, id, move |tx, me, other| mutes::mute(tx, me, other, wishes)).await
}

/// `POST /api/v1/accounts/:id/unmute`
pub(crate) async fn unmute(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:mutes")?;
    towards(&cx, &viewer, id, mutes::undo).await
}

/// `GET /api/v1/mutes`
pub(crate) async fn list(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:mutes")?;
    let (page, me) = (place.page(40, 80), viewer.account().id);
    let found = cx.read(move |tx| mutes::list(tx, me, page)).await?;
    let dialect = Dialect::new(&cx.names);
    place.list(page, &found, &found.items.iter().map(|muted| dialect.muted(muted)).collect::<Vec<_>>())
}

/// `POST /api/v1/statuses/:id/mute`: the whole conversation.
pub(crate) async fn leave(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:mutes")?;
    upon(&cx, &viewer, id, |tx, me, id| mutes::leave_conversation(tx, me, id).map(|()| id)).await
}

/// `POST /api/v1/statuses/:id/unmute`
pub(crate) async fn rejoin(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:mutes")?;
    upon(&cx, &viewer, id, |tx, me, id| mutes::rejoin_conversation(tx, me, id).map(|()| id)).await
}
