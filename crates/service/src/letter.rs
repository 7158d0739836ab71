//! Letters to people: asked for in a transaction, written and sent after it,
//! and what the links in them prove.
//!
//! A letter is written when it is sent. Whether an address belongs to anybody
//! is looked up only then, so that who asks for a letter learns nothing from
//! the answer nor from its time.

mod text;

use crate::keys::{secret, secret_hash};
use crate::settings::Mail;
use crate::{Cx, Error, Result};
use domain::{Timestamp, UserId};
use std::time::Duration;
use store::Tx;
use store::letter::{Letter, Ticket};
use wire::mail::MailError;

/// How long the link of a letter works that confirms an address.
const CONFIRM: Duration = Duration::from_secs(2 * 24 * 3600);
/// How long the link of a letter works that sets a new password.
const RESET: Duration = Duration::from_secs(2 * 3600);
/// Letters that are sent in one go.
const AT_A_TIME: i64 = 20;
/// Pauses after failures, until a letter is given up: about two days.
const PAUSES: [u64; 8] = [60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600];

/// What a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To prove an address: of a new user, or a new one of an old user.
    Confirm,
    /// To set a new password.
    Reset,
    /// An administrator let them in.
    Welcome,
    /// To administrators: somebody waits to be let in.
    Applied,
    /// The password was changed.
    PasswordChanged,
    /// The e-mail address was changed; goes to the old one.
    EmailChanged,
    /// Codes are asked for now, or no more.
    CodesChanged,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Confirm,
        Self::Reset,
        Self::Welcome,
        Self::Applied,
        Self::PasswordChanged,
        Self::EmailChanged,
        Self::CodesChanged,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::Welcome => "welcome",
            Self::Applied => "applied",
            Self::PasswordChanged => "password_changed",
            Self::EmailChanged => "email_changed",
            Self::CodesChanged => "codes_changed",
        }
    }
}

/// Asks for a letter, where letters can be sent.
pub fn ask(tx: &mut Tx, mail: Mail, kind: Kind, user: Option<UserId>, address: &str) -> Result<()> {
    match mail {
        Mail::On => Ok(store::letter::insert(tx, kind.as_str(), user, address)?),
        Mail::Off => Ok(()),
    }
}

/// Tells a user about their account, where they have an address.
pub fn tell(tx: &mut Tx, mail: Mail, kind: Kind, user: UserId) -> Result<()> {
    match store::user::find(tx, user)?.and_then(|user| user.email) {
        Some(address) => ask(tx, mail, kind, Some(user), &address),
        None => Ok(()),
    }
}

/// Sends the letters whose time has come; how many were tried.
pub async fn send_due(cx: &Cx) -> Result<usize> {
    let Some(mailer) = cx.settings.mailer.clone() else { return Ok(0) };
    let due = cx
        .read(|tx| {
            let now = tx.now();
            Ok(store::letter::due(tx, now, AT_A_TIME)?)
        })
        .await?;
    for letter in &due {
        let (asked, title) = (letter.clone(), cx.settings.title.clone());
        let written = cx.write_later(move |tx| write(tx, &asked, &title)).await?;
        let sent = match &written {
            Some(letter) => mailer.send(letter).await,
            None => Ok(()),
        };
        settle(cx, letter.clone(), sent).await?;
    }
    Ok(due.len())
}

async fn settle(cx: &Cx, letter: Letter, sent: Result<(), MailError>) -> Result<()> {
    let id = letter.id;
    let pause = usize::try_from(letter.attempts).ok().and_then(|attempt| PAUSES.get(attempt).copied());
    match (sent, pause) {
        (Ok(()), _) => cx.write_later(move |tx| Ok(store::letter::remove(tx, id)?)).await,
        (Err(MailError::Later(why)), Some(seconds)) => {
            tracing::warn!(kind = letter.kind, %why, "a letter was not sent; it is tried again");
            cx.write_later(move |tx| {
                let next = tx.now().plus(Duration::from_secs(seconds));
                Ok(store::letter::again(tx, id, next)?)
            })
            .await
        }
        (Err(why), _) => {
            tracing::warn!(kind = letter.kind, %why, "a letter is given up");
            cx.write_later(move |tx| Ok(store::letter::remove(tx, id)?)).await
        }
    }
}

