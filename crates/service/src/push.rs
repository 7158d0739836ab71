//! Web Push: programs subscribe, and what waits for them is sent. Every push
//! is a row until it is settled; a stop between two steps sends one again.

mod message;

use crate::error::OrNotFound;
use crate::{Cx, Error, Result, notification};
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use domain::push::{After, PushForm, PushWishes, Tried, after};
use domain::{AccountId, Timestamp, TokenId};
use std::time::Duration;
use store::Tx;
use url::Url;
use wire::push::{Audience, Push, VapidKey};

pub use message::word;
pub use store::push::{Due, Subscription};

/// Keys as browsers write them; some libraries pad.
const KEYS: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The longest address of a push service.
const MAX_ENDPOINT: usize = 2048;
/// Subscriptions of one account; a new one ends the oldest.
const MOST: i64 = 20;
/// While a push is being sent nobody else takes it; then it is taken for lost.
const UNDER_WAY: Duration = Duration::from_secs(120);

/// The server's key; made at the first start.
pub async fn key(cx: &Cx) -> Result<VapidKey> {
    let found = cx.vapid.get_or_try_init(|| async {
        let (_, fresh) = VapidKey::generate().map_err(broken)?;
        let text = KEYS.encode(fresh);
        let kept = cx.write(move |tx| Ok(store::push::keep_key(tx, &text)?)).await?;
        let der = KEYS.decode(kept).map_err(|error| Error::Internal(error.to_string()))?;
        VapidKey::from_pkcs8(&der).map_err(broken)
    });
    found.await.cloned()
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}

/// Where and how a program wants to be told.
#[derive(Clone, Default)]
pub struct NewSubscription {
    /// The address its push service gave it.
    pub endpoint: String,
    /// Its public key, base64.
    pub p256dh: String,
    /// The secret it shares with us, base64.
    pub auth: String,
    /// The token with which it asks.
    pub access_token: String,
}

impl std::fmt::Debug for NewSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSubscription").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// The program of a token subscribes, in place of what it had.
pub async fn subscribe(
    cx: &Cx,
    account: AccountId,
    token: TokenId,
    new: NewSubscription,
    form: PushForm,
    wishes: PushWishes,
) -> Result<Subscription> {
    check_endpoint(cx, &new.endpoint)?;
    let p256dh = KEYS.decode(keys_text(&new.p256dh)).unwrap_or_default();
    let auth = KEYS.decode(keys_text(&new.auth)).unwrap_or_default();
    Audience::new(&p256dh, &auth).map_err(|error| match error {
        wire::push::SealError::Secret => Error::invalid("Key auth", "is invalid"),
        _ => Error::invalid("Key p256dh", "is invalid"),
    })?;
    cx.write(move |tx| {
        let subscription = Subscription {
            id: tx.new_id(),
            token_id: token,
            account_id: account,
            endpoint: new.endpoint.clone(),
            p256dh: p256dh.clone(),
            auth: auth.clone(),
            form,
            wishes,
            access_token: new.access_token.clone(),
        };
        store::push::subscribe(tx, &subscription)?;
        store::push::keep_newest(tx, account, MOST)?;
        Ok(subscription)
    })
    .await
}

/// Some programs write the other alphabet.
fn keys_text(text: &str) -> String {
    text.trim().replace('+', "-").replace('/', "_")
}

fn check_endpoint(cx: &Cx, text: &str) -> Result<()> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_ENDPOINT);
    // Whatever else is asked, so is this only through the guard.
    match url {
        Some(url) if cx.client.guard().check_url(&url).is_ok() => Ok(()),
        _ => Err(Error::invalid("Endpoint", "is not a valid URL")),
    }
}

/// The subscription of a token.
pub fn of_token(tx: &mut Tx, token: TokenId) -> Result<Subscription> {
    store::push::of_token(tx, token)?.or_not_found("subscription")
}

