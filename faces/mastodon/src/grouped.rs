//! What the viewer was told, in groups.

use crate::answer::{Answer, At, Place, json, nothing};
use crate::entities::Dialect;
use crate::entities::notification::{GroupName, kinds_of};
use crate::notifications::{Count, Wanted};
use axum::extract::State;
use domain::notification::{GroupKey, Kinds};
use http::StatusCode;
use service::Cx;
use service::notification::grouped::{self, Expand, Grouped};
use web::{ApiError, Paging, Params, Viewer};

impl Wanted {
    fn grouped(&self) -> Kinds {
        self.grouped_types.as_deref().map_or(Kinds::GROUPED, kinds_of)
    }

    fn expand(&self) -> Result<Expand, ApiError> {
        match self.expand_accounts.as_deref() {
            None | Some("" | "full") => Ok(Expand::Full),
            Some("partial_avatars") => Ok(Expand::Newest),
            Some(_) => Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                "Invalid value for 'expand_accounts': allowed values are 'full' and 'partial_avatars'",
            )),
        }
    }
}

fn key(text: &str) -> Result<GroupKey, ApiError> {
    GroupName::parse(text).map(|name| name.0).ok_or_else(ApiError::not_found)
}

/// `GET /api/v2/notifications`
pub(crate) async fn list(
    State(cx): State<Cx>,
    viewer: Viewer,
    place: Place,
    Params(wanted): Params<Wanted>,
) -> Answer {
    viewer.require("read:notifications")?;
    let (page, me) = (place.page(40, 80), viewer.account().id);
    let (kinds, expand) = (wanted.grouped(), wanted.expand()?);
    let found = match wanted.selection() {
        Some(selection) => cx.read(move |tx| grouped::list(tx, me, &selection, kinds, expand, page)).await?,
        None => Grouped::empty(expand),
    };
    place.endless(page, found.ends, &Dialect::new(&cx.names).grouped(&found))
}

/// `GET /api/v2/notifications/:group_key`
pub(crate) async fn one(State(cx): State<Cx>, viewer: Viewer, At(name): At<String>) -> Answer {
    viewer.require("read:notifications")?;
    let (key, me) = (key(&name)?, viewer.account().id);
    let found = cx.read(move |tx| grouped::one(tx, me, key)).await?;
    json(&Dialect::new(&cx.names).grouped(&found))
}

/// `GET /api/v2/notifications/:group_key/accounts`
///
/// The documentation asks for `write:notifications`, which is a slip: reading is enough.
pub(crate) async fn accounts(
    State(cx): State<Cx>,
    viewer: Viewer,
    At(name): At<String>,
    place: Place,
) -> Answer {
    viewer.require("write:notifications").or_else(|_| viewer.require("read:notifications"))?;
    let (key, page, me) = (key(&name)?, place.page(40, 80), viewer.account().id);
    let found = cx.read(move |tx| grouped::senders(tx, me, key, page)).await?;
    place.profiles(page, &found)
}

/// `POST /api/v2/notifications/:group_key/dismiss`
pub(crate) async fn dismiss(State(cx): State<Cx>, viewer: Viewer, At(name): At<String>) -> Answer {
    viewer.require("write:notifications")?;
    let me = viewer.account().id;
    // What is not there is dismissed already.
    if let Ok(key) = key(&name) {
        cx.write(move |tx| grouped::dismiss(tx, me, key)).await?;
    }
    nothing()
}

/// `GET /api/v2/notifications/unread_count`
pub(crate) async fn count(
    State(cx): State<Cx>,
    viewer: Viewer,
    paging: Paging,
    Params(wanted): Params<Wanted>,
) -> Answer {
    viewer.require("read:notifications")?;
    let (most, kinds, me) = (paging.limit(100, 1000), wanted.grouped(), viewer.account().id);
    let Some(selection) = wanted.selection() else { return json(&Count { count: 0 }) };
    let count = cx.read(move |tx| grouped::count_unread(tx, me, &selection, kinds, most)).await?;
    json(&Count { count })
}
