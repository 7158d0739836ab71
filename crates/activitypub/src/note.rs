//! Posts as they travel: Note, Article, Page, Question, Video and their kin.

use crate::{Audience, ParseError, json};
use domain::memo::Memo;
use domain::{ActorId, ObjectId, Timestamp};
use serde_json::Value;

pub mod attachment;
pub mod poll;
pub mod quote;
pub mod tag;

pub use attachment::{Attachment, AttachmentKind};
pub use poll::{Poll, PollOption};
pub use quote::Quote;
pub use tag::{Emoji, Mention};

/// The types that are posts, whatever they carry.
pub const POST_TYPES: &[&str] = &[
    "Note",
    "Article",
    "Page",
    "Question",
    "Image",
    "Video",
    "Audio",
    "Event",
    "Document",
    "ChatMessage",
    "Story",
    "Place",
    "Profile",
    "Relationship",
];

/// What kind of post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A short text.
    Note,
    /// A long text with a title.
    Article,
    /// A thread's first post with a title (Lemmy, Mbin).
    Page,
    /// A poll.
    Question,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording.
    Audio,
    /// Something that takes place.
    Event,
    /// A message to one person, outside threads (Pleroma, Lemmy, Mbin).
    ChatMessage,
    /// All else, by its type.
    Other(String),
}

/// What `content` is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContentType {
    /// HTML, the rule.
    #[default]
    Html,
    /// Markdown (`mediaType`: `text/markdown`; PeerTube).
    Markdown,
    /// Plain text.
    Plain,
}

/// What the author typed, before it became HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The text.
    pub content: String,
    /// What it is written in, where that is told.
    pub media_type: Option<String>,
}

/// A post as a peer tells it. All HTML is raw: to be cleaned before it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Its id.
    pub id: ObjectId,
    /// What kind of post.
    pub kind: Kind,
    /// Its author. Of PeerTube's two, the Person.
    pub attributed_to: ActorId,
    /// To whom it is addressed.
    pub audience: Audience,
    /// The text, or nothing: a Page can have only a title.
    pub content_html: String,
    /// What the text is written in.
    pub content_type: ContentType,
    /// The title (`name`), plain text.
    pub title: Option<String>,
    /// A content warning, or with long posts a summary: see [`Note::content_warning`].
    pub summary: Option<String>,
    /// Whether the author hides media and text.
    pub sensitive: bool,
    /// The language of the text, a BCP 47 tag.
    pub language: Option<String>,
    /// What it answers; of several, the first.
    pub in_reply_to: Option<ObjectId>,
    /// The page that shows this post; never a page that it links to.
    pub url: Option<String>,
    /// The page that a link post is about (lotide, kbin, old Lemmy).
    pub link: Option<String>,
    /// A picture for previews (`image`, `icon`).
    pub image: Option<String>,
    /// When it was published, by its own word.
    pub published: Option<Timestamp>,
    /// When its text was last changed.
    pub updated: Option<Timestamp>,
    /// When an event begins.
    pub starts: Option<Timestamp>,
    /// Who is mentioned, without repetition.
    pub mentions: Vec<Mention>,
    /// Hashtags without `#`, without repetition, as spelled.
    pub hashtags: Vec<String>,
    /// Custom emoji.
    pub emojis: Vec<Emoji>,
    /// Pictures, films, recordings, links.
    pub attachments: Vec<Attachment>,
    /// The poll of a Question.
    pub poll: Option<Poll>,
    /// The post that is quoted.
    pub quote: Option<Quote>,
    /// The collection of answers; PeerTube calls it `comments`.
    pub replies: Option<ObjectId>,
    /// The collection of likes.
    pub likes: Option<ObjectId>,
    /// The collection of boosts.
    pub shares: Option<ObjectId>,
    /// What the thread is called, any URI.
    pub conversation: Option<String>,
    /// The collection of the thread (FEP-7888), where `context` is a URL.
    pub context: Option<ObjectId>,
    /// What the author typed.
    pub source: Option<Source>,
    /// Whether answers are welcome (`commentsEnabled`); none where it is not told.
    pub comments_enabled: Option<bool>,
    /// The consent of the author that is answered (GoToSocial), an id to check.
    pub approved_by: Option<ObjectId>,
    /// Who may answer, boost, quote (GoToSocial, FEP-044f), as it came.
    pub interaction_policy: Option<Value>,
    /// What is made of the text for showing it.
    pub cleaned: Memo,
}

