//! News that goes up after a commit: to workers that wait and to people who watch.

use crate::stream::Reach;
use crate::{AccountId, AnnouncementId, BoostId, Host, ListId, MessageId, NotificationId, PostId};
use std::sync::Arc;

/// Something that is now on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message from a peer waits to be acted upon.
    Arrived(MessageId),
    /// A message of ours waits for its followers to be written out.
    Published(MessageId),
    /// A host has new deliveries.
    Addressed(Host),
    /// A message has a new state: the log has changed.
    Logged(MessageId),
    /// A post entered timelines.
    Posted(PostId),
    /// A boost entered timelines.
    Boosted(BoostId),
    /// A post has new text.
    Edited(PostId),
    /// A post is gone.
    Deleted(PostId),
    /// An account is told something.
    Notified(AccountId, NotificationId),
    /// An account is shown what was kept back from it.
    Merged(AccountId),
    /// The keys or the document of an account changed: drop what is cached.
    Changed(AccountId),
    /// Somebody's word filters are others now.
    FiltersChanged(AccountId),
    /// Everyone here is told something.
    Announced(AnnouncementId),
    /// A reaction to an announcement came or went.
    AnnouncementReacted(AnnouncementId, String),
    /// An announcement was taken back.
    AnnouncementDeleted(AnnouncementId),
    /// A host is alive again.
    Alive(Host),
    /// A post or a boost is taken out of the lists that showed it.
    Withdrawn(Arc<Withdrawn>),
    /// Tokens were revoked: who holds one open asks again whether it is good.
    Revoked,
}

/// What is shown no more, and to whom it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// The id it was listed under: of the post or of the boost.
    pub id: i64,
    /// Accounts of ours in whose homes it stood, or which it named.
    pub to: Vec<AccountId>,
    /// Lists of accounts it stood in.
    pub lists: Vec<ListId>,
    /// Where among everyone's posts it stood.
    pub reach: Option<Reach>,
}
