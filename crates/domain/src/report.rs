//! What somebody tells the administrators of an account.

use crate::{AccountId, PostId, Timestamp};

/// Why somebody reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Category {
    /// Unwanted advertising, fraud.
    Spam,
    /// Against the law.
    Legal,
    /// Against rules of the server.
    Violation,
    /// Anything else.
    #[default]
    Other,
}

impl Category {
    /// The word of the Mastodon API, also what is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Legal => "legal",
            Self::Violation => "violation",
            Self::Other => "other",
        }
    }

    /// The category of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Spam, Self::Legal, Self::Violation, Self::Other].into_iter().find(|it| it.as_str() == word)
    }
}

/// The longest comment, in characters.
pub const MAX_COMMENT: usize = 1_000;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Our row.
    pub id: i64,
    /// Who reports. Never told to anyone but administrators.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// Why.
    pub category: Category,
    /// In the words of who reports.
    pub comment: String,
    /// The rules that were broken.
    pub rule_ids: Vec<String>,
    /// The posts it is about.
    pub post_ids: Vec<PostId>,
    /// The target's server was told.
    pub forwarded: bool,
    /// The Flag, where there is one.
    pub activity_id: Option<String>,
    /// What was done, as an administrator put it.
    pub resolution: Option<String>,
    /// When it was dealt with.
    pub resolved_at: Option<Timestamp>,
    /// When it came.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_one_of_four_words() {
        for word in ["spam", "legal", "violation", "other"] {
            assert_eq!(Category::from_word(word).map(Category::as_str), Some(word));
        }
        assert_eq!(Category::from_word("Spam"), None);
    }
}
