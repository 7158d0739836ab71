//! Actors, posts, collections and activities under their ids.

use crate::answer;
use crate::ask::{self, Ask};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::{EmojiId, Names, PostId};
use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use service::Cx;
use service::reading::{self, Denied, Owner, Part, PostPart, Served, Wanted, Window};
use web::Wants;

/// What stands in a path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Params {
    name: String,
    id: String,
}

type Pairs = Query<Vec<(String, String)>>;

/// A document of an actor that is what it is.
pub(crate) fn of(owner: fn(String) -> Owner, part: Part) -> MethodRouter<Cx> {
    get(async move |State(cx): State<Cx>, Path(params): Path<Params>, ask: Ask| {
        document(&cx, owner(params.name), part, ask).await
    })
}

/// A collection of an actor that has pages.
pub(crate) fn paged(owner: fn(String) -> Owner, part: fn(Window) -> Part) -> MethodRouter<Cx> {
    get(async move |State(cx): State<Cx>, Path(params): Path<Params>, Query(query): Pairs, ask: Ask| {
        match ask::window(&query) {
            Some(window) => document(&cx, owner(params.name), part(window), ask).await,
            None => answer::missing(),
        }
    })
}

/// A document of a post.
pub(crate) fn of_post(owner: fn(String) -> Owner, part: fn(Window) -> PostPart) -> MethodRouter<Cx> {
    get(async move |State(cx): State<Cx>, Path(params): Path<Params>, Query(query): Pairs, ask: Ask| {
        match (params.id.parse(), ask::window(&query)) {
            (Ok(id), Some(window)) => {
                document(&cx, owner(params.name), Part::Post(id, part(window)), ask).await
            }
            _ => answer::missing(),
        }
    })
}

/// `GET /activities/ID`: there is no page of it.
pub(crate) async fn activity(State(cx): State<Cx>, Path(params): Path<Params>, ask: Ask) -> Response {
    match params.id.parse::<PostId>() {
        Ok(PostId(number)) => serve(&cx, Wanted::Activity(number), ask).await,
        Err(_) => answer::missing(),
    }
}

async fn document(cx: &Cx, owner: Owner, part: Part, ask: Ask) -> Response {
    match ask.wants {
        Wants::Html => answer::to_page(&page(&cx.names, &owner, part)),
        Wants::ActivityPub => serve(cx, Wanted::Of(owner, part), ask).await,
    }
}

async fn serve(cx: &Cx, wanted: Wanted, ask: Ask) -> Response {
    match reading::serve(cx, wanted, &ask.arrived).await {
        Ok(served) => answer::document(served, &ask.arrived.headers),
        Err(why) => answer::denied(why),
    }
}

/// What needs no escape in a name.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// The page for people. It is made from the URL alone, so that it tells
/// nothing of what is there.
fn page(names: &Names, owner: &Owner, part: Part) -> String {
    let Some(name) = owner.name() else { return names.url("/") };
    let name = utf8_percent_encode(name, NAME).to_string();
    match part {
        Part::Post(id, _) => names.post_page(&name, id),
        _ => names.profile_page(&name),
    }
}

/// `GET /emojis/ID`: an emoji of this server is for everyone.
pub(crate) async fn emoji(State(cx): State<Cx>, Path(params): Path<Params>, asked: HeaderMap) -> Response {
    let Ok(id) = params.id.parse::<EmojiId>() else { return answer::missing() };
    match cx.read(move |tx| service::emoji::document(tx, id)).await {
        Ok(body) => answer::document(Served { body: body.into(), is_open: true, is_gone: false }, &asked),
        Err(error) => answer::denied(Denied::Verb(error)),
    }
}
