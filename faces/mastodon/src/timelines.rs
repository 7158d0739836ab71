//! Lists of statuses.

use crate::answer::{Answer, At, Place};
use axum::extract::State;
use serde::Deserialize;
use service::Cx;
use service::timeline::{self, Origin, Selection, Tags};
use web::{MaybeViewer, Params, Viewer};

/// `GET /api/v1/timelines/home`
pub(crate) async fn home(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:statuses")?;
    let (page, me) = (place.page(20, 40), viewer.account().id);
    let posts = cx.read(move |tx| timeline::home(tx, me, page)).await?;
    place.timeline(page, &posts)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Everyone {
    local: bool,
    remote: bool,
    only_media: bool,
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
}

impl Everyone {
    /// As Mastodon reads them: `local` wins.
    fn selection(&self) -> Selection {
        let origin = match (self.local, self.remote) {
            (true, _) => Origin::Here,
            (false, true) => Origin::Elsewhere,
            (false, false) => Origin::Anywhere,
        };
        Selection { origin, only_media: self.only_media }
    }
}

/// `GET /api/v1/timelines/public`
pub(crate) async fn public(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    place: Place,
    Params(wanted): Params<Everyone>,
) -> Answer {
    viewer.require("read:statuses")?;
    let viewer = viewer.id();
    let (page, selection) = (place.page(20, 40), wanted.selection());
    let posts = cx.read(move |tx| timeline::public(tx, viewer, selection, page)).await?;
    place.timeline(page, &posts)
}

/// `GET /api/v1/timelines/tag/:name`
pub(crate) async fn tagged(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    At(name): At<String>,
    place: Place,
    Params(wanted): Params<Everyone>,
) -> Answer {
    viewer.require("read:statuses")?;
    let viewer = viewer.id();
    let (page, selection) = (place.page(20, 40), wanted.selection());
    let Everyone { any, all, none, .. } = wanted;
    let tags = Tags { any, all, none };
    let posts = cx.read(move |tx| timeline::tagged(tx, viewer, &name, &tags, selection, page)).await?;
    place.timeline(page, &posts)
}

/// `GET /api/v1/favourites`
pub(crate) async fn liked(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:favourites")?;
    let (page, me) = (place.page(20, 40), viewer.account().id);
    let posts = cx.read(move |tx| timeline::liked(tx, me, page)).await?;
    place.timeline(page, &posts)
}
