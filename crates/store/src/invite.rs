//! Invitations to sign up.

use crate::value::Row;
use crate::{Result, Tx};
use domain::{Timestamp, UserId};

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Our row.
    pub id: i64,
    /// What one has to know.
    pub code: String,
    /// Who invites; none: the command line.
    pub user_id: Option<UserId>,
    /// How many came with it.
    pub uses: i64,
    /// How many may; none: any number.
    pub max_uses: Option<i64>,
    /// Good until then; none: for ever.
    pub expires_at: Option<Timestamp>,
    /// Taken back.
    pub revoked_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// A statement for invitations, as [`read`] wants them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, code, user_id, uses, max_uses, expires_at_ms, revoked_at_ms, created_at_ms FROM invite ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<Invite> {
    Ok(Invite {
        id: row.get(0)?,
        code: row.get(1)?,
        user_id: row.get(2)?,
        uses: row.get(3)?,
        max_uses: row.get(4)?,
        expires_at: row.get(5)?,
        revoked_at: row.get(6)?,
        created_at: row.get(7)?,
    })
}

/// Adds one.
pub fn insert(tx: &mut Tx, invite: &Invite) -> Result<()> {
    tx.execute(
        "INSERT INTO invite (id, code, user_id, uses, max_uses, expires_at_ms, revoked_at_ms, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &invite.id,
            &invite.code,
            &invite.user_id,
            &invite.uses,
            &invite.max_uses,
            &invite.expires_at,
            &invite.revoked_at,
            &invite.created_at,
        ],
    )?;
    Ok(())
}

/// All of them, newest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Invite>> {
    tx.query(select!("ORDER BY id DESC LIMIT 1000"), &[], read)
}

/// Those of one user, newest first.
pub fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Invite>> {
    tx.query(select!("WHERE user_id = $1 ORDER BY id DESC LIMIT 200"), &[&user], read)
}

/// The invitation of a code.
pub fn find(tx: &mut Tx, code: &str) -> Result<Option<Invite>> {
    tx.find(select!("WHERE code = $1"), &[&code], read)
}

/// Comes with an invitation; false where it is not good any more.
pub fn take(tx: &mut Tx, id: i64, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE invite SET uses = uses + 1 WHERE id = $1 AND revoked_at_ms IS NULL
            AND (max_uses IS NULL OR uses < max_uses) AND (expires_at_ms IS NULL OR expires_at_ms > $2)",
        &[&id, &now],
    )?;
    Ok(rows == 1)
}

/// Takes an invitation back; false where there is none.
pub fn revoke(tx: &mut Tx, code: &str, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE invite SET revoked_at_ms = $2 WHERE code = $1 AND revoked_at_ms IS NULL",
        &[&code, &now],
    )?;
    Ok(rows == 1)
}

/// Takes one of a user's own invitations back; false where it is not theirs.
pub fn revoke_of(tx: &mut Tx, user: UserId, id: i64, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE invite SET revoked_at_ms = $3 WHERE id = $1 AND user_id = $2 AND revoked_at_ms IS NULL",
        &[&id, &user, &now],
    )?;
    Ok(rows == 1)
}
