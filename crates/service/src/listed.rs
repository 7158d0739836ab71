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
    /// How many rows were looked at.
    pub rows: usize,
}

impl<T> Listed<T> {
    /// A page made of rows with the given ids, in the order of the list.
    pub fn new(items: Vec<T>, mut rows: impl DoubleEndedIterator<Item = i64>) -> Self {
        let first = rows.next();
        let last = rows.next_back().or(first);
        let between = rows.count();
        let rows = between + usize::from(first.is_some()) + usize::from(last != first);
        Self { items, ends: first.zip(last), rows }
    }

    /// A page with nothing on it.
    pub const fn empty() -> Self {
        Self { items: Vec::new(), ends: None, rows: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_those_of_the_rows_not_of_what_is_shown() {
        let told = |rows: &[i64]| {
            let page = Listed::new(vec!['b'], rows.iter().copied());
            (page.ends, page.rows)
        };
        assert_eq!(told(&[9, 7, 4]), (Some((9, 4)), 3));
        assert_eq!(told(&[9, 4]), (Some((9, 4)), 2));
        assert_eq!(told(&[9]), (Some((9, 9)), 1));
        assert_eq!(told(&[]), (None, 0));
    }
}
