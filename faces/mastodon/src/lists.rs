//! The viewer's lists of accounts.

use crate::answer::{Answer, Id, Place, json, nothing};
use crate::entities::Dialect;
use crate::entities::list::{List, replies_of};
use crate::params::ids;
use axum::extract::State;
use domain::{AccountId, ListId, Page};
use serde::Deserialize;
use service::Cx;
use service::list::{self, Change};
use web::{ApiError, Params, Viewer};

/// Most accounts named at once.
const MOST: usize = 1000;
/// Where all members are wanted, no more than these.
const ALL: i64 = 10_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListForm {
    title: Option<String>,
    replies_policy: Option<String>,
    exclusive: Option<bool>,
}

impl ListForm {
    fn change(self) -> Result<Change, ApiError> {
        let replies = match self.replies_policy.as_deref() {
            None | Some("") => None,
            Some(word) => Some(replies_of(word).ok_or_else(|| {
                ApiError::invalid("Validation failed: Replies policy is not included in the list")
            })?),
        };
        Ok(Change { title: self.title, replies, exclusive: self.exclusive })
    }
}

/// `GET /api/v1/lists`
pub(crate) async fn all(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:lists")?;
    let me = viewer.account().id;
    let lists = cx.read(move |tx| list::all(tx, me)).await?;
    json(&lists.iter().map(List::from).collect::<Vec<_>>())
}

/// `POST /api/v1/lists`
pub(crate) async fn create(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<ListForm>) -> Answer {
    viewer.require("write:lists")?;
    let (me, new) = (viewer.account().id, form.change()?);
    let made = cx.write(move |tx| list::create(tx, me, &new)).await?;
    json(&List::from(&made))
}

/// `GET /api/v1/lists/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:lists")?;
    let me = viewer.account().id;
    let found = cx.read(move |tx| list::one(tx, me, ListId(id))).await?;
    json(&List::from(&found))
}

/// `PUT /api/v1/lists/:id`
pub(crate) async fn update(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<ListForm>,
) -> Answer {
    viewer.require("write:lists")?;
    let (me, change) = (viewer.account().id, form.change()?);
    let changed = cx.write(move |tx| list::update(tx, me, ListId(id), &change)).await?;
    json(&List::from(&changed))
}

/// `DELETE /api/v1/lists/:id`
pub(crate) async fn delete(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:lists")?;
    let me = viewer.account().id;
    cx.write(move |tx| list::delete(tx, me, ListId(id))).await?;
    nothing()
}

/// `GET /api/v1/lists/:id/accounts`
pub(crate) async fn members(State(cx): State<Cx>, viewer: Viewer, Id(id): Id, place: Place) -> Answer {
    viewer.require("read:lists")?;
    let (me, all) = (viewer.account().id, place.paging.wants_all());
    let page = if all { Page { limit: ALL, ..place.page(40, 80) } } else { place.page(40, 80) };
    let found = cx.read(move |tx| list::members(tx, me, ListId(id), page)).await?;
    // Where all are shown there is no page beside this one.
    if all { json(&Dialect::new(&cx.names).profiles(&found.items)) } else { place.profiles(page, &found) }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Members {
    account_ids: Vec<String>,
}

impl Members {
    fn accounts(&self) -> Vec<AccountId> {
        ids(&self.account_ids, MOST).into_iter().map(AccountId).collect()
    }
}

/// `POST /api/v1/lists/:id/accounts`
pub(crate) async fn add(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(named): Params<Members>,
) -> Answer {
    viewer.require("write:lists")?;
    if named.accounts().len() < named.account_ids.len().min(MOST) {
        // What is no id is the id of nobody.
        return Err(ApiError::not_found());
    }
    let (me, members) = (viewer.account().id, named.accounts());
    cx.write(move |tx| list::add(tx, me, ListId(id), &members)).await?;
    nothing()
}

/// `DELETE /api/v1/lists/:id/accounts`
pub(crate) async fn remove(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(named): Params<Members>,
) -> Answer {
    viewer.require("write:lists")?;
    let (me, members) = (viewer.account().id, named.accounts());
    cx.write(move |tx| list::remove(tx, me, ListId(id), &members)).await?;
    nothing()
}

/// `GET /api/v1/accounts/:id/lists`
pub(crate) async fn holding(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:lists")?;
    let me = viewer.account().id;
    let lists = cx.read(move |tx| list::holding(tx, me, AccountId(id))).await?;
    json(&lists.iter().map(List::from).collect::<Vec<_>>())
}

/// `GET /api/v1/timelines/list/:id`
pub(crate) async fn timeline(State(cx): State<Cx>, viewer: Viewer, Id(id): Id, place: Place) -> Answer {
    viewer.require("read:lists")?;
    let (page, me) = (place.page(20, 40), viewer.account().id);
    let posts = cx.read(move |tx| list::timeline(tx, me, ListId(id), page)).await?;
    place.timeline(page, &posts)
}
