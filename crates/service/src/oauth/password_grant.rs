//! Passwords for tokens (RFC 6749 §4.3): what programs should never ask for
//! (RFC 9700 §2.4). Taken only by a server that nobody but this machine
//! reaches, for those who try out command-line programs on it.

use super::refusal::{Answer, Refusal};
use super::token::{Granted, grant_person};
use crate::{Cx, Result, login};
use domain::user::Scopes;
use domain::{Application, Names};
use std::net::IpAddr;

/// The same for every reason.
const WRONG: Refusal = Refusal::InvalidGrant("The name or the password is wrong.");

/// Whether passwords are traded for tokens: only under an origin without TLS
/// that means the machine itself.
pub fn takes_passwords(names: &Names) -> bool {
    let name = names.origin().host().name().trim_matches(['[', ']']);
    let here = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    here && names.origin().scheme() == "http"
}

/// Trades a password for a token, unless a code would be asked for, too.
pub async fn with_password(
    cx: &Cx,
    application: Application,
    name: &str,
    password: String,
    scope: &str,
) -> Result<Answer<Granted>> {
    if !takes_passwords(&cx.names) {
        return Ok(Err(Refusal::UnsupportedGrantType));
    }
    let scope = if scope.trim().is_empty() { "read" } else { scope };
    let scopes = match Scopes::parse(scope) {
        Ok(scopes) if scopes.within(&application.scopes) => scopes,
        _ => return Ok(Err(Refusal::InvalidScope)),
    };
    let Some(login) = login::prove(cx, name, password).await?.filter(|login| login.waiting.is_none()) else {
        return Ok(Err(WRONG));
    };
    cx.write(move |tx| {
        let Some(user) = store::user::find(tx, login.user_id)? else { return Ok(Err(WRONG)) };
        if crate::totp::state(tx, user.id)? != crate::totp::State::Off {
            return Ok(Err(WRONG));
        }
        grant_person(tx, application.id, (user.id, user.account_id), scopes.clone()).map(Ok)
    })
    .await
}
