//! Our posts.

use super::Members;
use crate::context::with_context;
use crate::json::render_time;
use crate::note::{Attachment, AttachmentKind, Emoji, Kind, Mention, Poll, PollOption, Quote, Source};
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::{Value, json};

/// What a post document says.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteDocument {
    /// Its id.
    pub id: ObjectId,
    /// Its `type`.
    pub kind: Kind,
    /// Its author.
    pub attributed_to: ActorId,
    /// The primary addressees.
    pub to: Vec<String>,
    /// The secondary addressees.
    pub cc: Vec<String>,
    /// The group that it belongs to (FEP-1b12).
    pub audience: Option<String>,
    /// The text, clean HTML.
    pub content_html: String,
    /// The title, plain text.
    pub title: Option<String>,
    /// The content warning, plain text.
    pub summary: Option<String>,
    /// Whether media and text are hidden.
    pub sensitive: bool,
    /// The language of the text.
    pub language: Option<String>,
    /// What the author typed.
    pub source: Option<Source>,
    /// What it answers.
    pub in_reply_to: Option<ObjectId>,
    /// Its page.
    pub url: Option<String>,
    /// When it was published.
    pub published: Timestamp,
    /// When its text was last changed.
    pub updated: Option<Timestamp>,
    /// Who is mentioned: only they are notified.
    pub mentions: Vec<Mention>,
    /// Its hashtags, with their pages.
    pub hashtags: Vec<HashtagLink>,
    /// Custom emoji in its texts.
    pub emojis: Vec<Emoji>,
    /// Pictures, films, recordings, links.
    pub attachments: Vec<Attachment>,
    /// The poll of a Question.
    pub poll: Option<Poll>,
    /// The post that it quotes.
    pub quote: Option<Quote>,
    /// Its answers.
    pub replies: Option<Counted>,
    /// Who likes it.
    pub likes: Option<Counted>,
    /// Who boosted it.
    pub shares: Option<Counted>,
    /// What the thread is called, any URI.
    pub conversation: Option<String>,
    /// The collection of the thread (FEP-7888).
    pub context: Option<String>,
    /// Whether answers are welcome, where that is to be said.
    pub comments_enabled: Option<bool>,
    /// Who may answer, boost, quote (FEP-044f), as it stands.
    pub interaction_policy: Option<Value>,
}

/// A hashtag and its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashtagLink {
    /// The word, without `#`.
    pub name: String,
    /// Its page here.
    pub href: String,
}

/// A collection that is named together with its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Its id.
    pub id: String,
    /// How many entries it has.
    pub total: u64,
    /// Its first page, where it has pages.
    pub first: Option<String>,
}

/// The post document, complete with its context.
pub fn note(note: &NoteDocument) -> Value {
    with_context(bare(note))
}

/// The post document, to be embedded.
pub(super) fn bare(note: &NoteDocument) -> Value {
    let members = Members::of(note.kind.as_str(), note.id.as_str())
        .with("attributedTo", note.attributed_to.as_str())
        .with("to", note.to.clone())
        .with("cc", note.cc.clone())
        .with_some("audience", note.audience.as_deref());
    let members = attached(thread(text(members, note), note), note);
    match &note.poll {
        Some(it) => poll(members, it).done(),
        None => members.done(),
    }
}

fn text(members: Members, note: &NoteDocument) -> Members {
    let spoken = note.language.as_deref().map(|language| json!({ language: note.content_html }));
    let source = note.source.as_ref().map(|source| {
        Members::default()
            .with("content", source.content.as_str())
            .with_some("mediaType", source.media_type.as_deref())
            .done()
    });
    members
        .with("content", note.content_html.as_str())
        .with_some("contentMap", spoken)
        .with_some("name", note.title.as_deref())
        // Said even where there is none: some peers keep an old warning otherwise.
        .with("summary", note.summary.as_deref())
        .with("sensitive", note.sensitive)
        .with_some("source", source)
        .with_some("url", note.url.as_deref())
        .with("published", render_time(note.published))
        .with_some("updated", note.updated.map(render_time))
}

fn thread(members: Members, note: &NoteDocument) -> Members {
    members
        .with("inReplyTo", note.in_reply_to.as_ref().map(ObjectId::as_str))
        .with_some("conversation", note.conversation.as_deref())
        .with_some("context", note.context.as_deref())
        .with_some("replies", note.replies.as_ref().map(counted))
        .with_some("likes", note.likes.as_ref().map(counted))
        .with_some("shares", note.shares.as_ref().map(counted))
        .with_some("commentsEnabled", note.comments_enabled)
        .with_some("interactionPolicy", note.interaction_policy.clone())
}

