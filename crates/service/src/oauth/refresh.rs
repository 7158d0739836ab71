//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2): each is good once. Who
//! brings a used one shows that somebody else has it, too: then everything
//! that came of the same consent ends.

use super::refusal::{Answer, Refusal};
use super::token::{self, Granted};
use crate::Result;
use crate::keys::secret_hash;
use domain::user::Scopes;
use domain::{Application, TokenId};
use store::Tx;

/// Trades a refresh token for a new access token in place of the old one, with
/// the same scopes or fewer. Beside the answer, the tokens to be forgotten.
pub fn refresh(
    tx: &mut Tx,
    application: &Application,
    refresh_token: &str,
    scope: &str,
) -> Result<(Answer<Granted>, Vec<TokenId>)> {
    let (hash, now) = (secret_hash(refresh_token), tx.now());
    let refused = |why| Ok((Err(Refusal::InvalidGrant(why)), Vec::new()));
    let Some(found) = store::refresh::find(tx, &hash)? else {
        return refused("The refresh token is unknown.");
    };
    if found.used_at.is_some() {
        let ended = token::end_family(tx, found.token_id)?;
        let why = Refusal::InvalidGrant("The refresh token was used before; all its tokens are revoked.");
        return Ok((Err(why), ended));
    }
    let Some(old) = store::oauth::token(tx, found.token_id)? else {
        return refused("The token was revoked.");
    };
    if old.application_id != Some(application.id) {
        return refused("The refresh token was issued to another client.");
    }
    let scopes = match narrowed(&old.scopes, scope) {
        Ok(scopes) => scopes,
        Err(refusal) => return Ok((Err(refusal), Vec::new())),
    };
    if !store::refresh::take(tx, &hash, now)? {
        let ended = token::end_family(tx, found.token_id)?;
        return Ok((Err(Refusal::InvalidGrant("The refresh token was used before.")), ended));
    }
    store::oauth::revoke(tx, old.id, now)?;
    let granted = token::grant(tx, Some(application.id), old.person, scopes)?;
    Ok((Ok(token::renewable(tx, granted, found.family)?), vec![old.id]))
}

fn narrowed(had: &Scopes, asked: &str) -> Answer<Scopes> {
    if asked.trim().is_empty() {
        return Ok(had.clone());
    }
    match Scopes::parse(asked) {
        Ok(scopes) if scopes.within(had) => Ok(scopes),
        _ => Err(Refusal::InvalidScope),
    }
}
