//! Whether an account is told of something now, on request, or never.

use super::NotificationKind;
use crate::Timestamp;

/// What becomes of a notification, and what an account wishes to become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Wish {
    /// It is shown.
    #[default]
    Accept,
    /// It is kept back until the account asks for it.
    Filter,
    /// It is not kept.
    Drop,
}

impl Wish {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Accept => 0,
            Self::Filter => 1,
            Self::Drop => 2,
        }
    }

    /// The wish of a stored number.
    pub const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Filter,
            2 => Self::Drop,
            _ => Self::Accept,
        }
    }
}

/// What an account wishes, by who causes the notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whom it does not follow.
    pub not_following: Wish,
    /// Who does not follow it, or only since three days.
    pub not_followers: Wish,
    /// Whose account is younger than thirty days.
    pub new_accounts: Wish,
    /// Who writes to it alone without having been written to.
    pub private_mentions: Wish,
    /// Whom an administrator has limited.
    pub limited_accounts: Wish,
    /// Who is a program.
    pub bots: Wish,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            not_following: Wish::Accept,
            not_followers: Wish::Accept,
            new_accounts: Wish::Accept,
            private_mentions: Wish::Filter,
            limited_accounts: Wish::Filter,
            bots: Wish::Accept,
        }
    }
}

/// Followers of less than this count as none.
const NEW_FOLLOWER_MS: i64 = 3 * 24 * 3_600_000;
/// Accounts of less than this are new.
const NEW_ACCOUNT_MS: i64 = 30 * 24 * 3_600_000;

/// Whether a mention was sent to few, and by whose beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// It is no mention, or others may read it too.
    Open,
    /// It goes on in what the account wrote to the sender alone.
    Answer,
    /// It comes unasked.
    Unasked,
}

/// What is known about the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Facts {
    /// The account follows the sender.
    pub following: bool,
    /// Since when the sender follows the account.
    pub follower_since: Option<Timestamp>,
    /// Since when the sender's account exists.
    pub exists_since: Timestamp,
    /// An administrator has limited the sender.
    pub limited: bool,
    /// The sender is a program.
    pub bot: bool,
    /// The sender runs this server.
    pub staff: bool,
    /// The account has let the sender in.
    pub permitted: bool,
}

