//! Programs register themselves (RFC 7591 in spirit, in the form that Mastodon
//! clients use).

use super::refusal::{Answer, Refusal};
use crate::keys::{secret, secret_hash};
use crate::{Error, Result};
use domain::application::check_redirect;
use domain::user::Scopes;
use domain::{Application, ApplicationId};
use store::Tx;

/// Most redirect URIs of one program.
const MAX_REDIRECTS: usize = 20;
/// The longest name of a program, in characters.
const MAX_NAME_CHARS: usize = 60;

/// What a program says of itself.
#[derive(Debug, Clone, Default)]
pub struct NewApplication {
    /// What people will know it by.
    pub name: String,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The most it will ever ask for; empty means `read`.
    pub scopes: String,
    /// Its page.
    pub website: Option<String>,
}

/// A program that was registered just now: its secret is shown this once.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The program.
    pub application: Application,
    /// What it proves itself with.
    pub client_secret: String,
}

/// Registers a program.
pub fn register(tx: &mut Tx, new: &NewApplication) -> Result<Registered> {
    let application = check(new, ApplicationId(tx.new_id()), secret()?)?;
    let (client_secret, now) = (secret()?, tx.now());
    store::oauth::insert_application(tx, &application, &secret_hash(&client_secret), now)?;
    Ok(Registered { application, client_secret })
}

fn check(new: &NewApplication, id: ApplicationId, client_id: String) -> Result<Application> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(Error::invalid("client_name", "must have 1 to 60 characters"));
    }
    Ok(Application {
        id,
        client_id,
        name: name.to_owned(),
        website: website(new.website.as_deref())?,
        redirect_uris: redirects(&new.redirect_uris)?,
        scopes: scopes(&new.scopes)?,
    })
}

fn redirects(uris: &[String]) -> Result<Vec<String>> {
    if uris.is_empty() || uris.len() > MAX_REDIRECTS {
        return Err(Error::invalid("redirect_uris", "must be 1 to 20"));
    }
    for uri in uris {
        check_redirect(uri).map_err(|why| Error::invalid("redirect_uris", why.to_string()))?;
    }
    Ok(uris.to_vec())
}

/// `read` where nothing is said, as every client expects.
fn scopes(text: &str) -> Result<Scopes> {
    let text = if text.trim().is_empty() { "read" } else { text };
    Scopes::parse(text).map_err(|why| Error::invalid("scopes", why.to_string()))
}

fn website(text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    match url {
        Some(_) if text.len() <= 2000 => Ok(Some(text.to_owned())),
        _ => Err(Error::invalid("website", "must be an http or https URL")),
    }
}

/// The program of a row.
pub fn find_application(tx: &mut Tx, id: ApplicationId) -> Result<Option<Application>> {
    Ok(store::oauth::find_application(tx, id)?)
}

/// The program of a client id, not proven.
pub fn by_client(tx: &mut Tx, client_id: &str) -> Result<Option<Application>> {
    Ok(store::oauth::by_client(tx, client_id)?.map(|(application, _)| application))
}

/// The program that proves itself with its secret (RFC 6749 §2.3.1).
pub fn authenticate(tx: &mut Tx, client_id: &str, client_secret: &str) -> Result<Answer<Application>> {
    let found = store::oauth::by_client(tx, client_id)?;
    // Hashes of random secrets: what comparing them early tells is of no use.
    let right = found.filter(|(_, hash)| *hash == secret_hash(client_secret));
    Ok(right.map(|(application, _)| application).ok_or(Refusal::InvalidClient))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> NewApplication {
        NewApplication {
            name: " App ".into(),
            redirect_uris: vec!["app://x".into()],
            ..NewApplication::default()
        }
    }

    fn refused(new: &NewApplication) -> bool {
        check(new, ApplicationId(1), "c".into()).is_err()
    }

    #[test]
    fn a_program_that_says_no_scopes_may_only_read() {
        let app = check(&new(), ApplicationId(1), "c".into()).unwrap();
        assert_eq!((app.name.as_str(), app.scopes.to_string().as_str()), ("App", "read"));
    }

    #[test]
    fn what_a_program_says_is_checked() {
        assert!(refused(&NewApplication { name: " ".into(), ..new() }));
        assert!(refused(&NewApplication { redirect_uris: Vec::new(), ..new() }));
        assert!(refused(&NewApplication { redirect_uris: vec!["javascript:x".into()], ..new() }));
        assert!(refused(&NewApplication { scopes: "read fly".into(), ..new() }));
        assert!(refused(&NewApplication { website: Some("javascript:alert(1)".into()), ..new() }));
    }
}
