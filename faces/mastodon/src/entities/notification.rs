//! Notification, and several of them as one.

use super::Dialect;
use super::account::{Account, Shown};
use super::report::Report;
use super::status::Status;
use super::value::{Acct, Iso, Picture, Text};
use domain::NotificationId;
use domain::notification::{GroupKey, Kinds, NotificationKind, Severance, SeveranceKind};
use serde::Serialize;
use service::notification::grouped::{Group, Grouped};
use service::notification::{NotificationView, Subject};
use service::profile::AccountView;
use service::push::word;
use std::fmt;

/// The kind of a word; none where nobody here is told of such a thing.
pub(crate) fn kind_of(text: &str) -> Option<NotificationKind> {
    NotificationKind::ALL.into_iter().find(|kind| word(*kind) == text)
}

/// The kinds of some words.
pub(crate) fn kinds_of(words: &[String]) -> Kinds {
    Kinds::of(words.iter().filter_map(|text| kind_of(text)))
}

/// The name of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GroupName(pub(crate) GroupKey);

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            GroupKey::Alone(id) => write!(f, "ungrouped-{id}"),
            GroupKey::Together { kind, about: 0, bucket } => write!(f, "{}-{bucket}", word(kind)),
            GroupKey::Together { kind, about, bucket } => write!(f, "{}-{about}-{bucket}", word(kind)),
        }
    }
}

impl GroupName {
    /// Reads a name that [`fmt::Display`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let first = parts.next()?;
        let numbers: Vec<i64> = parts.map(crate::params::id).collect::<Option<_>>()?;
        if first == "ungrouped" {
            let [id] = numbers[..] else { return None };
            return Some(Self(GroupKey::Alone(NotificationId(id))));
        }
        let kind = kind_of(first).filter(|kind| kind.is_grouped())?;
        let (about, bucket) = match numbers[..] {
            [bucket] => (0, bucket),
            [about, bucket] if about != 0 => (about, bucket),
            _ => return None,
        };
        Some(Self(GroupKey::Together { kind, about, bucket }))
    }
}

/// <https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/>
#[derive(Debug, Serialize)]
struct SeveranceEvent<'a> {
    id: Text<i64>,
    r#type: &'static str,
    /// Which follows they were is not kept.
    purged: bool,
    target_name: &'a str,
    followers_count: i64,
    following_count: i64,
    created_at: Iso,
}

impl<'a> From<&'a Severance> for SeveranceEvent<'a> {
    fn from(severance: &'a Severance) -> Self {
        Self {
            id: Text(severance.id),
            r#type: match severance.kind {
                SeveranceKind::DomainBlock => "domain_block",
                SeveranceKind::OwnDomainBlock => "user_domain_block",
                SeveranceKind::Suspension => "account_suspension",
            },
            purged: true,
            target_name: &severance.target,
            followers_count: severance.followers,
            following_count: severance.following,
            created_at: Iso(severance.created_at),
        }
    }
}

/// <https://docs.joinmastodon.org/entities/Notification/>
#[derive(Debug, Serialize)]
pub(crate) struct Notification<'a> {
    id: Text<i64>,
    r#type: &'static str,
    created_at: Iso,
    group_key: Text<GroupName>,
    account: Shown<'a>,
    status: Option<Status<'a>>,
    report: Option<Report<'a>>,
    event: Option<SeveranceEvent<'a>>,
    moderation_warning: Option<()>,
    collection: Option<()>,
    fallback: Option<()>,
}

/// <https://docs.joinmastodon.org/entities/NotificationGroup/>
#[derive(Debug, Serialize)]
struct NotificationGroup<'a> {
    group_key: Text<GroupName>,
    notifications_count: i64,
    r#type: &'static str,
    /// A number here, though ids are texts elsewhere: so the documentation has it.
    most_recent_notification_id: i64,
    page_min_id: Option<Text<i64>>,
    page_max_id: Option<Text<i64>>,
    latest_page_notification_at: Option<Iso>,
    sample_account_ids: Vec<Text<i64>>,
    status_id: Option<Text<i64>>,
    report: Option<Report<'a>>,
    event: Option<SeveranceEvent<'a>>,
    moderation_warning: Option<()>,
    fallback: Option<()>,
}

/// The report and the event of a subject.
fn members<'a>(
    dialect: Dialect<'a>,
    subject: Option<&'a Subject>,
) -> (Option<Report<'a>>, Option<SeveranceEvent<'a>>) {
    match subject {
        Some(Subject::Report(report)) => (Some(dialect.report(report)), None),
        Some(Subject::Severance(severance)) => (None, Some(severance.into())),
        None => (None, None),
    }
}