impl Note {
    /// Whether all of it is shown where it arrives; of longer works only a part is.
    pub fn is_short(&self) -> bool {
        matches!(self.kind, Kind::Note | Kind::ChatMessage) || self.poll.is_some()
    }

    /// Reads a post that stands alone.
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        Self::parse_by(value, None)
    }

    /// Reads a post. `author` counts where the post names none.
    pub fn parse_by(value: &Value, author: Option<&ActorId>) -> Result<Self, ParseError> {
        let id = crate::activity::required_id(value, "id")?;
        let kind = Kind::parse(value)?;
        let attributed_to =
            author_of(value).or_else(|| author.cloned()).ok_or(ParseError::Missing("attributedTo"))?;
        let body = json::text(value, "content", json::MAX_TEXT_BYTES).unwrap_or_default();
        let (url, link) = pages(value, &id, &kind);
        let attachments = attachment::attachments(value, &kind);
        let (mentions, hashtags) = (tag::mentions(value), tag::hashtags(value));
        Ok(Self {
            attributed_to,
            audience: Audience::parse(value),
            content_html: body.text,
            content_type: ContentType::parse(value),
            title: json::text(value, "name", json::MAX_NAME_BYTES).map(|name| name.text),
            summary: json::text(value, "summary", json::MAX_TEXT_BYTES).map(|summary| summary.text),
            sensitive: json::boolean(value, "sensitive").unwrap_or(false),
            language: body.language.or_else(|| told_language(value)),
            in_reply_to: json::object_id(value, "inReplyTo"),
            image: json::href(value, "image").or_else(|| json::href(value, "icon")),
            published: json::time(value, "published"),
            updated: json::time(value, "updated"),
            starts: json::time(value, "startTime"),
            mentions,
            hashtags,
            emojis: tag::emojis(value),
            attachments,
            poll: Poll::parse(value),
            quote: Quote::parse(value),
            replies: json::object_id(value, "replies").or_else(|| json::object_id(value, "comments")),
            likes: json::object_id(value, "likes"),
            shares: json::object_id(value, "shares"),
            conversation: conversation(value),
            context: json::object_id(value, "context"),
            source: Source::parse(value),
            comments_enabled: json::boolean(value, "commentsEnabled"),
            approved_by: ["replyAuthorization", "approvedBy"]
                .iter()
                .find_map(|name| json::object_id(value, name)),
            interaction_policy: json::member(value, "interactionPolicy").cloned(),
            cleaned: Memo::default(),
            id,
            kind,
            url,
            link,
        })
    }

    /// The `type`.
    pub fn kind_name(&self) -> &str {
        self.kind.as_str()
    }

    /// The summary where it is a warning: always with short posts, with Articles,
    /// Pages and the like only when they are marked sensitive.
    pub fn content_warning(&self) -> Option<&str> {
        let warns = self.sensitive || matches!(self.kind, Kind::Note | Kind::Question | Kind::ChatMessage);
        self.summary.as_deref().filter(|summary| warns && !summary.trim().is_empty())
    }

    /// Whether it mentions an actor.
    pub fn mentions(&self, actor: &ActorId) -> bool {
        self.mentions.iter().any(|mention| mention.href == *actor)
    }
}

impl Kind {
    fn parse(value: &Value) -> Result<Self, ParseError> {
        let name = json::kind(value, POST_TYPES).ok_or(ParseError::NoType)?;
        Ok(match name {
            "Note" => Self::Note,
            "Article" => Self::Article,
            "Page" => Self::Page,
            "Question" => Self::Question,
            "Image" => Self::Image,
            "Video" => Self::Video,
            "Audio" => Self::Audio,
            "Event" => Self::Event,
            "ChatMessage" => Self::ChatMessage,
            other => Self::Other(other.to_owned()),
        })
    }

    /// The `type`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Note => "Note",
            Self::Article => "Article",
            Self::Page => "Page",
            Self::Question => "Question",
            Self::Image => "Image",
            Self::Video => "Video",
            Self::Audio => "Audio",
            Self::Event => "Event",
            Self::ChatMessage => "ChatMessage",
            Self::Other(name) => name,
        }
    }
}

