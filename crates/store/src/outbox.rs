//! Messages of ours whose followers are still to be written out.

use crate::{Result, Tx};
use domain::moderation::{HostRule, rule_names};
use domain::{AccountId, Host, Inbox, MessageId};
use std::collections::HashSet;

/// A message on its way to the followers of its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broadcast {
    /// What is sent.
    pub message: MessageId,
    /// Whose followers get it.
    pub account: AccountId,
    /// For the order of its deliveries.
    pub order_key: i64,
    /// The last follow that is done.
    pub position: i64,
}

/// Lets a message wait for its followers to be written out.
pub fn insert(tx: &mut Tx, message: MessageId, account: AccountId, order_key: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO outbox (message_id, account_id, order_key, position) VALUES ($1, $2, $3, 0)",
        &[&message, &account, &order_key],
    )?;
    Ok(())
}

/// For each account that has something to send, its oldest message.
pub fn oldest(tx: &mut Tx, limit: i64) -> Result<Vec<MessageId>> {
    tx.query("SELECT MIN(message_id) FROM outbox GROUP BY account_id ORDER BY 1 LIMIT $1", &[&limit], |row| {
        row.get(0)
    })
}

/// A message whose followers are still to be written out; held against others
/// who would do the same.
pub fn find(tx: &mut Tx, message: MessageId) -> Result<Option<Broadcast>> {
    tx.find(
        "SELECT message_id, account_id, order_key, position FROM outbox WHERE message_id = $1 FOR UPDATE",
        &[&message],
        |row| {
            Ok(Broadcast {
                message: row.get(0)?,
                account: row.get(1)?,
                order_key: row.get(2)?,
                position: row.get(3)?,
            })
        },
    )
}

/// A follower, and where many of its host's accounts are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// The follow; in a walk through all accounts, the account.
    pub follow: i64,
    /// The shared inbox, else its own; `None` where it lives here or is no
    /// more.
    pub inbox: Option<Inbox>,
}

/// The next followers of an account.
pub fn followers(tx: &mut Tx, account: AccountId, after: i64, limit: i64) -> Result<Vec<Follower>> {
    tx.query(
        "SELECT f.id, CASE WHEN a.home = 2 AND a.state NOT IN (2, 4) THEN COALESCE(a.shared_inbox, a.inbox) END
         FROM follow f JOIN account a ON a.id = f.follower_id
         WHERE f.target_id = $1 AND f.accepted = 1 AND f.id > $2 ORDER BY f.id LIMIT $3",
        &[&account, &after, &limit],
        |row| Ok(Follower { follow: row.get(0)?, inbox: row.get(1)? }),
    )
}

/// The next accounts of peers that share an inbox with others of their server,
/// in the place of followers.
pub fn peers(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Follower>> {
    tx.query(
        "SELECT id, shared_inbox FROM account WHERE home = 2 AND shared_inbox IS NOT NULL AND state NOT IN (2, 4)
            AND id > $1 ORDER BY id LIMIT $2",
        &[&after, &limit],
        |row| Ok(Follower { follow: row.get(0)?, inbox: row.get(1)? }),
    )
}

/// Notes how far the followers are written out.
pub fn advance(tx: &mut Tx, message: MessageId, position: i64) -> Result<()> {
    tx.execute("UPDATE outbox SET position = $2 WHERE message_id = $1", &[&message, &position])?;
    Ok(())
}

/// All followers are written out.
pub fn finish(tx: &mut Tx, message: MessageId) -> Result<()> {
    tx.execute("DELETE FROM outbox WHERE message_id = $1", &[&message])?;
    Ok(())
}

/// Those of some hosts to which nothing is sent.
pub fn suspended<'a>(tx: &mut Tx, hosts: impl IntoIterator<Item = &'a Host>) -> Result<HashSet<Host>> {
    let names: Vec<(&Host, Vec<String>)> = hosts.into_iter().map(|host| (host, rule_names(host))).collect();
    let asked: HashSet<&str> = names.iter().flat_map(|(_, names)| names).map(String::as_str).collect();
    let asked: Vec<&str> = asked.into_iter().collect();
    let ruled: Vec<String> = tx.query(
        "SELECT name FROM host_rule WHERE name = ANY($1) AND rule = $2",
        &[&asked, &HostRule::Suspend.code()],
        |row| row.get(0),
    )?;
    let of_rule = |names: &[String]| names.iter().any(|name| ruled.contains(name));
    Ok(names.iter().filter(|(_, names)| of_rule(names)).map(|(host, _)| (*host).clone()).collect())
}
