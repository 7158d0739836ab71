//! Ids of our rows: 64 bits, the upper bits milliseconds, the low 16 a
//! sequence, so that sorting by id is sorting by time.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Low bits of a row id that are not time.
pub const SEQUENCE_BITS: u32 = 16;

/// The smallest row id made at `at_ms`.
pub const fn first_at(at_ms: i64) -> i64 {
    at_ms << SEQUENCE_BITS
}

/// The milliseconds since 1970 that a row id carries.
pub const fn time_of(id: i64) -> i64 {
    id >> SEQUENCE_BITS
}

/// The text is no row id: a decimal number that fits 63 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal id")]
pub struct InvalidRowId;

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// A decimal string outside (JavaScript cannot hold 64 bits).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidRowId;

            fn from_str(text: &str) -> Result<Self, InvalidRowId> {
                let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                if digits { text.parse().map(Self).map_err(|_| InvalidRowId) } else { Err(InvalidRowId) }
            }
        }
    )*};
}

row_ids! {
    /// Our row for an actor, of ours or of a peer.
    AccountId;
    /// Our row for a Note, Article, Page or Question.
    PostId;
    /// Our row for a boost; in the same number space as posts, as timelines mix them.
    BoostId;
    /// A person who signs in.
    UserId;
    /// One ActivityPub message, in or out, in the message log.
    MessageId;
    /// One activity to one inbox.
    DeliveryId;
    /// One notification of one account.
    NotificationId;
    /// A registered OAuth client.
    ApplicationId;
    /// An OAuth access token.
    TokenId;
    /// A picture, film or recording that was handed in.
    MediaId;
    /// The number in `ORIGIN/activities/ID`.
    ActivityRowId;
    /// A list of accounts.
    ListId;
    /// A word filter.
    FilterId;
    /// A keyword of a word filter.
    KeywordId;
    /// A post that a word filter names.
    FilteredPostId;
    /// A conversation of direct posts, as one account sees it.
    ConversationId;
    /// Something told to everyone here.
    AnnouncementId;
    /// An emoji of this server.
    EmojiId;
    /// A rule of this server.
    RuleId;
}

impl From<BoostId> for PostId {
    /// A boost is shown as a post of its own.
    fn from(id: BoostId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_id_is_only_digits() {
        assert_eq!("17".parse(), Ok(PostId(17)));
        for wrong in ["", "+1", "-1", "1a", " 1", "99999999999999999999"] {
            assert!(wrong.parse::<PostId>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn ids_sort_by_time() {
        assert!(first_at(2) > first_at(1) + 0xffff);
        assert_eq!(time_of(first_at(1_700_000_000_000) + 5), 1_700_000_000_000);
    }
}
