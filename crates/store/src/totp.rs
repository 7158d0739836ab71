//! Second factors: one-time passwords, recovery codes, and sign-ins that still
//! wait for one of them.

use crate::{Result, Tx};
use domain::{Timestamp, UserId};

/// What a user's codes are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    /// Shared with the person's phone.
    pub secret: Vec<u8>,
    /// Since when it is asked for; none: shown, not yet proven.
    pub on_since: Option<Timestamp>,
    /// The last interval of which a code was used.
    pub last_step: i64,
}

/// Puts a new secret in the place of one that is not asked for yet; false
/// where one is.
pub fn prepare(tx: &mut Tx, user: UserId, secret: &[u8]) -> Result<bool> {
    let rows = tx.execute(
        "INSERT INTO totp (user_id, secret, on_since_ms, last_step) VALUES ($1, $2, NULL, 0)
         ON CONFLICT (user_id) DO UPDATE SET secret = $2, last_step = 0 WHERE totp.on_since_ms IS NULL",
        &[&user, &secret],
    )?;
    Ok(rows == 1)
}

/// The secret of a user.
pub fn find(tx: &mut Tx, user: UserId) -> Result<Option<Totp>> {
    tx.find("SELECT secret, on_since_ms, last_step FROM totp WHERE user_id = $1", &[&user], |row| {
        Ok(Totp { secret: row.get(0)?, on_since: row.get(1)?, last_step: row.get(2)? })
    })
}

/// Begins to ask for codes.
pub fn switch_on(tx: &mut Tx, user: UserId, step: i64, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE totp SET on_since_ms = $3, last_step = $2 WHERE user_id = $1 AND on_since_ms IS NULL",
        &[&user, &step, &now],
    )?;
    Ok(rows == 1)
}

/// Uses up the code of an interval; false where it or a later one was used.
pub fn use_step(tx: &mut Tx, user: UserId, step: i64) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE totp SET last_step = $2 WHERE user_id = $1 AND last_step < $2 AND on_since_ms IS NOT NULL",
        &[&user, &step],
    )?;
    Ok(rows == 1)
}

/// Asks for no codes any more.
pub fn remove(tx: &mut Tx, user: UserId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM totp WHERE user_id = $1", &[&user])? == 1)
}

/// Adds a recovery code.
pub fn add_recovery(tx: &mut Tx, user: UserId, code_hash: &[u8]) -> Result<()> {
    tx.execute(
        "INSERT INTO recovery_code (user_id, code_hash) VALUES ($1, $2) ON CONFLICT (user_id, code_hash) DO NOTHING",
        &[&user, &code_hash],
    )?;
    Ok(())
}

/// Uses up a recovery code; false where there is none such.
pub fn use_recovery(tx: &mut Tx, user: UserId, code_hash: &[u8]) -> Result<bool> {
    let rows =
        tx.execute("DELETE FROM recovery_code WHERE user_id = $1 AND code_hash = $2", &[&user, &code_hash])?;
    Ok(rows == 1)
}

/// How many recovery codes are left.
pub fn count_recovery(tx: &mut Tx, user: UserId) -> Result<i64> {
    tx.get("SELECT COUNT(*) FROM recovery_code WHERE user_id = $1", &[&user], |row| row.get(0))
}

/// Forgets all recovery codes of a user.
pub fn remove_recovery(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM recovery_code WHERE user_id = $1", &[&user])?;
    Ok(())
}

/// Remembers that somebody's password was right.
pub fn insert_step(tx: &mut Tx, secret_hash: &[u8], user: UserId, expires_at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO sign_in_step (secret_hash, user_id, tries, expires_at_ms) VALUES ($1, $2, 0, $3)",
        &[&secret_hash, &user, &expires_at],
    )?;
    Ok(())
}

/// Counts a try to go on with a sign-in; false where there is none, it ran
/// out, or there were `most` tries.
pub fn try_step(tx: &mut Tx, secret_hash: &[u8], most: i64, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE sign_in_step SET tries = tries + 1 WHERE secret_hash = $1 AND tries < $2 AND expires_at_ms > $3",
        &[&secret_hash, &most, &now],
    )?;
    Ok(rows == 1)
}

/// Whose sign-in it is.
pub fn step_user(tx: &mut Tx, secret_hash: &[u8]) -> Result<Option<UserId>> {
    tx.find("SELECT user_id FROM sign_in_step WHERE secret_hash = $1", &[&secret_hash], |row| row.get(0))
}

/// Ends a sign-in that waited.
pub fn end_step(tx: &mut Tx, secret_hash: &[u8]) -> Result<()> {
    tx.execute("DELETE FROM sign_in_step WHERE secret_hash = $1", &[&secret_hash])?;
    Ok(())
}

/// Ends all sign-ins of a user that wait.
pub fn end_steps(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM sign_in_step WHERE user_id = $1", &[&user])?;
    Ok(())
}

/// Forgets sign-ins that ran out before `before`.
pub fn sweep_steps(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM sign_in_step WHERE expires_at_ms < $1", &[&before])
}