impl ContentType {
    fn parse(value: &Value) -> Self {
        match json::plain(value, "mediaType", 128).as_deref() {
            Some(kind) if kind.starts_with("text/markdown") => Self::Markdown,
            Some(kind) if kind.starts_with("text/plain") => Self::Plain,
            _ => Self::Html,
        }
    }
}

impl Source {
    /// Reads `source`: an object, or the bare text (old Pleroma, kbin).
    fn parse(value: &Value) -> Option<Self> {
        let source = json::member(value, "source")?;
        if source.is_object() {
            let content = json::plain(source, "content", json::MAX_TEXT_BYTES)?;
            return Some(Self { content, media_type: json::plain(source, "mediaType", 128) });
        }
        json::plain(value, "source", json::MAX_TEXT_BYTES).map(|content| Self { content, media_type: None })
    }
}

/// The author: of several the one that says it is a Person, since PeerTube
/// names account and channel; else the first. Pleroma repeats it as `actor`.
fn author_of(value: &Value) -> Option<ActorId> {
    let is_person = |entry: &&Value| json::kinds(entry).contains(&"Person");
    let person = json::objects(value, "attributedTo").take(32).find(is_person).and_then(json::identifier);
    person
        .and_then(|id| ActorId::parse(id).ok())
        .or_else(|| json::actor_id(value, "attributedTo"))
        .or_else(|| json::actor_id(value, "actor"))
}

/// The post's own page, and the page that it links to. In a Page, `url` is
/// often the latter: then it is on another host, or also among the attachments.
/// Lemmy and Mbin now have the link among the attachments only.
fn pages(value: &Value, id: &ObjectId, kind: &Kind) -> (Option<String>, Option<String>) {
    let url = json::page_url(value, "url");
    if *kind != Kind::Page {
        return (url, None);
    }
    let is_elsewhere =
        |url: &String| ObjectId::parse(url).is_ok_and(|page| bare_host(&page) != bare_host(id));
    let attached = |url: &String| {
        json::entries(value, "attachment").take(32).any(|it| json::href(it, "href").as_ref() == Some(url))
    };
    match url {
        Some(url) if is_elsewhere(&url) || attached(&url) => (None, Some(url)),
        url => (url, attached_link(value)),
    }
}

/// The first web page among the attachments.
fn attached_link(value: &Value) -> Option<String> {
    json::objects(value, "attachment")
        .take(32)
        .filter(|it| json::kinds(it).contains(&"Link"))
        .find_map(|it| json::href(it, "href"))
}

fn bare_host(id: &ObjectId) -> &str {
    let host = id.host().as_str();
    host.strip_prefix("www.").unwrap_or(host)
}

fn conversation(value: &Value) -> Option<String> {
    let names = ["conversation", "context", "inConversation"];
    names.iter().find_map(|name| json::first_string(value, name)).map(str::to_owned)
}

