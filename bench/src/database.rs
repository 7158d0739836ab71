//! The rows of the database, read from outside while the server runs.

use anyhow::Result;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::{Duration, Instant};

/// A look into the server's database.
pub(crate) struct Rows(Connection);

impl Rows {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(Self(connection))
    }

    /// The number that a statement tells.
    pub(crate) fn number(&self, sql: &str) -> Result<i64> {
        Ok(self.0.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// All texts of a statement's first column.
    pub(crate) fn texts(&self, sql: &str) -> Result<Vec<String>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let texts = statement.query_map([], |row| row.get(0))?;
        Ok(texts.collect::<Result<_, _>>()?)
    }

    /// Waits until nothing that arrived waits to be acted upon; whether that
    /// came in time.
    pub(crate) async fn until_acted_upon(&self, within: Duration) -> Result<bool> {
        self.until("SELECT EXISTS (SELECT 1 FROM inbound)", 0, within).await
    }

    /// Waits until a statement tells a number; whether it did in time.
    pub(crate) async fn until(&self, sql: &str, wanted: i64, within: Duration) -> Result<bool> {
        let begun = Instant::now();
        while self.number(sql)? != wanted {
            if begun.elapsed() > within {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(true)
    }
}
