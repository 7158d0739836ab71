//! What goes into statements and comes out of rows, the same for both databases.

use crate::error::{Error, Result};
use domain::{
    AccountId, ActivityRowId, ActorId, ApplicationId, BoostId, DeliveryId, Host, Inbox, MediaId, MessageId,
    NotificationId, ObjectId, PostId, Timestamp, TokenId, UserId,
};
use domain::{AnnouncementId, ConversationId, EmojiId, FilterId, FilteredPostId, KeywordId, ListId, RuleId};
use std::any::type_name;

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// NULL of any type.
    Null,
    /// A BIGINT. Truth is 0 or 1 in both databases.
    Integer(i64),
    /// A TEXT.
    Text(&'a str),
    /// A BYTEA or BLOB.
    Bytes(&'a [u8]),
    /// For `= ANY($n)` only.
    Integers(Vec<i64>),
    /// For `= ANY($n)` only.
    Texts(Vec<&'a str>),
}

/// What may be a parameter.
pub trait ToValue {
    /// Itself as the database knows it.
    fn to_value(&self) -> Value<'_>;
}

/// One column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// Any integer, and PostgreSQL's truth values as 0 and 1.
    Integer(i64),
    /// A TEXT.
    Text(&'a str),
    /// A BYTEA or BLOB.
    Bytes(&'a [u8]),
}

/// What a column can be read as.
pub trait FromValue: Sized {
    /// Reads the cell; `None` where it holds something else.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

/// A row of an answer.
#[derive(Debug)]
pub enum Row<'a> {
    /// From SQLite.
    Sqlite(&'a rusqlite::Row<'a>),
    /// From PostgreSQL.
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, counted from 0.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let cell = self.cell(index)?;
        T::from_cell(cell).ok_or_else(|| {
            let found = match cell {
                Cell::Null => "NULL",
                Cell::Integer(_) => "an integer",
                Cell::Text(_) => "a text",
                Cell::Bytes(_) => "bytes",
            };
            Error::Corrupt(format!("column {index} as {}: {found} does not fit", type_name::<T>()))
        })
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>> {
        match self {
            Self::Sqlite(row) => crate::sqlite::cell(row, index),
            Self::Postgres(row) => {
                row.try_get(index).map_err(|error| Error::Corrupt(format!("column {index}: {error}")))
            }
        }
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value<'_> {
        Value::Integer((*self).into())
    }
}

impl FromValue for bool {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Integer(0) => Some(false),
            Cell::Integer(1) => Some(true),
            _ => None,
        }
    }
}

macro_rules! integers {
    ($($number:ty),*) => {$(
        impl ToValue for $number {
            /// What is beyond 63 bits is as good as the greatest number.
            #[allow(clippy::allow_attributes, irrefutable_let_patterns, reason = "one text for all widths")]
            fn to_value(&self) -> Value<'_> {
                Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }

        impl FromValue for $number {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    Cell::Integer(number) => number.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}

integers!(i64, i32, u8, u16, u32, u64, usize);

macro_rules! row_ids {
    ($($id:ident),*) => {$(
        impl ToValue for $id {
            fn to_value(&self) -> Value<'_> {
                Value::Integer(self.0)
            }
        }

        impl FromValue for $id {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                i64::from_cell(cell).map(Self)
            }
        }

        impl ToValue for [$id] {
            fn to_value(&self) -> Value<'_> {
                Value::Integers(self.iter().map(|id| id.0).collect())
            }
        }

        impl ToValue for Vec<$id> {
            fn to_value(&self) -> Value<'_> {
                self.as_slice().to_value()
            }
        }
    )*};
}

row_ids!(
    AccountId,
    PostId,
    BoostId,
    UserId,
    MessageId,
    DeliveryId,
    NotificationId,
    ApplicationId,
    TokenId,
    ActivityRowId,
    MediaId,
    Timestamp
);
row_ids!(ListId, FilterId, KeywordId, FilteredPostId, ConversationId, AnnouncementId, EmojiId, RuleId);

macro_rules! texts {
    ($($text:ty: $write:expr, $read:expr;)*) => {$(
        impl ToValue for $text {
            fn to_value(&self) -> Value<'_> {
                let write: fn(&Self) -> &str = $write;
                Value::Text(write(self))
            }
        }

        impl FromValue for $text {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    Cell::Text(text) => ($read)(text),
                    _ => None,
                }
            }
        }

        impl ToValue for [$text] {
            fn to_value(&self) -> Value<'_> {
                Value::Texts(self.iter().map($write).collect())
            }
        }

        impl ToValue for Vec<$text> {
            fn to_value(&self) -> Value<'_> {
                self.as_slice().to_value()
            }
        }
    )*};
}

texts! {
    String: String::as_str, |text: &str| Some(text.to_owned());
    ActorId: ActorId::as_str, |text| ActorId::parse(text).ok();
    ObjectId: ObjectId::as_str, |text| ObjectId::parse(text).ok();
    Inbox: Inbox::as_str, |text| Inbox::parse(text).ok();
    Host: Host::as_str, |text: &str| Some(Host::from_stored(text.to_owned()));
}

impl ToValue for str {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl ToValue for [&str] {
    fn to_value(&self) -> Value<'_> {
        Value::Texts(self.to_vec())
    }
}

impl ToValue for Vec<&str> {
    fn to_value(&self) -> Value<'_> {
        Value::Texts(self.clone())
    }
}

impl ToValue for [i64] {
    fn to_value(&self) -> Value<'_> {
        Value::Integers(self.to_vec())
    }
}

impl ToValue for Vec<i64> {
    fn to_value(&self) -> Value<'_> {
        Value::Integers(self.clone())
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl FromValue for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_not_read() {
        assert_eq!(bool::from_cell(Cell::Integer(2)), None);
        assert_eq!(u8::from_cell(Cell::Integer(256)), None);
        assert_eq!(u32::from_cell(Cell::Integer(-1)), None);
        assert_eq!(i64::from_cell(Cell::Text("1")), None);
        assert_eq!(String::from_cell(Cell::Null), None);
        assert_eq!(ActorId::from_cell(Cell::Text("bob")), None);
        assert_eq!(<[u8; 2]>::from_cell(Cell::Bytes(&[1])), None);
    }

    #[test]
    fn null_is_read_only_as_an_option() {
        assert_eq!(Option::<i64>::from_cell(Cell::Null), Some(None));
        assert_eq!(Option::<i64>::from_cell(Cell::Integer(3)), Some(Some(3)));
        assert_eq!(Option::<i64>::from_cell(Cell::Text("3")), None);
    }

    #[test]
    fn a_number_too_great_is_the_greatest() {
        assert_eq!(u64::MAX.to_value(), Value::Integer(i64::MAX));
    }
}
