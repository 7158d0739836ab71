//! People who ask to be let in, and what they are asked before.

use crate::value::Row;
use crate::{Result, Tx};
use domain::user::{User, Waiting};
use domain::{AccountId, ApplicationId, Timestamp, UserId};

/// Somebody who signs up.
#[derive(Debug, Clone)]
pub struct NewSignUp<'a> {
    /// The person.
    pub user: &'a User,
    /// Lower case; absent: nobody signs in with the address (yet).
    pub email_key: Option<&'a str>,
    /// PHC text.
    pub password_hash: &'a str,
    /// What they wait for; none where they are let in at once.
    pub waiting: Option<Waiting>,
    /// Why they want to join.
    pub reason: Option<&'a str>,
    /// Their language.
    pub locale: Option<&'a str>,
    /// The program that signed them up.
    pub application_id: Option<ApplicationId>,
    /// The invitation they came with.
    pub invite_id: Option<i64>,
    /// When.
    pub created_at: Timestamp,
}

/// Somebody who is not let in yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// Who.
    pub user_id: UserId,
    /// The account that is kept for them.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// Where to write to.
    pub email: Option<String>,
    /// Why they want to join.
    pub reason: Option<String>,
    /// What they wait for.
    pub waiting: Waiting,
    /// Since when.
    pub created_at: Timestamp,
}

fn waiting(approval: bool, confirmation: bool) -> Waiting {
    Waiting { approval, confirmation }
}

/// Adds somebody who signs up; false where the key of the e-mail address is taken.
pub fn insert(tx: &mut Tx, new: &NewSignUp<'_>) -> Result<bool> {
    let state = if new.waiting.is_some() { "waiting" } else { "active" };
    let waits = new.waiting.unwrap_or(waiting(false, false));
    let rows = tx.execute(
        "INSERT INTO user_ (id, account_id, email_key, email, password_hash, role, state, created_at_ms, settings,
            awaits_approval, awaits_confirmation, reason, locale, application_id, invite_id)
         VALUES ($1, $2, $3, $4, $5, 'member', $6, $7, '{}', $8, $9, $10, $11, $12, $13)
         ON CONFLICT (email_key) DO NOTHING",
        &[
            &new.user.id,
            &new.user.account_id,
            &new.email_key,
            &new.user.email,
            &new.password_hash,
            &state,
            &new.created_at,
            &waits.approval,
            &waits.confirmation,
            &new.reason,
            &new.locale,
            &new.application_id,
            &new.invite_id,
        ],
    )?;
    Ok(rows == 1)
}

/// A statement for those who wait, as [`read`] wants them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.account_id, a.name, u.email, u.reason, u.awaits_approval, u.awaits_confirmation, u.created_at_ms
             FROM user_ u JOIN account a ON a.id = u.account_id WHERE u.state = 'waiting' ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<Applicant> {
    Ok(Applicant {
        user_id: row.get(0)?,
        account_id: row.get(1)?,
        name: row.get(2)?,
        email: row.get(3)?,
        reason: row.get(4)?,
        waiting: waiting(row.get(5)?, row.get(6)?),
        created_at: row.get(7)?,
    })
}

/// Who waits, oldest first.
pub fn list(tx: &mut Tx, limit: i64) -> Result<Vec<Applicant>> {
    tx.query(select!("ORDER BY u.created_at_ms, u.id LIMIT $1"), &[&limit], read)
}

/// One of them.
pub fn find(tx: &mut Tx, user: UserId) -> Result<Option<Applicant>> {
    tx.find(select!("AND u.id = $1"), &[&user], read)
}

/// Those who began to wait for a proof of their address before `since`.
pub fn stale(tx: &mut Tx, since: Timestamp, limit: i64) -> Result<Vec<UserId>> {
    tx.query(
        "SELECT id FROM user_ WHERE state = 'waiting' AND awaits_confirmation = 1 AND created_at_ms < $1
         ORDER BY created_at_ms LIMIT $2",
        &[&since, &limit],
        |row| row.get(0),
    )
}

/// The program that signed a user up.
pub fn application(tx: &mut Tx, user: UserId) -> Result<Option<ApplicationId>> {
    tx.get("SELECT application_id FROM user_ WHERE id = $1", &[&user], |row| row.get(0))
}

/// An administrator says yes.
pub fn approve(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.execute(
        "UPDATE user_ SET awaits_approval = 0,
            state = CASE WHEN awaits_confirmation = 0 THEN 'active' ELSE state END
         WHERE id = $1 AND state = 'waiting'",
        &[&user],
    )?;
    Ok(())
}

/// An e-mail address is proven to be a user's: they sign in with it from now
/// on. False where it is another's.
pub fn confirm(tx: &mut Tx, user: UserId, email: &str, email_key: &str, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE user_ SET email = $2, email_key = $3, confirmed_at_ms = $4, awaits_confirmation = 0,
            state = CASE WHEN state = 'waiting' AND awaits_approval = 0 THEN 'active' ELSE state END
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM user_ o WHERE o.email_key = $3 AND o.id <> $1)",
        &[&user, &email, &email_key, &now],
    )?;
    Ok(rows == 1)
}

/// Somebody who waits names another address.
pub fn set_claimed(tx: &mut Tx, user: UserId, email: &str) -> Result<()> {
    tx.execute(
        "UPDATE user_ SET email = $2, email_key = NULL WHERE id = $1 AND state = 'waiting' AND awaits_confirmation = 1",
        &[&user, &email],
    )?;
    Ok(())
}

/// Whether an e-mail address is proven to be the user's.
pub fn is_confirmed(tx: &mut Tx, user: UserId) -> Result<bool> {
    let since: Option<Timestamp> =
        tx.get("SELECT confirmed_at_ms FROM user_ WHERE id = $1", &[&user], |row| row.get(0))?;
    Ok(since.is_some())
}

/// Forgets somebody who was never let in. Nobody has seen the account, so its
/// name is free again.
pub fn forget_user(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM user_ WHERE id = $1 AND state = 'waiting'", &[&user])?;
    Ok(())
}

/// Their accounts.
pub fn forget_user_accounts(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM user_account WHERE user_id = $1", &[&user])?;
    Ok(())
}

/// Their account, which must not have been let in.
pub fn forget_account(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("DELETE FROM account WHERE id = $1 AND state = 5", &[&account])?;
    Ok(())
}

/// Its keys.
pub fn forget_keys(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("DELETE FROM key_pair WHERE account_id = $1", &[&account])?;
    Ok(())
}

/// Their tokens.
pub fn forget_tokens(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM token WHERE user_id = $1", &[&user])?;
    Ok(())
}
