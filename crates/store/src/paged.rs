//! Windows into long lists: one text, read downward or upward.

use crate::value::{Row, ToValue};
use crate::{Result, Tx};
use domain::Page;

/// The two texts of a list whose condition is `$head` and which is sorted by
/// `$id`. The window takes the parameters $2 (before), $3 (after), $4 (limit).
macro_rules! paged {
    ($id:literal, $($head:expr),+) => {
        $crate::paged::Texts {
            downward: concat!($($head),+, " AND ", $id, " < $2 AND ", $id, " > $3 ORDER BY ", $id, " DESC LIMIT $4"),
            upward: concat!($($head),+, " AND ", $id, " < $2 AND ", $id, " > $3 ORDER BY ", $id, " ASC LIMIT $4"),
        }
    };
}
pub(crate) use paged;

/// See [`paged!`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts {
    pub(crate) downward: &'static str,
    pub(crate) upward: &'static str,
}

/// Reads a window, newest first. `rest` are the parameters after $4.
pub(crate) fn list<T>(
    tx: &mut Tx,
    texts: Texts,
    subject: &dyn ToValue,
    page: Page,
    rest: &[&dyn ToValue],
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let (before, after) = (page.before(), page.after());
    let mut params: Vec<&dyn ToValue> = vec![subject, &before, &after, &page.limit];
    params.extend_from_slice(rest);
    if page.is_upward() {
        let mut rows = tx.query(texts.upward, &params, read)?;
        rows.reverse();
        Ok(rows)
    } else {
        tx.query(texts.downward, &params, read)
    }
}
