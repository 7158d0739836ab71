//! Refresh tokens (RFC 6749 §6): each is good once, and all that came of one
//! consent are a family.

use crate::{Result, Tx};
use domain::{Timestamp, TokenId};

/// What a refresh token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// The access token it came with.
    pub token_id: TokenId,
    /// The first access token of its family.
    pub family: TokenId,
    /// When it was traded.
    pub used_at: Option<Timestamp>,
}

/// Adds a refresh token.
pub fn insert(tx: &mut Tx, secret_hash: &[u8], token: TokenId, family: TokenId) -> Result<()> {
    tx.execute(
        "INSERT INTO refresh_token (secret_hash, token_id, family, used_at_ms) VALUES ($1, $2, $3, NULL)",
        &[&secret_hash, &token, &family],
    )?;
    Ok(())
}

/// What a refresh token stands for.
pub fn find(tx: &mut Tx, secret_hash: &[u8]) -> Result<Option<Refresh>> {
    tx.find(
        "SELECT token_id, family, used_at_ms FROM refresh_token WHERE secret_hash = $1",
        &[&secret_hash],
        |row| Ok(Refresh { token_id: row.get(0)?, family: row.get(1)?, used_at: row.get(2)? }),
    )
}

/// Uses up a refresh token; false where it was used before.
pub fn take(tx: &mut Tx, secret_hash: &[u8], now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE refresh_token SET used_at_ms = $2 WHERE secret_hash = $1 AND used_at_ms IS NULL",
        &[&secret_hash, &now],
    )?;
    Ok(rows == 1)
}

/// The family of an access token, where it has one.
pub fn family_of(tx: &mut Tx, token: TokenId) -> Result<Option<TokenId>> {
    tx.find("SELECT family FROM refresh_token WHERE token_id = $1", &[&token], |row| row.get(0))
}

/// The access tokens of a family that are not revoked.
pub fn living(tx: &mut Tx, family: TokenId) -> Result<Vec<TokenId>> {
    tx.query(
        "SELECT t.id FROM refresh_token r JOIN token t ON t.id = r.token_id
         WHERE r.family = $1 AND t.revoked_at_ms IS NULL",
        &[&family],
        |row| row.get(0),
    )
}

/// Revokes every access token of a family.
pub fn revoke_family(tx: &mut Tx, family: TokenId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE token SET revoked_at_ms = $2 WHERE revoked_at_ms IS NULL
            AND id IN (SELECT token_id FROM refresh_token WHERE family = $1)",
        &[&family, &now],
    )?;
    Ok(())
}