/// The program of a token wants to be told of something else.
pub fn change(tx: &mut Tx, token: TokenId, wishes: &PushWishes) -> Result<Subscription> {
    of_token(tx, token)?;
    store::push::set_wishes(tx, token, wishes)?;
    of_token(tx, token)
}

/// The program of a token wants to be told nothing more.
pub fn unsubscribe(tx: &mut Tx, token: TokenId) -> Result<()> {
    Ok(store::push::remove_of_token(tx, token)?)
}

/// When the next push is to be tried.
pub fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    Ok(store::push::next_due(tx)?)
}

/// Takes pushes whose time has come, at most so many, for [`send`].
pub async fn take_due(cx: &Cx, most: usize) -> Result<Vec<Due>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let due = cx.read(move |tx| Ok(store::push::due(tx, tx.now(), most)?)).await?;
    if due.is_empty() {
        return drop_ended(cx).await.map(|()| due);
    }
    let claim = move |tx: &mut Tx| {
        let now = tx.now();
        let mut taken = Vec::with_capacity(due.len());
        for one in &due {
            if store::push::claim(tx, one.subscription.id, one.notification_id, now, UNDER_WAY)? {
                taken.push(one.clone());
            }
        }
        Ok(taken)
    };
    cx.write_later(claim).await
}

/// What waits for a token that was taken back is never sent.
async fn drop_ended(cx: &Cx) -> Result<()> {
    let now = cx.now();
    match cx.read(next_due).await? {
        Some(next) if next <= now => cx.write_later(move |tx| Ok(store::push::drop_ended(tx, now)?)).await,
        _ => Ok(()),
    }
}

/// Sends a push that was taken, and writes down what came of it.
pub async fn send(cx: &Cx, due: &Due) -> Result<()> {
    let (subscription, notification) = (due.subscription.id, due.notification_id);
    let owner = due.subscription.account_id;
    let key = key(cx).await?;
    let view = match cx.read(move |tx| notification::one(tx, owner, notification)).await {
        // What is gone meanwhile, or may not be seen any more, is not told.
        Err(Error::NotFound(_)) => {
            return cx.write_later(move |tx| Ok(store::push::settle(tx, subscription, notification)?)).await;
        }
        found => found?,
    };
    let message = message::of(&cx.names, &view, &due.subscription.access_token);
    let tried = post(cx, &key, &due.subscription, &message).await;
    let then = after(tried, due.attempts + 1, cx.chance.next());
    if then != After::Done {
        tracing::debug!(subscription, ?tried, ?then, "a push was not taken");
    }
    cx.write_later(move |tx| {
        match then {
            After::Done | After::GiveUp => store::push::settle(tx, subscription, notification)?,
            After::Again(pause) => {
                let until = tx.now().plus(pause);
                store::push::put_off(tx, subscription, notification, until)?;
            }
            After::Unsubscribe => store::push::remove(tx, subscription)?,
        }
        Ok(())
    })
    .await
}

async fn post(cx: &Cx, key: &VapidKey, subscription: &Subscription, message: &[u8]) -> Tried {
    let (Ok(endpoint), Ok(audience)) =
        (Url::parse(&subscription.endpoint), Audience::new(&subscription.p256dh, &subscription.auth))
    else {
        return Tried::Forbidden;
    };
    let contact = match &cx.settings.contact_email {
        Some(email) => format!("mailto:{email}"),
        None => cx.names.origin().to_string(),
    };
    let push = Push {
        endpoint: &endpoint,
        audience: &audience,
        form: subscription.form,
        message,
        contact: &contact,
    };
    match cx.client.push(&push, key, cx.now()).await {
        Ok(tried) => tried,
        Err(error) => {
            tracing::warn!(subscription = subscription.id, %error, "a push could not be made");
            Tried::Answered { status: 400, retry_after: None }
        }
    }
}

/// Removes what belongs to tokens that were taken back, some at a time.
pub(crate) fn sweep(tx: &mut Tx, limit: i64) -> Result<u64> {
    Ok(store::push::sweep(tx, limit)?)
}
