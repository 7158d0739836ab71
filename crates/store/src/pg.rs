//! A connection to PostgreSQL: how it is made and made again, and how
//! statements run on it. Lives on a thread of the store's own: its client
//! would panic inside an async runtime.

use crate::error::{Error, Result};
use crate::value::{Cell, Row, ToValue, Value};
use bytes::BytesMut;
use postgres::error::SqlState;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use std::collections::HashMap;
use std::time::{Duration, Instant};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest pause between two attempts to connect.
const MAX_BACKOFF: Duration = Duration::from_secs(10);

const FIRST_BACKOFF: Duration = Duration::from_millis(100);

const SETTINGS: &str = "SET synchronous_commit = on;
    SET statement_timeout = '30s';
    SET idle_in_transaction_session_timeout = '60s';
    SET timezone = 'UTC'";

/// One connection, used by one thread. Connects when first used and again
/// after a loss.
pub(crate) struct Session {
    config: postgres::Config,
    link: Option<Link>,
    backoff: Duration,
    not_before: Option<Instant>,
}

struct Link {
    client: Client,
    /// By where the text of a statement lies.
    prepared: HashMap<(usize, usize), Statement>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("connected", &self.link.is_some()).finish_non_exhaustive()
    }
}

impl Session {
    /// Reads the URL; connects later.
    pub(crate) fn new(url: &str) -> Result<Self> {
        let mut config: postgres::Config =
            url.parse().map_err(|error| Error::Setting(format!("the database's URL: {error}")))?;
        config.application_name("antiphon");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        Ok(Self { config, link: None, backoff: FIRST_BACKOFF, not_before: None })
    }

    /// Connects unless connected. Between failures a pause grows, in which the
    /// answer is no at once.
    pub(crate) fn connect(&mut self) -> Result<()> {
        if self.link.as_ref().is_some_and(|link| !link.client.is_closed()) {
            return Ok(());
        }
        self.link = None;
        if self.not_before.is_some_and(|time| Instant::now() < time) {
            return Err(Error::Unavailable("no connection".to_owned()));
        }
        match self.open() {
            Ok(link) => {
                self.link = Some(link);
                self.backoff = FIRST_BACKOFF;
                self.not_before = None;
                Ok(())
            }
            Err(error) => {
                self.not_before = Some(Instant::now() + self.backoff);
                self.backoff = (self.backoff * 2).min(MAX_BACKOFF);
                // Whatever the reason, there is no database to talk to.
                Err(match error {
                    Error::Postgres(text) => Error::Unavailable(text),
                    other => other,
                })
            }
        }
    }

    fn open(&self) -> Result<Link> {
        let mut client = self.config.connect(NoTls)?;
        client.batch_execute(SETTINGS)?;
        Ok(Link { client, prepared: HashMap::new() })
    }

    /// Drops the connection, and with it whatever its transaction did.
    pub(crate) fn disconnect(&mut self) {
        self.link = None;
    }

    /// Whether the server can no longer be reached over this connection.
    pub(crate) fn is_lost(&self) -> bool {
        self.link.as_ref().is_none_or(|link| link.client.is_closed())
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.link()?.client.batch_execute(sql)?)
    }

    pub(crate) fn number(&mut self, sql: &str) -> Result<i64> {
        Ok(self.link()?.client.query_one(sql, &[])?.try_get(0)?)
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[&dyn ToValue]) -> Result<u64> {
        let link = self.link()?;
        let statement = link.prepare(sql)?;
        let values: Vec<Value<'_>> = params.iter().map(|param| param.to_value()).collect();
        Ok(link.client.execute(&statement, &as_parameters(&values))?)
    }

    pub(crate) fn query<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToValue],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let link = self.link()?;
        let statement = link.prepare(sql)?;
        let values: Vec<Value<'_>> = params.iter().map(|param| param.to_value()).collect();
        let rows = link.client.query(&statement, &as_parameters(&values))?;
        rows.iter().map(|row| read(&Row::Postgres(row))).collect()
    }

    fn link(&mut self) -> Result<&mut Link> {
        self.link.as_mut().ok_or_else(|| Error::Unavailable("no connection".to_owned()))
    }
}

impl Link {
    fn prepare(&mut self, sql: &'static str) -> Result<Statement> {
        let place = (sql.as_ptr().addr(), sql.len());
        if let Some(statement) = self.prepared.get(&place) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.prepared.insert(place, statement.clone());
        Ok(statement)
    }
}

fn as_parameters<'a>(values: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

type Unfit = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Unfit> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) => integer_to_sql(*number, ty, out),
            Self::Text(text) if <&str as ToSql>::accepts(ty) => text.to_sql(ty, out),
            Self::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            Self::Integers(numbers) if *ty == Type::INT8_ARRAY => numbers.to_sql(ty, out),
            Self::Texts(texts) if <Vec<&str> as ToSql>::accepts(ty) => texts.to_sql(ty, out),
            _ => Err(format!("a parameter does not fit {ty}").into()),
        }
    }

    /// Decided value by value.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// `INTEGER` appears where PostgreSQL guesses the type of a bare parameter.
fn integer_to_sql(number: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Unfit> {
    match *ty {
        Type::INT8 => number.to_sql(ty, out),
        Type::INT4 => i32::try_from(number)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(number)?.to_sql(ty, out),
        Type::BOOL => (number != 0).to_sql(ty, out),
        _ => Err(format!("an integer does not fit {ty}").into()),
    }
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Unfit> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Integer),
            Type::INT4 => i32::from_sql(ty, raw).map(|number| Self::Integer(number.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|number| Self::Integer(number.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(|truth| Self::Integer(truth.into())),
            Type::BYTEA => Ok(Self::Bytes(raw)),
            Type::NUMERIC => Err("a NUMERIC: cast the sum to BIGINT".into()),
            _ => <&str>::from_sql(ty, raw).map(Self::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Unfit> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        let read_as_integer = [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::BYTEA, Type::NUMERIC];
        read_as_integer.contains(ty) || <&str as FromSql<'_>>::accepts(ty)
    }
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            return without_a_word_of_the_server(&error);
        };
        let text = format!("{} ({})", db.message(), db.code().code());
        match *db.code() {
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Contended,
            SqlState::DISK_FULL => Self::Full,
            SqlState::UNIQUE_VIOLATION => Self::Conflict(text),
            SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly,
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::TOO_MANY_CONNECTIONS
            | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            | SqlState::QUERY_CANCELED => Self::Unavailable(text),
            _ if db.code().code().starts_with("08") => Self::Unavailable(text),
            _ => Self::Postgres(text),
        }
    }
}

/// The connection broke, or a value did not fit its parameter.
fn without_a_word_of_the_server(error: &postgres::Error) -> Error {
    let cause = std::error::Error::source(error);
    let text = cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
    if error.is_closed() || cause.is_some_and(<dyn std::error::Error>::is::<std::io::Error>) {
        Error::Unavailable(text)
    } else {
        Error::Postgres(text)
    }
}
