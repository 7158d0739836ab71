//! What a person prefers, and what programs of theirs begin with.

use crate::{Error, Result};
use domain::{UserId, Visibility};
use serde::{Deserialize, Serialize};
use store::Tx;

/// What a person prefers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// New posts are for them.
    pub visibility: Visibility,
    /// Media of new posts are hidden at first.
    pub sensitive: bool,
    /// New posts are written in it (BCP 47).
    pub language: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { visibility: Visibility::Public, sensitive: false, language: None }
    }
}

/// What changes; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// New posts are for them.
    pub visibility: Option<Visibility>,
    /// Media of new posts are hidden at first.
    pub sensitive: Option<bool>,
    /// New posts are written in it; an empty text takes it back.
    pub language: Option<String>,
}

impl Change {
    /// Whether anything changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How it is kept. Members of others stay where they are.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    visibility: Option<i64>,
    sensitive: bool,
    language: Option<String>,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

fn kept(tx: &mut Tx, user: UserId) -> Result<Kept> {
    let text = store::user::settings(tx, user)?;
    serde_json::from_str(&text).map_err(|error| Error::Internal(error.to_string()))
}

/// What a person prefers.
pub fn of(tx: &mut Tx, user: UserId) -> Result<Preferences> {
    let kept = kept(tx, user)?;
    Ok(Preferences {
        visibility: kept.visibility.and_then(Visibility::from_code).unwrap_or(Visibility::Public),
        sensitive: kept.sensitive,
        language: kept.language,
    })
}

/// Writes what a person prefers from now on.
pub fn change(tx: &mut Tx, user: UserId, change: &Change) -> Result<()> {
    tx.lock(&format!("user {user}"))?;
    let mut kept = kept(tx, user)?;
    if let Some(visibility) = change.visibility {
        kept.visibility = Some(visibility.code());
    }
    if let Some(sensitive) = change.sensitive {
        kept.sensitive = sensitive;
    }
    if let Some(language) = &change.language {
        kept.language = Some(language.clone()).filter(|language| !language.is_empty());
    }
    let text = serde_json::to_string(&kept).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(store::user::set_settings(tx, user, &text)?)
}
