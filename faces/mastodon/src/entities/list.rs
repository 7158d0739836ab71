//! List.

use super::value::Text;
use domain::list::{List as Known, Replies};
use serde::Serialize;

/// The word for which answers a list shows.
const fn word(replies: Replies) -> &'static str {
    match replies {
        Replies::Members => "list",
        Replies::Followed => "followed",
        Replies::None => "none",
    }
}

/// Which answers a list shows, by the word.
pub(crate) fn replies_of(text: &str) -> Option<Replies> {
    [Replies::Members, Replies::Followed, Replies::None].into_iter().find(|replies| word(*replies) == text)
}

/// <https://docs.joinmastodon.org/entities/List/>
#[derive(Debug, Serialize)]
pub(crate) struct List<'a> {
    id: Text<i64>,
    title: &'a str,
    replies_policy: &'static str,
    exclusive: bool,
}

impl<'a> From<&'a Known> for List<'a> {
    fn from(list: &'a Known) -> Self {
        Self {
            id: Text(list.id.0),
            title: &list.title,
            replies_policy: word(list.replies),
            exclusive: list.exclusive,
        }
    }
}
