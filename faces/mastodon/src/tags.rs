//! Hashtags: one, those the viewer follows, those on profiles.

use crate::answer::{Answer, At, Id, Place, json, nothing};
use crate::entities::Dialect;
use crate::entities::search::FeaturedTag;
use axum::extract::State;
use domain::{Account, AccountId};
use serde::Deserialize;
use service::tag::{self, TagView};
use service::{Cx, Tx};
use web::{ApiError, MaybeViewer, Params, Viewer};

/// `GET /api/v1/tags/:name`: no scope is asked for.
pub(crate) async fn one(State(cx): State<Cx>, viewer: MaybeViewer, At(name): At<String>) -> Answer {
    let me = viewer.id();
    let tag = cx.read(move |tx| tag::find(tx, me, &name)).await?.ok_or_else(ApiError::not_found)?;
    json(&Dialect::new(&cx.names).hashtag(&tag))
}

/// Runs a verb on a hashtag and answers with what it is to the viewer now.
async fn upon(
    cx: &Cx,
    viewer: &Viewer,
    name: String,
    verb: fn(&mut Tx, &Account, &str) -> service::Result<TagView>,
) -> Answer {
    let me = viewer.account().clone();
    let tag = cx.write(move |tx| verb(tx, &me, &name)).await?;
    json(&Dialect::new(&cx.names).hashtag(&tag))
}

/// `POST /api/v1/tags/:name/follow`
pub(crate) async fn follow(State(cx): State<Cx>, viewer: Viewer, At(name): At<String>) -> Answer {
    viewer.require("write:follows")?;
    upon(&cx, &viewer, name, tag::follow).await
}

/// `POST /api/v1/tags/:name/unfollow`
pub(crate) async fn unfollow(State(cx): State<Cx>, viewer: Viewer, At(name): At<String>) -> Answer {
    viewer.require("write:follows")?;
    upon(&cx, &viewer, name, tag::unfollow).await
}

/// `POST /api/v1/tags/:name/feature`
pub(crate) async fn feature(State(cx): State<Cx>, viewer: Viewer, At(name): At<String>) -> Answer {
    viewer.require("write:accounts")?;
    upon(&cx, &viewer, name, tag::feature).await
}

/// `POST /api/v1/tags/:name/unfeature`
pub(crate) async fn unfeature(State(cx): State<Cx>, viewer: Viewer, At(name): At<String>) -> Answer {
    viewer.require("write:accounts")?;
    upon(&cx, &viewer, name, tag::unfeature).await
}

/// `GET /api/v1/followed_tags`
pub(crate) async fn followed(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:follows")?;
    let (page, me) = (place.page(100, 200), viewer.account().id);
    let tags = cx.read(move |tx| tag::followed(tx, me, page)).await?;
    let dialect = Dialect::new(&cx.names);
    place.list(page, &tags, &tags.items.iter().map(|tag| dialect.hashtag(tag)).collect::<Vec<_>>())
}

async fn of_account(cx: &Cx, id: AccountId) -> Answer {
    let (owner, tags) = cx.read(move |tx| tag::featured(tx, id)).await?;
    json(&tags.iter().map(|tag| FeaturedTag::of(&owner, tag)).collect::<Vec<_>>())
}

/// `GET /api/v1/accounts/:id/featured_tags`: the same for everybody, so that no
/// scope is asked for.
pub(crate) async fn featured_of(State(cx): State<Cx>, _: MaybeViewer, Id(id): Id) -> Answer {
    of_account(&cx, AccountId(id)).await
}

/// `GET /api/v1/featured_tags`
pub(crate) async fn featured(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:accounts")?;
    of_account(&cx, viewer.account().id).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TagForm {
    name: String,
}

/// `POST /api/v1/featured_tags`
pub(crate) async fn add(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<TagForm>) -> Answer {
    viewer.require("write:accounts")?;
    let me = viewer.account().clone();
    let tag = cx.write(move |tx| tag::add(tx, &me, &form.name)).await?;
    json(&FeaturedTag::of(viewer.account(), &tag))
}

/// `DELETE /api/v1/featured_tags/:id`
pub(crate) async fn remove(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:accounts")?;
    let me = viewer.account().clone();
    cx.write(move |tx| tag::remove(tx, &me, id)).await?;
    nothing()
}

/// `GET /api/v1/featured_tags/suggestions`
pub(crate) async fn suggested(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:accounts")?;
    let me = viewer.account().id;
    let tags = cx.read(move |tx| tag::suggested(tx, me)).await?;
    let dialect = Dialect::new(&cx.names);
    json(&tags.iter().map(|tag| dialect.hashtag(tag)).collect::<Vec<_>>())
}
