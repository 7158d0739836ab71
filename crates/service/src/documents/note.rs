//! Our posts as documents, and the activities that carry them.

use crate::Result;
use activitypub::PUBLIC;
use activitypub::note::{
    Attachment as FileDocument, AttachmentKind as FileKind, Emoji as EmojiTag, Kind, Mention as MentionTag,
    Poll as PollDocument, PollOption as OptionDocument, Source,
};
use activitypub::render::{self, Counted, Envelope, HashtagLink, NoteDocument};
use domain::media::Focus;
use domain::post::{Attachment, AttachmentKind, Post, PostCounts, PostKind};
use domain::{Account, AccountId, AccountKind, Names, ObjectId, Timestamp, Visibility};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use store::Tx;
use store::boost::Boost;
use url::form_urlencoded::byte_serialize;

/// A post of ours as it is served (ActivityPub §6.2).
pub fn note(tx: &mut Tx, post: &Post, author: &Account) -> Result<Value> {
    Ok(render::note(&note_of(tx, post, author)?))
}

/// The Create of a post of ours, with the post inside: most peers do not fetch
/// what is only named. Its id is that of the post and `/activity`.
pub fn create(tx: &mut Tx, post: &Post, author: &Account) -> Result<Value> {
    let note = note_of(tx, post, author)?;
    Ok(render::create(&format!("{}/activity", post.object_id), &note))
}

/// The Update of a post of ours: addressed like the post.
pub fn update(tx: &mut Tx, post: &Post, author: &Account, activity_id: &str) -> Result<Value> {
    let note = note_of(tx, post, author)?;
    let envelope = Envelope::new(activity_id, author.actor_id.clone())
        .to(note.to.clone(), note.cc.clone())
        .at(note.updated.unwrap_or(note.published));
    Ok(render::update(&envelope, render::note(&note)))
}

/// The Announce of a boost by an account of ours (ActivityPub §7.11). The
/// author of the boosted post is addressed, follower or not.
pub fn announce(tx: &mut Tx, boost: &Boost, booster: &Account, post: &Post) -> Result<Value> {
    let author = store::account::get(tx, post.author_id)?;
    let author: Vec<String> =
        [author].into_iter().filter(|it| it.id != booster.id).map(|it| it.actor_id.to_string()).collect();
    let (to, cc) = envelope_addresses(boost.visibility, followers(booster), Vec::new(), author);
    let envelope =
        Envelope::new(boost.activity_id.as_str(), booster.actor_id.clone()).to(to, cc).at(boost.created_at);
    Ok(render::announce(&envelope, &post.object_id))
}

/// What is served in the place of something that is gone.
pub fn tombstone(id: &ObjectId, former_type: Option<&str>, deleted_at: Option<Timestamp>) -> Value {
    render::tombstone(id, former_type, deleted_at)
}

/// `to` and `cc` of a post of ours (ActivityPub §5.6; each the same on the post
/// and on the activities that carry it).
pub fn audience(tx: &mut Tx, post: &Post, author: &Account) -> Result<(Vec<String>, Vec<String>)> {
    let addressed = addressed(tx, post)?;
    Ok(addresses(post, author, &addressed))
}

