//! The darkroom: pictures, films and sound are recognised by their bytes,
//! checked before they are decoded, cleaned of what they say about their maker,
//! made smaller, and laid on the shelf.
//!
//! It knows neither HTTP nor SQL. What it does is slow: callers run it on
//! threads that may block, few at a time.

mod error;
mod format;
mod bounds;
mod container;
mod picture;
mod portrait;
mod shrink;
mod run;
mod film;
mod shelf;

pub use bounds::Bounds;
pub use container::Strip;
pub use error::Refused;
pub use film::{Film, Tools};
pub use format::{Family, Format};
pub use picture::{Picture, Rendition, develop, still};
pub use portrait::{Portrait, portrait};
pub use shelf::{Incoming, Shelf, is_name};
