//! Text, pure: sanitised HTML, Markdown, mentions, hashtags, lengths.
//!
//! What comes from outside goes through [`sanitise`]; what people here write
//! goes through [`format`]. Nothing here knows a clock, a database or the
//! network; who is mentioned, the caller resolves.

pub mod emoji;
pub mod format;
pub mod hashtag;
pub mod length;
pub mod link;
mod markdown;
pub mod mention;
pub mod page;
pub mod plain;
pub mod rel_me;
pub mod robots;
pub mod sanitise;
mod scan;
pub mod words;

pub use format::{Around, Formatted, Mentioned, Resolved};
pub use mention::Mention;
