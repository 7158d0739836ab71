//! `Status` and what is in it.

use super::Dialect;
use super::account::{CustomEmoji, Shown};
use super::card::PreviewCard;
use super::filter::FilterResult;
use super::media::MediaAttachment;
use super::poll::{Poll, TitlesOnly};
use super::value::{Acct, Iso, TagPage, Text};
use domain::post::{BoostView, Mention};
use domain::{PostView, Visibility};
use serde::Serialize;
use service::thread::{Source, Version};

/// The word for who may see a post.
pub(crate) const fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Unlisted => "unlisted",
        Visibility::Followers => "private",
        Visibility::Direct => "direct",
    }
}

/// Who may see a post, by its word.
pub(crate) fn visibility_of(word: &str) -> Option<Visibility> {
    Some(match word {
        "public" => Visibility::Public,
        "unlisted" => Visibility::Unlisted,
        "private" => Visibility::Followers,
        "direct" => Visibility::Direct,
        _ => return None,
    })
}

#[derive(Debug, Serialize)]
struct StatusMention<'a> {
    id: Text<i64>,
    username: &'a str,
    url: &'a str,
    acct: Acct<'a>,
}

#[derive(Debug, Serialize)]
struct StatusTag<'a> {
    name: &'a str,
    url: Text<TagPage<'a>>,
}

#[derive(Debug, Serialize)]
struct StatusApplication<'a> {
    name: &'a str,
    website: Option<&'a str>,
}

