//! How the database gets its shape: numbered texts, forward only, all that
//! are missing in one transaction. A merged one is never edited.

use crate::dialect::{self, Dialect};
use crate::error::{Error, Result};
use crate::tx::Tx;
use domain::id::time_of;
use domain::{Origin, Timestamp};

/// One step of the database's shape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// All there are, in order.
pub(crate) const ALL: &[Migration] = &[
    Migration { number: 1, name: "core", text: include_str!("../migrations/0001_core.sql") },
    Migration { number: 2, name: "media", text: include_str!("../migrations/0002_media.sql") },
    Migration { number: 3, name: "poll", text: include_str!("../migrations/0003_poll.sql") },
    Migration { number: 4, name: "people", text: include_str!("../migrations/0004_people.sql") },
    Migration { number: 5, name: "lists", text: include_str!("../migrations/0005_lists.sql") },
    Migration { number: 6, name: "notify", text: include_str!("../migrations/0006_notify.sql") },
    Migration { number: 7, name: "search", text: include_str!("../migrations/0007_search.sql") },
    Migration { number: 8, name: "sign_in", text: include_str!("../migrations/0008_sign_in.sql") },
    Migration { number: 9, name: "reading", text: include_str!("../migrations/0009_reading.sql") },
    Migration { number: 10, name: "arriving", text: include_str!("../migrations/0010_arriving.sql") },
];

/// The table that says which have been applied, and the lock that keeps two
/// processes from doing it at once.
const TABLE: &str = "CREATE TABLE migration (
        number BIGINT PRIMARY KEY,
        name TEXT NOT NULL,
        applied_at_ms BIGINT NOT NULL
    ) /*strict*/;";

/// An id this far ahead of the clock was made by no clock.
const NO_CLOCK_MS: i64 = 365 * 24 * 3_600_000;

/// What an existing database says about itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing is in it.
    Empty,
    /// Ours, migrated up to a number.
    Ours(i64),
}

/// Looks whether the database is ours, and not newer than the program.
pub(crate) fn inspect(tx: &mut Tx, known: &[Migration], origin: &Origin) -> Result<Found> {
    let tables = tables(tx)?;
    if tables.is_empty() {
        return Ok(Found::Empty);
    }
    if !tables.iter().any(|name| name == "migration") {
        return Err(Error::NotOurs);
    }
    let found: i64 = tx.get("SELECT COALESCE(MAX(number), 0) FROM migration", &[], |row| row.get(0))?;
    let known = known.last().map_or(0, |migration| migration.number);
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    if tables.iter().any(|name| name == "setting") {
        check_origin(tx, origin)?;
    }
    Ok(Found::Ours(found))
}

/// Applies what is missing. Runs in one transaction.
pub(crate) fn apply(tx: &mut Tx, all: &[Migration], origin: &Origin) -> Result<()> {
    tx.lock("migration")?;
    let dialect = tx.dialect();
    let done = match inspect(tx, all, origin)? {
        Found::Ours(number) => number,
        Found::Empty => {
            tx.batch(&dialect::migration(TABLE, dialect))?;
            0
        }
    };
    for migration in all.iter().filter(|migration| migration.number > done) {
        tracing::info!(number = migration.number, name = migration.name, "migrating the database");
        tx.batch(&dialect::migration(migration.text, dialect))?;
        tx.execute(
            "INSERT INTO migration (number, name, applied_at_ms) VALUES ($1, $2, $3)",
            &[&migration.number, &migration.name, &tx.now()],
        )?;
    }
    tx.execute(
        "INSERT INTO setting (key, value) VALUES ('origin', $1) ON CONFLICT (key) DO NOTHING",
        &[&origin.to_string()],
    )?;
    check_origin(tx, origin)
}

/// Ids are minted under our origin and stored: another one would disown them.
fn check_origin(tx: &mut Tx, origin: &Origin) -> Result<()> {
    let given = origin.to_string();
    let stored: Option<String> =
        tx.find("SELECT value FROM setting WHERE key = 'origin'", &[], |row| row.get(0))?;
    match stored {
        Some(stored) if stored != given => Err(Error::OtherOrigin { stored, given }),
        _ => Ok(()),
    }
}

fn tables(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'",
        Dialect::Postgres => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
             WHERE table_schema = current_schema()"
        }
    };
    tx.query(sql, &[], |row| row.get(0))
}

/// The greatest id any table has, so that new ones go on after it.
pub(crate) fn newest_id(tx: &mut Tx) -> Result<i64> {
    let ahead = Timestamp(tx.now().0.saturating_add(NO_CLOCK_MS));
    let mut newest = 0;
    for table in tables_with_ids(tx)? {
        let id = greatest_id(tx, &table)?;
        if time_of(id) <= ahead.0 {
            newest = newest.max(id);
        }
    }
    Ok(newest)
}

/// Only where the id leads the primary key, so that the greatest is found at once.
fn tables_with_ids(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name = 'id' AND c.type = 'INTEGER' AND c.pk = 1"
        }
        Dialect::Postgres => {
            "SELECT CAST(c.table_name AS TEXT) FROM information_schema.columns c
             JOIN information_schema.key_column_usage k USING (table_schema, table_name, column_name)
             JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name)
             WHERE c.table_schema = current_schema() AND c.column_name = 'id' AND c.data_type = 'bigint'
               AND k.ordinal_position = 1 AND t.constraint_type = 'PRIMARY KEY'"
        }
    };
    tx.query(sql, &[], |row| row.get(0))
}

fn greatest_id(tx: &mut Tx, table: &str) -> Result<i64> {
    let name = table.replace('"', "\"\"");
    tx.number(&format!("SELECT COALESCE(MAX(id), 0) FROM \"{name}\""))
}
