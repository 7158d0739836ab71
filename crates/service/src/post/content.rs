//! What a peer's post says, made clean and ours.

use crate::Result;
use crate::account::emojis_of;
use activitypub::note::{AttachmentKind as Theirs, ContentType, Kind};
use activitypub::{Activity, Note, Object};
use domain::media::Focus;
use domain::post::{Attachment, AttachmentKind, Mention, PostKind, PostText};
use domain::{Account, ActorId, Names, ObjectId};
use std::collections::HashMap;
use std::sync::Arc;
use store::Tx;
use text::{Around, sanitise};

/// The most unknown actors that a post may mention for them to be asked for.
const MAX_UNKNOWN: usize = 10;

/// Accounts a post names, among those we know.
pub(super) struct Named {
    by_actor: HashMap<String, Account>,
}

impl Named {
    /// Finds who is named in `to`, `cc` and the mentions.
    pub(super) fn of(tx: &mut Tx, note: &Note) -> Result<Self> {
        let mentions = note.mentions.iter().map(|mention| mention.href.as_str());
        let mut ids: Vec<&str> = note.audience.everyone().chain(mentions).take(1000).collect();
        ids.sort_unstable();
        ids.dedup();
        let accounts = store::account::by_actors(tx, &ids)?;
        Ok(Self { by_actor: accounts.into_iter().map(|a| (a.actor_id.to_string(), a)).collect() })
    }

    /// The account of an actor, if it is named and known.
    pub(super) fn get(&self, actor: &ActorId) -> Option<&Account> {
        self.by_actor.get(actor.as_str())
    }

    /// Whom a post mentions that we do not know. Nobody where they are many: a
    /// post may name thousands.
    pub(super) fn unknown(&self, names: &Names, note: &Note) -> Vec<ActorId> {
        let hrefs = note.mentions.iter().map(|mention| &mention.href);
        let unknown: Vec<ActorId> = hrefs
            .filter(|actor| self.get(actor).is_none() && !names.is_ours(&ObjectId::from((*actor).clone())))
            .take(MAX_UNKNOWN + 1)
            .cloned()
            .collect();
        if unknown.len() > MAX_UNKNOWN { Vec::new() } else { unknown }
    }

    /// All of them.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.by_actor.values()
    }
}

/// What kind of post it is here.
pub(super) fn kind_of(note: &Note) -> PostKind {
    match note.kind {
        // A message to one person is a direct Note.
        Kind::ChatMessage => PostKind::Note,
        // Whatever else it says it is.
        _ if note.poll.is_some() => PostKind::Question,
        _ => PostKind::from_type(note.kind_name()),
    }
}

/// The text of a post, cleaned; its inline images are among its attachments.
pub(super) fn text_of(names: &Names, note: &Note, named: &Named) -> PostText {
    PostText { mentions: mentions(note, named), ..cleaned(names, note).as_ref().clone() }
}

/// Cleans the post that an activity brings: what comes later, maybe where
/// others wait, finds it done.
pub(crate) fn prepare(names: &Names, activity: &Activity) {
    let Activity::Create(create) = activity else { return };
    for object in create.objects() {
        if let Some(Object::Note(note)) = object.embedded() {
            drop(cleaned(names, note));
        }
    }
}

/// All of the text but whom it names, who are known only to the store.
fn cleaned(names: &Names, note: &Note) -> Arc<PostText> {
    note.cleaned.once(|| clean(names, note))
}

