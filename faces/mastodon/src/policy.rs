//! Of whom the viewer wants to be told, and who waits to be let in.

use crate::answer::{Answer, Id, Place, json, nothing};
use crate::entities::Dialect;
use crate::entities::account::Account;
use crate::entities::status::Status;
use crate::entities::value::{Iso, Text};
use crate::params::ids as ids_of;
use axum::extract::State;
use domain::notification::policy::{Policy, Wish};
use serde::{Deserialize, Serialize};
use service::Cx;
use service::notification::request::{self, Decision, RequestView};
use service::notification::{policy, set_policy};
use web::{ApiError, Params, Viewer};

#[derive(Debug, Serialize)]
struct Summary {
    pending_requests_count: i64,
    pending_notifications_count: i64,
}

/// <https://docs.joinmastodon.org/entities/NotificationPolicy/>
#[derive(Debug, Serialize)]
struct NotificationPolicy {
    for_not_following: &'static str,
    for_not_followers: &'static str,
    for_new_accounts: &'static str,
    for_private_mentions: &'static str,
    for_limited_accounts: &'static str,
    for_bots: &'static str,
    summary: Summary,
}

/// The same as programs of Mastodon 4.3's first days know it.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the entity has them")]
struct V1NotificationPolicy {
    filter_not_following: bool,
    filter_not_followers: bool,
    filter_new_accounts: bool,
    filter_private_mentions: bool,
    summary: Summary,
}

const fn word(wish: Wish) -> &'static str {
    match wish {
        Wish::Accept => "accept",
        Wish::Filter => "filter",
        Wish::Drop => "drop",
    }
}

/// A wish as a program writes it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Written {
    Accept,
    Filter,
    Drop,
    /// A program wrote what it did not set.
    #[serde(rename = "")]
    Nothing,
}

impl Written {
    const fn wish(self) -> Option<Wish> {
        match self {
            Self::Accept => Some(Wish::Accept),
            Self::Filter => Some(Wish::Filter),
            Self::Drop => Some(Wish::Drop),
            Self::Nothing => None,
        }
    }
}

/// What is absent or empty stays as it is.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the entity's own")]
pub(crate) struct Form {
    for_not_following: Option<Written>,
    for_not_followers: Option<Written>,
    for_new_accounts: Option<Written>,
    for_private_mentions: Option<Written>,
    for_limited_accounts: Option<Written>,
    for_bots: Option<Written>,
}