/// The document of a post of ours, for all that sends or shows it.
pub fn note_of(tx: &mut Tx, post: &Post, author: &Account) -> Result<NoteDocument> {
    let addressed = addressed(tx, post)?;
    let counts = store::post::counts(tx, post.id)?;
    let replies = store::post::count_open_replies(tx, post.id)?;
    let names = tx.names().clone();
    let (to, cc) = addresses(post, author, &addressed);
    let text = &post.text;
    Ok(NoteDocument {
        id: post.object_id.clone(),
        kind: kind(&post.kind),
        attributed_to: author.actor_id.clone(),
        to,
        cc,
        audience: group(post, &addressed).map(|group| group.actor_id.to_string()),
        content_html: text.content_html.clone(),
        title: text.title.clone(),
        summary: Some(text.warning.clone()).filter(|warning| !warning.is_empty()),
        sensitive: text.sensitive,
        language: text.language.clone(),
        source: text.source.clone().map(|content| Source { content, media_type: text.source_type.clone() }),
        in_reply_to: post.in_reply_to.clone(),
        url: post.url.clone(),
        published: post.published_at,
        updated: post.edited_at,
        mentions: mentions(post, &addressed),
        hashtags: text.hashtags.iter().map(|name| hashtag(&names, name)).collect(),
        emojis: text.emojis.iter().map(emoji).collect(),
        attachments: text.attachments.iter().map(attachment).collect(),
        poll: poll(tx, post)?,
        quote: None,
        replies: Some(replies_of(post, replies)),
        likes: Some(counted(post, "likes", counts.likes)),
        shares: Some(counted(post, "shares", shares(post, counts))),
        conversation: Some(conversation(&names, post)),
        context: None,
        comments_enabled: None,
        interaction_policy: None,
    })
}

/// The poll of a Question. Numbers that are hidden here are hidden elsewhere.
fn poll(tx: &mut Tx, post: &Post) -> Result<Option<PollDocument>> {
    if post.kind != PostKind::Question {
        return Ok(None);
    }
    let now = tx.now();
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(store::poll::find(tx, post.id)?.map(|poll| PollDocument {
        multiple: poll.multiple,
        ends: poll.ends_at,
        is_closed: poll.is_over(now),
        voters: poll.voters.map(count),
        options: poll
            .options
            .iter()
            .map(|option| OptionDocument {
                title: option.title.clone(),
                votes: poll.shows_totals(now).then(|| count(option.votes)),
            })
            .collect(),
    }))
}

/// Boosts of what is not open are the author's own and no public number.
pub(crate) fn shares(post: &Post, counts: PostCounts) -> i64 {
    if post.visibility.is_open() { counts.boosts } else { 0 }
}

fn replies_of(post: &Post, total: i64) -> Counted {
    let replies = counted(post, "replies", total);
    Counted { first: Some(format!("{}?page=1", replies.id)), ..replies }
}

fn counted(post: &Post, part: &str, total: i64) -> Counted {
    Counted {
        id: format!("{}/{part}", post.object_id),
        total: u64::try_from(total).unwrap_or(0),
        first: None,
    }
}

/// Whom the post addresses now. Whom an edit no longer names is still told of
/// changes, but only of a direct post they stay readers.
fn addressed(tx: &mut Tx, post: &Post) -> Result<Vec<Arc<Account>>> {
    let mut ids = store::post::addressed(tx, post.id)?;
    if post.edited_at.is_some() && post.visibility != Visibility::Direct {
        let named = |id: &AccountId| post.text.mentions.iter().any(|mention| mention.account_id == *id);
        ids.retain(|id| named(id) || post.in_reply_to_account_id == Some(*id));
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut accounts: Vec<Arc<Account>> =
        store::account::list(tx, &ids)?.into_iter().map(|(account, _)| account).collect();
    // In the order of the text as far as it names them: the same each time.
    let place = |account: &Account| post.text.mentions.iter().position(|m| m.account_id == account.id);
    accounts.sort_by_key(|account| (place(account).unwrap_or(usize::MAX), account.id));
    Ok(accounts)
}

/// The group that an open post is sent to (FEP-1b12): the first it names.
fn group<'a>(post: &Post, addressed: &'a [Arc<Account>]) -> Option<&'a Account> {
    addressed
        .iter()
        .map(|account| &**account)
        .find(|account| account.kind == AccountKind::Group && post.visibility.is_open())
}

fn followers(account: &Account) -> String {
    account.collections.followers.clone().unwrap_or_else(|| format!("{}/followers", account.actor_id))
}

