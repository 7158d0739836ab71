//! A connection to SQLite: how it is set up, and how statements run on it.

use crate::dialect;
use crate::error::{Error, Result};
use crate::value::{Cell, Row, ToValue, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ffi};
use std::cell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 512;

/// Only programs from outside can make us wait: we have one writer.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What the writer's connection is like.
///
/// The page size and `auto_vacuum` only take effect in an empty file, before
/// WAL. A checkpoint every 8,000 pages: the default of 1,000 syncs the
/// database at nearly every batch. It is passive, so no reader can stop it.
const WRITER: &str = "PRAGMA page_size = 4096;
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -131072;
    PRAGMA wal_autocheckpoint = 8000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;";

const READER: &str = "PRAGMA query_only = ON;
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;";

/// One connection, used by one thread.
#[derive(Debug)]
pub(crate) struct Session {
    connection: Connection,
    /// Statements as SQLite wants them, by where their text lies.
    rewritten: HashMap<(usize, usize), Arc<str>>,
    /// How often several statements were run at once: they may change the shape of the
    /// database, which SQLite does not count.
    batches: cell::Cell<u64>,
    /// When the statement that runs was begun, where that matters.
    begun: Option<Arc<Mutex<Instant>>>,
}

impl Session {
    /// The connection that writes.
    pub(crate) fn writer(path: &Path) -> Result<Self> {
        Self::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, WRITER)
    }

    /// A connection that cannot write.
    pub(crate) fn reader(path: &Path) -> Result<Self> {
        Self::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, READER)
    }

    fn open(path: &Path, flags: OpenFlags, pragmas: &str) -> Result<Self> {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Else a statement is planned anew whenever another number is bound to
        // its LIMIT, or to a column without an index.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(pragmas)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        rusqlite::vtab::array::load_module(&connection)?;
        Ok(Self { connection, rewritten: HashMap::new(), batches: cell::Cell::new(0), begun: None })
    }

    /// Ends each statement that takes longer than this.
    pub(crate) fn limit_statements(&mut self, limit: Duration) -> Result<()> {
        /// Steps of the machine between two looks at the time.
        const STEPS: i32 = 10_000;
        let begun = Arc::new(Mutex::new(Instant::now()));
        let clock = Arc::clone(&begun);
        self.connection
            .progress_handler(STEPS, Some(move || clock.lock().is_ok_and(|begun| begun.elapsed() > limit)))?;
        self.begun = Some(begun);
        Ok(())
    }

    /// Whether no transaction is open: also when an error ended it.
    pub(crate) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// A number that is greater after rows, or the shape of the database, were changed.
    pub(crate) fn changes(&self) -> u64 {
        self.connection.total_changes() + self.batches.get()
    }

    /// `BEGIN`, `SAVEPOINT` and their like.
    pub(crate) fn control(&self, sql: &'static str) -> Result<()> {
        self.connection.prepare_cached(sql)?.raw_execute()?;
        Ok(())
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        self.batches.set(self.batches.get() + 1);
        Ok(self.connection.execute_batch(sql)?)
    }

    pub(crate) fn number(&self, sql: &str) -> Result<i64> {
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[&dyn ToValue]) -> Result<u64> {
        let mut statement = self.prepare(sql, params)?;
        let changed = statement.raw_execute()?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    pub(crate) fn query<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToValue],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare(sql, params)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(&Row::Sqlite(row))?);
        }
        Ok(found)
    }

    fn prepare(&mut self, sql: &'static str, params: &[&dyn ToValue]) -> Result<CachedStatement<'_>> {
        if let Some(mut begun) = self.begun.as_ref().and_then(|begun| begun.lock().ok()) {
            *begun = Instant::now();
        }
        let place = (sql.as_ptr().addr(), sql.len());
        let text = self.rewritten.entry(place).or_insert_with(|| dialect::statement_for_sqlite(sql).into());
        let mut statement = self.connection.prepare_cached(text)?;
        let wanted = statement.parameter_count();
        if wanted != params.len() {
            let given = params.len();
            return Err(Error::Sqlite(format!("{given} parameters given, {wanted} wanted: {sql}")));
        }
        for (number, param) in (1..).zip(params) {
            statement.raw_bind_parameter(number, Bound(param.to_value()))?;
        }
        Ok(statement)
    }
}

/// Reads a column.
pub(crate) fn cell<'a>(row: &'a rusqlite::Row<'_>, index: usize) -> Result<Cell<'a>> {
    let value = row.get_ref(index).map_err(|error| Error::Corrupt(error.to_string()))?;
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(number) => Ok(Cell::Integer(number)),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map(Cell::Text)
            .map_err(|_| Error::Corrupt(format!("column {index} is not UTF-8"))),
        ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes)),
        ValueRef::Real(_) => Err(Error::Corrupt(format!("column {index} is a fraction"))),
    }
}

/// A parameter as SQLite takes it.
struct Bound<'a>(Value<'a>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let borrowed = match &self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Integers(numbers) => return Ok(array(numbers.iter().copied())),
            Value::Texts(texts) => return Ok(array(texts.iter().map(|text| (*text).to_owned()))),
        };
        Ok(ToSqlOutput::Borrowed(borrowed))
    }
}

/// What `rarray` reads. It lives until the statement is bound anew.
fn array<'a>(values: impl Iterator<Item = impl Into<rusqlite::types::Value>>) -> ToSqlOutput<'a> {
    let values: rusqlite::vtab::array::Array = Rc::new(values.map(Into::into).collect());
    ToSqlOutput::from_rc(values, c"rarray")
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        let Some(code) = error.sqlite_error() else {
            return Self::Sqlite(text);
        };
        match (code.code, code.extended_code) {
            (ErrorCode::DiskFull, _) => Self::Full,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OperationInterrupted, _) => {
                Self::Unavailable(text)
            }
            (ErrorCode::ReadOnly, _) => Self::ReadOnly,
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Self::Damaged(text),
            (
                _,
                ffi::SQLITE_CONSTRAINT_UNIQUE
                | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | ffi::SQLITE_CONSTRAINT_ROWID,
            ) => Self::Conflict(text),
            _ => Self::Sqlite(text),
        }
    }
}
