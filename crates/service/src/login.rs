//! Who is meant by the name that somebody signs in with.

use crate::Result;
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
