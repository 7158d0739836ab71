//! Word filters.

use crate::value::{Row, ToValue};
use crate::{Error, Result, Tx};
use domain::filter::{Action, Contexts, Filter, FilteredPost, Keyword, Matcher};
use domain::{AccountId, FilterId, FilteredPostId, KeywordId, PostId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Accounts whose filters are kept ready.
const KEPT: usize = 10_000;

/// Filters made ready, by the version of what they were made of: what changes
/// meanwhile, here or in another process, has another version.
#[derive(Debug, Default)]
pub(crate) struct Ready(Mutex<HashMap<AccountId, (i64, Arc<Matcher>)>>);

impl Ready {
    fn get(&self, account: AccountId, version: i64) -> Option<Arc<Matcher>> {
        let ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ready.get(&account).filter(|(known, _)| *known == version).map(|(_, matcher)| Arc::clone(matcher))
    }

    fn keep(&self, account: AccountId, version: i64, matcher: &Arc<Matcher>) {
        let mut ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= KEPT {
            ready.clear();
        }
        ready.insert(account, (version, Arc::clone(matcher)));
    }
}

/// The filters of an account, ready to be asked; none where it has none. One
/// statement where they are known already.
pub fn matcher(tx: &mut Tx, account: AccountId) -> Result<Option<Arc<Matcher>>> {
    let version: Option<i64> =
        tx.find("SELECT version FROM word_filter_version WHERE account_id = $1", &[&account], |row| {
            row.get(0)
        })?;
    let Some(version) = version else { return Ok(None) };
    let shared = tx.shared();
    if let Some(matcher) = shared.filters.get(account, version) {
        return Ok(Some(matcher).filter(|matcher| !matcher.is_empty()));
    }
    let matcher = Arc::new(Matcher::new(of_owner(tx, account)?));
    shared.filters.keep(account, version, &matcher);
    Ok(Some(matcher).filter(|matcher| !matcher.is_empty()))
}

/// Says that the filters of an account are others now.
fn changed(tx: &mut Tx, account: AccountId) -> Result<()> {
    // Never the number of a version that was taken back.
    let version = tx.new_id();
    tx.execute(
        "INSERT INTO word_filter_version (account_id, version) VALUES ($1, $2)
         ON CONFLICT (account_id) DO UPDATE SET version = $2",
        &[&account, &version],
    )?;
    tx.tell(domain::Event::FiltersChanged(account));
    Ok(())
}

/// A statement for filters under the alias `f`, as [`list`] wants it; `$rest`
/// begins with its `FROM`.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT f.id, f.account_id, f.title, f.contexts, f.action, f.drops, f.expires_at_ms ", $rest)
    };
}

fn read(row: &Row<'_>) -> Result<Filter> {
    let (contexts, action): (i64, i64) = (row.get(3)?, row.get(4)?);
    Ok(Filter {
        id: row.get(0)?,
        owner: row.get(1)?,
        title: row.get(2)?,
        contexts: Contexts::from_code(contexts),
        action: Action::from_code(action)
            .ok_or_else(|| Error::Corrupt(format!("action of a filter {action}")))?,
        drops: row.get(5)?,
        expires_at: row.get(6)?,
        keywords: Vec::new(),
        posts: Vec::new(),
    })
}

/// Reads filters, with their keywords and posts.
fn list(tx: &mut Tx, sql: &'static str, params: &[&dyn ToValue]) -> Result<Vec<Filter>> {
    let mut filters = tx.query(sql, params, read)?;
    if filters.is_empty() {
        return Ok(filters);
    }
    let ids: Vec<FilterId> = filters.iter().map(|filter| filter.id).collect();
    let keywords = tx.query(
        "SELECT filter_id, id, keyword, whole_word FROM word_filter_keyword WHERE filter_id = ANY($1) ORDER BY id",
        &[&ids],
        |row| Ok((row.get(0)?, Keyword { id: row.get(1)?, text: row.get(2)?, whole_word: row.get(3)? })),
    )?;
    let posts = tx.query(
        "SELECT filter_id, id, post_id FROM word_filter_post WHERE filter_id = ANY($1) ORDER BY id",
        &[&ids],
        |row| Ok((row.get(0)?, FilteredPost { id: row.get(1)?, post_id: row.get(2)? })),
    )?;
    let places: HashMap<FilterId, usize> = ids.into_iter().zip(0..).collect();
    for (id, keyword) in keywords {
        if let Some(filter) = places.get(&id).and_then(|at| filters.get_mut(*at)) {
            filter.keywords.push(keyword);
        }
    }
    for (id, named) in posts {
        if let Some(filter) = places.get(&id).and_then(|at| filters.get_mut(*at)) {
            filter.posts.push(named);
        }
    }
    Ok(filters)
}

/// All filters of an account, the oldest first.
pub fn of_owner(tx: &mut Tx, owner: AccountId) -> Result<Vec<Filter>> {
    list(tx, select!("FROM word_filter f WHERE f.account_id = $1 ORDER BY f.id"), &[&owner])
}

