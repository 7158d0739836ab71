//! Lists of accounts, and their timelines.

use crate::paged::{self, paged};
use crate::timeline::{Entry, read_entry};
use crate::value::Row;
use crate::wanted::wanted;
use crate::{Error, Result, Tx};
use domain::list::{List, Replies};
use domain::{AccountId, ListId, Page, PostId};

/// The newest entries a list keeps.
pub const LENGTH: i64 = 800;

/// A statement for lists under the alias `l`, as [`read`] wants them; `$rest`
/// begins with its `FROM`.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT l.id, l.account_id, l.title, l.replies, l.exclusive ", $rest)
    };
}

fn read(row: &Row<'_>) -> Result<List> {
    let replies: i64 = row.get(3)?;
    Ok(List {
        id: row.get(0)?,
        owner: row.get(1)?,
        title: row.get(2)?,
        replies: Replies::from_code(replies)
            .ok_or_else(|| Error::Corrupt(format!("replies of a list {replies}")))?,
        exclusive: row.get(4)?,
    })
}

/// Writes a new list.
pub fn insert(tx: &mut Tx, list: &List) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO list (id, account_id, title, replies, exclusive, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&list.id, &list.owner, &list.title, &list.replies.code(), &list.exclusive, &now],
    )?;
    Ok(())
}

/// Writes what a list is called and shows.
pub fn update(tx: &mut Tx, list: &List) -> Result<()> {
    tx.execute(
        "UPDATE list SET title = $2, replies = $3, exclusive = $4 WHERE id = $1",
        &[&list.id, &list.title, &list.replies.code(), &list.exclusive],
    )?;
    Ok(())
}

/// How many lists an account has.
pub fn count(tx: &mut Tx, owner: AccountId) -> Result<i64> {
    tx.get("SELECT COUNT(*) FROM list WHERE account_id = $1", &[&owner], |row| row.get(0))
}

/// A list of an account.
pub fn find(tx: &mut Tx, owner: AccountId, id: ListId) -> Result<Option<List>> {
    tx.find(select!("FROM list l WHERE l.id = $1 AND l.account_id = $2"), &[&id, &owner], read)
}

/// All lists of an account, the oldest first.
pub fn of_owner(tx: &mut Tx, owner: AccountId) -> Result<Vec<List>> {
    tx.query(select!("FROM list l WHERE l.account_id = $1 ORDER BY l.id"), &[&owner], read)
}

/// The lists of an account that hold a member, the oldest first.
pub fn holding_of(tx: &mut Tx, owner: AccountId, member: AccountId) -> Result<Vec<List>> {
    let sql = select!(
        "FROM list_member m JOIN list l ON l.id = m.list_id
         WHERE m.account_id = $2 AND l.account_id = $1 ORDER BY l.id"
    );
    tx.query(sql, &[&owner, &member], read)
}

/// All lists that hold a member, whosever they are.
pub fn holding(tx: &mut Tx, member: AccountId) -> Result<Vec<List>> {
    let sql = select!("FROM list_member m JOIN list l ON l.id = m.list_id WHERE m.account_id = $1");
    tx.query(sql, &[&member], read)
}

/// Removes a list with all that is in it.
pub fn remove(tx: &mut Tx, id: ListId) -> Result<()> {
    for sql in [
        "DELETE FROM list_entry WHERE list_id = $1",
        "DELETE FROM list_member WHERE list_id = $1",
        "DELETE FROM list WHERE id = $1",
    ] {
        tx.execute(sql, &[&id])?;
    }
    Ok(())
}

/// Puts an account into a list; false where it is there already.
pub fn add(tx: &mut Tx, id: ListId, member: AccountId) -> Result<bool> {
    let rows = tx.execute(
        "INSERT INTO list_member (list_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&id, &member],
    )?;
    Ok(rows == 1)
}

/// Takes accounts out of a list, with what they brought.
pub fn drop_members(tx: &mut Tx, id: ListId, members: &[AccountId]) -> Result<()> {
    for sql in [
        "DELETE FROM list_member WHERE list_id = $1 AND account_id = ANY($2)",
        "DELETE FROM list_entry WHERE list_id = $1 AND account_id = ANY($2)",
    ] {
        tx.execute(sql, &[&id, &members])?;
    }
    Ok(())
}

/// Takes an account out of all lists of an owner, with what it brought.
pub fn leave(tx: &mut Tx, owner: AccountId, member: AccountId) -> Result<()> {
    for list in holding_of(tx, owner, member)? {
        drop_members(tx, list.id, &[member])?;
    }
    Ok(())
}

