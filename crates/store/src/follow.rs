//! Who follows whom, and who waits for an answer.

use crate::paged::{self, paged};
use crate::{Result, Tx, json};
use domain::follow::{MuteView, Relation, Relationship};
use domain::{AccountId, Page, Timestamp};

/// How a follow stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Who follows.
    pub follower_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// The row, in the order of time.
    pub id: i64,
    /// The newest Follow.
    pub activity_id: String,
    /// The target agreed.
    pub accepted: bool,
    /// Boosts are wanted.
    pub shows_boosts: bool,
    /// Each post is announced.
    pub notifies: bool,
    /// When it was asked.
    pub created_at: Timestamp,
}

fn read(row: &crate::value::Row<'_>) -> Result<Follow> {
    Ok(Follow {
        follower_id: row.get(0)?,
        target_id: row.get(1)?,
        id: row.get(2)?,
        activity_id: row.get(3)?,
        accepted: row.get(4)?,
        shows_boosts: row.get(5)?,
        notifies: row.get(6)?,
        created_at: row.get(7)?,
    })
}

/// The follow between two accounts.
pub fn find(tx: &mut Tx, follower: AccountId, target: AccountId) -> Result<Option<Follow>> {
    tx.find(
        "SELECT follower_id, target_id, id, activity_id, accepted, shows_boosts, notifies, created_at_ms
         FROM follow WHERE follower_id = $1 AND target_id = $2",
        &[&follower, &target],
        read,
    )
}

/// The follow that an activity asked for.
pub fn by_activity(tx: &mut Tx, activity_id: &str) -> Result<Option<Follow>> {
    tx.find(
        "SELECT follower_id, target_id, id, activity_id, accepted, shows_boosts, notifies, created_at_ms
         FROM follow WHERE activity_id = $1",
        &[&activity_id],
        read,
    )
}

/// What `follower` is to `target`, whether or not it asks right now.
pub fn relation(tx: &mut Tx, follower: AccountId, target: AccountId) -> Result<Relation> {
    if crate::block::exists(tx, target, follower)? {
        return Ok(Relation::Blocked);
    }
    Ok(match find(tx, follower, target)? {
        None => Relation::None,
        Some(follow) if follow.accepted => Relation::Following,
        Some(_) => Relation::Requested,
    })
}

/// Writes a follow that waits for an answer; a repeated one takes the newest activity id.
/// True where there was none before.
pub fn request(tx: &mut Tx, follower: AccountId, target: AccountId, activity_id: &str) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let rows = tx.execute(
        "INSERT INTO follow (follower_id, target_id, id, activity_id, accepted, shows_boosts, notifies, created_at_ms)
         VALUES ($1, $2, $3, $4, 0, 1, 0, $5) ON CONFLICT (follower_id, target_id) DO NOTHING",
        &[&follower, &target, &id, &activity_id, &now],
    )?;
    if rows == 0 {
        tx.execute(
            "UPDATE follow SET activity_id = $3 WHERE follower_id = $1 AND target_id = $2",
            &[&follower, &target, &activity_id],
        )?;
    }
    Ok(rows == 1)
}

/// Marks a follow as agreed to, and counts it; false where it was already, or is not there.
pub fn accept(tx: &mut Tx, follower: AccountId, target: AccountId) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE follow SET accepted = 1 WHERE follower_id = $1 AND target_id = $2 AND accepted = 0",
        &[&follower, &target],
    )?;
    if rows == 1 {
        crate::account::add_counts(tx, follower, 0, 1, 0)?;
        crate::account::add_counts(tx, target, 1, 0, 0)?;
    }
    Ok(rows == 1)
}

/// Removes a follow, whether agreed to or not; what it was.
pub fn remove(tx: &mut Tx, follower: AccountId, target: AccountId) -> Result<Option<Follow>> {
    let Some(follow) = find(tx, follower, target)? else { return Ok(None) };
    let rows = tx.execute(
        "DELETE FROM follow WHERE follower_id = $1 AND target_id = $2 AND accepted = $3",
        &[&follower, &target, &follow.accepted],
    )?;
    if rows == 1 && follow.accepted {
        crate::account::add_counts(tx, follower, 0, -1, 0)?;
        crate::account::add_counts(tx, target, -1, 0, 0)?;
    }
    Ok((rows == 1).then_some(follow))
}

