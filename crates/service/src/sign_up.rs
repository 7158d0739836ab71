//! Signing up: by web or by a program; at once, with an invitation, or after
//! an administrator has read why.
//!
//! Whether an e-mail address belongs to somebody is never told. Where letters
//! can be sent, an address is a user's once they have proven it; where none
//! can, a second user of an address signs in by name.

use crate::account::{self, NewAccount};
use crate::error::OrNotFound;
use crate::letter::{self, Kind};
use crate::oauth::Granted;
use crate::settings::{Mail, SignUp};
use crate::user::pairs;
use crate::{Cx, Error, Result, invite, notify, oauth};
use domain::email::Email;
use domain::notification::{About, NotificationKind};
use domain::sign_up::{Fault, Faults, Form, Part, Wanted, check};
use domain::user::{Role, Scopes, User, Waiting};
use domain::{Account, AccountKind, AccountState, ApplicationId, UserId};
use std::time::Duration;
use store::Tx;
use store::sign_up::NewSignUp;

pub use store::sign_up::Applicant;

/// How long somebody may take to prove their address.
const PATIENCE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Applicants forgotten in one go.
const STEP: i64 = 100;
/// Applicants shown at a time.
const SHOWN: i64 = 500;

/// What was filled in.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// The name of the account.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// Whether the rules are accepted.
    pub agreement: bool,
    /// Why they want to join.
    pub reason: String,
    /// Their language.
    pub locale: Option<String>,
    /// What an invitation says.
    pub invite_code: String,
}

/// Somebody who signed up.
#[derive(Debug, Clone)]
pub struct Made {
    /// Who.
    pub user: User,
    /// The account that is theirs, or is kept for them.
    pub account: Account,
    /// What they wait for; none where they are in.
    pub waiting: Option<Waiting>,
    /// A token for the program that signed them up.
    pub token: Option<Granted>,
}

/// Why somebody did not sign up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody can.
    Closed,
    /// The form is wrong.
    Wrong(Faults),
}

/// The program that signs somebody up, and what its token may do.
pub type Through = (ApplicationId, Scopes);

/// Whether a reason is asked for.
pub fn wants_reason(mode: SignUp) -> Wanted {
    if mode == SignUp::Approval { Wanted::Yes } else { Wanted::No }
}

/// Signs somebody up.
pub async fn sign_up(cx: &Cx, filled: Filled, through: Option<Through>) -> Result<Result<Made, Refusal>> {
    let mode = cx.settings.sign_up;
    let invited = !filled.invite_code.trim().is_empty();
    if mode == SignUp::Closed {
        return Ok(Err(Refusal::Closed));
    }
    if mode == SignUp::Invite && !invited {
        return Ok(Err(Refusal::Wrong(Faults::one(Part::InviteCode, Fault::Blank))));
    }
    let reason = if invited { Wanted::No } else { wants_reason(mode) };
    let email = match check(form_of(&filled), reason) {
        Ok(email) => email,
        Err(faults) => return Ok(Err(Refusal::Wrong(faults))),
    };
    let password_hash = cx.passwords.hash(filled.password.clone()).await?;
    let (rsa, ed25519) = pairs(cx).await?;
    let mail = cx.settings.mail();
    let made = cx
        .write(move |tx| {
            let invite_id = accepted_invite(tx, &filled.invite_code)?;
            let waiting = waits(mode, mail, invite_id.is_some());
            let new = NewAccount {
                name: filled.username.trim().to_owned(),
                kind: AccountKind::Person,
                display_name: String::new(),
            };
            let account = account::create_local(tx, &new, rsa.as_ref(), &ed25519)?;
            let signed =
                Signed { filled: &filled, email: &email, password_hash: &password_hash, waiting, invite_id };
            finish(tx, account, &signed, through.clone(), mail)
        })
        .await;
    match made {
        Ok(made) => Ok(Ok(made)),
        Err(Error::Invalid { field: "username", .. }) => {
            Ok(Err(Refusal::Wrong(Faults::one(Part::Username, Fault::Taken))))
        }
        Err(Error::Invalid { field: "invite_code", .. }) => {
            Ok(Err(Refusal::Wrong(Faults::one(Part::InviteCode, Fault::Invalid("is not valid")))))
        }
        Err(other) => Err(other),
    }
}