fn attached(members: Members, note: &NoteDocument) -> Members {
    let mentions = note.mentions.iter().map(mention);
    let tags: Vec<Value> =
        mentions.chain(note.hashtags.iter().map(hashtag)).chain(note.emojis.iter().map(emoji)).collect();
    let attachments: Vec<Value> = note.attachments.iter().map(attachment).collect();
    let members = members.with("tag", tags).with("attachment", attachments);
    let Some(Quote { id, authorization }) = &note.quote else { return members };
    // One name for each of the programs that can quote.
    ["quote", "quoteUrl", "quoteUri", "_misskey_quote"]
        .into_iter()
        .fold(members, |members, name| members.with(name, id.as_str()))
        .with_some("quoteAuthorization", authorization.as_ref().map(ObjectId::as_str))
}

fn mention(mention: &Mention) -> Value {
    Members::default()
        .with("type", "Mention")
        .with("href", mention.href.as_str())
        .with_some("name", mention.name.as_deref())
        .done()
}

/// A hashtag as a document: its name and its page.
pub fn hashtag(tag: &HashtagLink) -> Value {
    json!({ "type": "Hashtag", "href": tag.href, "name": format!("#{}", tag.name) })
}

pub(super) fn emoji(emoji: &Emoji) -> Value {
    Members::default()
        .with("type", "Emoji")
        .with_some("id", emoji.id.as_deref())
        .with("name", format!(":{}:", emoji.shortcode))
        .with("icon", icon(&emoji.url))
        .done()
}

/// Some peers want the type of a picture; its name tells it.
fn icon(url: &str) -> Value {
    let kind = url.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let kind = kind.filter(|ending| matches!(ending.as_str(), "png" | "gif" | "webp" | "avif"));
    Members::default()
        .with("type", "Image")
        .with_some("mediaType", kind.map(|ending| format!("image/{ending}")))
        .with("url", url)
        .done()
}

/// A custom emoji as a document of its own, complete with its context.
pub fn emoji_document(it: &Emoji, updated: Timestamp) -> Value {
    let mut document = emoji(it);
    if let Some(members) = document.as_object_mut() {
        members.insert("updated".to_owned(), render_time(updated).into());
    }
    with_context(document)
}

fn attachment(attachment: &Attachment) -> Value {
    if attachment.kind == AttachmentKind::Link {
        let link = Members::default().with("type", "Link").with("href", attachment.url.as_str());
        return link.with_some("name", attachment.description.as_deref()).done();
    }
    let kind = match attachment.kind {
        // What Mastodon writes, and so what every peer shows; the media type says the rest.
        _ if attachment.media_type.is_some() => "Document",
        AttachmentKind::Image => "Image",
        AttachmentKind::Video => "Video",
        AttachmentKind::Audio => "Audio",
        AttachmentKind::Document | AttachmentKind::Link => "Document",
    };
    Members::default()
        .with("type", kind)
        .with("url", attachment.url.as_str())
        .with_some("mediaType", attachment.media_type.as_deref())
        // Mastodon reads `name`, GoToSocial `summary`.
        .with("name", attachment.description.as_deref())
        .with_some("summary", attachment.description.as_deref())
        .with_some("blurhash", attachment.blurhash.as_deref())
        .with_some("width", attachment.width)
        .with_some("height", attachment.height)
        .with_some("focalPoint", attachment.focal_point.map(|(x, y)| vec![x, y]))
        .with_some("sensitive", attachment.sensitive.then_some(true))
        .done()
}

fn counted(collection: &Counted) -> Value {
    Members::of("Collection", &collection.id)
        .with("totalItems", collection.total)
        .with_some("first", collection.first.as_deref())
        .done()
}

fn poll(members: Members, poll: &Poll) -> Members {
    let options: Vec<Value> = poll.options.iter().map(option).collect();
    members
        .with(if poll.multiple { "anyOf" } else { "oneOf" }, options)
        .with_some("endTime", poll.ends.map(render_time))
        .with_some("closed", poll.ends.filter(|_| poll.is_closed).map(render_time))
        .with_some("votersCount", poll.voters)
}

fn option(option: &PollOption) -> Value {
    let replies = json!({ "type": "Collection", "totalItems": option.votes.unwrap_or(0) });
    json!({ "type": "Note", "name": option.title, "replies": replies })
}