/// What the follower wishes to see.
pub fn set_wishes(
    tx: &mut Tx,
    follower: AccountId,
    target: AccountId,
    boosts: Option<bool>,
    notify: Option<bool>,
) -> Result<()> {
    tx.execute(
        "UPDATE follow SET shows_boosts = COALESCE(CAST($3 AS BIGINT), shows_boosts),
            notifies = COALESCE(CAST($4 AS BIGINT), notifies) WHERE follower_id = $1 AND target_id = $2",
        &[&follower, &target, &boosts, &notify],
    )?;
    Ok(())
}

/// In which languages the follower wants posts; none: in all.
pub fn set_languages(
    tx: &mut Tx,
    follower: AccountId,
    target: AccountId,
    languages: &[String],
) -> Result<()> {
    let languages = (!languages.is_empty()).then(|| json::write(languages));
    tx.execute(
        "UPDATE follow SET languages = $3 WHERE follower_id = $1 AND target_id = $2",
        &[&follower, &target, &languages],
    )?;
    Ok(())
}

/// Whether anybody here follows the account, or has asked to: the answer and
/// the first posts may overtake each other.
pub fn is_wanted_here(tx: &mut Tx, target: AccountId) -> Result<bool> {
    let found = tx.find(
        "SELECT 1 FROM follow f JOIN account a ON a.id = f.follower_id
         WHERE f.target_id = $1 AND a.home = 0 LIMIT 1",
        &[&target],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// Followers that live here: who gets an account's posts into home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFollower {
    /// Whose home.
    pub account_id: AccountId,
    /// Boosts are wanted.
    pub shows_boosts: bool,
    /// Each post is announced.
    pub notifies: bool,
    /// Only posts in these are wanted; empty: all.
    pub languages: Vec<String>,
}

impl LocalFollower {
    /// Whether posts in a language are wanted; what has none always is.
    pub fn reads(&self, language: Option<&str>) -> bool {
        let same = |wanted: &String| {
            language.is_some_and(|language| language.split('-').next() == wanted.split('-').next())
        };
        self.languages.is_empty() || language.is_none() || self.languages.iter().any(same)
    }
}

fn languages(text: Option<String>) -> Result<Vec<String>> {
    text.map_or(Ok(Vec::new()), |text| json::read(&text))
}

/// Followers that live here.
pub fn local_followers(tx: &mut Tx, target: AccountId) -> Result<Vec<LocalFollower>> {
    tx.query(
        "SELECT f.follower_id, f.shows_boosts, f.notifies, f.languages FROM follow f JOIN account a ON a.id = f.follower_id
         WHERE f.target_id = $1 AND f.accepted = 1 AND a.home = 0",
        &[&target],
        read_local,
    )
}

/// One of ours as a follower, where it follows.
pub fn local_follower(tx: &mut Tx, follower: AccountId, target: AccountId) -> Result<Option<LocalFollower>> {
    tx.find(
        "SELECT follower_id, shows_boosts, notifies, languages FROM follow
         WHERE follower_id = $1 AND target_id = $2 AND accepted = 1",
        &[&follower, &target],
        read_local,
    )
}

fn read_local(row: &crate::value::Row<'_>) -> Result<LocalFollower> {
    Ok(LocalFollower {
        account_id: row.get(0)?,
        shows_boosts: row.get(1)?,
        notifies: row.get(2)?,
        languages: languages(row.get(3)?)?,
    })
}

/// Which side of a follow to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Those who follow the account.
    Followers,
    /// Those the account follows.
    Following,
    /// Those who ask to follow the account.
    Requests,
}

