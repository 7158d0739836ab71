//! What was made of a value, kept with it.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What somebody made of the value that this is a part of, once for all who
/// share the value. It says nothing about the value: two that differ in nothing
/// else are equal, and a copy has none of it.
#[derive(Default)]
pub struct Memo(Mutex<Option<Arc<dyn Any + Send + Sync>>>);

impl Memo {
    /// What was made before, where it is of this type and still fits; else what
    /// is made now, which is kept. `None` where nothing can be made.
    pub fn recall<T: Any + Send + Sync>(
        &self,
        fits: impl FnOnce(&T) -> bool,
        make: impl FnOnce() -> Option<T>,
    ) -> Option<Arc<T>> {
        self.kept().filter(|kept| fits(kept)).or_else(|| Some(self.keep(make()?)))
    }

    /// The same where it always fits and can always be made.
    pub fn once<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        self.kept().unwrap_or_else(|| self.keep(make()))
    }

    fn kept<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        kept.and_then(|kept| kept.downcast().ok())
    }

    fn keep<T: Any + Send + Sync>(&self, made: T) -> Arc<T> {
        let made = Arc::new(made);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::<T>::clone(&made));
        made
    }
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Memo {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Memo {}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_while_it_fits() {
        let memo = Memo::default();
        let made = |number: u8| *memo.recall(|kept: &u8| *kept == number, || Some(number)).unwrap();
        assert_eq!((made(1), made(1), made(2)), (1, 1, 2));
        assert_eq!(memo.recall(|_: &u8| true, || None).as_deref(), Some(&2));
        assert_eq!(memo.recall(|_: &u16| true, || None), None, "of another type");
        assert_eq!((*memo.once(|| 7_u16), *memo.once(|| 8_u16)), (7, 7));
        assert_eq!(memo.clone().recall(|_: &u8| true, || None), None, "a copy has none");
    }
}
