//! Search, Tag.

use super::Dialect;
use super::account::Account;
use super::status::Status;
use super::value::{Day, TagPage, TaggedPage, Text};
use domain::Account as Known;
use serde::Serialize;
use service::search::Results;
use service::tag::Featured;
use service::tag::TagView;

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
    id: Text<u64>,
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

/// A hashtag has no row, but programs want a number: it is made of the name,
/// the same in any case (FNV-1a, without the bit that would make it negative).
fn number_of(name: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.to_lowercase().bytes().fold(0xcbf2_9ce4_8422_2325, mix) >> 1
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
            id: Text(number_of(&tag.name)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashtag_has_one_number_in_any_case() {
        assert_eq!(number_of("Choir"), number_of("choir"));
        assert_ne!(number_of("choir"), number_of("choirs"));
        assert!(i64::try_from(number_of("choir")).is_ok());
    }
}
