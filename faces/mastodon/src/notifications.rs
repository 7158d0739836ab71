//! What the viewer was told, one by one.

use crate::answer::{Answer, Id, Place, json, nothing};
use crate::entities::Dialect;
use crate::entities::notification::kinds_of;
use crate::params::id as id_of;
use axum::extract::State;
use domain::notification::Kinds;
use domain::{AccountId, NotificationId};
use serde::{Deserialize, Serialize};
use service::Cx;
use service::notification::{self, Selection};
use web::{Paging, Params, Viewer};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    types: Vec<String>,
    exclude_types: Vec<String>,
    account_id: Option<String>,
    include_filtered: Option<bool>,
    pub(crate) grouped_types: Option<Vec<String>>,
    pub(crate) expand_accounts: Option<String>,
}

impl Wanted {
    /// None where nothing can fit.
    pub(crate) fn selection(&self) -> Option<Selection> {
        let asked = self.types.iter().any(|word| !word.is_empty());
        let kinds = if asked { kinds_of(&self.types) } else { Kinds::ALL };
        let kinds = kinds.without(kinds_of(&self.exclude_types));
        let from = match self.account_id.as_deref() {
            None | Some("") => None,
            Some(text) => Some(AccountId(id_of(text)?)),
        };
        // Who asks for one sender sees all of theirs.
        let hidden = self.include_filtered == Some(true) || from.is_some();
        let place = if hidden { notification::Place::KeptBack } else { notification::Place::Shown };
        (kinds != Kinds::NONE).then_some(Selection { kinds, from, place })
    }
}

/// `GET /api/v1/notifications`
pub(crate) async fn list(
    State(cx): State<Cx>,
    viewer: Viewer,
    place: Place,
    Params(wanted): Params<Wanted>,
) -> Answer {
    viewer.require("read:notifications")?;
    let (page, me) = (place.page(40, 80), viewer.account().id);
    let Some(selection) = wanted.selection() else { return json(&[(); 0]) };
    let found = cx.read(move |tx| notification::list(tx, me, &selection, page)).await?;
    let dialect = Dialect::new(&cx.names);
    let entities: Vec<_> = found.items.iter().map(|view| dialect.notification(view)).collect();
    place.endless(page, found.ends, &entities)
}

/// `GET /api/v1/notifications/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:notifications")?;
    let me = viewer.account().id;
    let view = cx.read(move |tx| notification::one(tx, me, NotificationId(id))).await?;
    json(&Dialect::new(&cx.names).notification(&view))
}

/// `POST /api/v1/notifications/:id/dismiss`
pub(crate) async fn dismiss(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:notifications")?;
    let me = viewer.account().id;
    cx.write(move |tx| notification::dismiss(tx, me, NotificationId(id))).await?;
    nothing()
}

/// `POST /api/v1/notifications/clear`
pub(crate) async fn clear(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("write:notifications")?;
    let me = viewer.account().id;
    cx.write(move |tx| notification::clear(tx, me)).await?;
    nothing()
}

#[derive(Debug, Serialize)]
pub(crate) struct Count {
    pub(crate) count: i64,
}

/// `GET /api/v1/notifications/unread_count`: those after the marker.
pub(crate) async fn count(
    State(cx): State<Cx>,
    viewer: Viewer,
    paging: Paging,
    Params(wanted): Params<Wanted>,
) -> Answer {
    viewer.require("read:notifications")?;
    let (most, me) = (paging.limit(100, 1000), viewer.account().id);
    let Some(selection) = wanted.selection() else { return json(&Count { count: 0 }) };
    let count = cx.read(move |tx| notification::count_unread(tx, me, &selection, most)).await?;
    json(&Count { count })
}