impl<'a> NotificationGroup<'a> {
    fn of(dialect: Dialect<'a>, group: &'a Group) -> Self {
        let (report, event) = members(dialect, group.subject.as_ref());
        Self {
            group_key: Text(GroupName(group.key)),
            notifications_count: group.count,
            r#type: word(group.notification.kind),
            most_recent_notification_id: group.newest.0,
            page_min_id: group.span.map(|span| Text(span.oldest.0)),
            page_max_id: group.span.map(|span| Text(span.newest.0)),
            latest_page_notification_at: group.span.map(|span| Iso(span.at)),
            sample_account_ids: group.sample.iter().map(|id| Text(id.0)).collect(),
            status_id: group.notification.post_id.map(|id| Text(id.0)),
            report,
            event,
            moderation_warning: None,
            fallback: None,
        }
    }
}

/// <https://docs.joinmastodon.org/entities/GroupedNotificationsResults/>
#[derive(Debug, Serialize)]
pub(crate) struct GroupedNotifications<'a> {
    accounts: Vec<Account<'a>>,
    partial_accounts: Option<Vec<PartialAccount<'a>>>,
    statuses: Vec<Status<'a>>,
    notification_groups: Vec<NotificationGroup<'a>>,
}

/// <https://docs.joinmastodon.org/entities/PartialAccountWithAvatar/>
#[derive(Debug, Serialize)]
struct PartialAccount<'a> {
    id: Text<i64>,
    acct: Acct<'a>,
    locked: bool,
    bot: bool,
    url: &'a str,
    avatar: Picture<'a>,
    avatar_static: Picture<'a>,
    avatar_description: &'static str,
}

impl<'a> Dialect<'a> {
    /// A notification.
    pub(crate) fn notification(self, view: &'a NotificationView) -> Notification<'a> {
        let notification = &view.notification;
        let (report, event) = members(self, view.subject.as_ref());
        Notification {
            id: Text(notification.id.0),
            r#type: word(notification.kind),
            created_at: Iso(notification.created_at),
            group_key: Text(GroupName(notification.group)),
            account: self.shown(&view.from),
            status: view.post.as_ref().map(|post| self.status(post)),
            report,
            event,
            moderation_warning: None,
            collection: None,
            fallback: None,
        }
    }

    /// Groups of notifications, with what they name.
    pub(crate) fn grouped(self, found: &'a Grouped) -> GroupedNotifications<'a> {
        let partial = |views: &'a Vec<std::sync::Arc<AccountView>>| {
            views.iter().map(|view| self.partial(view)).collect()
        };
        GroupedNotifications {
            accounts: found.accounts.iter().map(|view| self.profile(view)).collect(),
            partial_accounts: found.partial.as_ref().map(partial),
            statuses: found.posts.iter().map(|view| self.status(view)).collect(),
            notification_groups: found
                .groups
                .iter()
                .map(|group| NotificationGroup::of(self, group))
                .collect(),
        }
    }

    fn partial(self, view: &'a AccountView) -> PartialAccount<'a> {
        let account = &view.account;
        let avatar = self.avatar(account);
        PartialAccount {
            id: Text(account.id.0),
            acct: Acct { handle: &account.handle, domain: self.names.domain() },
            locked: account.flags.locked,
            bot: account.kind.is_bot(),
            url: account.profile.url.as_deref().unwrap_or(account.actor_id.as_str()),
            avatar,
            avatar_static: avatar,
            avatar_description: "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_group_is_read_back() {
        let together = |kind, about, bucket| GroupKey::Together { kind, about, bucket };
        for (key, text) in [
            (GroupKey::Alone(NotificationId(17)), "ungrouped-17"),
            (together(NotificationKind::Like, 5, 480_000), "favourite-5-480000"),
            (together(NotificationKind::Boost, 5, 480_000), "reblog-5-480000"),
            (together(NotificationKind::Follow, 0, 480_000), "follow-480000"),
            (together(NotificationKind::SignUp, 0, 480_000), "admin.sign_up-480000"),
        ] {
            assert_eq!(GroupName(key).to_string(), text);
            assert_eq!(GroupName::parse(text), Some(GroupName(key)));
        }
        for wrong in [
            "",
            "follow",
            "follow-",
            "follow-x",
            "mention-1",
            "favourite-0-1",
            "ungrouped-1-2",
            "ungrouped--1",
        ] {
            assert_eq!(GroupName::parse(wrong), None, "{wrong}");
        }
    }
}