/// `language` of Lemmy and PeerTube, `inLanguage` of Mobilizon.
fn told_language(value: &Value) -> Option<String> {
    let object = json::objects(value, "language").next().and_then(|it| json::plain(it, "identifier", 64));
    let text = || json::plain(value, "language", 64).or_else(|| json::plain(value, "inLanguage", 64));
    json::language_tag(&object.or_else(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn note(extra: Value) -> Note {
        let mut value =
            json!({"type": "Note", "id": "https://a.example/1", "attributedTo": "https://a.example/bob"});
        let Value::Object(extra) = extra else { panic!("an object") };
        value.as_object_mut().unwrap().extend(extra);
        Note::parse(&value).unwrap()
    }

    #[test]
    fn the_author_is_read_in_all_its_forms() {
        let bob = "https://a.example/bob";
        for author in [
            json!(bob),
            json!([bob]),
            json!({"id": bob, "type": "Person"}),
            json!([{"type": "Group", "id": "https://a.example/channel"}, {"type": "Person", "id": bob}]),
        ] {
            assert_eq!(note(json!({ "attributedTo": author })).attributed_to.as_str(), bob);
        }
        assert_eq!(note(json!({"attributedTo": null, "actor": bob})).attributed_to.as_str(), bob);
    }

    #[test]
    fn a_post_without_author_or_id_is_refused() {
        let alone = json!({"type": "Note", "id": "https://a.example/1", "content": "x"});
        assert_eq!(Note::parse(&alone), Err(ParseError::Missing("attributedTo")));
        let bob = ActorId::parse("https://a.example/bob").unwrap();
        assert_eq!(Note::parse_by(&alone, Some(&bob)).unwrap().attributed_to, bob);
        assert_eq!(Note::parse(&json!({"type": "Note"})), Err(ParseError::Missing("id")));
        let scrubbed = json!({"type": "Note", "id": "SCRUBBED"});
        assert!(matches!(Note::parse(&scrubbed), Err(ParseError::InvalidId { member: "id", .. })));
    }

    #[test]
    fn the_page_that_is_linked_is_not_the_page_of_the_post() {
        let page = |url: &str, attachment: Value| {
            note(json!({"type": "Page", "url": url, "attachment": attachment}))
        };
        let linked = page("https://news.example/x", json!([]));
        assert_eq!((linked.url, linked.link.as_deref()), (None, Some("https://news.example/x")));
        let own = page("https://a.example/t/1", json!([]));
        assert_eq!((own.url.as_deref(), own.link), (Some("https://a.example/t/1"), None));
        let attached = page("https://a.example/x", json!({"type": "Link", "href": "https://a.example/x"}));
        assert_eq!((attached.url, attached.link.as_deref()), (None, Some("https://a.example/x")));
        let link = json!([{"type": "Image", "url": "https://a.example/i.png"}, {"type": "Link", "href": "https://news.example/x"}]);
        let lemmy = note(json!({"type": "Page", "attachment": link}));
        assert_eq!((lemmy.url, lemmy.link.as_deref()), (None, Some("https://news.example/x")));
        let mbin = page("https://a.example/t/1", link.clone());
        assert_eq!(
            (mbin.url.as_deref(), mbin.link.as_deref()),
            (Some("https://a.example/t/1"), Some("https://news.example/x"))
        );
        assert_eq!(note(json!({"type": "Note", "attachment": link})).link, None);
        // Threads and blogs have their pages on another host than their ids.
        let blog = note(json!({"url": "https://www.b.example/1"}));
        assert_eq!(blog.url.as_deref(), Some("https://www.b.example/1"));
    }

    #[test]
    fn a_summary_warns_only_with_short_or_sensitive_posts() {
        let warning = |kind: &str, sensitive: bool| {
            let note = note(json!({"type": kind, "summary": "cats", "sensitive": sensitive}));
            note.content_warning().is_some()
        };
        assert!(warning("Note", false) && warning("Article", true));
        assert!(!warning("Article", false) && !warning("Page", false));
        assert_eq!(note(json!({"summary": ""})).content_warning(), None);
    }

    #[test]
    fn the_language_is_found_where_each_peer_puts_it() {
        for extra in [
            json!({"content": "a", "contentMap": {"ko": "<p>a</p>"}}),
            json!({"language": {"identifier": "ko", "name": "한국어"}}),
            json!({"inLanguage": "ko"}),
            json!({"contentMap": {"ko": "a"}}),
        ] {
            assert_eq!(note(extra).language.as_deref(), Some("ko"));
        }
    }

    #[test]
    fn a_source_is_an_object_or_bare_text() {
        let source = |source: Value| note(json!({ "source": source })).source;
        let wanted = |media_type: Option<&str>| {
            Some(Source { content: "x".into(), media_type: media_type.map(str::to_owned) })
        };
        assert_eq!(source(json!("x")), wanted(None));
        assert_eq!(source(json!({"content": "x", "mediaType": "text/bbcode"})), wanted(Some("text/bbcode")));
        assert_eq!(source(json!(null)), None);
    }

    #[test]
    fn nulls_are_as_if_absent() {
        let bare =
            note(json!({"summary": null, "name": null, "sensitive": null, "inReplyTo": null, "url": null,
            "tag": null, "attachment": null, "cc": [null], "content": null, "contentMap": {"en": null}}));
        assert_eq!((bare.title, bare.summary, bare.sensitive, bare.url), (None, None, false, None));
        assert!(bare.content_html.is_empty() && bare.audience.is_empty() && bare.attachments.is_empty());
    }
}