fn form_of(filled: &Filled) -> Form<'_> {
    Form {
        username: &filled.username,
        email: &filled.email,
        password: &filled.password,
        agreement: filled.agreement,
        reason: &filled.reason,
    }
}

/// An error, where the code is none: it undoes what was written.
fn accepted_invite(tx: &mut Tx, code: &str) -> Result<Option<i64>> {
    match code.trim() {
        "" => Ok(None),
        code => match invite::take(tx, code)? {
            None => Err(Error::invalid("invite_code", "is not valid")),
            taken => Ok(taken),
        },
    }
}

/// Who was invited needs no approval.
fn waits(mode: SignUp, mail: Mail, invited: bool) -> Option<Waiting> {
    let waiting = Waiting { approval: mode == SignUp::Approval && !invited, confirmation: mail == Mail::On };
    (waiting.approval || waiting.confirmation).then_some(waiting)
}

struct Signed<'a> {
    filled: &'a Filled,
    email: &'a Email,
    password_hash: &'a str,
    waiting: Option<Waiting>,
    invite_id: Option<i64>,
}

fn finish(
    tx: &mut Tx,
    mut account: Account,
    signed: &Signed<'_>,
    through: Option<Through>,
    mail: Mail,
) -> Result<Made> {
    let user = User {
        id: UserId(tx.new_id()),
        account_id: account.id,
        role: Role::Member,
        email: Some(signed.email.as_str().to_owned()),
    };
    insert(tx, &user, signed, through.as_ref().map(|(application, _)| *application))?;
    store::user::allow(tx, user.id, account.id)?;
    if signed.waiting.is_some() {
        account.state = AccountState::Waiting;
        store::account::set_state(tx, account.id, AccountState::Waiting)?;
    }
    match signed.waiting {
        Some(Waiting { confirmation: true, .. }) => {
            letter::ask(tx, mail, Kind::Confirm, Some(user.id), signed.email.as_str())?;
        }
        Some(_) => tell_administrators(tx, mail, user.id)?,
        None => notify::tell_staff(tx, NotificationKind::SignUp, account.id, About::Sender)?,
    }
    let token = match through {
        Some((application, scopes)) => {
            Some(oauth::grant_person(tx, application, (user.id, account.id), scopes)?)
        }
        None => None,
    };
    Ok(Made { user, account, waiting: signed.waiting, token })
}

/// An address that waits to be proven, or is another's, is nobody's key.
fn insert(
    tx: &mut Tx,
    user: &User,
    signed: &Signed<'_>,
    application_id: Option<ApplicationId>,
) -> Result<()> {
    let reason = Some(signed.filled.reason.trim()).filter(|text| !text.is_empty());
    let unproven = signed.waiting.is_some_and(|waiting| waiting.confirmation);
    let mut row = NewSignUp {
        user,
        email_key: (!unproven).then(|| signed.email.key()),
        password_hash: signed.password_hash,
        waiting: signed.waiting,
        reason,
        locale: signed.filled.locale.as_deref(),
        application_id,
        invite_id: signed.invite_id,
        created_at: tx.now(),
    };
    if !store::sign_up::insert(tx, &row)? {
        row.email_key = None;
        store::sign_up::insert(tx, &row)?;
    }
    Ok(())
}

fn tell_administrators(tx: &mut Tx, mail: Mail, applicant: UserId) -> Result<()> {
    for admin in store::user::admins(tx)? {
        if let Some(address) = admin.email {
            letter::ask(tx, mail, Kind::Applied, Some(applicant), &address)?;
        }
    }
    Ok(())
}

/// Who waits, oldest first.
pub fn waiting(tx: &mut Tx) -> Result<Vec<Applicant>> {
    Ok(store::sign_up::list(tx, SHOWN)?)
}

/// Somebody who waits, by the name of their account.
pub fn applicant(tx: &mut Tx, name: &str) -> Result<Applicant> {
    let name = name.trim().trim_start_matches('@');
    let account = account::local_by_name(tx, name)?.or_not_found("applicant")?;
    let user = store::user::by_account(tx, account.id)?.or_not_found("applicant")?;
    store::sign_up::find(tx, user.id)?.or_not_found("applicant")
}

