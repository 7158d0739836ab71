//! Accounts that somebody may want to know.

use crate::wanted::wanted;
use crate::{Result, Tx};
use domain::{AccountId, Timestamp};

/// The condition of an account `a` that wishes to be found and that the viewer
/// $1 may be shown at the time $2.
macro_rules! shown {
    () => {
        concat!(
            "a.discoverable = 1 AND a.state = 0 AND a.kind <> 'Application' AND a.id <> $1
             AND NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = $1 AND b.target_id = a.id)
             AND NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = a.id AND b.target_id = $1) AND ",
            wanted!("a.id", "$1", "$2")
        )
    };
}

/// The condition that the viewer $1 neither follows `a` nor dismissed it.
macro_rules! new_to {
    () => {
        " AND NOT EXISTS (SELECT 1 FROM follow n WHERE n.follower_id = $1 AND n.target_id = a.id)
          AND NOT EXISTS (SELECT 1 FROM suggestion_dismissed n WHERE n.account_id = $1 AND n.target_id = a.id) "
    };
}

/// In which order the directory stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Who posted last comes first.
    #[default]
    Active,
    /// Who came last comes first.
    New,
}

/// Whose accounts the directory lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum From {
    /// Everybody's.
    #[default]
    Everywhere,
    /// Ours.
    Here,
}

/// Accounts that wish to be found. No viewer: account 0.
pub fn directory(
    tx: &mut Tx,
    viewer: AccountId,
    order: Order,
    from: From,
    limit: i64,
    offset: i64,
) -> Result<Vec<AccountId>> {
    let now = tx.now();
    let sql = match order {
        Order::Active => concat!(
            "SELECT a.id FROM account a LEFT JOIN account_count c ON c.account_id = a.id WHERE ($3 = 0 OR a.home = 0) AND ",
            shown!(),
            " ORDER BY COALESCE(c.last_post_at_ms, 0) DESC, a.id DESC LIMIT $4 OFFSET $5"
        ),
        Order::New => concat!(
            "SELECT a.id FROM account a WHERE ($3 = 0 OR a.home = 0) AND ",
            shown!(),
            " ORDER BY a.id DESC LIMIT $4 OFFSET $5"
        ),
    };
    let here = i64::from(from == From::Here);
    tx.query(sql, &[&viewer, &now, &here, &limit, &offset], |row| row.get(0))
}

/// Accounts followed by those the viewer follows, the most often first.
pub fn friends_of_friends(tx: &mut Tx, viewer: AccountId, limit: i64) -> Result<Vec<AccountId>> {
    let now = tx.now();
    tx.query(
        concat!(
            "SELECT a.id FROM follow mine JOIN follow theirs ON theirs.follower_id = mine.target_id
             JOIN account a ON a.id = theirs.target_id
             WHERE mine.follower_id = $1 AND mine.accepted = 1 AND theirs.accepted = 1 AND ",
            shown!(),
            new_to!(),
            "GROUP BY a.id ORDER BY COUNT(*) DESC, a.id LIMIT $3"
        ),
        &[&viewer, &now, &limit],
        |row| row.get(0),
    )
}

/// Accounts of ours that wrote something since then, the most followed first.
pub fn active_here(tx: &mut Tx, viewer: AccountId, since: Timestamp, limit: i64) -> Result<Vec<AccountId>> {
    let now = tx.now();
    tx.query(
        concat!(
            "SELECT a.id FROM account a JOIN account_count c ON c.account_id = a.id
             WHERE a.home = 0 AND c.last_post_at_ms > $3 AND ",
            shown!(),
            new_to!(),
            "ORDER BY c.followers DESC, a.id LIMIT $4"
        ),
        &[&viewer, &now, &since, &limit],
        |row| row.get(0),
    )
}

/// An account is not suggested again.
pub fn dismiss(tx: &mut Tx, viewer: AccountId, target: AccountId) -> Result<()> {
    tx.execute(
        "INSERT INTO suggestion_dismissed (account_id, target_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&viewer, &target],
    )?;
    Ok(())
}

/// Of whom the viewer follows, who follows some accounts: target and follower.
pub fn familiar_followers(
    tx: &mut Tx,
    viewer: AccountId,
    targets: &[AccountId],
    limit: i64,
) -> Result<Vec<(AccountId, AccountId)>> {
    tx.query(
        "SELECT theirs.target_id, theirs.follower_id FROM follow theirs
         JOIN follow mine ON mine.target_id = theirs.follower_id AND mine.follower_id = $1 AND mine.accepted = 1
         WHERE theirs.target_id = ANY($2) AND theirs.accepted = 1
         ORDER BY theirs.target_id, theirs.id DESC LIMIT $3",
        &[&viewer, &targets, &limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