/// Members of a list, the newest account first, with the id to go on from.
pub fn members(tx: &mut Tx, id: ListId, page: Page) -> Result<Vec<(i64, AccountId)>> {
    let texts = paged!(
        "m.account_id",
        "SELECT m.account_id, m.account_id FROM list_member m JOIN account a ON a.id = m.account_id
         WHERE m.list_id = $1 AND a.state IN (0, 1, 3)"
    );
    paged::list(tx, texts, &id, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// All members of a list.
pub fn all_members(tx: &mut Tx, id: ListId) -> Result<Vec<AccountId>> {
    tx.query("SELECT account_id FROM list_member WHERE list_id = $1 ORDER BY account_id", &[&id], |row| {
        row.get(0)
    })
}

/// Of some lists, those that hold an account.
pub fn among_holding(tx: &mut Tx, lists: &[ListId], member: AccountId) -> Result<Vec<ListId>> {
    tx.query(
        "SELECT list_id FROM list_member WHERE account_id = $1 AND list_id = ANY($2)",
        &[&member, &lists],
        |row| row.get(0),
    )
}

/// Puts an entry into the timeline of each list. `account`: who brought it.
pub fn push(tx: &mut Tx, lists: &[ListId], entry: Entry, account: AccountId) -> Result<()> {
    for list in lists {
        tx.execute(
            "INSERT INTO list_entry (list_id, id, post_id, boost_id, account_id) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            &[list, &entry.id, &entry.post_id, &entry.boost_id, &account],
        )?;
    }
    Ok(())
}

/// Of some lists, those whose newest entries (down to `since`) already show the post.
pub fn having(tx: &mut Tx, lists: &[ListId], post: PostId, since: i64) -> Result<Vec<ListId>> {
    tx.query(
        "SELECT DISTINCT list_id FROM list_entry WHERE post_id = $1 AND id > $2 AND list_id = ANY($3)",
        &[&post, &since, &lists],
        |row| row.get(0),
    )
}

/// The timeline of a list, newest first, as far as its owner may still see it.
pub fn timeline(tx: &mut Tx, list: &List, page: Page) -> Result<Vec<Entry>> {
    let now = tx.now();
    let texts = paged!(
        "h.id",
        "SELECT h.id, h.post_id, h.boost_id FROM list_entry h JOIN post p ON p.id = h.post_id
         WHERE h.list_id = $1 AND ",
        wanted!("p.author_id", "$5", "$6"),
        " AND (h.boost_id IS NULL OR ",
        wanted!("h.account_id", "$5", "$6"),
        ") AND ",
        crate::post::visible!("$5")
    );
    paged::list(tx, texts, &list.id, page, &[&list.owner, &now], read_entry)
}

/// Lists with entries, from `after` on, for a sweep.
pub fn some(tx: &mut Tx, after: ListId, limit: i64) -> Result<Vec<ListId>> {
    tx.query("SELECT id FROM list WHERE id > $1 ORDER BY id LIMIT $2", &[&after, &limit], |row| row.get(0))
}

/// Shortens the timeline of a list to its newest `keep`; how many went.
pub fn shorten(tx: &mut Tx, list: ListId, keep: i64, limit: i64) -> Result<u64> {
    let last: Option<i64> = tx.find(
        "SELECT id FROM list_entry WHERE list_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2",
        &[&list, &keep],
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(0) };
    tx.execute(
        "DELETE FROM list_entry WHERE list_id = $1 AND id IN (
            SELECT id FROM list_entry WHERE list_id = $1 AND id <= $2 ORDER BY id LIMIT $3)",
        &[&list, &last, &limit],
    )
}

/// The lists whose timeline has an entry with this id, of a post or a boost.
pub fn showing(tx: &mut Tx, post: PostId, entry: i64) -> Result<Vec<List>> {
    let sql = select!("FROM list_entry e JOIN list l ON l.id = e.list_id WHERE e.post_id = $1 AND e.id = $2");
    tx.query(sql, &[&post, &entry], read)
}

/// Removes the lists of a deleted account, and takes it out of those of others.
pub fn remove_all(tx: &mut Tx, owner: AccountId) -> Result<()> {
    for sql in [
        "DELETE FROM list_entry WHERE list_id IN (SELECT id FROM list WHERE account_id = $1)",
        "DELETE FROM list_member WHERE account_id = $1 OR list_id IN (SELECT id FROM list WHERE account_id = $1)",
        "DELETE FROM list WHERE account_id = $1",
    ] {
        tx.execute(sql, &[&owner])?;
    }
    Ok(())
}
