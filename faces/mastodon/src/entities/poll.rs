//! `Poll`.

use super::Dialect;
use super::account::CustomEmoji;
use super::value::{Iso, Text};
use domain::PostId;
use domain::account::Emoji;
use domain::poll::PollView;
use serde::Serialize;

#[derive(Debug, Serialize)]
struct PollOption<'a> {
    title: &'a str,
    /// None as long as it is hidden.
    votes_count: Option<i64>,
}

/// <https://docs.joinmastodon.org/entities/Poll/>
#[derive(Debug, Serialize)]
pub(crate) struct Poll<'a> {
    id: Text<i64>,
    expires_at: Option<Iso>,
    expired: bool,
    multiple: bool,
    votes_count: i64,
    voters_count: Option<i64>,
    options: Vec<PollOption<'a>>,
    emojis: Vec<CustomEmoji<'a>>,
    /// None for nobody. Who asks counts as having voted.
    voted: Option<bool>,
    own_votes: Option<&'a [i64]>,
}

#[derive(Debug, Serialize)]
struct Title<'a> {
    title: &'a str,
}

/// The options of a poll as they were before an edit.
#[derive(Debug, Serialize)]
pub(crate) struct TitlesOnly<'a> {
    options: Vec<Title<'a>>,
}

impl<'a> TitlesOnly<'a> {
    pub(crate) fn of(titles: &'a [String]) -> Self {
        Self { options: titles.iter().map(|title| Title { title }).collect() }
    }
}

impl<'a> Dialect<'a> {
    /// The poll of a post, which has the post's number. `emojis` are the post's.
    pub(crate) fn poll(self, post: PostId, view: &'a PollView, emojis: &'a [Emoji]) -> Poll<'a> {
        let PollView { poll, now, own_votes, is_own } = view;
        let shows_totals = poll.shows_totals(*now);
        let used = |emoji: &&Emoji| {
            let written = format!(":{}:", emoji.shortcode);
            poll.options.iter().any(|option| option.title.contains(&written))
        };
        Poll {
            id: Text(post.0),
            expires_at: poll.ends_at.map(Iso),
            expired: poll.is_over(*now),
            multiple: poll.multiple,
            votes_count: poll.votes(),
            voters_count: poll.voters,
            options: poll
                .options
                .iter()
                .map(|option| PollOption {
                    title: &option.title,
                    votes_count: shows_totals.then_some(option.votes),
                })
                .collect(),
            emojis: emojis.iter().filter(used).map(|emoji| CustomEmoji::of(self.names, emoji)).collect(),
            voted: own_votes.as_ref().map(|votes| *is_own || !votes.is_empty()),
            own_votes: own_votes.as_deref(),
        }
    }
}
