//! Hashtags that accounts follow, and those they show on their profiles.
//! Names are lower case, without `#`.

use crate::paged::{self, paged};
use crate::{Result, Tx};
use domain::{AccountId, Page, Timestamp};

/// Follows a hashtag. Twice is once.
pub fn follow(tx: &mut Tx, account: AccountId, name: &str) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO tag_follow (account_id, name, id, created_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[&account, &name, &id, &now],
    )?;
    Ok(())
}

/// Follows a hashtag no more; false where it was not followed.
pub fn unfollow(tx: &mut Tx, account: AccountId, name: &str) -> Result<bool> {
    let rows =
        tx.execute("DELETE FROM tag_follow WHERE account_id = $1 AND name = $2", &[&account, &name])?;
    Ok(rows == 1)
}

/// Takes out of a home what only a hashtag brought there: posts of accounts
/// that the owner does not follow, and that no other followed hashtag brings.
pub fn withdraw(tx: &mut Tx, account: AccountId, name: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM home_entry WHERE owner_id = $1 AND boost_id IS NULL AND account_id <> $1
            AND EXISTS (SELECT 1 FROM post_hashtag t WHERE t.name = $2 AND t.post_id = home_entry.post_id)
            AND NOT EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $1 AND f.target_id = home_entry.account_id
                AND f.accepted = 1)
            AND NOT EXISTS (SELECT 1 FROM post_hashtag t JOIN tag_follow o ON o.name = t.name
                WHERE t.post_id = home_entry.post_id AND o.account_id = $1)",
        &[&account, &name],
    )?;
    Ok(())
}

/// Hashtags an account follows, newest first, with the row to go on from.
pub fn followed(tx: &mut Tx, account: AccountId, page: Page) -> Result<Vec<(i64, String)>> {
    let texts = paged!("id", "SELECT id, name FROM tag_follow WHERE account_id = $1");
    paged::list(tx, texts, &account, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Who follows one of some hashtags.
pub fn followers(tx: &mut Tx, names: &[String]) -> Result<Vec<AccountId>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    tx.query("SELECT DISTINCT account_id FROM tag_follow WHERE name = ANY($1)", &[&names], |row| row.get(0))
}

/// What a hashtag is to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The hashtag.
    pub name: String,
    /// The account follows it.
    pub following: bool,
    /// The account shows it on its profile.
    pub featuring: bool,
}

/// Of some hashtags, those that are something to an account.
pub fn relations(tx: &mut Tx, account: AccountId, names: &[String]) -> Result<Vec<Relation>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    tx.query(
        "SELECT name, MAX(following), MAX(featuring) FROM (
            SELECT name, 1 AS following, 0 AS featuring FROM tag_follow WHERE account_id = $1 AND name = ANY($2)
            UNION ALL
            SELECT name_key, 0, 1 FROM featured_tag WHERE account_id = $1 AND name_key = ANY($2)) both_
         GROUP BY name",
        &[&account, &names],
        |row| Ok(Relation { name: row.get(0)?, following: row.get(1)?, featuring: row.get(2)? }),
    )
}

/// A hashtag on a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Featured {
    /// Our row.
    pub id: i64,
    /// As its owner writes it.
    pub name: String,
    /// Open posts of the owner with it.
    pub posts: i64,
    /// The newest of them.
    pub last_post_at: Option<Timestamp>,
}

/// Shows a hashtag on a profile; false where it is there already.
pub fn feature(tx: &mut Tx, account: AccountId, name: &str, key: &str) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let rows = tx.execute(
        "INSERT INTO featured_tag (id, account_id, name, name_key, created_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        &[&id, &account, &name, &key, &now],
    )?;
    Ok(rows == 1)
}

/// Takes a hashtag off a profile; false where it was not there.
pub fn unfeature(tx: &mut Tx, account: AccountId, key: &str) -> Result<bool> {
    let rows =
        tx.execute("DELETE FROM featured_tag WHERE account_id = $1 AND name_key = $2", &[&account, &key])?;
    Ok(rows == 1)
}

/// The same by its row.
pub fn unfeature_row(tx: &mut Tx, account: AccountId, id: i64) -> Result<bool> {
    let rows = tx.execute("DELETE FROM featured_tag WHERE account_id = $1 AND id = $2", &[&account, &id])?;
    Ok(rows == 1)
}

/// Hashtags on a profile, the most used first.
pub fn featured(tx: &mut Tx, account: AccountId) -> Result<Vec<Featured>> {
    tx.query(
        "SELECT f.id, f.name, COUNT(p.id), MAX(p.published_at_ms) FROM featured_tag f
         LEFT JOIN post p ON p.author_id = f.account_id AND p.visibility <= 1
            AND EXISTS (SELECT 1 FROM post_hashtag t WHERE t.name = f.name_key AND t.post_id = p.id)
         WHERE f.account_id = $1 GROUP BY f.id, f.name ORDER BY COUNT(p.id) DESC, f.id",
        &[&account],
        |row| {
            Ok(Featured { id: row.get(0)?, name: row.get(1)?, posts: row.get(2)?, last_post_at: row.get(3)? })
        },
    )
}

/// Hashtags an account uses most and does not show on its profile.
pub fn often_used(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<String>> {
    tx.query(
        "SELECT t.name FROM post p JOIN post_hashtag t ON t.post_id = p.id
         WHERE p.author_id = $1 AND p.visibility <= 1
            AND NOT EXISTS (SELECT 1 FROM featured_tag f WHERE f.account_id = $1 AND f.name_key = t.name)
         GROUP BY t.name ORDER BY COUNT(*) DESC, t.name LIMIT $2",
        &[&account, &limit],
        |row| row.get(0),
    )
}
