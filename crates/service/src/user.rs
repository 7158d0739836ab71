//! People who sign in: made with their account, given passwords, shut out.

use crate::account::{self, NewAccount};
use crate::error::OrNotFound;
use crate::keys::Pair;
pub use crate::login::by_name;
use crate::{Cx, Error, Result, notify, oauth};
use domain::email::Email;
use domain::notification::{About, NotificationKind};
use domain::user::{Role, User};
use domain::{Account, AccountKind, UserId};
use store::Tx;

/// A person who is to sign in.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name of the account.
    pub name: String,
    /// What the account is.
    pub kind: AccountKind,
    /// What to show as its name; empty means the name.
    pub display_name: String,
    /// Signs in with this or with the name.
    pub email: Option<String>,
    /// Absent: nobody can sign in with a password; tokens work.
    pub password: Option<String>,
    /// What the person may do.
    pub role: Role,
}

/// Makes a user together with the account.
pub async fn create(cx: &Cx, new: NewUser) -> Result<(User, Account)> {
    let email = new.email.as_deref().map(check_email).transpose()?;
    domain::account::check_name(&new.name).map_err(|why| Error::invalid("username", why.to_string()))?;
    let password_hash = match new.password.clone() {
        Some(password) => Some(cx.passwords.hash(password).await?),
        None => None,
    };
    let (rsa, ed25519) = pairs(cx).await?;
    cx.write(move |tx| {
        let account = account::create_local(tx, &account_of(&new), rsa.as_ref(), &ed25519)?;
        let user =
            User { id: UserId(tx.new_id()), account_id: account.id, role: new.role, email: email.clone() };
        let row = store::user::NewUser {
            user: &user,
            password_hash: password_hash.as_deref(),
            created_at: tx.now(),
        };
        if !store::user::insert(tx, &row)? {
            return Err(Error::invalid("email", "is taken"));
        }
        store::user::allow(tx, user.id, account.id)?;
        notify::tell_staff(tx, NotificationKind::SignUp, account.id, About::Sender)?;
        Ok((user, account))
    })
    .await
}

fn account_of(new: &NewUser) -> NewAccount {
    NewAccount { name: new.name.clone(), kind: new.kind, display_name: new.display_name.clone() }
}

/// An RSA pair only where spare ones run out: it takes long.
pub(crate) async fn pairs(cx: &Cx) -> Result<(Option<Pair>, Pair)> {
    let spare = cx.read(|tx| Ok(store::key::spares(tx)?)).await? > 1;
    let made = tokio::task::spawn_blocking(move || -> Result<_> {
        let rsa = if spare { None } else { Some(Pair::rsa()?) };
        Ok((rsa, Pair::ed25519()?))
    });
    made.await.map_err(|e| Error::Internal(e.to_string()))?
}

fn check_email(text: &str) -> Result<String> {
    let email = Email::parse(text).ok_or_else(|| Error::invalid("email", "is not an e-mail address"))?;
    Ok(email.as_str().to_owned())
}

/// Everyone who signs in here, oldest first.
pub fn list(tx: &mut Tx) -> Result<Vec<User>> {
    Ok(store::user::list(tx)?)
}

/// Gives a user a new password; all sessions and tokens end.
pub async fn set_password(cx: &Cx, user: UserId, password: String) -> Result<()> {
    let hash = cx.passwords.hash(password).await?;
    let account = cx
        .write(move |tx| {
            let found = store::user::find(tx, user)?.or_not_found("user")?;
            store::user::set_password(tx, user, &hash)?;
            oauth::revoke_all(tx, user)?;
            Ok(found.account_id)
        })
        .await?;
    cx.access.forget_account(account);
    Ok(())
}

/// Shuts a user out; all sessions and tokens end. Follow it with
/// `cx.access.forget_account`.
pub fn disable(tx: &mut Tx, user: UserId) -> Result<()> {
    store::user::disable(tx, user)?;
    oauth::revoke_all(tx, user)
}

/// What a user prefers, as a JSON object.
pub fn settings(tx: &mut Tx, user: UserId) -> Result<serde_json::Value> {
    let text = store::user::settings(tx, user)?;
    serde_json::from_str(&text).map_err(|e| Error::Internal(e.to_string()))
}

/// Writes what a user prefers.
pub fn set_settings(tx: &mut Tx, user: UserId, settings: &serde_json::Value) -> Result<()> {
    Ok(store::user::set_settings(tx, user, &settings.to_string())?)
}
