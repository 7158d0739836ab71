//! Search, Tag.

use super::Dialect;
use super::account::Account;
use super::status::Status;
use super::value::{Day, TagPage, TaggedPage, Text};
use domain::Account as Known;
use serde::Serialize;
use service::search::{Results, TagView};
use service::tag::Featured;

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
    following: Option<bool>,
    featuring: Option<bool>,
}

/// <https://docs.joinmastodon.org/entities/FeaturedTag/>
#[derive(Debug, Serialize)]
pub(crate) struct FeaturedTag<'a> {
    id: Text<i64>,
    name: &'a str,
    url: Text<TaggedPage<'a>>,
    statuses_count: Text<i64>,
    last_status_at: Option<Day>,
}

impl<'a> FeaturedTag<'a> {
    /// A hashtag on a profile.
    pub(crate) fn of(owner: &'a Known, tag: &'a Featured) -> Self {
        Self {
            id: Text(tag.id),
            name: &tag.name,
            url: Text(TaggedPage(owner, &tag.name)),
            statuses_count: Text(tag.posts),
            last_status_at: tag.last_post_at.map(Day),
        }
    }
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
    /// A hashtag.
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
            following: tag.following,
            featuring: tag.featuring,
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