fn addresses(post: &Post, author: &Account, addressed: &[Arc<Account>]) -> (Vec<String>, Vec<String>) {
    let group = group(post, addressed).map(|group| group.id);
    let (groups, people): (Vec<&Account>, Vec<&Account>) =
        addressed.iter().map(|account| &**account).partition(|account| Some(account.id) == group);
    let ids =
        |accounts: Vec<&Account>| accounts.into_iter().map(|account| account.actor_id.to_string()).collect();
    envelope_addresses(post.visibility, followers(author), ids(groups), ids(people))
}

fn envelope_addresses(
    visibility: Visibility,
    followers: String,
    groups: Vec<String>,
    people: Vec<String>,
) -> (Vec<String>, Vec<String>) {
    let public = || PUBLIC.to_owned();
    let (first, second) = match visibility {
        Visibility::Public => (vec![public()], vec![followers]),
        Visibility::Unlisted => (vec![followers], vec![public()]),
        Visibility::Followers => (vec![followers], Vec::new()),
        Visibility::Direct => return ([groups, people].concat(), Vec::new()),
    };
    ([first, groups].concat(), [second, people].concat())
}

fn kind(kind: &PostKind) -> Kind {
    match kind {
        PostKind::Note => Kind::Note,
        PostKind::Article => Kind::Article,
        PostKind::Page => Kind::Page,
        PostKind::Question => Kind::Question,
        PostKind::Other(name) => Kind::Other(name.clone()),
    }
}

/// Everyone the post addresses: peers notify only whom a tag names.
fn mentions(post: &Post, addressed: &[Arc<Account>]) -> Vec<MentionTag> {
    let named = post.text.mentions.iter().map(|m| (&m.actor_id, &m.handle));
    let answered = addressed.iter().map(|account| (&account.actor_id, &account.handle));
    let mut seen = HashSet::new();
    named
        .chain(answered)
        .filter(|(actor, _)| seen.insert(actor.as_str()))
        .map(|(actor, handle)| MentionTag { href: actor.clone(), name: Some(format!("@{handle}")) })
        .collect()
}

/// A hashtag by itself, as it stands in the collection of a profile's hashtags.
pub(crate) fn hashtag_document(names: &Names, name: &str) -> Value {
    render::hashtag(&hashtag(names, name))
}

pub(super) fn hashtag(names: &Names, name: &str) -> HashtagLink {
    let path: String = byte_serialize(name.as_bytes()).collect();
    HashtagLink { name: name.to_owned(), href: names.url(&format!("/tags/{path}")) }
}

pub(super) fn emoji(emoji: &domain::account::Emoji) -> EmojiTag {
    EmojiTag { shortcode: emoji.shortcode.clone(), url: emoji.url.clone(), id: emoji.id.clone() }
}

fn attachment(file: &Attachment) -> FileDocument {
    let pixels = |side: Option<i64>| side.and_then(|side| u32::try_from(side).ok());
    FileDocument {
        kind: match file.kind {
            AttachmentKind::Image => FileKind::Image,
            AttachmentKind::Gifv | AttachmentKind::Video => FileKind::Video,
            AttachmentKind::Audio => FileKind::Audio,
            AttachmentKind::Unknown => FileKind::Document,
        },
        url: file.url.clone(),
        media_type: file.media_type.clone(),
        description: file.description.clone(),
        blurhash: file.blurhash.clone(),
        width: pixels(file.width),
        height: pixels(file.height),
        preview: None,
        focal_point: file.focus.map(point),
        sensitive: false,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "four digits are enough for a point on a picture")]
fn point(focus: Focus) -> (f32, f32) {
    (focus.x() as f32, focus.y() as f32)
}

/// The thread's name: a tag URI (RFC 4151) that nothing is fetched from.
fn conversation(names: &Names, post: &Post) -> String {
    let made = domain::id::time_of(post.conversation_id.0);
    let day = jiff::Timestamp::from_millisecond(made).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let day = day.strftime("%Y-%m-%d");
    format!("tag:{},{day}:conversation={}", names.origin().host().name(), post.conversation_id)
}
