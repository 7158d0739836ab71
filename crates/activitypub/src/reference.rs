//! A thing by its id, or the thing itself.

use domain::ObjectId;

/// What `object` and its kin hold. Activities are referred to by any URI
/// (`urn:uuid:…`), so their references carry a `String`.
#[derive(Debug, Clone, PartialEq)]
pub enum Reference<T, I = ObjectId> {
    /// Only the id: whoever needs more must ask for it.
    Id(I),
    /// The whole thing, as its sender tells it.
    Embedded(Box<T>),
}

impl<T, I> Reference<T, I> {
    /// The thing, if it came along.
    pub fn embedded(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Embedded(thing) => Some(thing),
        }
    }
}
