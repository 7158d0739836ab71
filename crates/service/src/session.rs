//! Signing in with a browser: sessions.
//!
//! The secret is random, lives in a cookie, and only its hash is stored. Each
//! sign-in makes a new one and ends the one the browser brought along.

use crate::access::{self, Person};
use crate::error::OrNotFound;
use crate::keys::{secret, secret_hash};
use crate::{Cx, Result, login, totp};
use domain::user::Waiting;
use domain::{Timestamp, UserId};
use std::time::Duration;
use store::Tx;

pub use store::session::{Device, Session};

/// How long a session lasts at most.
pub const LASTS: Duration = Duration::from_hours(90 * 24);
/// How long a code may be typed after the password.
const STEP_LASTS: Duration = Duration::from_secs(5 * 60);
/// How often.
const STEP_TRIES: i64 = 5;
/// How exactly we know when a session was last used.
const SEEN_EVERY: Duration = Duration::from_hours(1);

/// What came of a try to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The secret of the session that began.
    In(String),
    /// The password was right; this text and a code are needed to go on.
    Code(String),
    /// The password was right, but they are not let in yet.
    Waiting(UserId, Waiting),
    /// Name or password is wrong; which of them is not said.
    Wrong,
}

/// Checks name (or e-mail address) and password; begins a session in place of
/// `before`, the secret the browser brought along, unless a code is asked for.
pub async fn sign_in(
    cx: &Cx,
    login: &str,
    password: String,
    before: Option<String>,
    device: Device,
) -> Result<Entry> {
    let Some(login) = login::prove(cx, login, password).await? else { return Ok(Entry::Wrong) };
    if let Some(waiting) = login.waiting {
        return Ok(Entry::Waiting(login.user_id, waiting));
    }
    cx.write(move |tx| {
        if totp::state(tx, login.user_id)? != totp::State::Off {
            return begin_step(tx, login.user_id).map(Entry::Code);
        }
        instead(tx, before.as_deref(), login.user_id, &device)
    })
    .await
}

fn instead(tx: &mut Tx, before: Option<&str>, user: UserId, device: &Device) -> Result<Entry> {
    if let Some(before) = before {
        end(tx, before)?;
    }
    Ok(begin(tx, user, device)?.map_or(Entry::Wrong, Entry::In))
}

fn begin_step(tx: &mut Tx, user: UserId) -> Result<String> {
    let (step, until) = (secret()?, tx.now().plus(STEP_LASTS));
    store::totp::insert_step(tx, &secret_hash(&step), user, until)?;
    Ok(step)
}

/// Goes on with a sign-in of which the password was right.
pub async fn second_step(
    cx: &Cx,
    step: &str,
    code: String,
    before: Option<String>,
    device: Device,
) -> Result<Step> {
    let hash = secret_hash(step);
    cx.write(move |tx| {
        let now = tx.now();
        if !store::totp::try_step(tx, &hash, STEP_TRIES, now)? {
            return Ok(Step::Over);
        }
        let Some(user) = store::totp::step_user(tx, &hash)? else { return Ok(Step::Over) };
        if !totp::take(tx, user, &code)? {
            return Ok(Step::Wrong);
        }
        store::totp::end_step(tx, &hash)?;
        Ok(match instead(tx, before.as_deref(), user, &device)? {
            Entry::In(secret) => Step::In(secret),
            _ => Step::Over,
        })
    })
    .await
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The secret of the session that began.
    In(String),
    /// The code is wrong or was used; there are tries left.
    Wrong,
    /// Too late or too often: the password is asked for again.
    Over,
}

/// Begins a session; none where the user or the account may not act.
pub fn begin(tx: &mut Tx, user: UserId, device: &Device) -> Result<Option<String>> {
    let Some(user) = store::user::find(tx, user)? else { return Ok(None) };
    if access::person(tx, user.id, user.account_id)?.is_none() {
        return Ok(None);
    }
    let (secret, id, now) = (secret()?, tx.new_id(), tx.now());
    store::session::insert(tx, id, &secret_hash(&secret), user.id, device, now)?;
    store::instance::signed_in(tx, user.id)?;
    Ok(Some(secret))
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
