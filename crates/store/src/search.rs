//! Searching: the index of words, what it has still to look at, and what of
//! its finds somebody may see.

pub mod expression;
pub mod index;

pub use expression::{Expression, Words};

use crate::cursor::Cursor;
use crate::post::{self, visible};
use crate::wanted::wanted;
use crate::{Result, Tx};
use domain::{AccountId, Post, PostId, Timestamp};
use std::collections::HashMap;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A post is new, says something else, or is gone.
    Post(PostId),
    /// An account is new or has another name.
    Account(AccountId),
}

impl Subject {
    const fn code(self) -> (i64, i64) {
        match self {
            Self::Post(id) => (0, id.0),
            Self::Account(id) => (1, id.0),
        }
    }
}

/// Notes that the index has to look at something, in the transaction that changes it.
pub(crate) fn changed(tx: &mut Tx, subject: Subject) -> Result<()> {
    let (id, (kind, subject)) = (tx.new_id(), subject.code());
    tx.execute(
        "INSERT INTO search_change (id, kind, subject_id) VALUES ($1, $2, $3)",
        &[&id, &kind, &subject],
    )?;
    Ok(())
}

/// Newest posts of an author that are looked at again.
const AGAIN: i64 = 1000;

/// Before an account is changed: where it wishes otherwise now than before
/// about being found, its newest posts are looked at again.
pub(crate) fn author_may_change(tx: &mut Tx, author: AccountId, indexable: bool) -> Result<()> {
    tx.execute(
        "INSERT INTO search_change (id, kind, subject_id)
         SELECT p.id, 0, p.id FROM post p JOIN account a ON a.id = p.author_id
         WHERE p.author_id = $1 AND a.indexable <> $2 ORDER BY p.id DESC LIMIT $3 ON CONFLICT DO NOTHING",
        &[&author, &indexable, &AGAIN],
    )?;
    Ok(())
}

/// What the index has still to look at, oldest first: each change and its subject.
pub fn changes(tx: &mut Tx, limit: i64) -> Result<Vec<(i64, Subject)>> {
    tx.query("SELECT id, kind, subject_id FROM search_change ORDER BY id LIMIT $1", &[&limit], |row| {
        let (kind, subject): (i64, i64) = (row.get(1)?, row.get(2)?);
        let subject =
            if kind == 0 { Subject::Post(PostId(subject)) } else { Subject::Account(AccountId(subject)) };
        Ok((row.get(0)?, subject))
    })
}

/// The index has looked at these changes.
pub fn settled(tx: &mut Tx, changes: &[i64]) -> Result<()> {
    tx.execute("DELETE FROM search_change WHERE id = ANY($1)", &[&changes])?;
    Ok(())
}

/// Posts, and whether their authors let everyone search them.
pub fn posts(tx: &mut Tx, ids: &[PostId]) -> Result<Vec<(Post, bool)>> {
    tx.query(
        concat!(
            "SELECT ",
            post::columns!(),
            ", a.indexable FROM post p JOIN account a ON a.id = p.author_id WHERE p.id = ANY($1)"
        ),
        &[&ids],
        |row| {
            let mut c = Cursor::new(row);
            Ok((post::read(&mut c)?, c.next()?))
        },
    )
}

/// The next posts below an id, newest first: for building the index anew.
pub fn posts_below(tx: &mut Tx, below: i64, limit: i64) -> Result<Vec<PostId>> {
    tx.query("SELECT id FROM post WHERE id < $1 ORDER BY id DESC LIMIT $2", &[&below, &limit], |row| {
        row.get(0)
    })
}

/// The same of accounts.
pub fn accounts_below(tx: &mut Tx, below: i64, limit: i64) -> Result<Vec<AccountId>> {
    tx.query("SELECT id FROM account WHERE id < $1 ORDER BY id DESC LIMIT $2", &[&below, &limit], |row| {
        row.get(0)
    })
}

/// The posts that an account has to do with, which it may search whatever
/// their authors wish: own ones, those that name it, those it likes, boosts,
/// keeps.
/// The newest `limit` of each.
pub fn library(tx: &mut Tx, viewer: AccountId, limit: i64) -> Result<Vec<PostId>> {
    tx.query(
        "SELECT id FROM (SELECT id FROM post WHERE author_id = $1 ORDER BY id DESC LIMIT $2) own
         UNION SELECT post_id FROM (SELECT post_id FROM post_addressed WHERE account_id = $1
            ORDER BY post_id DESC LIMIT $2) named
         UNION SELECT post_id FROM (SELECT post_id FROM like_ WHERE account_id = $1 ORDER BY id DESC LIMIT $2) liked
         UNION SELECT post_id FROM (SELECT post_id FROM bookmark WHERE account_id = $1 ORDER BY id DESC LIMIT $2) kept
         UNION SELECT post_id FROM (SELECT post_id FROM boost WHERE account_id = $1 ORDER BY id DESC LIMIT $2) boosted",
        &[&viewer, &limit],
        |row| row.get(0),
    )
}

/// Of some finds, those that the viewer may see and search: posts of the own
/// library, and public ones of authors who let everyone search them.
/// `in_library` says of which the caller knows that they are the viewer's.
/// With each, when it was published.
pub fn findable_among(
    tx: &mut Tx,
    viewer: AccountId,
    ids: &[PostId],
    in_library: &[PostId],
) -> Result<HashMap<PostId, Timestamp>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let now = tx.now();
    let found = tx.query(
        concat!(
            "SELECT p.id, p.published_at_ms FROM post p JOIN account a ON a.id = p.author_id
             WHERE p.id = ANY($2) AND a.state IN (0, 1, 3)
                AND (p.id = ANY($3) OR (p.visibility = 0 AND a.indexable = 1 AND a.state <> 1)) AND ",
            wanted!("p.author_id", "$1", "$4"),
            " AND ",
            visible!("$1")
        ),
        &[&viewer, &ids, &in_library, &now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found.into_iter().collect())
}
