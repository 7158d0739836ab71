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
    /// What it can be renewed with, once (RFC 6749 §1.5); persons' only.
    pub refresh: Option<String>,
}

/// A token for somebody who let a program in.
pub fn grant_person(
    tx: &mut Tx,
    application: ApplicationId,
    person: (UserId, AccountId),
    scopes: Scopes,
) -> Result<Granted> {
    let granted = grant(tx, Some(application), Some(person), scopes)?;
    let family = granted.id;
    renewable(tx, granted, family)
}

/// The same token, with what renews it.
pub(super) fn renewable(tx: &mut Tx, mut granted: Granted, family: TokenId) -> Result<Granted> {
    let refresh = secret()?;
    store::refresh::insert(tx, &secret_hash(&refresh), granted.id, family)?;
    granted.refresh = Some(refresh);
    Ok(granted)
}

/// Ends a token and all that came of the same consent; which they were.
pub(super) fn end_family(tx: &mut Tx, token: TokenId) -> Result<Vec<TokenId>> {
    let now = tx.now();
    store::oauth::revoke(tx, token, now)?;
    let Some(family) = store::refresh::family_of(tx, token)? else { return Ok(vec![token]) };
    let mut ended = store::refresh::living(tx, family)?;
    store::refresh::revoke_family(tx, family, now)?;
    ended.push(token);
    Ok(ended)
}

pub(super) fn grant(
    tx: &mut Tx,
    application_id: Option<ApplicationId>,
    person: Option<(UserId, AccountId)>,
    scopes: Scopes,
) -> Result<Granted> {
    let (text, id, created_at) = (secret()?, TokenId(tx.new_id()), tx.now());
    let token = Token { id, application_id, person, scopes: scopes.clone(), created_at, used_at: None };
    store::oauth::insert_token(tx, &secret_hash(&text), &token)?;
    if let Some((user, _)) = person {
        store::instance::signed_in(tx, user)?;
    }
    Ok(Granted { id, text, scopes, created_at, refresh: None })
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

/// A program gives a token back, or what renews it (RFC 7009): all that came
/// of the same consent ends. An unknown token is no error; a token of another
/// program stays.
pub async fn revoke(cx: &Cx, application: Application, token: String) -> Result<Answer<()>> {
    let hash = secret_hash(&token);
    let answer = cx
        .write(move |tx| {
            let found = match store::oauth::find_token(tx, &hash)? {
                Some(token) => Some(token),
                None => match store::refresh::find(tx, &hash)? {
                    Some(refresh) => store::oauth::token(tx, refresh.token_id)?,
                    None => None,
                },
            };
            match found {
                None => Ok(Ok(Vec::new())),
                Some(token) if token.application_id == Some(application.id) => {
                    end_family(tx, token.id).map(Ok)
                }
                Some(_) => Ok(Err(Refusal::UnauthorizedClient)),
            }
        })
        .await?;
    cx.access.forget(&token);
    Ok(answer.map(|ended| ended.into_iter().for_each(|token| cx.access.forget_token(token))))
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    /// The token.
    pub token: Token,
    /// The program; none where the token was made by hand.
    pub application: Option<Application>,
}

/// The tokens of a user with their programs, newest first.
pub fn views(tx: &mut Tx, user: UserId) -> Result<Vec<TokenView>> {
    let tokens = store::oauth::list_tokens(tx, user)?;
    let ids: Vec<ApplicationId> = tokens.iter().filter_map(|token| token.application_id).collect();
    let known = store::oauth::applications(tx, &ids)?;
    let application =
        |id: Option<ApplicationId>| known.iter().find(|application| Some(application.id) == id).cloned();
    Ok(tokens
        .into_iter()
        .map(|token| TokenView { application: application(token.application_id), token })
        .collect())
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
