//! What the doors share: who is calling, what they sent, how they want to be
//! answered, how a page looks. No verbs and no rules of their own.
//!
//! Each face builds an `axum::Router<Cx>`; [`open`] puts one in front of all of
//! them what none of them may forget.

pub mod doors;
pub mod host;
pub mod guess;
pub mod headers;
pub mod limit;
pub mod cookie;
pub mod csrf;
pub mod viewer;
pub mod form;
pub mod paging;
pub mod negotiate;
pub mod error;
pub mod layout;
pub mod path;

pub use csrf::{Csrf, Posted};
pub use doors::{DoorSettings, Doors, open};
pub use error::{ApiError, PageError, Problem};
pub use form::{Nested, Params, Uploads};
pub use host::ClientAddr;
pub use negotiate::Wants;
pub use paging::Paging;
pub use viewer::{Bearer, MaybePageViewer, MaybeViewer, PageViewer, Viewer};
