//! The authorization code: a person agrees in the browser, the program trades
//! the code for a token (RFC 6749 §4.1, PKCE: RFC 7636).

use super::refusal::{Answer, Refusal};
use super::token::{self, Granted};
use crate::Result;
use crate::keys::{secret, secret_hash};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::user::Scopes;
use domain::{AccountId, Application, TokenId, UserId};
use std::time::Duration;
use store::Tx;
use store::oauth::Code;

/// How long a code is good.
const LASTS: Duration = Duration::from_mins(10);

/// What a person agreed to.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The program.
    pub application: Application,
    /// Who agreed.
    pub user_id: UserId,
    /// For which account.
    pub account_id: AccountId,
    /// Where the code goes.
    pub redirect_uri: String,
    /// What was agreed to.
    pub scopes: Scopes,
    /// PKCE challenge, S256.
    pub challenge: Option<String>,
}

/// What a program hands in for a token.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The code.
    pub code: String,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What the PKCE challenge was made of.
    pub verifier: Option<String>,
}

/// Checks what a program asks a person for: scopes and challenge. No scopes
/// means `read`.
pub fn check_request(
    application: &Application,
    scope: &str,
    challenge: Option<&str>,
    method: Option<&str>,
) -> Answer<(Scopes, Option<String>)> {
    let scope = if scope.trim().is_empty() { "read" } else { scope };
    let scopes = Scopes::parse(scope).map_err(|_| Refusal::InvalidScope)?;
    if !scopes.within(&application.scopes) {
        return Err(Refusal::InvalidScope);
    }
    let challenge = match (challenge.filter(|text| !text.is_empty()), method.filter(|text| !text.is_empty()))
    {
        (None, None) => None,
        (Some(challenge), Some("S256")) if is_base64url(challenge) && challenge.len() == 43 => {
            Some(challenge.to_owned())
        }
        (Some(_), Some("S256")) => return Err(Refusal::InvalidRequest("The code_challenge is malformed.")),
        // `plain`, also where it is meant by saying nothing, proves nothing.
        _ => return Err(Refusal::InvalidRequest("The code_challenge_method must be S256.")),
    };
    Ok((scopes, challenge))
}

/// A person agrees; the code for the program. None where the account is not
/// theirs to use.
pub fn agree(tx: &mut Tx, consent: &Consent) -> Result<Option<String>> {
    if !store::user::may_use(tx, consent.user_id, consent.account_id)? {
        return Ok(None);
    }
    let (text, now) = (secret()?, tx.now());
    let code = Code {
        application_id: consent.application.id,
        user_id: consent.user_id,
        account_id: consent.account_id,
        redirect_uri: consent.redirect_uri.clone(),
        scopes: consent.scopes.clone(),
        challenge: consent.challenge.clone(),
        expires_at: now.plus(LASTS),
    };
    store::oauth::insert_code(tx, &secret_hash(&text), &code)?;
    Ok(Some(text))
}

/// Trades a code for a token. A second use of a code means that somebody else
/// has it: the token of the first use ends with all that came of it; their
/// rows are returned so that they can be forgotten.
pub fn exchange(
    tx: &mut Tx,
    application: &Application,
    offered: &Exchange,
) -> Result<(Answer<Granted>, Vec<TokenId>)> {
    let hash = secret_hash(&offered.code);
    let Some((code, used)) = store::oauth::find_code(tx, &hash)? else {
        return Ok((Err(Refusal::InvalidGrant("The code is unknown.")), Vec::new()));
    };
    if let Some(first) = used {
        return replayed(tx, first);
    }
    if let Err(refusal) = check_offer(&code, application, offered, tx.now()) {
        return Ok((Err(refusal), Vec::new()));
    }
    let granted = token::grant_person(tx, application.id, (code.user_id, code.account_id), code.scopes)?;
    if !store::oauth::use_code(tx, &hash, granted.id)? {
        // Another exchange of the same code came in between: neither stays.
        store::oauth::revoke(tx, granted.id, granted.created_at)?;
        let first = store::oauth::find_code(tx, &hash)?.and_then(|(_, used)| used);
        return replayed(tx, first.unwrap_or(granted.id));
    }
    Ok((Ok(granted), Vec::new()))
}

fn replayed(tx: &mut Tx, first: TokenId) -> Result<(Answer<Granted>, Vec<TokenId>)> {
    let ended = token::end_family(tx, first)?;
    Ok((Err(Refusal::InvalidGrant("The code was used before; the token it gave is revoked.")), ended))
}

