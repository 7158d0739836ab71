//! Who is meant by the name that somebody signs in with.

use crate::{Cx, Result};
use domain::user::User;
use store::Tx;

/// The user whose own account has a name, on our own domain or as `name@domain`.
pub fn by_name(tx: &mut Tx, name: &str) -> Result<Option<User>> {
    let name = name.trim().trim_start_matches('@').to_lowercase();
    let handle = if name.contains('@') { name } else { format!("{name}@{}", tx.names().domain()) };
    match store::user::login_by_handle(tx, &handle)? {
        Some(login) => Ok(store::user::find(tx, login.user_id)?),
        None => Ok(None),
    }
}

/// Who signs in with a name, a handle or an e-mail address; they may still
/// wait to be let in.
pub(crate) fn find(tx: &mut Tx, login: &str) -> Result<Option<store::user::Login>> {
    let login = login.trim().to_lowercase();
    let name = login.strip_prefix('@').unwrap_or(&login);
    let handle = if name.contains('@') { name.to_owned() } else { format!("{name}@{}", tx.names().domain()) };
    match store::user::login_by_handle(tx, &handle)? {
        Some(found) => Ok(Some(found)),
        None => Ok(store::user::login_by_email(tx, &login)?),
    }
}

/// Who signs in with a name and this password. One hash is computed, whether
/// or not there is such a user.
pub(crate) async fn prove(cx: &Cx, login: &str, password: String) -> Result<Option<store::user::Login>> {
    let login = login.to_owned();
    let found = cx.read(move |tx| find(tx, &login)).await?;
    let hash = found.as_ref().and_then(|login| login.password_hash.clone());
    let right = cx.passwords.verify(password, hash).await?;
    Ok(found.filter(|_| right))
}
