//! Our row for a Note, Article, Page or Question, and what becomes of a draft.

use crate::account::{Account, Emoji};
use crate::card::Card;
use crate::media::Focus;
use crate::poll::{PollDraft, PollView};
use crate::{AccountId, ActorId, BoostId, Handle, MediaId, ObjectId, PostId, Timestamp, Visibility};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What kind of object it is elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PostKind {
    /// A short text.
    Note,
    /// A long text with a title.
    Article,
    /// A link with a title (threads of groups).
    Page,
    /// A poll.
    Question,
    /// Something we show by its name, text and link: Video, Event and so on.
    Other(String),
}

impl PostKind {
    /// The ActivityStreams type.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Note => "Note",
            Self::Article => "Article",
            Self::Page => "Page",
            Self::Question => "Question",
            Self::Other(name) => name,
        }
    }

    /// Reads the ActivityStreams type.
    pub fn from_type(name: &str) -> Self {
        match name {
            "Note" => Self::Note,
            "Article" => Self::Article,
            "Page" => Self::Page,
            "Question" => Self::Question,
            other => Self::Other(other.chars().take(64).collect()),
        }
    }
}

/// An account that a post names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Our row.
    pub account_id: AccountId,
    /// Its actor.
    pub actor_id: ActorId,
    /// How it is written.
    pub handle: Handle,
    /// Its page, for people.
    pub url: String,
}

/// What hangs on a post: a picture, a film, a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is shown as.
    pub kind: AttachmentKind,
    /// Where it is.
    pub url: String,
    /// As its server says.
    pub media_type: Option<String>,
    /// For who cannot see it.
    pub description: Option<String>,
    /// A blurred preview in text (blurha.sh).
    pub blurhash: Option<String>,
    /// Pixels.
    pub width: Option<i64>,
    /// Pixels.
    pub height: Option<i64>,
    /// Our row, where one of ours handed it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MediaId>,
    /// A smaller picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    /// Its width and height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_size: Option<(i64, i64)>,
    /// What stays visible when it is cropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<Focus>,
    /// Milliseconds that a film or a recording takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// Pictures a second, as a fraction: `30/1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<String>,
    /// Bits a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit_rate: Option<i64>,
}

/// What an attachment is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttachmentKind {
    /// A still picture.
    Image,
    /// A film without sound, shown like a picture that moves.
    Gifv,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// A link.
    #[default]
    Unknown,
}

impl AttachmentKind {
    /// The word of the Mastodon API, also what is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Gifv => "gifv",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Unknown => "unknown",
        }
    }
}

/// What may be changed by an edit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostText {
    /// Clean HTML.
    pub content_html: String,
    /// What the author typed, where that is known.
    pub source: Option<String>,
    /// Media type of the source.
    pub source_type: Option<String>,
    /// Title of an Article or Page.
    pub title: Option<String>,
    /// Content warning, plain text; empty means none.
    pub warning: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// Named accounts.
    pub mentions: Vec<Mention>,
    /// Lower case, without `#`.
    pub hashtags: Vec<String>,
    /// Custom emoji in the text.
    pub emojis: Vec<Emoji>,
    /// What hangs on it.
    pub attachments: Vec<Attachment>,
}

/// A post we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Our row.
    pub id: PostId,
    /// Its identity everywhere.
    pub object_id: ObjectId,
    /// Who wrote it.
    pub author_id: AccountId,
    /// What it is.
    pub kind: PostKind,
    /// Who may see it.
    pub visibility: Visibility,
    /// What it says.
    pub text: PostText,
    /// The page for people.
    pub url: Option<String>,
    /// What it answers, whether we have it or not.
    pub in_reply_to: Option<ObjectId>,
    /// What it answers, where we have it.
    pub in_reply_to_id: Option<PostId>,
    /// Who wrote what it answers.
    pub in_reply_to_account_id: Option<AccountId>,
    /// The first post of the conversation.
    pub conversation_id: PostId,
    /// As its author says.
    pub published_at: Timestamp,
    /// The last change.
    pub edited_at: Option<Timestamp>,
    /// Only for accounts of this server, whatever its visibility; never sent.
    pub local_only: bool,
}

impl Post {
    /// Whether it answers nobody but its author: it stands by itself.
    pub fn leads(&self) -> bool {
        self.in_reply_to.is_none() || self.in_reply_to_account_id == Some(self.author_id)
    }

