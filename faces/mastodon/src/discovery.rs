//! Accounts that the viewer may want to know.

use crate::answer::{Answer, Id, json, nothing};
use crate::entities::Dialect;
use crate::entities::account::Account;
use crate::entities::value::Text;
use crate::params::Ids;
use axum::extract::State;
use domain::AccountId;
use serde::{Deserialize, Serialize};
use service::Cx;
use service::discovery::{self as verbs, From, Order, Source};
use web::{ApiError, MaybeViewer, Paging, Params, Viewer};

/// Most accounts asked about at once.
const MOST: usize = 40;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DirectoryForm {
    order: Option<String>,
    local: bool,
}

/// `GET /api/v1/directory`
pub(crate) async fn directory(
    State(cx): State<Cx>,
    viewer: MaybeViewer,
    paging: Paging,
    Params(form): Params<DirectoryForm>,
) -> Answer {
    let order = match form.order.as_deref() {
        None | Some("" | "active") => Order::Active,
        Some("new") => Order::New,
        Some(_) => return Err(ApiError::invalid("Validation failed: order is not included in the list")),
    };
    let from = if form.local { From::Here } else { From::Everywhere };
    let me = viewer.id();
    let (limit, offset) = (paging.limit(40, 80), paging.offset);
    let found = cx.read(move |tx| verbs::directory(tx, me, order, from, limit, offset)).await?;
    json(&Dialect::new(&cx.names).profiles(&found))
}

/// <https://docs.joinmastodon.org/entities/Suggestion/>
#[derive(Debug, Serialize)]
struct Suggestion<'a> {
    /// For programs that know one reason only.
    source: &'static str,
    sources: Vec<&'static str>,
    account: Account<'a>,
}

const fn word(source: Source) -> &'static str {
    match source {
        Source::FriendsOfFriends => "friends_of_friends",
        Source::MostFollowed => "most_followed",
    }
}

const fn old_word(source: Source) -> &'static str {
    match source {
        Source::FriendsOfFriends => "past_interactions",
        Source::MostFollowed => "global",
    }
}

/// `GET /api/v2/suggestions`
pub(crate) async fn suggestions(State(cx): State<Cx>, viewer: Viewer, paging: Paging) -> Answer {
    viewer.require("read")?;
    let (me, limit) = (viewer.account().id, paging.limit(40, 80));
    let found = cx.read(move |tx| verbs::suggestions(tx, me, limit)).await?;
    let dialect = Dialect::new(&cx.names);
    let suggestion = |it: &'_ verbs::Suggestion| it.sources.first().copied().map_or("global", old_word);
    let list: Vec<Suggestion<'_>> = found
        .iter()
        .map(|it| Suggestion {
            source: suggestion(it),
            sources: it.sources.iter().copied().map(word).collect(),
            account: dialect.profile(&it.view),
        })
        .collect();
    json(&list)
}

/// `GET /api/v1/suggestions`
pub(crate) async fn suggested_accounts(State(cx): State<Cx>, viewer: Viewer, paging: Paging) -> Answer {
    viewer.require("read")?;
    let (me, limit) = (viewer.account().id, paging.limit(40, 80));
    let found = cx.read(move |tx| verbs::suggestions(tx, me, limit)).await?;
    let dialect = Dialect::new(&cx.names);
    json(&found.iter().map(|it| dialect.profile(&it.view)).collect::<Vec<_>>())
}

/// `DELETE /api/v1/suggestions/:id`
pub(crate) async fn dismiss(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read")?;
    let me = viewer.account().id;
    cx.write(move |tx| verbs::dismiss(tx, me, AccountId(id))).await?;
    nothing()
}

/// <https://docs.joinmastodon.org/entities/FamiliarFollowers/>
#[derive(Debug, Serialize)]
struct FamiliarFollowers<'a> {
    id: Text<i64>,
    accounts: Vec<Account<'a>>,
}

/// `GET /api/v1/accounts/familiar_followers?id[]=`
pub(crate) async fn familiar_followers(
    State(cx): State<Cx>,
    viewer: Viewer,
    Params(wanted): Params<Ids>,
) -> Answer {
    viewer.require("read:follows")?;
    let me = viewer.account().id;
    let ids: Vec<AccountId> = wanted.numbers(MOST).into_iter().map(AccountId).collect();
    let found = cx.read(move |tx| verbs::familiar_followers(tx, me, &ids)).await?;
    let dialect = Dialect::new(&cx.names);
    let list: Vec<_> = found
        .iter()
        .map(|(id, views)| FamiliarFollowers { id: Text(id.0), accounts: dialect.profiles(views) })
        .collect();
    json(&list)
}
