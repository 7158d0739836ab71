//! Columns that hold a list, read and written whole.

use crate::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The column's text.
pub(crate) fn write<T: Serialize>(list: &[T]) -> String {
    if list.is_empty() {
        return "[]".into();
    }
    serde_json::to_string(list).unwrap_or_else(|_| "[]".into())
}

/// The list of a column's text.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    if text == "[]" {
        return Ok(Vec::new());
    }
    serde_json::from_str(text).map_err(|error| Error::Corrupt(error.to_string()))
}

/// A value as it is stored.
pub(crate) fn write_one<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads a stored value.
pub(crate) fn read_one<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(error.to_string()))
}
