//! The index: which words stand in which posts and names. On SQLite it is a
//! file of its own beside the database, so that it never holds up the writer;
//! on PostgreSQL tables of their own. It holds nothing that is not elsewhere.

use super::expression::{Expression, vector};
use crate::dialect::Dialect;
use crate::{Result, Tx};
use domain::{AccountId, PostId};

/// Another shape of the index: the one that is there is built anew.
const SHAPE: i64 = 1;

const SQLITE: &str = "
    DROP TABLE IF EXISTS search_state;
    DROP TABLE IF EXISTS search_text;
    DROP TABLE IF EXISTS search_name;
    CREATE TABLE search_state (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE VIRTUAL TABLE search_text USING fts5(words, facts, content = '', contentless_delete = 1,
        tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\");
    CREATE VIRTUAL TABLE search_name USING fts5(words, facts, content = '', contentless_delete = 1, prefix = '1 2 3',
        tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\");";

const POSTGRES: &str = "
    DROP TABLE IF EXISTS search_state;
    DROP TABLE IF EXISTS search_text;
    DROP TABLE IF EXISTS search_name;
    CREATE TABLE search_state (key TEXT COLLATE \"C\" PRIMARY KEY, value BIGINT NOT NULL);
    CREATE TABLE search_text (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
    CREATE INDEX search_text_by_word ON search_text USING gin (words);
    CREATE TABLE search_name (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
    CREATE INDEX search_name_by_word ON search_name USING gin (words);";

/// Makes the index where it is not there, or is not of this shape.
pub(crate) fn prepare(tx: &mut Tx) -> Result<()> {
    tx.lock("search index")?;
    if !is_there(tx)? || state(tx, "shape")? != Some(SHAPE) {
        clear(tx)?;
    }
    Ok(())
}

fn is_there(tx: &mut Tx) -> Result<bool> {
    let count = match tx.dialect() {
        Dialect::Sqlite => tx.number("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'search_state'")?,
        Dialect::Postgres => tx.number(
            "SELECT COUNT(*) FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_name = 'search_state'",
        )?,
    };
    Ok(count > 0)
}

/// Forgets everything: all is to be looked at again.
pub fn clear(tx: &mut Tx) -> Result<()> {
    tx.batch(if tx.dialect() == Dialect::Sqlite { SQLITE } else { POSTGRES })?;
    set_state(tx, "shape", SHAPE)?;
    set_state(tx, "posts below", i64::MAX)?;
    set_state(tx, "accounts below", i64::MAX)
}

fn state(tx: &mut Tx, key: &str) -> Result<Option<i64>> {
    tx.find("SELECT value FROM search_state WHERE key = $1", &[&key], |row| row.get(0))
}

fn set_state(tx: &mut Tx, key: &str, value: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO search_state (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2",
        &[&key, &value],
    )?;
    Ok(())
}

/// Where building goes on: the posts and the accounts below these ids are
/// still to be looked at.
pub fn built_down_to(tx: &mut Tx) -> Result<(i64, i64)> {
    Ok((state(tx, "posts below")?.unwrap_or(i64::MAX), state(tx, "accounts below")?.unwrap_or(i64::MAX)))
}

/// All posts from this id on are in.
pub fn built_posts(tx: &mut Tx, down_to: i64) -> Result<()> {
    set_state(tx, "posts below", down_to)
}

/// All accounts from this id on are in.
pub fn built_accounts(tx: &mut Tx, down_to: i64) -> Result<()> {
    set_state(tx, "accounts below", down_to)
}

/// How many posts and accounts the index holds.
pub fn counts(tx: &mut Tx) -> Result<(i64, i64)> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT (SELECT COUNT(*) FROM search_text_docsize), (SELECT COUNT(*) FROM search_name_docsize)"
        }
        Dialect::Postgres => "SELECT (SELECT COUNT(*) FROM search_text), (SELECT COUNT(*) FROM search_name)",
    };
    tx.get(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What the index keeps of a post or an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its words, in their order.
    pub words: Vec<String>,
    /// What else is known of it: words of the program's own, letters and digits.
    pub facts: Vec<String>,
}

/// Keeps a post, in place of what was kept of it.
pub fn put_post(tx: &mut Tx, id: PostId, entry: &Entry) -> Result<()> {
    remove_post(tx, id)?;
    match tx.dialect() {
        Dialect::Sqlite => {
            let (words, facts) = lines(entry);
            tx.execute(
                "INSERT INTO search_text (rowid, words, facts) VALUES ($1, $2, $3)",
                &[&id, &words, &facts],
            )?;
        }
        Dialect::Postgres => {
            tx.execute(
                "INSERT INTO search_text (id, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS TSVECTOR))
                 ON CONFLICT (id) DO UPDATE SET words = excluded.words",
                &[&id, &vector(&entry.words, &entry.facts)],
            )?;
        }
    }
    Ok(())
}

/// Keeps an account, in place of what was kept of it.
pub fn put_account(tx: &mut Tx, id: AccountId, entry: &Entry) -> Result<()> {
    remove_account(tx, id)?;
    match tx.dialect() {
        Dialect::Sqlite => {
            let (words, facts) = lines(entry);
            tx.execute(
                "INSERT INTO search_name (rowid, words, facts) VALUES ($1, $2, $3)",
                &[&id, &words, &facts],
            )?;
        }
        Dialect::Postgres => {
            tx.execute(
                "INSERT INTO search_name (id, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS TSVECTOR))
                 ON CONFLICT (id) DO UPDATE SET words = excluded.words",
                &[&id, &vector(&entry.words, &entry.facts)],
            )?;
        }
    }
    Ok(())
}

fn lines(entry: &Entry) -> (String, String) {
    let mut facts = entry.facts.clone();
    facts.push(super::expression::ANY.to_owned());
    (entry.words.join(" "), facts.join(" "))
}

/// Forgets a post.
pub fn remove_post(tx: &mut Tx, id: PostId) -> Result<()> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "DELETE FROM search_text WHERE rowid = $1",
        Dialect::Postgres => "DELETE FROM search_text WHERE id = $1",
    };
    tx.execute(sql, &[&id])?;
    Ok(())
}

/// Forgets an account.
pub fn remove_account(tx: &mut Tx, id: AccountId) -> Result<()> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "DELETE FROM search_name WHERE rowid = $1",
        Dialect::Postgres => "DELETE FROM search_name WHERE id = $1",
    };
    tx.execute(sql, &[&id])?;
    Ok(())
}