/// What a letter says; none where there is nothing to say (any more).
fn write(tx: &mut Tx, letter: &Letter, title: &str) -> Result<Option<wire::mail::Letter>> {
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == letter.kind) else { return Ok(None) };
    let said = match kind {
        Kind::Confirm => confirm(tx, letter)?,
        Kind::Reset => reset(tx, letter)?,
        Kind::Applied => {
            let name = applicant(tx, letter)?;
            name.map(|name| text::applied(&name, &tx.names().url("/settings/sign-ups")))
        }
        Kind::Welcome => Some(text::welcome(&tx.names().url("/auth/sign_in"))),
        Kind::PasswordChanged => Some(text::password_changed(&tx.names().url("/auth/password"))),
        Kind::EmailChanged => Some(text::email_changed()),
        Kind::CodesChanged => Some(text::codes_changed(&tx.names().url("/settings/security"))),
    };
    let host = tx.names().domain().to_string();
    Ok(said.map(|said| said.letter(&letter.address, title, &host)))
}

fn applicant(tx: &mut Tx, letter: &Letter) -> Result<Option<String>> {
    let Some(user) = letter.user_id else { return Ok(None) };
    Ok(store::sign_up::find(tx, user)?.map(|applicant| applicant.name))
}

/// A link that confirms; where another user has the address, they are told
/// instead, and whoever tried learns nothing.
fn confirm(tx: &mut Tx, letter: &Letter) -> Result<Option<text::Said>> {
    let Some(user) = letter.user_id else { return Ok(None) };
    match store::user::by_email(tx, &letter.address.to_lowercase())? {
        Some(owner) if owner.id != user => {
            let reset = tx.names().url("/auth/password");
            return Ok(Some(text::address_taken(&reset)));
        }
        _ => (),
    }
    let Some(login) = store::user::login(tx, user)? else { return Ok(None) };
    let until = tx.now().plus(CONFIRM);
    let secret = ticket(tx, Purpose::Confirm, login.user_id, &letter.address, until)?;
    Ok(Some(text::confirm(&tx.names().url(&format!("/auth/confirm?ticket={secret}")))))
}

fn reset(tx: &mut Tx, letter: &Letter) -> Result<Option<text::Said>> {
    // Nobody is told who has no account: letters to strangers are a nuisance.
    let Some(user) = store::user::by_email(tx, &letter.address.to_lowercase())? else { return Ok(None) };
    let until = tx.now().plus(RESET);
    let secret = ticket(tx, Purpose::Reset, user.id, &letter.address, until)?;
    Ok(Some(text::reset(&tx.names().url(&format!("/auth/password/new?ticket={secret}")))))
}

/// What a link proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// That an address is somebody's.
    Confirm,
    /// That somebody may set a new password.
    Reset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
        }
    }
}

fn ticket(tx: &mut Tx, purpose: Purpose, user: UserId, address: &str, until: Timestamp) -> Result<String> {
    let secret = secret()?;
    let ticket = Ticket { user_id: user, address: address.to_owned() };
    store::letter::insert_ticket(tx, &secret_hash(&secret), purpose.as_str(), &ticket, until)?;
    Ok(secret)
}

/// Whom a link is for, while it is good.
pub fn read_ticket(tx: &mut Tx, purpose: Purpose, secret: &str) -> Result<Option<(UserId, String)>> {
    let now = tx.now();
    let found = store::letter::find_ticket(tx, &secret_hash(secret), purpose.as_str(), now)?;
    Ok(found.map(|ticket| (ticket.user_id, ticket.address)))
}

/// Uses a link up; all others of the user for the same purpose are void too.
pub fn use_ticket(tx: &mut Tx, purpose: Purpose, secret: &str) -> Result<Option<(UserId, String)>> {
    let Some((user, address)) = read_ticket(tx, purpose, secret)? else { return Ok(None) };
    if !store::letter::use_ticket(tx, &secret_hash(secret))? {
        return Ok(None);
    }
    store::letter::void(tx, user, purpose.as_str())?;
    Ok(Some((user, address)))
}

/// The same where the link is unknown: an error for people.
pub fn stale() -> Error {
    Error::Forbidden("This link was used already or is too old.")
}
