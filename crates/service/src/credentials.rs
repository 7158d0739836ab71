//! What a person changes about how they sign in: password, e-mail address,
//! second factor; and how they get back in without the password.

use crate::error::OrNotFound;
use crate::letter::{self, Kind, Purpose};
use crate::settings::Mail;
use crate::{Cx, Error, Result, account, sign_up, totp, user};
use domain::email::Email;
use domain::{AccountId, UserId};
use store::Tx;

/// Refuses what is not the password of a user.
async fn prove(cx: &Cx, user: UserId, password: String) -> Result<()> {
    let login = cx.read(move |tx| Ok(store::user::login(tx, user)?)).await?;
    if cx.passwords.verify(password, login.and_then(|login| login.password_hash)).await? {
        Ok(())
    } else {
        Err(Error::invalid("password", "is not the one you have now"))
    }
}

/// Changes the password, where the old one is right. The browser it was done
/// in stays signed in; everything else ends, tokens of programs too.
pub async fn change_password(cx: &Cx, user: UserId, session: i64, old: String, new: String) -> Result<()> {
    crate::password::check(&new)?;
    prove(cx, user, old).await?;
    let hash = cx.passwords.hash(new).await?;
    let mail = cx.settings.mail();
    cx.write(move |tx| {
        store::user::set_password(tx, user, &hash)?;
        end_all_but(tx, user, Some(session))?;
        letter::tell(tx, mail, Kind::PasswordChanged, user)
    })
    .await?;
    cx.access.forget_all();
    Ok(())
}

fn end_all_but(tx: &mut Tx, user: UserId, session: Option<i64>) -> Result<()> {
    let now = tx.now();
    store::oauth::revoke_all(tx, user, now)?;
    store::totp::end_steps(tx, user)?;
    store::letter::void(tx, user, "reset")?;
    match session {
        Some(session) => Ok(store::session::end_others(tx, user, session)?),
        None => Ok(store::session::end_all(tx, user)?),
    }
}

/// Ends every other session and every token of a user.
pub async fn end_others(cx: &Cx, user: UserId, session: i64) -> Result<()> {
    cx.write(move |tx| end_all_but(tx, user, Some(session))).await?;
    cx.access.forget_all();
    Ok(())
}

/// What became of another e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is the user's.
    Done,
    /// A letter went there; it is theirs once they open its link.
    Asked,
}

/// Names another e-mail address, where the password is right. Whether it is
/// another user's is not told.
pub async fn change_email(cx: &Cx, user: UserId, password: String, address: &str) -> Result<Changed> {
    let email = Email::parse(address).ok_or_else(|| Error::invalid("email", "is not an e-mail address"))?;
    prove(cx, user, password).await?;
    let mail = cx.settings.mail();
    cx.write(move |tx| match mail {
        Mail::On => {
            letter::ask(tx, mail, Kind::Confirm, Some(user), email.as_str())?;
            Ok(Changed::Asked)
        }
        Mail::Off => {
            store::user::set_email(tx, user, email.as_str(), email.key())?;
            Ok(Changed::Done)
        }
    })
    .await
}

/// Opens the link that proves an address; false where another has it.
pub async fn confirm(cx: &Cx, ticket: String) -> Result<bool> {
    let mail = cx.settings.mail();
    let done = cx
        .write(move |tx| {
            let (user, address) =
                letter::use_ticket(tx, Purpose::Confirm, &ticket)?.ok_or_else(letter::stale)?;
            sign_up::confirm(tx, user, &address, mail)
        })
        .await?;
    cx.access.forget_all();
    Ok(done)
}

/// Asks for a letter with which a new password can be set. The same is done
/// for every address: who has one is looked up when the letter is written.
pub async fn ask_reset(cx: &Cx, address: &str) -> Result<()> {
    let Some(email) = Email::parse(address) else { return Ok(()) };
    let mail = cx.settings.mail();
    cx.write(move |tx| letter::ask(tx, mail, Kind::Reset, None, email.as_str())).await
}

/// Sets a new password with the link of a letter; all sessions and tokens end.
pub async fn reset(cx: &Cx, ticket: String, password: String) -> Result<()> {
    crate::password::check(&password)?;
    let hash = cx.passwords.hash(password).await?;
    let mail = cx.settings.mail();
    cx.write(move |tx| {
        let (user, address) = letter::use_ticket(tx, Purpose::Reset, &ticket)?.ok_or_else(letter::stale)?;
        store::user::find(tx, user)?.or_not_found("user")?;
        store::user::set_password(tx, user, &hash)?;
        end_all_but(tx, user, None)?;
        // The letter was read: the address is theirs.
        sign_up::confirm(tx, user, &address, mail)?;
        letter::tell(tx, mail, Kind::PasswordChanged, user)
    })
    .await?;
    cx.access.forget_all();
    Ok(())
}

/// A secret for codes, where the password is right; see [`totp::offer`].
pub async fn offer_codes(cx: &Cx, user: UserId, password: String, name: String) -> Result<totp::Offer> {
    prove(cx, user, password).await?;
    let site = cx.settings.title.clone();
    cx.write(move |tx| totp::offer(tx, user, &name, &site)).await
}

/// Begins to ask for codes; see [`totp::switch_on`].
pub async fn codes_on(cx: &Cx, user: UserId, code: String) -> Result<Option<Vec<String>>> {
    let mail = cx.settings.mail();
    cx.write(move |tx| {
        let made = totp::switch_on(tx, user, &code)?;
        if made.is_some() {
            letter::tell(tx, mail, Kind::CodesChanged, user)?;
        }
        Ok(made)
    })
    .await
}

/// Asks for no codes any more, where the password is right.
pub async fn codes_off(cx: &Cx, user: UserId, password: String) -> Result<()> {
    prove(cx, user, password).await?;
    let mail = cx.settings.mail();
    cx.write(move |tx| {
        totp::switch_off(tx, user)?;
        letter::tell(tx, mail, Kind::CodesChanged, user)
    })
    .await
}

/// New recovery codes, where the password is right.
pub async fn new_recovery_codes(cx: &Cx, user: UserId, password: String) -> Result<Vec<String>> {
    prove(cx, user, password).await?;
    cx.write(move |tx| match totp::state(tx, user)? {
        totp::State::On { .. } => totp::recovery_codes(tx, user),
        totp::State::Off => Err(Error::Forbidden("no codes are asked for")),
    })
    .await
}

/// Deletes a user's own account for good, where the password is right.
pub async fn delete(cx: &Cx, id: UserId, account: AccountId, password: String) -> Result<()> {
    prove(cx, id, password).await?;
    cx.write(move |tx| {
        user::disable(tx, id)?;
        account::delete_local(tx, account)
    })
    .await?;
    cx.access.forget_all();
    Ok(())
}