    /// Whom an answer to this post by `author` speaks to. Who goes on below
    /// themself speaks on to whom they answered.
    pub fn answered_by(&self, author: AccountId) -> AccountId {
        if self.author_id == author { self.in_reply_to_account_id.unwrap_or(author) } else { self.author_id }
    }
}

/// Numbers shown under a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PostCounts {
    /// Answers we know.
    pub replies: i64,
    /// Boosts.
    pub boosts: i64,
    /// Likes.
    pub likes: i64,
}

/// What a viewer did with a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one viewer on one post")]
pub struct ViewerMarks {
    /// Liked it.
    pub liked: bool,
    /// Boosted it.
    pub boosted: bool,
    /// Keeps it.
    pub bookmarked: bool,
    /// Silenced the conversation.
    pub muted: bool,
    /// Pinned it to the own profile.
    pub pinned: bool,
}

/// A post as a list shows it: with its author, its numbers and the viewer's marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostView {
    /// The post.
    pub post: Arc<Post>,
    /// Who wrote it.
    pub author: Arc<Account>,
    /// The author's numbers.
    pub author_counts: crate::account::AccountCounts,
    /// Where the author went, as far as that account is known.
    pub author_moved_to: Option<Box<MovedTo>>,
    /// Its numbers.
    pub counts: PostCounts,
    /// The viewer's marks; all off for nobody.
    pub marks: ViewerMarks,
    /// The viewer's word filters that it matches.
    pub filtered: Vec<crate::filter::Match>,
    /// Where it stands in a list because somebody boosted it.
    pub boost: Option<BoostView>,
    /// The program the author used, where it was one of our applications.
    pub application: Option<Application>,
    /// Its poll.
    pub poll: Option<Box<PollView>>,
    /// The page it links to.
    pub card: Option<Box<Card>>,
}

/// The account that another one went to, with its numbers.
pub type MovedTo = (Arc<Account>, crate::account::AccountCounts);

/// A program that posts were written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its home page.
    pub website: Option<String>,
}

/// Whose boost brought a post into a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoostView {
    /// The boost's own id.
    pub id: BoostId,
    /// Its activity.
    pub activity_id: ObjectId,
    /// Who boosted.
    pub account: Arc<Account>,
    /// The booster's numbers.
    pub account_counts: crate::account::AccountCounts,
    /// Where the booster went, as far as that account is known.
    pub account_moved_to: Option<Box<MovedTo>>,
    /// To whom the boost is shown.
    pub visibility: Visibility,
    /// When.
    pub created_at: Timestamp,
}

/// What a person hands in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// As typed.
    pub text: String,
    /// How `text` is to be read.
    pub format: Format,
    /// Content warning; empty means none.
    pub warning: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// For whom.
    pub visibility: Visibility,
    /// What it answers.
    pub in_reply_to: Option<PostId>,
    /// What hangs on it, in this order.
    pub media: Vec<MediaId>,
    /// What it asks.
    pub poll: Option<PollDraft>,
    /// Only for accounts of this server.
    pub local_only: bool,
}

/// How a draft's text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Format {
    /// As it is; links, mentions and hashtags are found.
    #[default]
    Plain,
    /// CommonMark.
    Markdown,
}

impl Format {
    /// The media type of the source.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Markdown => "text/markdown",
        }
    }
}

/// Why a draft is no post.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDraft {
    /// Nothing to say.
    #[error("text cannot be empty")]
    Empty,
    /// Longer than allowed.
    #[error("text is {length} characters long (at most {limit})")]
    TooLong {
        /// Counted as [`text` counts](https://docs.joinmastodon.org/user/posting/#limits).
        length: usize,
        /// The most.
        limit: usize,
    },
}

/// Longest text of a post, in characters as apps count them.
pub const MAX_CHARACTERS: usize = 5_000;

/// Checks the length of a draft. `length` counts text and warning together.
pub const fn check_length(length: usize) -> Result<(), InvalidDraft> {
    if length == 0 {
        return Err(InvalidDraft::Empty);
    }
    if length > MAX_CHARACTERS {
        return Err(InvalidDraft::TooLong { length, limit: MAX_CHARACTERS });
    }
    Ok(())
}

/// Who is addressed by name: whom the text names, and who is answered.
/// Each once, never the author.
pub fn addressed(author: AccountId, mentions: &[Mention], answered: Option<AccountId>) -> Vec<AccountId> {
    let mut all: Vec<AccountId> =
        mentions.iter().map(|m| m.account_id).chain(answered).filter(|id| *id != author).collect();
    all.sort_unstable();
    all.dedup();
    all
}
