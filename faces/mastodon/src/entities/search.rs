//! Search, Tag.

use super::Dialect;
use super::account::Account;
use super::status::Status;
use super::value::{TagPage, Text};
use serde::Serialize;
use service::search::{Results, TagView};

#[derive(Debug, Serialize)]
struct TagHistory {
    /// Seconds since 1970.
    day: Text<i64>,
    uses: Text<i64>,
    accounts: Text<i64>,
}

/// <https://docs.joinmastodon.org/entities/Tag/>
#[derive(Debug, Serialize)]
pub(crate) struct Tag<'a> {
    id: &'a str,
    name: &'a str,
    url: Text<TagPage<'a>>,
    history: Vec<TagHistory>,
    following: bool,
    featuring: bool,
}

/// <https://docs.joinmastodon.org/entities/Search/>
#[derive(Debug, Serialize)]
pub(crate) struct Search<'a> {
    accounts: Vec<Account<'a>>,
    statuses: Vec<Status<'a>>,
    hashtags: Vec<Tag<'a>>,
    collections: [(); 0],
}

impl<'a> Dialect<'a> {
    /// A hashtag. Nobody can follow or feature one here.
    pub(crate) fn hashtag(self, tag: &'a TagView) -> Tag<'a> {
        let history = tag.days.iter().map(|day| TagHistory {
            day: Text(day.day.seconds()),
            uses: Text(day.uses),
            accounts: Text(day.accounts),
        });
        Tag {
            // A hashtag has no row: it is its name.
            id: &tag.name,
            name: &tag.name,
            url: Text(TagPage(self.names, &tag.name)),
            history: history.collect(),
            following: false,
            featuring: false,
        }
    }

    /// What was found.
    pub(crate) fn search(self, results: &'a Results) -> Search<'a> {
        Search {
            accounts: self.profiles(&results.accounts),
            statuses: self.statuses(&results.posts),
            hashtags: results.hashtags.iter().map(|tag| self.hashtag(tag)).collect(),
            collections: [],
        }
    }
}
