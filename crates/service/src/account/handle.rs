//! Handles: from `@name@host` to an account, and back to be sure.

use super::{Freshness, obtain};
use crate::errand::Errand;
use crate::{Cx, Error, Result};
use domain::{Account, Handle};
use std::sync::Arc;
use tokio::sync::Semaphore;
use wire::FetchError;

/// How many handles are confirmed at a time in the background.
const CONFIRMATIONS: usize = 16;

/// Bounds the confirmations under way.
#[derive(Debug, Clone)]
pub struct Confirmations(pub(crate) Arc<Semaphore>);

impl Default for Confirmations {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(CONFIRMATIONS)))
    }
}

/// The account with a handle, from what we know only.
pub async fn find_handle(cx: &Cx, handle: &Handle) -> Result<Option<Account>> {
    let handle = cx.names.localised(handle.clone());
    cx.read(move |tx| Ok(store::account::by_handle(tx, &handle)?)).await
}

/// The account with a handle; asks its domain where we do not know it
/// (RFC 7033), and the actor's own host whether it agrees: any domain may lead
/// to the actor of another, but only what the actor goes by is its handle.
pub async fn lookup(cx: &Cx, handle: &Handle, errand: &Errand) -> Result<Account> {
    let handle = cx.names.localised(handle.clone());
    if let Some(account) = find_handle(cx, &handle).await? {
        return Ok(account);
    }
    if handle.domain == *cx.names.domain() {
        return Err(Error::NotFound("account"));
    }
    errand.step(cx.now())?;
    let answer = cx.client.webfinger(&handle, cx.now()).await?;
    let account = obtain(cx, &answer.actor, Freshness::Known, errand).await?;
    if account.is_ours() {
        return Ok(account);
    }
    errand.step(cx.now())?;
    let at_home = Handle { name: account.handle.name.clone(), domain: account.actor_id.host().clone() };
    match cx.client.confirm_handle(&at_home, &account.actor_id, cx.now()).await {
        Ok(confirmed) => claim(cx, &account, confirmed).await,
        Err(error @ FetchError::NotConfirmed { .. }) => Err(error.into()),
        Err(error) => {
            tracing::debug!(%handle, actor = %account.actor_id, %error, "an actor's host tells of no handle");
            Ok(account)
        }
    }
}

async fn claim(cx: &Cx, account: &Account, handle: Handle) -> Result<Account> {
    let id = account.id;
    cx.write_later(move |tx| {
        let now = tx.now();
        store::account::claim_handle(tx, id, &handle, now)?;
        Ok(store::account::get(tx, id)?)
    })
    .await
}

/// Asks in the background whether an account's handle leads back to it. Where
/// too many are asked already it is left for the next time.
pub fn confirm_later(cx: &Cx, account: &Account) {
    let Ok(permit) = cx.confirmations.0.clone().try_acquire_owned() else { return };
    let (cx, account) = (cx.clone(), account.clone());
    tokio::spawn(async move {
        let _permit = permit;
        match cx.client.confirm_handle(&account.handle, &account.actor_id, cx.now()).await {
            Ok(handle) => {
                if let Err(error) = claim(&cx, &account, handle).await {
                    tracing::debug!(%error, "a confirmed handle was not written");
                }
            }
            Err(error) => disown(&cx, &account, &error).await,
        }
    });
}

/// A domain that names another actor takes the handle away; one that cannot be
/// asked leaves it.
async fn disown(cx: &Cx, account: &Account, error: &FetchError) {
    tracing::debug!(handle = %account.handle, %error, "handle not confirmed");
    if !matches!(error, FetchError::NotConfirmed { .. }) {
        return;
    }
    let id = account.id;
    if let Err(error) = cx.write_later(move |tx| Ok(store::account::release_handle(tx, id)?)).await {
        tracing::debug!(%error, "a handle was not taken away");
    }
}
