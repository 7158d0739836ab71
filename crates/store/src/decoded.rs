//! Rows that were decoded lately, shared by all who show them.
//!
//! Each is kept with the version its row had. Whoever wants it has read the
//! version that the row has now, in the same transaction: what is kept in
//! another version is not used. So nothing here has to hear of changes, and
//! what another process wrote is seen as well.

use crate::{Result, Tx};
use moka::sync::Cache;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

/// How much is kept of each kind, as [`Weigh`] counts.
const BYTES: u64 = 8 << 20;

/// What can be kept.
pub(crate) trait Weigh: Send + Sync + 'static {
    /// About how many bytes it takes.
    fn bytes(&self) -> usize;
}

/// The version of a row: another one after each change, and never one again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version(pub(crate) i64);

/// A row in a version.
type Kept<T> = (Version, Arc<T>);

/// Rows of one table by their ids.
pub(crate) struct Decoded<I, T> {
    rows: Cache<I, Kept<T>>,
}

impl<I, T> fmt::Debug for Decoded<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").finish_non_exhaustive()
    }
}

impl<I: Copy + Eq + Hash + Send + Sync + 'static, T: Weigh> Decoded<I, T> {
    pub(crate) fn new() -> Self {
        let weigher = |_: &I, (_, row): &Kept<T>| u32::try_from(row.bytes()).unwrap_or(u32::MAX);
        Self { rows: Cache::builder().max_capacity(BYTES).weigher(weigher).build() }
    }

    fn get(&self, id: I, version: Version) -> Option<Arc<T>> {
        self.rows.get(&id).filter(|kept| kept.0 == version).map(|kept| kept.1)
    }

    fn keep(&self, id: I, version: Version, row: T) -> Arc<T> {
        let row = Arc::new(row);
        self.rows.insert(id, (version, Arc::clone(&row)));
        row
    }
}

/// The rows of these versions, by their ids: `read` is asked for those that
/// are not kept, and says the version it found.
pub(crate) fn all<I: Copy + Eq + Hash + Send + Sync + 'static, T: Weigh>(
    tx: &mut Tx,
    kept: impl Fn(&Tx) -> &Decoded<I, T>,
    wanted: impl Iterator<Item = (I, Version)>,
    read: impl FnOnce(&mut Tx, &[I]) -> Result<Vec<(I, Version, T)>>,
) -> Result<HashMap<I, Arc<T>>> {
    let mut found = HashMap::with_capacity(wanted.size_hint().0);
    let mut missing = Vec::new();
    for (id, version) in wanted {
        if found.contains_key(&id) {
            continue;
        }
        match kept(tx).get(id, version) {
            Some(row) => {
                found.insert(id, row);
            }
            None => missing.push(id),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    for (id, version, row) in read(tx, &missing)? {
        found.insert(id, kept(tx).keep(id, version, row));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weigh for String {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    #[test]
    fn what_is_kept_of_another_version_is_not_used() {
        let rows: Decoded<i64, String> = Decoded::new();
        rows.keep(1, Version(7), "as it was".to_owned());
        assert_eq!(rows.get(1, Version(7)).as_deref().map(String::as_str), Some("as it was"));
        assert_eq!(rows.get(1, Version(8)), None);
        assert_eq!(rows.get(2, Version(7)), None);
    }

    #[test]
    fn so_much_is_kept_and_no_more() {
        let rows: Decoded<i64, String> = Decoded::new();
        for id in 0..40 {
            rows.keep(id, Version(0), "x".repeat(1 << 20));
        }
        rows.rows.run_pending_tasks();
        assert!(rows.rows.weighted_size() <= BYTES);
        assert!(rows.rows.entry_count() > 0);
    }
}
