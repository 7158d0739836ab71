//! Which part of a long list is wanted.

/// A window into a list that is sorted by id, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only entries older than this.
    pub max_id: Option<i64>,
    /// Only entries newer than this; the newest of them first.
    pub since_id: Option<i64>,
    /// Only entries newer than this; those right after it.
    pub min_id: Option<i64>,
    /// At most so many.
    pub limit: i64,
}

impl Page {
    /// The newest `limit` entries.
    pub const fn newest(limit: i64) -> Self {
        Self { max_id: None, since_id: None, min_id: None, limit }
    }

    /// The bound above, exclusive.
    pub fn before(&self) -> i64 {
        self.max_id.unwrap_or(i64::MAX)
    }

    /// The bound below, exclusive.
    pub fn after(&self) -> i64 {
        self.since_id.max(self.min_id).unwrap_or(0)
    }

    /// Whether entries are counted off from the bound below.
    pub const fn is_upward(&self) -> bool {
        self.min_id.is_some()
    }
}
