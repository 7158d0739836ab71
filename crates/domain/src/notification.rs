//! What an account is told, how it is put together, and who decides.

pub mod policy;

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
    /// A poll has ended that was asked or answered.
    Poll,
    /// Somebody signed up: for administrators.
    SignUp,
    /// Somebody reported something: for administrators.
    Report,
    /// Follows ended because a server was shut out.
    Severed,
}

impl NotificationKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 11] = [
        Self::Mention,
        Self::Status,
        Self::Boost,
        Self::Like,
        Self::Follow,
        Self::FollowRequest,
        Self::Update,
        Self::Poll,
        Self::SignUp,
        Self::Report,
        Self::Severed,
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
            Self::Poll => 7,
            Self::SignUp => 8,
            Self::Report => 9,
            Self::Severed => 10,
        }
    }

    /// The kind of a stored number.
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code).ok().and_then(|index| Self::ALL.get(index).copied())
    }

    /// Its bit, where several kinds are one number.
    pub const fn bit(self) -> i64 {
        1 << self.code()
    }

    /// Whether many of this kind are shown as one.
    pub const fn is_grouped(self) -> bool {
        matches!(self, Self::Boost | Self::Like | Self::Follow | Self::SignUp)
    }

    /// Whether the account's policy may keep it back: what the account itself
    /// asked for, and what administrators must know, is always told.
    pub const fn is_filtered(self) -> bool {
        matches!(self, Self::Mention | Self::Boost | Self::Like | Self::Follow | Self::FollowRequest)
    }

    /// Whether somebody may be told of what they did themselves.
    pub const fn is_of_oneself(self) -> bool {
        matches!(self, Self::Poll | Self::Severed)
    }
}

/// Several kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(i64);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self((1 << NotificationKind::ALL.len()) - 1);
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Those that are shown in groups.
    pub const GROUPED: Self = Self(
        NotificationKind::Boost.bit()
            | NotificationKind::Like.bit()
            | NotificationKind::Follow.bit()
            | NotificationKind::SignUp.bit(),
    );

    /// These kinds.
    pub fn of(kinds: impl IntoIterator<Item = NotificationKind>) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | kind.bit()))
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the kind is among them.
    pub const fn has(self, kind: NotificationKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// A bit for each kind.
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// The kinds of stored bits.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self::ALL
    }
}

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Its sender alone.
    Sender,
    /// A post.
    Post(PostId),
    /// The row of a report or of a severance.
    Row(i64),
}

impl About {
    /// The number that is stored.
    pub const fn number(self) -> i64 {
        match self {
            Self::Sender => 0,
            Self::Post(post) => post.0,
            Self::Row(row) => row,
        }
    }
}

/// Which notifications are shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKey {
    /// This one alone.
    Alone(NotificationId),
    /// Those of a kind, about one thing, in one span of time.
    Together {
        /// Of this kind.
        kind: NotificationKind,
        /// About this; see [`About::number`].
        about: i64,
        /// The hour since 1970 in which the first of them came.
        bucket: i64,
    },
}

/// How long a group goes on after its first hour, in hours.
pub const GROUP_HOURS: i64 = 12;

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
    /// About which report or severance.
    pub subject_id: Option<i64>,
    /// When.
    pub created_at: Timestamp,
    /// Those of one key may be shown as one.
    pub group: GroupKey,
}

/// Why follows ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeveranceKind {
    /// An administrator shut a server out.
    DomainBlock,
    /// The account itself shut a server out.
    OwnDomainBlock,
    /// An administrator suspended an account.
    Suspension,
}

impl SeveranceKind {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::DomainBlock => 0,
            Self::OwnDomainBlock => 1,
            Self::Suspension => 2,
        }
    }

    /// The kind of a stored number.
    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::DomainBlock),
            1 => Some(Self::OwnDomainBlock),
            2 => Some(Self::Suspension),
            _ => None,
        }
    }
}

/// Follows of an account that ended together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severance {
    /// Our row.
    pub id: i64,
    /// Why.
    pub kind: SeveranceKind,
    /// The domain or the handle that was shut out.
    pub target: String,
    /// Followers lost.
    pub followers: i64,
    /// Followed accounts lost.
    pub following: i64,
    /// When.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip() {
        for kind in NotificationKind::ALL {
            assert_eq!(NotificationKind::from_code(kind.code()), Some(kind));
            assert!(Kinds::ALL.has(kind) && !Kinds::NONE.has(kind));
            assert_eq!(Kinds::GROUPED.has(kind), kind.is_grouped());
            assert!(!Kinds::ALL.without(Kinds::of([kind])).has(kind));
        }
        assert_eq!(NotificationKind::from_code(11), None);
        for code in 0..3 {
            assert_eq!(SeveranceKind::from_code(code).unwrap().code(), code);
        }
    }
}
