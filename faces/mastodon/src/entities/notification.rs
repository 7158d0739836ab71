//! Notification.

use super::Dialect;
use super::account::Account;
use super::status::Status;
use super::value::{Iso, Text};
use domain::notification::NotificationKind;
use serde::Serialize;
use service::notification::NotificationView;

/// The word for why somebody is told.
const fn word(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "mention",
        NotificationKind::Status => "status",
        NotificationKind::Boost => "reblog",
        NotificationKind::Like => "favourite",
        NotificationKind::Follow => "follow",
        NotificationKind::FollowRequest => "follow_request",
        NotificationKind::Update => "update",
    }
}

/// Words of kinds that nobody here is told of.
const OTHER_WORDS: [&str; 9] = [
    "poll",
    "admin.sign_up",
    "admin.report",
    "severed_relationships",
    "moderation_warning",
    "quote",
    "quoted_update",
    "added_to_collection",
    "collection_update",
];

/// A kind by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of ours.
    Ours(NotificationKind),
    /// One of the API's that does not happen here.
    Never,
}

/// The kind of a word; none where the API has no such word.
pub(crate) fn kind_of(text: &str) -> Option<Kind> {
    let ours = NotificationKind::ALL.into_iter().find(|kind| word(*kind) == text).map(Kind::Ours);
    ours.or_else(|| OTHER_WORDS.contains(&text).then_some(Kind::Never))
}

/// <https://docs.joinmastodon.org/entities/Notification/>
#[derive(Debug, Serialize)]
pub(crate) struct Notification<'a> {
    id: Text<i64>,
    r#type: &'static str,
    created_at: Iso,
    group_key: &'a str,
    account: Account<'a>,
    status: Option<Status<'a>>,
    report: Option<()>,
    event: Option<()>,
    moderation_warning: Option<()>,
    collection: Option<()>,
    fallback: Option<()>,
}

impl<'a> Dialect<'a> {
    /// A notification.
    pub(crate) fn notification(self, view: &'a NotificationView) -> Notification<'a> {
        let notification = &view.notification;
        Notification {
            id: Text(notification.id.0),
            r#type: word(notification.kind),
            created_at: Iso(notification.created_at),
            group_key: &notification.group_key,
            account: self.profile(&view.from),
            status: view.post.as_ref().map(|post| self.status(post)),
            report: None,
            event: None,
            moderation_warning: None,
            collection: None,
            fallback: None,
        }
    }
}
