//! What a URL of ours stands for.

use domain::{ActorId, Names, PostId};

/// Whose document it is, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// The server itself: `/actor`.
    Server,
    /// `/users/NAME`.
    Person(String),
    /// `/groups/NAME`.
    Group(String),
}

impl Owner {
    /// The name in the path.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Server => None,
            Self::Person(name) | Self::Group(name) => Some(name),
        }
    }

    /// The id that the path makes, where it makes one.
    pub(super) fn id(&self, names: &Names) -> Option<ActorId> {
        let path = match self {
            Self::Server => "/actor".to_owned(),
            Self::Person(name) => format!("/users/{name}"),
            Self::Group(name) => format!("/groups/{name}"),
        };
        ActorId::parse(&names.url(&path)).ok()
    }
}

/// A collection, or a page of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The collection itself: how many there are.
    Whole,
    /// The page after the given row; without one, the first.
    Page(Option<i64>),
}

/// Which document of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The actor itself.
    Actor,
    /// Who follows it.
    Followers(Window),
    /// Whom it follows.
    Following(Window),
    /// What it published.
    Outbox(Window),
    /// What it pinned.
    Featured,
    /// The hashtags on its profile.
    Tags,
    /// The devices that Mastodon once asked for; there are none.
    Devices,
    /// One of its posts.
    Post(PostId, PostPart),
}

/// Which document of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostPart {
    /// The post itself.
    Note,
    /// Its Create; the Announce of a boost.
    Activity,
    /// Its answers.
    Replies(Window),
    /// How many like it.
    Likes,
    /// How many boosted it.
    Shares,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Something of an actor.
    Of(Owner, Part),
    /// An activity that is no Create: `/activities/NUMBER`.
    Activity(i64),
}

impl Wanted {
    /// The server's own actor is shown to everyone: its key proves the
    /// requests that others answer only when signed.
    pub(super) fn is_always_open(&self) -> bool {
        matches!(self, Self::Of(Owner::Server, _))
    }
}
