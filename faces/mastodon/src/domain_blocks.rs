//! Servers of which the viewer wants nothing.

use crate::answer::{Answer, Place, nothing};
use axum::extract::State;
use serde::Deserialize;
use service::{Cx, domain_block};
use web::{Params, Viewer};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DomainForm {
    domain: String,
}

/// `GET /api/v1/domain_blocks`
pub(crate) async fn list(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:blocks")?;
    let (page, me) = (place.page(100, 200), viewer.account().id);
    let hosts = cx.read(move |tx| domain_block::list(tx, me, page)).await?;
    place.list(page, &hosts, &hosts.items)
}

/// `POST /api/v1/domain_blocks`
pub(crate) async fn block(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<DomainForm>) -> Answer {
    viewer.require("write:blocks")?;
    let me = viewer.account().clone();
    cx.write(move |tx| domain_block::block(tx, &me, &form.domain)).await?;
    nothing()
}

/// `DELETE /api/v1/domain_blocks`
pub(crate) async fn unblock(
    State(cx): State<Cx>,
    viewer: Viewer,
    Params(form): Params<DomainForm>,
) -> Answer {
    viewer.require("write:blocks")?;
    let me = viewer.account().clone();
    cx.write(move |tx| domain_block::undo(tx, &me, &form.domain)).await?;
    nothing()
}