/// What becomes of a notification of `kind` by a sender of whom `facts` are known.
pub fn decide(
    policy: &Policy,
    kind: NotificationKind,
    facts: &Facts,
    privacy: Privacy,
    now: Timestamp,
) -> Wish {
    let may_write = facts.staff && kind == NotificationKind::Mention;
    if !kind.is_filtered() || facts.permitted || may_write {
        return Wish::Accept;
    }
    let stranger = !facts.following;
    let follower = facts.follower_since.is_some_and(|since| since.0 + NEW_FOLLOWER_MS <= now.0);
    let new = facts.exists_since.0 + NEW_ACCOUNT_MS > now.0;
    [
        (policy.limited_accounts, facts.limited && stranger),
        (policy.not_following, stranger),
        (policy.not_followers, !follower),
        (policy.new_accounts, new && stranger),
        (policy.private_mentions, privacy == Privacy::Unasked && stranger),
        (policy.bots, facts.bot && stranger),
    ]
    .into_iter()
    .filter_map(|(wish, applies)| applies.then_some(wish))
    .max()
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use NotificationKind::{Follow, FollowRequest, Like, Mention, Poll, Report, Status, Update};
    use Wish::{Accept, Drop, Filter};

    const DAY: i64 = 24 * 3_600_000;
    const NOW: Timestamp = Timestamp(1000 * DAY);

    /// Somebody unknown, of old age.
    fn stranger() -> Facts {
        Facts {
            following: false,
            follower_since: None,
            exists_since: Timestamp(0),
            limited: false,
            bot: false,
            staff: false,
            permitted: false,
        }
    }

    fn friend() -> Facts {
        Facts { following: true, follower_since: Some(Timestamp(0)), ..stranger() }
    }

    fn all(wish: Wish) -> Policy {
        Policy {
            not_following: wish,
            not_followers: wish,
            new_accounts: wish,
            private_mentions: wish,
            limited_accounts: wish,
            bots: wish,
        }
    }

    fn only(set: impl Fn(&mut Policy)) -> Policy {
        let mut policy = all(Accept);
        set(&mut policy);
        policy
    }

    #[test]
    fn each_wish_concerns_whom_it_names() {
        let since = |days: i64| Some(Timestamp(NOW.0 - days * DAY));
        let born = |days: i64| Timestamp(NOW.0 - days * DAY);
        let follower = |days| Facts { follower_since: since(days), ..stranger() };
        let table = [
            // (policy, sender, privacy, what becomes of it)
            (Policy::default(), stranger(), Privacy::Open, Accept),
            (Policy::default(), stranger(), Privacy::Unasked, Filter),
            (Policy::default(), stranger(), Privacy::Answer, Accept),
            (Policy::default(), friend(), Privacy::Unasked, Accept),
            (Policy::default(), Facts { limited: true, ..stranger() }, Privacy::Open, Filter),
            (Policy::default(), Facts { limited: true, ..friend() }, Privacy::Open, Accept),
            (only(|p| p.not_following = Drop), stranger(), Privacy::Open, Drop),
            (only(|p| p.not_following = Filter), follower(90), Privacy::Open, Filter),
            (only(|p| p.not_following = Drop), friend(), Privacy::Open, Accept),
            (only(|p| p.not_followers = Filter), stranger(), Privacy::Open, Filter),
            (only(|p| p.not_followers = Filter), follower(2), Privacy::Open, Filter),
            (only(|p| p.not_followers = Filter), follower(3), Privacy::Open, Accept),
            (
                only(|p| p.not_followers = Filter),
                Facts { following: true, ..stranger() },
                Privacy::Open,
                Filter,
            ),
            (
                only(|p| p.new_accounts = Drop),
                Facts { exists_since: born(29), ..stranger() },
                Privacy::Open,
                Drop,
            ),
            (
                only(|p| p.new_accounts = Drop),
                Facts { exists_since: born(30), ..stranger() },
                Privacy::Open,
                Accept,
            ),
            (
                only(|p| p.new_accounts = Drop),
                Facts { exists_since: born(1), ..friend() },
                Privacy::Open,
                Accept,
            ),
            (only(|p| p.bots = Filter), Facts { bot: true, ..stranger() }, Privacy::Open, Filter),
            (only(|p| p.bots = Filter), Facts { bot: true, ..friend() }, Privacy::Open, Accept),
            (only(|p| p.bots = Filter), stranger(), Privacy::Open, Accept),
            // The strictest of those that apply counts.
            (Policy { bots: Drop, ..all(Filter) }, Facts { bot: true, ..stranger() }, Privacy::Open, Drop),
            (Policy { bots: Drop, ..all(Filter) }, stranger(), Privacy::Open, Filter),
            // Whom the account let in, and who runs the server.
            (all(Drop), Facts { permitted: true, ..stranger() }, Privacy::Unasked, Accept),
            (all(Drop), Facts { staff: true, ..stranger() }, Privacy::Unasked, Accept),
        ];
        for (line, (policy, facts, privacy, wanted)) in table.into_iter().enumerate() {
            assert_eq!(decide(&policy, Mention, &facts, privacy, NOW), wanted, "line {line}: {facts:?}");
        }
    }

    #[test]
    fn what_was_asked_for_is_always_told() {
        for kind in [Status, Update, Poll, Report] {
            assert_eq!(decide(&all(Drop), kind, &stranger(), Privacy::Open, NOW), Accept, "{kind:?}");
        }
        for kind in [Follow, FollowRequest, Like] {
            assert_eq!(decide(&all(Drop), kind, &stranger(), Privacy::Open, NOW), Drop, "{kind:?}");
            let staff = Facts { staff: true, ..stranger() };
            assert_eq!(decide(&all(Drop), kind, &staff, Privacy::Open, NOW), Drop, "{kind:?}");
        }
        for wish in [Accept, Filter, Drop] {
            assert_eq!(Wish::from_code(wish.code()), wish);
        }
    }
}