fn clean(names: &Names, note: &Note) -> PostText {
    let raw = match note.content_type {
        ContentType::Html => note.content_html.clone(),
        ContentType::Markdown => {
            text::format::markdown(&note.content_html, &Around { names, resolve: &|_| None }).html
        }
        ContentType::Plain => text::plain::to_html(&note.content_html),
    };
    let mut attachments = attachments(note);
    for image in sanitise::inline_images(&raw) {
        if attachments.iter().all(|there| there.url != image.src) {
            attachments.push(inline(image));
        }
    }
    let title = note.title.as_deref().map(sanitise::plain_line).filter(|title| !title.is_empty());
    PostText {
        content_html: content(note, &sanitise::post(&raw), title.as_deref()),
        source: note.source.as_ref().map(|source| source.content.clone()),
        source_type: note.source.as_ref().and_then(|source| source.media_type.clone()),
        warning: note.content_warning().map(plain).unwrap_or_default(),
        sensitive: note.sensitive || note.content_warning().is_some(),
        language: note.language.as_deref().map(|tag| tag.chars().take(35).collect()),
        mentions: Vec::new(),
        hashtags: hashtags(note),
        emojis: emojis_of(&note.emojis),
        attachments,
        title,
    }
}

fn plain(html: &str) -> String {
    text::plain::from_html(html).chars().take(2000).collect()
}

/// Shows what is more than a note by its title, its text and the way to the original.
fn content(note: &Note, clean: &str, title: Option<&str>) -> String {
    if note.is_short() && title.is_none() {
        return clean.to_owned();
    }
    let mut html = String::new();
    if let Some(title) = title {
        html.push_str("<p><strong>");
        html.push_str(&text::plain::to_html(title));
        html.push_str("</strong></p>");
    }
    if clean.is_empty()
        && let Some(summary) = note.summary.as_deref().filter(|_| note.content_warning().is_none())
    {
        html.push_str(&sanitise::post(summary));
    }
    html.push_str(clean);
    let link = note.link.as_deref().or(note.url.as_deref()).unwrap_or(note.id.as_str());
    if text::link::safe(link).is_some() && note.kind != Kind::Note && note.poll.is_none() {
        html.push_str("<p>");
        html.push_str(&text::link::html(link));
        html.push_str("</p>");
    }
    html
}

fn mentions(note: &Note, named: &Named) -> Vec<Mention> {
    note.mentions
        .iter()
        .filter_map(|mention| named.get(&mention.href))
        .map(|account| Mention {
            account_id: account.id,
            actor_id: account.actor_id.clone(),
            handle: account.handle.clone(),
            url: account.profile.url.clone().unwrap_or_else(|| account.actor_id.to_string()),
        })
        .collect()
}

fn hashtags(note: &Note) -> Vec<String> {
    let mut names: Vec<String> = note
        .hashtags
        .iter()
        .filter_map(|name| text::hashtag::parse_loosely(name))
        .map(|name| text::hashtag::key(&name))
        .take(64)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn attachments(note: &Note) -> Vec<Attachment> {
    note.attachments
        .iter()
        .filter(|attachment| text::link::safe(&attachment.url).is_some())
        .filter(|attachment| attachment.kind != Theirs::Link)
        .take(16)
        .map(|attachment| Attachment {
            kind: match attachment.kind {
                Theirs::Image => AttachmentKind::Image,
                Theirs::Video => AttachmentKind::Video,
                Theirs::Audio => AttachmentKind::Audio,
                Theirs::Link | Theirs::Document => AttachmentKind::Unknown,
            },
            url: attachment.url.clone(),
            media_type: attachment.media_type.clone(),
            description: attachment.description.as_deref().map(|words| words.chars().take(10_000).collect()),
            blurhash: attachment.blurhash.clone(),
            width: attachment.width.map(i64::from),
            height: attachment.height.map(i64::from),
            preview_url: attachment.preview.clone().filter(|url| text::link::safe(url).is_some()),
            focus: attachment.focal_point.map(|(x, y)| Focus::new(x.into(), y.into())),
            ..Attachment::default()
        })
        .collect()
}

fn inline(image: sanitise::InlineImage) -> Attachment {
    Attachment {
        kind: AttachmentKind::Image,
        url: image.src,
        description: Some(image.alt).filter(|alt| !alt.is_empty()),
        ..Attachment::default()
    }
}
