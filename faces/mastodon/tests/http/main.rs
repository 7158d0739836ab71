//! The client API over HTTP, each test with a server and a store of its own,
//! on each database.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails where it stands"
)]

mod live;
mod stage;

mod accounts;
mod announcements;
mod authorization;
mod bookmarks;
mod cards;
mod conversations;
mod customs;
mod discovery;
mod emoji;
mod excess;
mod filters;
mod follows;
mod grouped;
mod instance;
mod lists;
mod local_only;
mod markers;
mod media;
mod mutes;
mod notifications;
mod paging;
mod peers;
mod policy;
mod polls;
mod privacy;
mod push;
mod reports;
mod scheduled;
mod search;
mod sse;
mod statuses;
mod streaming;
mod tags;
mod timelines;
mod writing;
