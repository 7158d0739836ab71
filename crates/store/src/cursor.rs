//! Reads the columns of a row one after another.

use crate::Result;
use crate::value::{FromValue, Row};

/// Where the next column is.
#[derive(Debug)]
pub(crate) struct Cursor<'r, 'a> {
    row: &'r Row<'a>,
    at: usize,
}

impl<'r, 'a> Cursor<'r, 'a> {
    pub(crate) fn new(row: &'r Row<'a>) -> Self {
        Self { row, at: 0 }
    }

    /// The next column.
    pub(crate) fn next<T: FromValue>(&mut self) -> Result<T> {
        let value = self.row.get(self.at)?;
        self.at += 1;
        Ok(value)
    }
}