impl Form {
    fn apply(self, policy: &mut Policy) {
        for (written, wish) in [
            (self.for_not_following, &mut policy.not_following),
            (self.for_not_followers, &mut policy.not_followers),
            (self.for_new_accounts, &mut policy.new_accounts),
            (self.for_private_mentions, &mut policy.private_mentions),
            (self.for_limited_accounts, &mut policy.limited_accounts),
            (self.for_bots, &mut policy.bots),
        ] {
            if let Some(written) = written.and_then(Written::wish) {
                *wish = written;
            }
        }
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the entity's own")]
pub(crate) struct V1Form {
    filter_not_following: Option<bool>,
    filter_not_followers: Option<bool>,
    filter_new_accounts: Option<bool>,
    filter_private_mentions: Option<bool>,
}

impl From<V1Form> for Form {
    fn from(form: V1Form) -> Self {
        let written = |filter: bool| if filter { Written::Filter } else { Written::Accept };
        Self {
            for_not_following: form.filter_not_following.map(written),
            for_not_followers: form.filter_not_followers.map(written),
            for_new_accounts: form.filter_new_accounts.map(written),
            for_private_mentions: form.filter_private_mentions.map(written),
            ..Self::default()
        }
    }
}

async fn show(cx: &Cx, viewer: &Viewer) -> Answer {
    let me = viewer.account().id;
    let (policy, waiting) = cx.read(move |tx| policy(tx, me)).await?;
    json(&NotificationPolicy {
        for_not_following: word(policy.not_following),
        for_not_followers: word(policy.not_followers),
        for_new_accounts: word(policy.new_accounts),
        for_private_mentions: word(policy.private_mentions),
        for_limited_accounts: word(policy.limited_accounts),
        for_bots: word(policy.bots),
        summary: summary(waiting),
    })
}

async fn show_v1(cx: &Cx, viewer: &Viewer) -> Answer {
    let me = viewer.account().id;
    let (policy, waiting) = cx.read(move |tx| policy(tx, me)).await?;
    json(&V1NotificationPolicy {
        filter_not_following: policy.not_following != Wish::Accept,
        filter_not_followers: policy.not_followers != Wish::Accept,
        filter_new_accounts: policy.new_accounts != Wish::Accept,
        filter_private_mentions: policy.private_mentions != Wish::Accept,
        summary: summary(waiting),
    })
}

const fn summary((senders, mentions): (i64, i64)) -> Summary {
    Summary { pending_requests_count: senders, pending_notifications_count: mentions }
}

async fn change(cx: &Cx, viewer: &Viewer, form: Form) -> Result<(), ApiError> {
    let me = viewer.account().id;
    Ok(cx.write(move |tx| set_policy(tx, me, |policy| form.apply(policy))).await?)
}

/// `GET /api/v2/notifications/policy`
pub(crate) async fn get(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:notifications")?;
    show(&cx, &viewer).await
}

/// `PUT` or `PATCH /api/v2/notifications/policy`
pub(crate) async fn set(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<Form>) -> Answer {
    viewer.require("write:notifications")?;
    change(&cx, &viewer, form).await?;
    show(&cx, &viewer).await
}

/// `GET /api/v1/notifications/policy`
pub(crate) async fn get_v1(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:notifications")?;
    show_v1(&cx, &viewer).await
}

/// `PUT` or `PATCH /api/v1/notifications/policy`
pub(crate) async fn set_v1(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<V1Form>) -> Answer {
    viewer.require("write:notifications")?;
    change(&cx, &viewer, form.into()).await?;
    show_v1(&cx, &viewer).await
}

/// <https://docs.joinmastodon.org/entities/NotificationRequest/>
#[derive(Debug, Serialize)]
struct NotificationRequest<'a> {
    id: Text<i64>,
    created_at: Iso,
    updated_at: Iso,
    notifications_count: Text<i64>,
    account: Account<'a>,
    last_status: Option<Status<'a>>,
}

fn entity<'a>(dialect: Dialect<'a>, view: &'a RequestView) -> NotificationRequest<'a> {
    NotificationRequest {
        id: Text(view.request.id),
        created_at: Iso(view.request.created_at),
        updated_at: Iso(view.request.updated_at),
        notifications_count: Text(view.request.count),
        account: dialect.profile(&view.from),
        last_status: view.post.as_ref().map(|post| dialect.status(post)),
    }
}

/// `GET /api/v1/notifications/requests`
pub(crate) async fn requests(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:notifications")?;
    let (page, me) = (place.page(40, 80), viewer.account().id);
    let found = cx.read(move |tx| request::list(tx, me, page)).await?;
    let dialect = Dialect::new(&cx.names);
    let entities: Vec<_> = found.items.iter().map(|view| entity(dialect, view)).collect();
    place.list(page, &found, &entities)
}

/// `GET /api/v1/notifications/requests/:id`
pub(crate) async fn request(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:notifications")?;
    let me = viewer.account().id;
    let view = cx.read(move |tx| request::one(tx, me, id)).await?;
    json(&entity(Dialect::new(&cx.names), &view))
}

async fn decide(cx: &Cx, viewer: &Viewer, id: i64, decision: Decision) -> Answer {
    viewer.require("write:notifications")?;
    let me = viewer.account().id;
    cx.write(move |tx| request::decide(tx, me, id, decision)).await?;
    nothing()
}

/// `POST /api/v1/notifications/requests/:id/accept`
pub(crate) async fn accept(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    decide(&cx, &viewer, id, Decision::Accept).await
}

/// `POST /api/v1/notifications/requests/:id/dismiss`
pub(crate) async fn dismiss(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    decide(&cx, &viewer, id, Decision::Dismiss).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Several {
    id: Vec<String>,
}

/// Most requests that are decided at once.
const MOST: usize = 100;

async fn decide_all(cx: &Cx, viewer: &Viewer, several: Several, decision: Decision) -> Answer {
    viewer.require("write:notifications")?;
    let (me, ids) = (viewer.account().id, ids_of(&several.id, MOST));
    cx.write(move |tx| request::decide_all(tx, me, &ids, decision)).await?;
    nothing()
}

/// `POST /api/v1/notifications/requests/accept`
pub(crate) async fn accept_all(
    State(cx): State<Cx>,
    viewer: Viewer,
    Params(several): Params<Several>,
) -> Answer {
    decide_all(&cx, &viewer, several, Decision::Accept).await
}

/// `POST /api/v1/notifications/requests/dismiss`
pub(crate) async fn dismiss_all(
    State(cx): State<Cx>,
    viewer: Viewer,
    Params(several): Params<Several>,
) -> Answer {
    decide_all(&cx, &viewer, several, Decision::Dismiss).await
}

#[derive(Debug, Serialize)]
struct Merged {
    merged: bool,
}

/// `GET /api/v1/notifications/requests/merged`: always, as what is accepted
/// is shown in the same transaction.
pub(crate) async fn merged(viewer: Viewer) -> Answer {
    viewer.require("read:notifications")?;
    json(&Merged { merged: true })
}