/// Follows of an account, newest first, with the row to go on from.
pub fn list(tx: &mut Tx, account: AccountId, side: Side, page: Page) -> Result<Vec<(i64, AccountId)>> {
    let texts = match side {
        Side::Followers => {
            paged!("id", "SELECT id, follower_id FROM follow WHERE target_id = $1 AND accepted = 1")
        }
        Side::Following => {
            paged!("id", "SELECT id, target_id FROM follow WHERE follower_id = $1 AND accepted = 1")
        }
        Side::Requests => {
            paged!("id", "SELECT id, follower_id FROM follow WHERE target_id = $1 AND accepted = 0")
        }
    };
    paged::list(tx, texts, &account, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What one account is to each of some others.
pub fn relationships(
    tx: &mut Tx,
    viewer: AccountId,
    others: &[AccountId],
) -> Result<Vec<(AccountId, Relationship)>> {
    let now = tx.now();
    tx.query(
        "SELECT a.id, o.accepted, o.shows_boosts, o.notifies, i.accepted,
            (SELECT COUNT(*) FROM block b WHERE b.account_id = $1 AND b.target_id = a.id),
            (SELECT COUNT(*) FROM block b WHERE b.account_id = a.id AND b.target_id = $1),
            o.languages, m.notifications, m.expires_at_ms,
            (SELECT COUNT(*) FROM domain_block d WHERE d.account_id = $1 AND (d.host = a.host OR d.host = a.domain)),
            n.text
         FROM account a
         LEFT JOIN follow o ON o.follower_id = $1 AND o.target_id = a.id
         LEFT JOIN follow i ON i.follower_id = a.id AND i.target_id = $1
         LEFT JOIN mute m ON m.account_id = $1 AND m.target_id = a.id AND m.expires_at_ms > $3
         LEFT JOIN account_note n ON n.account_id = $1 AND n.target_id = a.id
         WHERE a.id = ANY($2)",
        &[&viewer, &others, &now],
        |row| {
            let (mine, theirs): (Option<bool>, Option<bool>) = (row.get(1)?, row.get(4)?);
            Ok((
                row.get(0)?,
                Relationship {
                    following: mine == Some(true),
                    requested: mine == Some(false),
                    followed_by: theirs == Some(true),
                    requested_by: theirs == Some(false),
                    blocking: row.get::<i64>(5)? > 0,
                    blocked_by: row.get::<i64>(6)? > 0,
                    shows_boosts: row.get::<Option<bool>>(2)?.unwrap_or(false),
                    notifies: row.get::<Option<bool>>(3)?.unwrap_or(false),
                    languages: languages(row.get(7)?)?,
                    mute: match row.get::<Option<bool>>(8)? {
                        Some(notifications) => Some(MuteView {
                            notifications,
                            expires_at: crate::mute::end(row.get(9)?),
                        }),
                        None => None,
                    },
                    blocks_domain: row.get::<i64>(10)? > 0,
                    note: row.get::<Option<String>>(11)?.unwrap_or_default(),
                },
            ))
        },
    )
}

/// Follows of an account, both ways: follower and target.
pub fn some_of(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<(AccountId, AccountId)>> {
    tx.query(
        "SELECT follower_id, target_id FROM follow WHERE follower_id = $1 OR target_id = $1 LIMIT $2",
        &[&account, &limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Removes all follows of an account, both ways, up to `limit`; how many went.
pub fn remove_all(tx: &mut Tx, account: AccountId, limit: i64) -> Result<usize> {
    let pairs = some_of(tx, account, limit)?;
    for (follower, target) in &pairs {
        remove(tx, *follower, *target)?;
    }
    Ok(pairs.len())
}

/// Of some accounts, those that `follower` follows.
pub fn followed_among(tx: &mut Tx, follower: AccountId, accounts: &[AccountId]) -> Result<Vec<AccountId>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT target_id FROM follow WHERE follower_id = $1 AND accepted = 1 AND target_id = ANY($2)",
        &[&follower, &accounts],
        |row| row.get(0),
    )
}

/// Of some accounts, those that follow `target`.
pub fn followers_among(tx: &mut Tx, accounts: &[AccountId], target: AccountId) -> Result<Vec<AccountId>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT follower_id FROM follow WHERE target_id = $1 AND accepted = 1 AND follower_id = ANY($2)",
        &[&target, &accounts],
        |row| row.get(0),
    )
}
