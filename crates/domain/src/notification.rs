//! What an account is told of.

use crate::{AccountId, NotificationId, PostId, Timestamp};

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    /// A post names the account or answers it.
    Mention,
    /// A post of an account whose posts are announced.
    Status,
    /// A post was boosted.
    Boost,
    /// A post was liked.
    Like,
    /// A new follower.
    Follow,
    /// Somebody asks to follow.
    FollowRequest,
    /// A post that was boosted has changed.
    Update,
}

impl NotificationKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Mention,
        Self::Status,
        Self::Boost,
        Self::Like,
        Self::Follow,
        Self::FollowRequest,
        Self::Update,
    ];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Mention => 0,
            Self::Status => 1,
            Self::Boost => 2,
            Self::Like => 3,
            Self::Follow => 4,
            Self::FollowRequest => 5,
            Self::Update => 6,
        }
    }

    /// The kind of a stored number.
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code).ok().and_then(|index| Self::ALL.get(index).copied())
    }
}

/// One thing an account is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Our row.
    pub id: NotificationId,
    /// Why.
    pub kind: NotificationKind,
    /// Who caused it.
    pub from: AccountId,
    /// About which post.
    pub post_id: Option<PostId>,
    /// When.
    pub created_at: Timestamp,
    /// Notifications of one key may be shown as one.
    pub group_key: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip() {
        for kind in NotificationKind::ALL {
            assert_eq!(NotificationKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(NotificationKind::from_code(7), None);
    }
}