/// <https://docs.joinmastodon.org/entities/QuoteApproval/>: quoting is not
/// built, so nobody who reads this can quote.
#[derive(Debug, Serialize)]
struct QuoteApproval {
    automatic: [&'static str; 0],
    manual: [&'static str; 0],
    current_user: &'static str,
}

/// <https://docs.joinmastodon.org/entities/Status/>
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the entity has them")]
pub(crate) struct Status<'a> {
    id: Text<i64>,
    created_at: Iso,
    in_reply_to_id: Option<Text<i64>>,
    in_reply_to_account_id: Option<Text<i64>>,
    sensitive: bool,
    spoiler_text: &'a str,
    visibility: &'static str,
    language: Option<&'a str>,
    uri: &'a str,
    url: &'a str,
    replies_count: i64,
    reblogs_count: i64,
    favourites_count: i64,
    /// Not counted here.
    quotes_count: Option<i64>,
    edited_at: Option<Iso>,
    favourited: bool,
    reblogged: bool,
    muted: bool,
    bookmarked: bool,
    pinned: bool,
    filtered: Vec<FilterResult<'a>>,
    content: &'a str,
    /// Only in the answer to a deletion, for writing it again.
    text: Option<&'a str>,
    reblog: Option<Box<Status<'a>>>,
    application: Option<StatusApplication<'a>>,
    account: Shown<'a>,
    media_attachments: Vec<MediaAttachment<'a>>,
    mentions: Vec<StatusMention<'a>>,
    tags: Vec<StatusTag<'a>>,
    emojis: Vec<CustomEmoji<'a>>,
    card: Option<PreviewCard<'a>>,
    poll: Option<Poll<'a>>,
    quote: Option<()>,
    quote_approval: QuoteApproval,
    tagged_collections: [(); 0],
    /// Not of the API, but as other servers that have it say it.
    local_only: bool,
}

impl<'a> Dialect<'a> {
    /// A post; one that a boost brought is inside the boost.
    pub(crate) fn status(self, view: &'a PostView) -> Status<'a> {
        let post = self.post(view);
        match &view.boost {
            Some(boost) => self.boost(view, boost, post),
            None => post,
        }
    }

    /// A list of posts.
    pub(crate) fn statuses(self, views: &'a [PostView]) -> Vec<Status<'a>> {
        views.iter().map(|view| self.status(view)).collect()
    }

    /// A post that is deleted, with what its author typed.
    pub(crate) fn deleted(self, view: &'a PostView, source: &'a Source) -> Status<'a> {
        Status { text: Some(&source.text), ..self.status(view) }
    }

    fn post(self, view: &'a PostView) -> Status<'a> {
        let PostView { post, author, counts, marks, .. } = view;
        let text = &post.text;
        let application = view.application.as_ref();
        Status {
            id: Text(post.id.0),
            created_at: Iso(post.published_at),
            in_reply_to_id: post.in_reply_to_id.map(|id| Text(id.0)),
            in_reply_to_account_id: post.in_reply_to_account_id.map(|id| Text(id.0)),
            sensitive: text.sensitive,
            spoiler_text: &text.warning,
            visibility: visibility(post.visibility),
            language: text.language.as_deref(),
            uri: post.object_id.as_str(),
            url: post.url.as_deref().unwrap_or(post.object_id.as_str()),
            replies_count: counts.replies,
            reblogs_count: counts.boosts,
            favourites_count: counts.likes,
            quotes_count: None,
            edited_at: post.edited_at.map(Iso),
            favourited: marks.liked,
            reblogged: marks.boosted,
            muted: marks.muted,
            bookmarked: marks.bookmarked,
            pinned: marks.pinned,
            filtered: FilterResult::list(&view.filtered),
            content: &text.content_html,
            text: None,
            reblog: None,
            application: application
                .map(|a| StatusApplication { name: &a.name, website: a.website.as_deref() }),
            account: self.author(author, &view.author_counts, view.author_moved_to.as_deref()),
            media_attachments: MediaAttachment::list(self.names, post, &text.attachments),
            mentions: text.mentions.iter().map(|mention| self.mention(mention)).collect(),
            tags: text.hashtags.iter().map(|name| self.tag(name)).collect(),
            emojis: CustomEmoji::list(self.names, &text.emojis),
            card: view.card.as_deref().map(PreviewCard::from),
            poll: view.poll.as_deref().map(|poll| self.poll(post.id, poll, &text.emojis)),
            quote: None,
            quote_approval: QuoteApproval { automatic: [], manual: [], current_user: "denied" },
            tagged_collections: [],
            local_only: post.local_only,
        }
    }

    /// A boost says what the post says, to programs that look no further.
    fn boost(self, view: &'a PostView, boost: &'a BoostView, post: Status<'a>) -> Status<'a> {
        Status {
            id: Text(boost.id.0),
            created_at: Iso(boost.created_at),
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            sensitive: post.sensitive,
            spoiler_text: post.spoiler_text,
            visibility: visibility(boost.visibility),
            language: post.language,
            uri: boost.activity_id.as_str(),
            url: boost.activity_id.as_str(),
            replies_count: 0,
            reblogs_count: 0,
            favourites_count: 0,
            quotes_count: None,
            edited_at: None,
            favourited: post.favourited,
            reblogged: post.reblogged,
            muted: post.muted,
            bookmarked: post.bookmarked,
            pinned: false,
            filtered: FilterResult::list(&view.filtered),
            content: post.content,
            text: None,
            application: None,
            account: self.author(&boost.account, &boost.account_counts, boost.account_moved_to.as_deref()),
            media_attachments: Vec::new(),
            mentions: Vec::new(),
            tags: Vec::new(),
            emojis: Vec::new(),
            card: None,
            poll: None,
            quote: None,
            quote_approval: QuoteApproval { automatic: [], manual: [], current_user: "denied" },
            tagged_collections: [],
            local_only: post.local_only,
            reblog: Some(Box::new(post)),
        }
    }

    fn mention(self, mention: &'a Mention) -> StatusMention<'a> {
        StatusMention {
            id: Text(mention.account_id.0),
            username: &mention.handle.name,
            url: &mention.url,
            acct: Acct { handle: &mention.handle, domain: self.names.domain() },
        }
    }

    fn tag(self, name: &'a str) -> StatusTag<'a> {
        StatusTag { name, url: Text(TagPage(self.names, name)) }
    }
}

/// <https://docs.joinmastodon.org/entities/Context/>
#[derive(Debug, Serialize)]
pub(crate) struct Context<'a> {
    pub(crate) ancestors: Vec<Status<'a>>,
    pub(crate) descendants: Vec<Status<'a>>,
}

/// <https://docs.joinmastodon.org/entities/StatusSource/>
#[derive(Debug, Serialize)]
pub(crate) struct StatusSource<'a> {
    id: Text<i64>,
    text: &'a str,
    spoiler_text: &'a str,
    /// Ours: how the text is to be read.
    content_type: &'a str,
}

impl<'a> From<&'a Source> for StatusSource<'a> {
    fn from(source: &'a Source) -> Self {
        Self {
            id: Text(source.id.0),
            text: &source.text,
            spoiler_text: &source.warning,
            content_type: &source.media_type,
        }
    }
}

/// <https://docs.joinmastodon.org/entities/StatusEdit/>
#[derive(Debug, Serialize)]
pub(crate) struct StatusEdit<'a> {
    content: &'a str,
    spoiler_text: &'a str,
    sensitive: bool,
    created_at: Iso,
    account: Shown<'a>,
    media_attachments: Vec<MediaAttachment<'a>>,
    emojis: Vec<CustomEmoji<'a>>,
    poll: Option<TitlesOnly<'a>>,
    quote: Option<()>,
}

impl<'a> Dialect<'a> {
    /// All versions of a post.
    pub(crate) fn edits(self, view: &'a PostView, versions: &'a [Version]) -> Vec<StatusEdit<'a>> {
        let one = |version: &'a Version| StatusEdit {
            content: &version.content_html,
            spoiler_text: &version.warning,
            sensitive: version.sensitive,
            created_at: Iso(version.created_at),
            account: self.author(&view.author, &view.author_counts, view.author_moved_to.as_deref()),
            media_attachments: MediaAttachment::list(self.names, &view.post, &version.attachments),
            emojis: CustomEmoji::list(self.names, &view.post.text.emojis),
            poll: version.poll.as_deref().map(TitlesOnly::of),
            quote: None,
        };
        versions.iter().map(one).collect()
    }
}
