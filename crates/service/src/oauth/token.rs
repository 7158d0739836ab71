//! Access tokens: random texts of which only the hash is stored, good until
//! they are revoked.

use super::refusal::{Answer, Refusal};
use crate::error::OrNotFound;
use crate::keys::{secret, secret_hash};
use crate::{Cx, Error, Result};
use domain::user::Scopes;
use domain::{AccountId, Application, ApplicationId, Timestamp, TokenId, UserId};
use std::time::Duration;
use store::Tx;
use store::oauth::Token;

/// How long a program that nobody let in is kept.
const UNUSED: Duration = Duration::from_hours(7 * 24);

/// A token that was made just now: its text is shown this once.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Our row.
    pub id: TokenId,
    /// What the program sends as `Bearer`.
    pub text: String,
    /// What it allows.
    pub scopes: Scopes,
    /// Since when.
    pub created_at: Timestamp,
}

pub(super) fn grant(
    tx: &mut Tx,
    application_id: Option<ApplicationId>,
    person: Option<(UserId, AccountId)>,
    scopes: Scopes,
) -> Result<Granted> {
    let (text, id, created_at) = (secret()?, TokenId(tx.new_id()), tx.now());
    let token = Token { id, application_id, person, scopes: scopes.clone(), created_at };
    store::oauth::insert_token(tx, &secret_hash(&text), &token)?;
    if let Some((user, _)) = person {
        store::instance::signed_in(tx, user)?;
    }
    Ok(Granted { id, text, scopes, created_at })
}

/// A token for the program itself (RFC 6749 §4.4). No scopes means `read`.
pub fn for_application(tx: &mut Tx, application: &Application, scope: &str) -> Result<Answer<Granted>> {
    let scope = if scope.trim().is_empty() { "read" } else { scope };
    match Scopes::parse(scope) {
        Ok(scopes) if scopes.within(&application.scopes) => {
            grant(tx, Some(application.id), None, scopes).map(Ok)
        }
        _ => Ok(Err(Refusal::InvalidScope)),
    }
}

/// A token made by hand, for the command line: for the user whose account has
/// this name.
pub fn create_token(tx: &mut Tx, name: &str, scopes: &Scopes) -> Result<Granted> {
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", "must not be empty"));
    }
    let user = crate::login::by_name(tx, name)?.or_not_found("user")?;
    grant(tx, None, Some((user.id, user.account_id)), scopes.clone())
}

/// A program gives a token back (RFC 7009). An unknown token is no error; a
/// token of another program stays.
pub async fn revoke(cx: &Cx, application: Application, token: String) -> Result<Answer<()>> {
    let hash = secret_hash(&token);
    let answer = cx
        .write(move |tx| {
            let now = tx.now();
            match store::oauth::find_token(tx, &hash)? {
                None => Ok(Ok(())),
                Some(token) if token.application_id == Some(application.id) => {
                    store::oauth::revoke(tx, token.id, now)?;
                    Ok(Ok(()))
                }
                Some(_) => Ok(Err(Refusal::UnauthorizedClient)),
            }
        })
        .await?;
    cx.access.forget(&token);
    Ok(answer)
}

/// The tokens of a user, newest first.
pub fn list_tokens(tx: &mut Tx, user: UserId) -> Result<Vec<Token>> {
    Ok(store::oauth::list_tokens(tx, user)?)
}

/// A person takes a token back.
pub async fn revoke_one(cx: &Cx, user: UserId, token: TokenId) -> Result<()> {
    cx.write(move |tx| {
        let now = tx.now();
        store::oauth::revoke_of(tx, user, token, now)?.then_some(()).or_not_found("token")
    })
    .await?;
    cx.access.forget_token(token);
    Ok(())
}

/// Ends all tokens and sessions of a user: after a new password, a suspension.
/// Follow it with `cx.access.forget_account`.
pub fn revoke_all(tx: &mut Tx, user: UserId) -> Result<()> {
    let now = tx.now();
    store::oauth::revoke_all(tx, user, now)?;
    store::session::end_all(tx, user)?;
    Ok(())
}

/// Forgets programs that nobody let in.
pub fn sweep(tx: &mut Tx) -> Result<u64> {
    let since = tx.now().minus(UNUSED);
    Ok(store::oauth::sweep_applications(tx, since)?)
}
