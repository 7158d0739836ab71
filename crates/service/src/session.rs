//! Signing in with a browser: sessions.
//!
//! The secret is random, lives in a cookie, and only its hash is stored. Each
//! sign-in makes a new one and ends the one the browser brought along.

use crate::access::{self, Person};
use crate::error::OrNotFound;
use crate::keys::{secret, secret_hash};
use crate::{Cx, Result};
use domain::{Timestamp, UserId};
use std::time::Duration;
use store::Tx;

pub use store::session::Session;

/// How long a session lasts at most.
pub const LASTS: Duration = Duration::from_hours(90 * 24);
/// How exactly we know when a session was last used.
const SEEN_EVERY: Duration = Duration::from_hours(1);

/// Checks name (or e-mail address) and password; begins a session in place of
/// `before`, the secret the browser brought along. The new secret; none where
/// either is wrong, which of them is not said.
pub async fn sign_in(
    cx: &Cx,
    login: &str,
    password: String,
    before: Option<String>,
) -> Result<Option<String>> {
    let login = login.to_owned();
    let found = cx.read(move |tx| find_login(tx, &login)).await?;
    let hash = found.as_ref().and_then(|login| login.password_hash.clone());
    let right = cx.passwords.verify(password, hash).await?;
    let Some(login) = found.filter(|_| right) else { return Ok(None) };
    cx.write(move |tx| {
        if let Some(before) = &before {
            end(tx, before)?;
        }
        begin(tx, login.user_id)
    })
    .await
}

/// Begins a session; none where the user or the account may not act.
pub fn begin(tx: &mut Tx, user: UserId) -> Result<Option<String>> {
    let Some(user) = store::user::find(tx, user)? else { return Ok(None) };
    if access::person(tx, user.id, user.account_id)?.is_none() {
        return Ok(None);
    }
    let (secret, id, now) = (secret()?, tx.new_id(), tx.now());
    store::session::insert(tx, id, &secret_hash(&secret), user.id, now)?;
    store::instance::signed_in(tx, user.id)?;
    Ok(Some(secret))
}

fn find_login(tx: &mut Tx, login: &str) -> Result<Option<store::user::Login>> {
    let login = login.trim().to_lowercase();
    let name = login.strip_prefix('@').unwrap_or(&login);
    let handle = if name.contains('@') { name.to_owned() } else { format!("{name}@{}", tx.names().domain()) };
    match store::user::login_by_handle(tx, &handle)? {
        Some(found) => Ok(Some(found)),
        None => Ok(store::user::login_by_email(tx, &login)?),
    }
}

/// Who is signed in with a secret, and the session.
pub async fn find(cx: &Cx, secret: &str) -> Result<Option<(Session, Person)>> {
    let hash = secret_hash(secret);
    let found = cx
        .read(move |tx| {
            let since = began_after(tx.now());
            let Some(session) = store::session::find(tx, &hash, since)? else { return Ok(None) };
            let Some(user) = store::user::find(tx, session.user_id)? else { return Ok(None) };
            Ok(access::person(tx, user.id, user.account_id)?.map(|person| (session, person)))
        })
        .await?;
    if let Some((session, _)) = &found
        && cx.now().since(session.seen_at) > SEEN_EVERY
    {
        remember(cx, session.id).await;
    }
    Ok(found)
}

/// Nobody's page fails because this could not be written.
async fn remember(cx: &Cx, id: i64) {
    let written = cx.write_later(move |tx| {
        let now = tx.now();
        Ok(store::session::seen(tx, id, now)?)
    });
    if let Err(error) = written.await {
        tracing::debug!(%error, "the use of a session was not noted");
    }
}

fn began_after(now: Timestamp) -> Timestamp {
    now.minus(LASTS)
}

/// Signs out.
pub fn end(tx: &mut Tx, secret: &str) -> Result<()> {
    Ok(store::session::end(tx, &secret_hash(secret))?)
}

/// The sessions of a user, newest first.
pub fn list(tx: &mut Tx, user: UserId) -> Result<Vec<Session>> {
    let since = began_after(tx.now());
    Ok(store::session::list(tx, user, since)?)
}

/// Ends one of a user's sessions.
pub fn end_one(tx: &mut Tx, user: UserId, id: i64) -> Result<()> {
    store::session::end_one(tx, user, id)?.then_some(()).or_not_found("session")
}