fn check_offer(
    code: &Code,
    application: &Application,
    offered: &Exchange,
    now: domain::Timestamp,
) -> Answer<()> {
    if code.application_id != application.id {
        return Err(Refusal::InvalidGrant("The code was issued to another client."));
    }
    if code.redirect_uri != offered.redirect_uri {
        return Err(Refusal::InvalidGrant("The redirect_uri is not the one of the authorization request."));
    }
    if now >= code.expires_at {
        return Err(Refusal::InvalidGrant("The code has expired."));
    }
    match (&code.challenge, offered.verifier.as_deref().filter(|text| !text.is_empty())) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if proves(verifier, challenge) => Ok(()),
        (Some(_), _) => Err(Refusal::InvalidGrant("The code_verifier is missing or wrong.")),
        // RFC 9700 §4.8.2: else an attacker could strip the challenge.
        (None, Some(_)) => Err(Refusal::InvalidGrant("There was no code_challenge for this code_verifier.")),
    }
}

/// RFC 7636 §4.6.
fn proves(verifier: &str, challenge: &str) -> bool {
    let fits = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'));
    fits && URL_SAFE_NO_PAD.encode(secret_hash(verifier)) == challenge
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ApplicationId, Timestamp};

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn app(scopes: &str) -> Application {
        Application {
            id: ApplicationId(1),
            client_id: "c".into(),
            name: "n".into(),
            website: None,
            redirect_uris: vec!["app://x".into()],
            scopes: Scopes::parse(scopes).unwrap(),
        }
    }

    fn code(challenge: Option<&str>) -> Code {
        Code {
            application_id: ApplicationId(1),
            user_id: UserId(1),
            account_id: AccountId(1),
            redirect_uri: "app://x".into(),
            scopes: Scopes::parse("read").unwrap(),
            challenge: challenge.map(str::to_owned),
            expires_at: Timestamp(1000),
        }
    }

    fn offer(verifier: Option<&str>) -> Exchange {
        Exchange { code: "k".into(), redirect_uri: "app://x".into(), verifier: verifier.map(str::to_owned) }
    }

    #[test]
    fn the_example_of_the_rfc_proves_itself() {
        assert!(proves(VERIFIER, CHALLENGE));
        assert!(!proves(CHALLENGE, CHALLENGE), "plain");
        assert!(!proves("short", CHALLENGE));
    }

    #[test]
    fn only_s256_is_taken() {
        let app = app("read write");
        let method = |challenge, method| check_request(&app, "read", challenge, method).map(|(_, c)| c);
        assert_eq!(method(Some(CHALLENGE), Some("S256")), Ok(Some(CHALLENGE.to_owned())));
        assert_eq!(method(None, None), Ok(None));
        for (challenge, name) in [
            (Some(CHALLENGE), Some("plain")),
            (Some(CHALLENGE), None),
            (None, Some("S256")),
            (Some("x"), Some("S256")),
        ] {
            assert!(method(challenge, name).is_err(), "{challenge:?} {name:?}");
        }
    }

    #[test]
    fn a_program_cannot_ask_for_more_than_it_registered() {
        let app = app("read write:statuses");
        let ask = |scope| check_request(&app, scope, None, None).map(|(scopes, _)| scopes.to_string());
        assert_eq!(ask("read:accounts write:statuses"), Ok("read:accounts write:statuses".into()));
        assert_eq!(ask(""), Ok("read".into()));
        for scope in ["write", "push", "admin:read", "fly"] {
            assert_eq!(ask(scope), Err(Refusal::InvalidScope), "{scope}");
        }
    }

    #[test]
    fn a_code_is_good_for_its_program_place_time_and_verifier() {
        let check = |code: &Code, offered: &Exchange, at| {
            check_offer(code, &app("read"), offered, Timestamp(at)).is_ok()
        };
        assert!(check(&code(Some(CHALLENGE)), &offer(Some(VERIFIER)), 0));
        assert!(check(&code(None), &offer(None), 999));
        assert!(!check(&code(None), &offer(None), 1000), "expired");
        assert!(!check(&code(Some(CHALLENGE)), &offer(None), 0), "no verifier");
        assert!(!check(&code(Some(CHALLENGE)), &offer(Some(CHALLENGE)), 0), "wrong verifier");
        assert!(!check(&code(None), &offer(Some(VERIFIER)), 0), "downgrade");
        assert!(!check(&code(None), &Exchange { redirect_uri: "app://y".into(), ..offer(None) }, 0), "place");
        assert!(!check(&Code { application_id: ApplicationId(2), ..code(None) }, &offer(None), 0), "program");
    }
}
