//! Accounts: one, several, their posts and followers.

use crate::answer::{Answer, Id, Place, json};
use crate::entities::Dialect;
use crate::params::Ids;
use axum::extract::State;
use domain::AccountId;
use serde::Deserialize;
use service::profile::AccountView;
use service::timeline::OfAuthor;
use service::{Cx, pin, profile, timeline};
use web::{MaybeViewer, Params, Viewer};

/// Most accounts asked for at once.
const MOST: usize = 40;

/// Somebody looks at a profile: what its server says more of it is asked for,
/// for the next look. Strangers make us ask nobody.
fn look_closer(cx: &Cx, viewer: &MaybeViewer, view: &AccountView) {
    if viewer.0.is_some() && !view.account.is_ours() {
        pin::learn_later(cx, view.account.id);
    }
}

/// `GET /api/v1/accounts/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id) -> Answer {
    viewer.require("read:accounts")?;
    let view = cx.read(move |tx| profile::one(tx, AccountId(id))).await?;
    look_closer(&cx, &viewer, &view);
    json(&Dialect::new(&cx.names).profile(&view))
}

/// `GET /api/v1/accounts?id[]=`
pub(crate) async fn several(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    Params(wanted): Params<Ids>,
) -> Answer {
    viewer.require("read:accounts")?;
    let ids: Vec<AccountId> = wanted.numbers(MOST).into_iter().map(AccountId).collect();
    let views = cx.read(move |tx| profile::many(tx, &ids)).await?;
    json(&Dialect::new(&cx.names).profiles(&views))
}

/// `GET /api/v1/accounts/:id/identity_proofs`: a service that vouched for
/// accounts has ended. Old programs still ask, and nobody has any.
pub(crate) async fn proofs(State(cx): State<Cx>, _: Viewer, Id(id): Id) -> Answer {
    cx.read(move |tx| profile::one(tx, AccountId(id))).await?;
    json(&[(); 0])
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Lookup {
    acct: String,
}

/// `GET /api/v1/accounts/lookup?acct=`
pub(crate) async fn lookup(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    Params(lookup): Params<Lookup>,
) -> Answer {
    viewer.require("read:accounts")?;
    let view = profile::lookup(&cx, &lookup.acct).await?;
    look_closer(&cx, &viewer, &view);
    json(&Dialect::new(&cx.names).profile(&view))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the request has them")]
pub(crate) struct Statuses {
    exclude_replies: bool,
    exclude_reblogs: bool,
    exclude_direct: bool,
    only_media: bool,
    pinned: bool,
    tagged: Option<String>,
}

/// `GET /api/v1/accounts/:id/statuses`
pub(crate) async fn statuses(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    Id(id): Id,
    place: Place,
    Params(wanted): Params<Statuses>,
) -> Answer {
    viewer.require("read:statuses")?;
    let (page, viewer) = (place.page(20, 40), viewer.id());
    let tagged = wanted.tagged.filter(|name| !name.is_empty());
    let selection = OfAuthor {
        tagged,
        without_replies: wanted.exclude_replies,
        without_boosts: wanted.exclude_reblogs,
        without_direct: wanted.exclude_direct,
        only_media: wanted.only_media,
    };
    if wanted.pinned {
        let posts = cx.read(move |tx| {
            profile::one(tx, AccountId(id))?;
            pin::of(tx, viewer, AccountId(id))
        });
        return json(&Dialect::new(&cx.names).statuses(&posts.await?));
    }
    let posts = cx.read(move |tx| timeline::of_author(tx, viewer, AccountId(id), &selection, page)).await?;
    place.statuses(page, &posts)
}

/// `GET /api/v1/accounts/:id/followers`
pub(crate) async fn followers(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id, place: Place) -> Answer {
    viewer.require("read:accounts")?;
    let (page, viewer) = (place.page(40, 80), viewer.id());
    let found = cx.read(move |tx| profile::followers(tx, viewer, AccountId(id), page)).await?;
    place.profiles(page, &found)
}

/// `GET /api/v1/accounts/:id/following`
pub(crate) async fn following(State(cx): State<Cx>, viewer: MaybeViewer, Id(id): Id, place: Place) -> Answer {
    viewer.require("read:accounts")?;
    let (page, viewer) = (place.page(40, 80), viewer.id());
    let found = cx.read(move |tx| profile::following(tx, viewer, AccountId(id), page)).await?;
    place.profiles(page, &found)
}
