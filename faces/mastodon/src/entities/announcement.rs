//! Announcement and what is in it.

use super::Dialect;
use super::account::CustomEmoji;
use super::value::{Acct, Iso, TagPage, Text};
use domain::{Account, PostId};
use serde::Serialize;
use service::announcement::AnnouncementView;

#[derive(Debug, Serialize)]
struct AnnouncementAccount<'a> {
    id: Text<i64>,
    username: &'a str,
    url: &'a str,
    acct: Acct<'a>,
}

#[derive(Debug, Serialize)]
struct AnnouncementStatus<'a> {
    id: Text<PostId>,
    url: &'a str,
}

#[derive(Debug, Serialize)]
struct AnnouncementTag<'a> {
    name: &'a str,
    url: Text<TagPage<'a>>,
}

/// <https://docs.joinmastodon.org/entities/Reaction/>
#[derive(Debug, Serialize)]
pub(crate) struct Reaction<'a> {
    name: &'a str,
    count: i64,
    me: bool,
    url: Option<&'a str>,
    static_url: Option<&'a str>,
}

/// <https://docs.joinmastodon.org/entities/Announcement/>
#[derive(Debug, Serialize)]
pub(crate) struct Announcement<'a> {
    id: Text<i64>,
    content: &'a str,
    starts_at: Option<Iso>,
    ends_at: Option<Iso>,
    all_day: bool,
    published_at: Iso,
    updated_at: Iso,
    read: bool,
    mentions: Vec<AnnouncementAccount<'a>>,
    statuses: Vec<AnnouncementStatus<'a>>,
    tags: Vec<AnnouncementTag<'a>>,
    emojis: Vec<CustomEmoji<'a>>,
    reactions: Vec<Reaction<'a>>,
}

impl<'a> Dialect<'a> {
    /// An announcement.
    pub(crate) fn announcement(self, view: &'a AnnouncementView) -> Announcement<'a> {
        let told = &view.announcement;
        Announcement {
            id: Text(told.id.0),
            content: &told.content_html,
            starts_at: told.starts_at.map(Iso),
            ends_at: told.ends_at.map(Iso),
            all_day: told.all_day,
            published_at: Iso(told.published_at),
            updated_at: Iso(told.updated_at),
            read: view.read,
            mentions: view.mentions.iter().map(|account| self.named(account)).collect(),
            statuses: view.posts.iter().map(|(id, url)| AnnouncementStatus { id: Text(*id), url }).collect(),
            tags: view
                .hashtags
                .iter()
                .map(|name| AnnouncementTag { name, url: Text(TagPage(self.names, name)) })
                .collect(),
            emojis: CustomEmoji::list(self.names, &view.emojis),
            reactions: Self::reactions(view),
        }
    }

    fn named(self, account: &'a Account) -> AnnouncementAccount<'a> {
        AnnouncementAccount {
            id: Text(account.id.0),
            username: &account.handle.name,
            url: account.profile.url.as_deref().unwrap_or(account.actor_id.as_str()),
            acct: Acct { handle: &account.handle, domain: self.names.domain() },
        }
    }

    /// What people said to an announcement.
    pub(crate) fn reactions(view: &'a AnnouncementView) -> Vec<Reaction<'a>> {
        let reactions = view.reactions.iter().map(|(reaction, picture)| {
            let url = picture.as_ref().map(|emoji| emoji.url.as_str());
            Reaction { name: &reaction.name, count: reaction.count, me: reaction.mine, url, static_url: url }
        });
        reactions.collect()
    }
}
