//! Statuses: one, several, and what stands around one.

use crate::answer::{Answer, Id, Place, json};
use crate::entities::Dialect;
use crate::entities::status::{Context, StatusSource};
use crate::params::Ids;
use axum::extract::State;
use domain::{AccountId, PostId};
use service::{Cx, thread};
use web::{ApiError, MaybeViewer, Params, Viewer};

/// Most statuses asked for at once.
const MOST: usize = 40;

fn may_read(viewer: &MaybeViewer) -> Result<Option<AccountId>, ApiError> {
    viewer.require("read:statuses")?;
    Ok(viewer.id())
}

/// `GET /api/v1/statuses/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id) -> Answer {
    let viewer = may_read(&viewer)?;
    let view = cx.read(move |tx| thread::one(tx, viewer, PostId(id))).await?;
    json(&Dialect::new(&cx.names).status(&view))
}

/// `GET /api/v1/statuses?id[]=`
pub(crate) async fn several(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    Params(wanted): Params<Ids>,
) -> Answer {
    let viewer = may_read(&viewer)?;
    let ids: Vec<PostId> = wanted.numbers(MOST).into_iter().map(PostId).collect();
    let views = cx.read(move |tx| thread::many(tx, viewer, &ids)).await?;
    json(&Dialect::new(&cx.names).statuses(&views))
}

/// `GET /api/v1/statuses/:id/context`
pub(crate) async fn context(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id) -> Answer {
    let viewer = may_read(&viewer)?;
    let around = cx.read(move |tx| thread::conversation(tx, viewer, PostId(id))).await?;
    let dialect = Dialect::new(&cx.names);
    json(&Context {
        ancestors: dialect.statuses(&around.ancestors),
        descendants: dialect.statuses(&around.descendants),
    })
}

/// `GET /api/v1/statuses/:id/source`
pub(crate) async fn source(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:statuses")?;
    let me = Some(viewer.account().id);
    let view = cx
        .read(move |tx| {
            let id = thread::post_of(tx, me, PostId(id))?;
            thread::one(tx, me, id)
        })
        .await?;
    json(&StatusSource::from(&thread::source_of(&view.post)))
}

/// `GET /api/v1/statuses/:id/history`
pub(crate) async fn history(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id) -> Answer {
    let viewer = may_read(&viewer)?;
    let (view, versions) = cx.read(move |tx| thread::history(tx, viewer, PostId(id))).await?;
    json(&Dialect::new(&cx.names).edits(&view, &versions))
}

/// `GET /api/v1/statuses/:id/reblogged_by`
pub(crate) async fn boosters(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id, place: Place) -> Answer {
    let (viewer, page) = (may_read(&viewer)?, place.page(40, 80));
    let found = cx.read(move |tx| thread::boosters(tx, viewer, PostId(id), page)).await?;
    place.profiles(page, &found)
}

/// `GET /api/v1/statuses/:id/favourited_by`
pub(crate) async fn likers(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id, place: Place) -> Answer {
    let (viewer, page) = (may_read(&viewer)?, place.page(40, 80));
    let found = cx.read(move |tx| thread::likers(tx, viewer, PostId(id), page)).await?;
    place.profiles(page, &found)
}