/// A window into what is found: ids below and above, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Only ids below this.
    pub below: i64,
    /// Only ids above this.
    pub above: i64,
    /// So many.
    pub limit: i64,
}

/// Posts that an expression finds.
pub fn find_posts(tx: &mut Tx, expression: &Expression, window: Window) -> Result<Vec<PostId>> {
    let (text, Window { below, above, limit }) = (expression.written(tx.dialect()), window);
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT rowid FROM search_text WHERE search_text MATCH $1 AND rowid < $2 AND rowid > $3
             ORDER BY rowid DESC LIMIT $4"
        }
        Dialect::Postgres => {
            "SELECT id FROM search_text WHERE words @@ CAST(CAST($1 AS TEXT) AS TSQUERY) AND id < $2 AND id > $3
             ORDER BY id DESC LIMIT $4"
        }
    };
    tx.query(sql, &[&text, &below, &above, &limit], |row| row.get(0))
}

/// The same among some posts only.
pub fn find_posts_among(
    tx: &mut Tx,
    expression: &Expression,
    among: &[PostId],
    window: Window,
) -> Result<Vec<PostId>> {
    let (text, Window { below, above, limit }) = (expression.written(tx.dialect()), window);
    let sql = match tx.dialect() {
        // The plus: the words are looked up once, not once for each post.
        Dialect::Sqlite => {
            "SELECT rowid FROM search_text WHERE search_text MATCH $1 AND rowid < $2 AND rowid > $3
                AND +rowid = ANY($5) ORDER BY rowid DESC LIMIT $4"
        }
        Dialect::Postgres => {
            "SELECT id FROM search_text WHERE words @@ CAST(CAST($1 AS TEXT) AS TSQUERY) AND id < $2 AND id > $3
                AND id = ANY($5) ORDER BY id DESC LIMIT $4"
        }
    };
    tx.query(sql, &[&text, &below, &above, &limit, &among], |row| row.get(0))
}

/// Accounts whose names an expression finds, in no order.
pub fn find_accounts(tx: &mut Tx, expression: &Expression, limit: i64) -> Result<Vec<AccountId>> {
    let text = expression.written(tx.dialect());
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT rowid FROM search_name WHERE search_name MATCH $1 LIMIT $2",
        Dialect::Postgres => {
            "SELECT id FROM search_name WHERE words @@ CAST(CAST($1 AS TEXT) AS TSQUERY) LIMIT $2"
        }
    };
    tx.query(sql, &[&text, &limit], |row| row.get(0))
}
