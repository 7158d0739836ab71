//! A page of a list, with what leads to the pages beside it.

/// A page of a list. What may not be shown is left out of `items`; the ends
/// are those of the rows that were looked at, so that walking on never stops
/// early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// What is shown, newest first.
    pub items: Vec<T>,
    /// The first and the last row of the page; none where it is empty.
    pub ends: Option<(i64, i64)>,
}

impl<T> Listed<T> {
    /// A page made of rows with the given ids, in the order of the list.
    pub fn new(items: Vec<T>, mut rows: impl DoubleEndedIterator<Item = i64>) -> Self {
        let first = rows.next();
        let last = rows.next_back().or(first);
        Self { items, ends: first.zip(last) }
    }

    /// A page with nothing on it.
    pub const fn empty() -> Self {
        Self { items: Vec::new(), ends: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_those_of_the_rows_not_of_what_is_shown() {
        assert_eq!(Listed::new(vec!['b'], [9, 7, 4].into_iter()).ends, Some((9, 4)));
        assert_eq!(Listed::<char>::new(Vec::new(), [9].into_iter()).ends, Some((9, 9)));
        assert_eq!(Listed::<char>::new(Vec::new(), [].into_iter()).ends, None);
    }
}
