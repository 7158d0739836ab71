//! Who may see a post. The one place that decides it; the lists' SQL predicate
//! is held equal to it by a test of the store.

use serde::{Deserialize, Serialize};

/// Who may see a post, beside those it addresses by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Visibility {
    /// Everyone, and it enters public timelines.
    #[default]
    Public,
    /// Everyone who has the link; not in public timelines.
    Unlisted,
    /// The author's followers.
    Followers,
    /// Nobody else.
    Direct,
}

impl Visibility {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Public => 0,
            Self::Unlisted => 1,
            Self::Followers => 2,
            Self::Direct => 3,
        }
    }

    /// The visibility of a stored number.
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Public,
            1 => Self::Unlisted,
            2 => Self::Followers,
            3 => Self::Direct,
            _ => return None,
        })
    }

    /// Whether a stranger with the link may read it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

/// What someone who asks for a post is to its author and to the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts; the table test runs over all of them"
)]
pub struct Standing {
    /// Wrote it.
    pub is_author: bool,
    /// Follows the author, and the author agreed.
    pub follows: bool,
    /// Is addressed by name.
    pub addressed: bool,
    /// Is shut out: blocked by the author, blocking the author, or from outside
    /// where the post is only for this server.
    pub blocked: bool,
}

impl Standing {
    /// Somebody unknown: signed out, or a peer without a signature.
    pub const STRANGER: Self = Self { is_author: false, follows: false, addressed: false, blocked: false };
}

/// Whether who asks may see the post. What may not be seen looks missing.
pub const fn may_see(visibility: Visibility, asker: Standing) -> bool {
    if asker.is_author {
        return true;
    }
    if asker.blocked {
        return false;
    }
    match visibility {
        Visibility::Public | Visibility::Unlisted => true,
        Visibility::Followers => asker.follows || asker.addressed,
        Visibility::Direct => asker.addressed,
    }
}

/// What keeps an account out of the lists of who does not want to meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Aversion {
    /// Mutes it, and the mute stands.
    pub mutes: bool,
    /// Blocks its host.
    pub blocks_domain: bool,
}

/// Whether lists show what an account brings to who feels so about it. What
/// is asked for by itself (a post, a profile) is shown all the same.
pub const fn is_wanted(aversion: Aversion) -> bool {
    !aversion.mutes && !aversion.blocks_domain
}

/// Whether who sees a post may boost it. An author may repeat an own
/// followers-only post to the same followers; nobody may widen another's.
pub const fn may_boost(visibility: Visibility, asker: Standing) -> bool {
    match visibility {
        Visibility::Public | Visibility::Unlisted => !asker.blocked || asker.is_author,
        Visibility::Followers => asker.is_author,
        Visibility::Direct => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standings() -> impl Iterator<Item = Standing> {
        (0..16u8).map(|bits| Standing {
            is_author: bits & 1 != 0,
            follows: bits & 2 != 0,
            addressed: bits & 4 != 0,
            blocked: bits & 8 != 0,
        })
    }

    #[test]
    fn visibility_as_a_table() {
        use Visibility::{Direct, Followers, Public, Unlisted};
        // author, follows, addressed, blocked -> public, unlisted, followers, direct
        let table = [
            ((false, false, false, false), [true, true, false, false]),
            ((false, true, false, false), [true, true, true, false]),
            ((false, false, true, false), [true, true, true, true]),
            ((false, true, true, false), [true, true, true, true]),
            ((false, false, false, true), [false; 4]),
            ((false, true, false, true), [false; 4]),
            ((false, false, true, true), [false; 4]),
            ((false, true, true, true), [false; 4]),
        ];
        for ((is_author, follows, addressed, blocked), expected) in table {
            let asker = Standing { is_author, follows, addressed, blocked };
            let seen = [Public, Unlisted, Followers, Direct].map(|v| may_see(v, asker));
            assert_eq!(seen, expected, "{asker:?}");
        }
        for asker in standings().filter(|a| a.is_author) {
            assert!([Public, Unlisted, Followers, Direct].iter().all(|v| may_see(*v, asker)));
        }
    }

    #[test]
    fn a_boost_never_widens() {
        for asker in standings() {
            assert!(!may_boost(Visibility::Direct, asker));
            assert_eq!(may_boost(Visibility::Followers, asker), asker.is_author);
            assert!(!may_boost(Visibility::Public, asker) || may_see(Visibility::Public, asker));
        }
    }

    #[test]
    fn codes_round_trip() {
        for code in 0..4 {
            assert_eq!(Visibility::from_code(code).map(Visibility::code), Some(code));
        }
        assert_eq!(Visibility::from_code(4), None);
    }
}
