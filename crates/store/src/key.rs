//! Keys: pairs of our accounts, public keys of peers.

use crate::{Result, Tx};
use domain::{AccountId, ActorId, Timestamp};

/// A peer's public key as it was read from its owner's document.
#[derive(Debug, Clone)]
pub struct PeerKey {
    /// Whose it is.
    pub account_id: AccountId,
    /// The owner's actor.
    pub actor_id: ActorId,
    /// PEM or multibase.
    pub public_key: String,
    /// When it was read.
    pub fetched_at: Timestamp,
}

/// The key of an id.
pub fn peer(tx: &mut Tx, key_id: &str) -> Result<Option<PeerKey>> {
    tx.find(
        "SELECT k.account_id, a.actor_id, k.public_key, k.fetched_at_ms
         FROM peer_key k JOIN account a ON a.id = k.account_id WHERE k.key_id = $1 AND a.state <> 4",
        &[&key_id],
        |row| {
            Ok(PeerKey {
                account_id: row.get(0)?,
                actor_id: row.get(1)?,
                public_key: row.get(2)?,
                fetched_at: row.get(3)?,
            })
        },
    )
}

/// Forgets the keys of a peer's account, before its document's are written.
pub fn forget_peer(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("DELETE FROM peer_key WHERE account_id = $1", &[&account])?;
    Ok(())
}

/// Keeps a key. A key id belongs to whose document listed it last; the caller
/// has checked that the document may speak for the id.
pub fn keep_peer(tx: &mut Tx, key_id: &str, account: AccountId, public_key: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO peer_key (key_id, account_id, public_key, fetched_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key_id) DO UPDATE SET account_id = $2, public_key = $3, fetched_at_ms = $4",
        &[&key_id, &account, &public_key, &now],
    )?;
    Ok(())
}

/// Keeps a pair; without an account it is a spare.
pub fn insert(
    tx: &mut Tx,
    account: Option<AccountId>,
    algorithm: &str,
    private: &[u8],
    public: &str,
) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO key_pair (id, account_id, algorithm, private_key, public_key, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[&id, &account, &algorithm, &private, &public, &now],
    )?;
    Ok(())
}

/// Gives an account the oldest spare RSA pair, if there is one.
pub fn claim_spare(tx: &mut Tx, account: AccountId) -> Result<bool> {
    tx.lock("key_pair spares")?;
    let rows = tx.execute(
        "UPDATE key_pair SET account_id = $1
         WHERE id = (SELECT MIN(id) FROM key_pair WHERE account_id IS NULL AND algorithm = 'rsa')",
        &[&account],
    )?;
    Ok(rows == 1)
}

/// How many spare pairs there are.
pub fn spares(tx: &mut Tx) -> Result<i64> {
    tx.get("SELECT COUNT(*) FROM key_pair WHERE account_id IS NULL", &[], |row| row.get(0))
}

/// The private half of an account's newest pair, PKCS#8.
pub fn private(tx: &mut Tx, account: AccountId, algorithm: &str) -> Result<Option<Vec<u8>>> {
    tx.find(
        "SELECT private_key FROM key_pair WHERE account_id = $1 AND algorithm = $2 ORDER BY id DESC LIMIT 1",
        &[&account, &algorithm],
        |row| row.get(0),
    )
}

/// The public halves of an account's newest pairs: RSA as PEM, Ed25519 as multibase.
pub fn public(tx: &mut Tx, account: AccountId) -> Result<Vec<(String, String)>> {
    tx.query(
        "SELECT algorithm, public_key FROM key_pair k WHERE account_id = $1
         AND id = (SELECT MAX(id) FROM key_pair o WHERE o.account_id = $1 AND o.algorithm = k.algorithm)
         ORDER BY algorithm",
        &[&account],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
