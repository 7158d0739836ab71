//! Lists of accounts, and which answers they show.

use crate::{AccountId, ListId};

/// The most lists an account may have.
pub const MAX_LISTS: i64 = 50;
/// The longest title, in characters.
pub const MAX_TITLE_CHARACTERS: usize = 256;

/// Which answers to others a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replies {
    /// To members of the list.
    #[default]
    Members,
    /// To anyone the owner follows.
    Followed,
    /// None.
    None,
}

impl Replies {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Members => 0,
            Self::Followed => 1,
            Self::None => 2,
        }
    }

    /// The policy of a stored number.
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Members,
            1 => Self::Followed,
            2 => Self::None,
            _ => return None,
        })
    }
}

/// A list of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Our row.
    pub id: ListId,
    /// Whose.
    pub owner: AccountId,
    /// What its owner calls it.
    pub title: String,
    /// Which answers it shows.
    pub replies: Replies,
    /// Its members are not in its owner's home.
    pub exclusive: bool,
}

/// Whom a post answers, as a list's owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Nobody: it begins something, or goes on with what its author began.
    Nobody,
    /// Somebody we do not know.
    Unknown,
    /// The owner of the list.
    Owner,
    /// Somebody else.
    Other {
        /// The owner follows them.
        followed: bool,
        /// They are in the list.
        member: bool,
    },
}

/// Whether a list with this policy shows a member's post.
pub const fn shows(replies: Replies, answered: Answered) -> bool {
    match answered {
        Answered::Nobody | Answered::Owner => true,
        Answered::Unknown => false,
        Answered::Other { followed, member } => match replies {
            Replies::Members => member,
            Replies::Followed => followed,
            Replies::None => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip() {
        for policy in [Replies::Members, Replies::Followed, Replies::None] {
            assert_eq!(Replies::from_code(policy.code()), Some(policy));
        }
        assert_eq!(Replies::from_code(3), None);
    }

    #[test]
    fn a_list_shows_the_answers_its_policy_names() {
        let other = |followed, member| Answered::Other { followed, member };
        for (answered, members, by_followed, none) in [
            (Answered::Nobody, true, true, true),
            (Answered::Owner, true, true, true),
            (Answered::Unknown, false, false, false),
            (other(true, false), false, true, false),
            (other(false, true), true, false, false),
            (other(true, true), true, true, false),
            (other(false, false), false, false, false),
        ] {
            let shown = [Replies::Members, Replies::Followed, Replies::None].map(|p| shows(p, answered));
            assert_eq!(shown, [members, by_followed, none], "{answered:?}");
        }
    }
}