/// A filter of an account.
pub fn find(tx: &mut Tx, owner: AccountId, id: FilterId) -> Result<Option<Filter>> {
    let sql = select!("FROM word_filter f WHERE f.id = $1 AND f.account_id = $2");
    Ok(list(tx, sql, &[&id, &owner])?.pop())
}

/// The filter of an account that has a keyword.
pub fn having_keyword(tx: &mut Tx, owner: AccountId, id: KeywordId) -> Result<Option<Filter>> {
    let sql = select!(
        "FROM word_filter_keyword k JOIN word_filter f ON f.id = k.filter_id WHERE k.id = $1 AND f.account_id = $2"
    );
    Ok(list(tx, sql, &[&id, &owner])?.pop())
}

/// The filter of an account that names a post in a row.
pub fn having_post(tx: &mut Tx, owner: AccountId, id: FilteredPostId) -> Result<Option<Filter>> {
    let sql = select!(
        "FROM word_filter_post n JOIN word_filter f ON f.id = n.filter_id WHERE n.id = $1 AND f.account_id = $2"
    );
    Ok(list(tx, sql, &[&id, &owner])?.pop())
}

/// How many filters and keywords an account has.
pub fn count(tx: &mut Tx, owner: AccountId) -> Result<(i64, i64)> {
    tx.get(
        "SELECT (SELECT COUNT(*) FROM word_filter WHERE account_id = $1),
            (SELECT COUNT(*) FROM word_filter_keyword k JOIN word_filter f ON f.id = k.filter_id
             WHERE f.account_id = $1)",
        &[&owner],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Writes a new filter, without keywords and posts.
pub fn insert(tx: &mut Tx, filter: &Filter) -> Result<()> {
    tx.execute(
        "INSERT INTO word_filter (id, account_id, title, contexts, action, drops, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &filter.id,
            &filter.owner,
            &filter.title,
            &filter.contexts.code(),
            &filter.action.code(),
            &filter.drops,
            &filter.expires_at,
        ],
    )?;
    changed(tx, filter.owner)
}

/// Writes what a filter is, without keywords and posts.
pub fn update(tx: &mut Tx, filter: &Filter) -> Result<()> {
    tx.execute(
        "UPDATE word_filter SET title = $2, contexts = $3, action = $4, drops = $5, expires_at_ms = $6 WHERE id = $1",
        &[
            &filter.id,
            &filter.title,
            &filter.contexts.code(),
            &filter.action.code(),
            &filter.drops,
            &filter.expires_at,
        ],
    )?;
    changed(tx, filter.owner)
}

/// Removes a filter with its keywords and posts.
pub fn remove(tx: &mut Tx, filter: &Filter) -> Result<()> {
    for sql in [
        "DELETE FROM word_filter_keyword WHERE filter_id = $1",
        "DELETE FROM word_filter_post WHERE filter_id = $1",
        "DELETE FROM word_filter WHERE id = $1",
    ] {
        tx.execute(sql, &[&filter.id])?;
    }
    changed(tx, filter.owner)
}

/// Adds a keyword to a filter, or writes one of its keywords anew.
pub fn put_keyword(tx: &mut Tx, filter: &Filter, keyword: &Keyword) -> Result<()> {
    tx.execute(
        "INSERT INTO word_filter_keyword (id, filter_id, keyword, whole_word) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET keyword = $3, whole_word = $4",
        &[&keyword.id, &filter.id, &keyword.text, &keyword.whole_word],
    )?;
    changed(tx, filter.owner)
}

/// Takes a keyword out of a filter.
pub fn remove_keyword(tx: &mut Tx, filter: &Filter, id: KeywordId) -> Result<()> {
    tx.execute("DELETE FROM word_filter_keyword WHERE id = $1 AND filter_id = $2", &[&id, &filter.id])?;
    changed(tx, filter.owner)
}

/// Adds a post to a filter; false where it is there already.
pub fn add_post(tx: &mut Tx, filter: &Filter, id: FilteredPostId, post: PostId) -> Result<bool> {
    let rows = tx.execute(
        "INSERT INTO word_filter_post (id, filter_id, post_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[&id, &filter.id, &post],
    )?;
    changed(tx, filter.owner)?;
    Ok(rows == 1)
}

/// Takes a post out of a filter.
pub fn remove_post(tx: &mut Tx, filter: &Filter, id: FilteredPostId) -> Result<()> {
    tx.execute("DELETE FROM word_filter_post WHERE id = $1 AND filter_id = $2", &[&id, &filter.id])?;
    changed(tx, filter.owner)
}

/// Removes the word filters of a deleted account.
pub fn remove_all(tx: &mut Tx, owner: AccountId) -> Result<()> {
    for sql in [
        "DELETE FROM word_filter_keyword WHERE filter_id IN (SELECT id FROM word_filter WHERE account_id = $1)",
        "DELETE FROM word_filter_post WHERE filter_id IN (SELECT id FROM word_filter WHERE account_id = $1)",
        "DELETE FROM word_filter WHERE account_id = $1",
        "DELETE FROM word_filter_version WHERE account_id = $1",
    ] {
        tx.execute(sql, &[&owner])?;
    }
    Ok(())
}