/// An administrator lets somebody in; what they still wait for. Follow it with
/// `cx.access.forget_all`.
pub fn approve(tx: &mut Tx, user: UserId, mail: Mail) -> Result<Option<Waiting>> {
    let applicant = store::sign_up::find(tx, user)?.or_not_found("applicant")?;
    store::sign_up::approve(tx, user)?;
    admit(tx, &applicant)?;
    if applicant.waiting.confirmation {
        return Ok(Some(Waiting { approval: false, confirmation: true }));
    }
    letter::tell(tx, mail, Kind::Welcome, user)?;
    Ok(None)
}

/// An administrator sends somebody away; nothing of them is kept.
pub fn reject(tx: &mut Tx, user: UserId) -> Result<()> {
    let applicant = store::sign_up::find(tx, user)?.or_not_found("applicant")?;
    forget(tx, applicant.user_id, applicant.account_id)
}

/// Lets the account be seen once its user waits for nothing.
fn admit(tx: &mut Tx, applicant: &Applicant) -> Result<()> {
    if store::user::find(tx, applicant.user_id)?.is_some() {
        store::account::set_state(tx, applicant.account_id, AccountState::Active)?;
        notify::tell_staff(tx, NotificationKind::SignUp, applicant.account_id, About::Sender)?;
    }
    Ok(())
}

/// An address is proven to be a user's, new or old. False where another user
/// has it. Follow it with `cx.access.forget_all`.
pub fn confirm(tx: &mut Tx, user: UserId, address: &str, mail: Mail) -> Result<bool> {
    let applicant = store::sign_up::find(tx, user)?;
    let before = store::user::find(tx, user)?.and_then(|user| user.email);
    let (key, now) = (address.to_lowercase(), tx.now());
    tx.lock(&format!("email:{key}"))?;
    if !store::sign_up::confirm(tx, user, address, &key, now)? {
        return Ok(false);
    }
    match (applicant, before) {
        (Some(applicant), _) if applicant.waiting.approval => tell_administrators(tx, mail, user)?,
        (Some(applicant), _) => admit(tx, &applicant)?,
        (None, Some(old)) if old.to_lowercase() != key => {
            letter::ask(tx, mail, Kind::EmailChanged, Some(user), &old)?;
        }
        _ => (),
    }
    Ok(true)
}

/// Sends the letter again that proves the address of somebody who waits, to
/// another address where they name one.
pub fn ask_again(tx: &mut Tx, user: UserId, other: Option<&Email>, mail: Mail) -> Result<()> {
    let applicant = store::sign_up::find(tx, user)?.filter(|found| found.waiting.confirmation);
    let applicant = applicant.or_not_found("applicant")?;
    if let Some(email) = other {
        store::sign_up::set_claimed(tx, user, email.as_str())?;
    }
    let address = other.map(|email| email.as_str().to_owned()).or(applicant.email);
    match address {
        Some(address) => letter::ask(tx, mail, Kind::Confirm, Some(user), &address),
        None => Ok(()),
    }
}

/// The program that signed a user up.
pub fn application_of(tx: &mut Tx, user: UserId) -> Result<Option<ApplicationId>> {
    Ok(store::sign_up::application(tx, user)?)
}

/// Forgets those who never proved their address.
pub fn sweep(tx: &mut Tx) -> Result<u64> {
    let since = tx.now().minus(PATIENCE);
    let stale = store::sign_up::stale(tx, since, STEP)?;
    for user in &stale {
        if let Some(applicant) = store::sign_up::find(tx, *user)? {
            forget(tx, applicant.user_id, applicant.account_id)?;
        }
    }
    Ok(stale.len() as u64)
}

/// Nobody else ever saw the account: its name is free again.
fn forget(tx: &mut Tx, user: UserId, account: domain::AccountId) -> Result<()> {
    store::sign_up::forget_tokens(tx, user)?;
    store::sign_up::forget_keys(tx, account)?;
    store::sign_up::forget_account(tx, account)?;
    store::sign_up::forget_user_accounts(tx, user)?;
    store::sign_up::forget_user(tx, user)?;
    Ok(())
}
