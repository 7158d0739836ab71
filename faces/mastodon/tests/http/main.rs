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
mod conversations;
mod emoji;
mod filters;
mod discovery;
mod follows;
mod grouped;
mod instance;
mod media;
mod lists;
mod markers;
mod mutes;
mod notifications;
mod cards;
mod local_only;
mod paging;
mod policy;
mod peers;
mod polls;
mod privacy;
mod reports;
mod scheduled;
mod search;
mod sse;
mod statuses;
mod tags;
mod streaming;
mod timelines;
mod writing;
