//! Web Push: one subscription for each token.

use crate::answer::{Answer, json, nothing};
use crate::entities::notification::kind_of;
use crate::entities::value::Text;
use axum::extract::State;
use domain::notification::{Kinds, NotificationKind};
use domain::push::{PushForm, PushPolicy, PushWishes};
use http::{HeaderMap, Uri};
use serde::{Deserialize, Serialize};
use service::Cx;
use service::push::{self, NewSubscription, Subscription};
use std::collections::BTreeMap;
use web::{ApiError, Nested, Params, Viewer};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Keys {
    p256dh: String,
    auth: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Where {
    endpoint: String,
    keys: Nested<Keys>,
    standard: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    alerts: Nested<BTreeMap<String, Option<bool>>>,
    policy: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    subscription: Nested<Where>,
    data: Nested<Data>,
    /// Some programs write it beside `data`.
    policy: Option<String>,
}

impl Form {
    fn wishes(&self) -> Result<PushWishes, ApiError> {
        let data = self.data.0.as_ref();
        let written = data.and_then(|data| data.alerts.0.as_ref()).into_iter().flatten();
        let wanted = written.filter(|(_, wanted)| **wanted == Some(true));
        let alerts = Kinds::of(wanted.filter_map(|(text, _)| kind_of(text)));
        let policy = data.and_then(|data| data.policy.as_deref());
        let policy = match policy.or(self.policy.as_deref()) {
            None | Some("" | "all") => PushPolicy::All,
            Some("followed") => PushPolicy::Followed,
            Some("follower") => PushPolicy::Follower,
            Some("none") => PushPolicy::None,
            Some(_) => {
                return Err(ApiError::invalid("Validation failed: Policy is not included in the list"));
            }
        };
        Ok(PushWishes { alerts, policy })
    }
}

const fn policy_word(policy: PushPolicy) -> &'static str {
    match policy {
        PushPolicy::All => "all",
        PushPolicy::Followed => "followed",
        PushPolicy::Follower => "follower",
        PushPolicy::None => "none",
    }
}

/// <https://docs.joinmastodon.org/entities/WebPushSubscription/>
#[derive(Debug, Serialize)]
struct WebPushSubscription<'a> {
    id: Text<i64>,
    endpoint: &'a str,
    standard: bool,
    alerts: BTreeMap<&'static str, bool>,
    policy: &'static str,
    server_key: &'a str,
}

async fn show(cx: &Cx, subscription: &Subscription) -> Answer {
    let key = push::key(cx).await?;
    let PushWishes { alerts, policy } = subscription.wishes;
    json(&WebPushSubscription {
        id: Text(subscription.id),
        endpoint: &subscription.endpoint,
        standard: subscription.form == PushForm::Standard,
        alerts: NotificationKind::ALL.into_iter().map(|kind| (push::word(kind), alerts.has(kind))).collect(),
        policy: policy_word(policy),
        server_key: key.public(),
    })
}

/// `POST /api/v1/push/subscription`
pub(crate) async fn subscribe(
    State(cx): State<Cx>,
    viewer: Viewer,
    headers: HeaderMap,
    uri: Uri,
    Params(form): Params<Form>,
) -> Answer {
    viewer.require("push")?;
    let wishes = form.wishes()?;
    let at = form.subscription.0.unwrap_or_default();
    let keys = at.keys.0.unwrap_or_default();
    let new = NewSubscription {
        endpoint: at.endpoint,
        p256dh: keys.p256dh,
        auth: keys.auth,
        access_token: web::viewer::token(&headers, &uri).unwrap_or_default().into_owned(),
    };
    let shape = if at.standard { PushForm::Standard } else { PushForm::Draft };
    let (account, token) = (viewer.account().id, viewer.token_id());
    let subscription = push::subscribe(&cx, account, token, new, shape, wishes).await?;
    show(&cx, &subscription).await
}

/// `GET /api/v1/push/subscription`
pub(crate) async fn get(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("push")?;
    let token = viewer.token_id();
    let subscription = cx.read(move |tx| push::of_token(tx, token)).await?;
    show(&cx, &subscription).await
}

/// `PUT /api/v1/push/subscription`
pub(crate) async fn change(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<Form>) -> Answer {
    viewer.require("push")?;
    let (wishes, token) = (form.wishes()?, viewer.token_id());
    let subscription = cx.write(move |tx| push::change(tx, token, &wishes)).await?;
    show(&cx, &subscription).await
}

/// `DELETE /api/v1/push/subscription`
pub(crate) async fn unsubscribe(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("push")?;
    let token = viewer.token_id();
    cx.write(move |tx| push::unsubscribe(tx, token)).await?;
    nothing()
}
