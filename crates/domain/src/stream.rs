//! What can be watched as it happens, and which posts appear where.

use crate::account::Home;
use crate::filter::Context;
use crate::post::Post;
use crate::{AccountId, ListId, Visibility};

/// Whose posts a list of everyone's posts shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Everybody's.
    Both,
    /// Written here.
    Here,
    /// Written on other servers.
    There,
}

impl Side {
    /// Where an account's posts are written.
    pub const fn of(home: &Home) -> Self {
        if matches!(home, Home::Peer { .. }) { Self::There } else { Self::Here }
    }
}

/// Whether a list of everyone's posts shows all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pick {
    /// All.
    All,
    /// Only those with media.
    Media,
}

/// Something that can be watched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The home of an account.
    Home(AccountId),
    /// What an account is told.
    Notifications(AccountId),
    /// Direct conversations of an account.
    Direct(AccountId),
    /// A list of accounts.
    List(ListId),
    /// Everyone's public posts.
    Public(Side, Pick),
    /// Public posts with a hashtag, in lower case without `#`.
    Hashtag(String, Side),
}

impl Topic {
    /// As what somebody's filters take it.
    pub const fn context(&self) -> Context {
        match self {
            Self::Home(_) | Self::List(_) => Context::Home,
            Self::Notifications(_) => Context::Notifications,
            Self::Direct(_) => Context::Thread,
            Self::Public(..) | Self::Hashtag(..) => Context::Public,
        }
    }
}

/// In which lists of everyone's posts a post stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Where it was written: never [`Side::Both`].
    side: Side,
    /// It answers nobody else, so it stands among all public posts.
    leads: bool,
    /// It has media.
    media: bool,
    hashtags: Vec<String>,
}

impl Reach {
    /// Where a post written on a side stands; none where it is not for everyone.
    pub fn of(post: &Post, side: Side) -> Option<Self> {
        (post.visibility == Visibility::Public).then(|| Self {
            side,
            leads: post.leads(),
            media: !post.text.attachments.is_empty(),
            hashtags: post.text.hashtags.clone(),
        })
    }

    /// All that shows it.
    pub fn topics(&self) -> Vec<Topic> {
        let sides = [Side::Both, self.side];
        let picks: &[Pick] = if self.media { &[Pick::All, Pick::Media] } else { &[Pick::All] };
        let mut topics = Vec::new();
        if self.leads {
            topics.extend(sides.iter().flat_map(|side| picks.iter().map(|pick| Topic::Public(*side, *pick))));
        }
        for name in &self.hashtags {
            topics.extend(sides.iter().map(|side| Topic::Hashtag(name.clone(), *side)));
        }
        topics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(side: Side, media: bool, leads: bool, hashtags: &[&str]) -> Vec<Topic> {
        let hashtags = hashtags.iter().map(|name| (*name).to_owned()).collect();
        Reach { side, leads, media, hashtags }.topics()
    }

    #[test]
    fn a_post_stands_in_the_lists_of_its_side_and_in_those_of_both() {
        use Pick::{All, Media};
        use Side::{Both, Here, There};
        assert_eq!(reach(Here, false, true, &[]), [Topic::Public(Both, All), Topic::Public(Here, All)]);
        assert_eq!(
            reach(There, true, true, &[]),
            [
                Topic::Public(Both, All),
                Topic::Public(Both, Media),
                Topic::Public(There, All),
                Topic::Public(There, Media)
            ]
        );
    }

    #[test]
    fn an_answer_stands_only_under_its_hashtags() {
        assert_eq!(
            reach(Side::Here, true, false, &["choir"]),
            [Topic::Hashtag("choir".into(), Side::Both), Topic::Hashtag("choir".into(), Side::Here)]
        );
    }
}
