//! One of ours writes a post.

use super::receive::file;
use super::spread::spread;
use super::{linked, question};
use crate::activity::{self, Sending};
use crate::errand::Errand;
use crate::outbox::{Followers, Shared};
use crate::profile::{self, AccountView};
use crate::{Cx, Error, Result, account, documents, media};
use domain::post::{self, Draft, Format, InvalidDraft, Mention, PostText};
use domain::{Account, AccountId, ApplicationId, Handle, Post, PostId, PostKind, Visibility};
use futures_util::future::join_all;
use std::collections::HashMap;
use store::Tx;
use text::sanitise::{self, RULES_VERSION};
use text::{Around, Formatted, Resolved};

/// Handles in one text that are asked for where they are not known.
const MAX_LOOKUPS: usize = 10;

/// A post that is on disk, or was before under the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The post.
    pub id: PostId,
}

/// Writes a post and sends it (ActivityPub §6.2). With a key, a repeated
/// request is answered with the first one's post.
pub async fn publish(
    cx: &Cx,
    viewer: &Account,
    draft: Draft,
    application: Option<ApplicationId>,
    key: Option<String>,
) -> Result<Published> {
    check(&draft)?;
    let key = key.map(|key| key.chars().take(200).collect::<String>());
    if let Some(key) = key.clone() {
        let viewer = viewer.id;
        if let Some(id) = cx.read(move |tx| Ok(store::idempotency::find(tx, viewer, &key)?)).await? {
            return Ok(Published { id: PostId(id) });
        }
    }
    let text = written(cx, &draft).await?;
    let viewer = viewer.clone();
    let id =
        cx.write(move |tx| compose(tx, &viewer, &draft, text.clone(), application, key.as_deref())).await?;
    Ok(Published { id })
}

/// Whom a text names beside those its author expects it to reach.
pub async fn unexpected(cx: &Cx, text: &str, expected: &[AccountId]) -> Result<Vec<AccountView>> {
    let named = named(cx, text).await?;
    let ids = named.values().map(|account| account.id).filter(|id| !expected.contains(id));
    let mut ids: Vec<AccountId> = ids.collect();
    ids.sort_unstable();
    cx.read(move |tx| profile::many(tx, &ids)).await
}

/// Whether a post may say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// Something else is to be seen.
    Allowed,
    /// It would be empty.
    Refused,
}

impl Silence {
    pub(super) fn of<T>(shown: &[T]) -> Self {
        if shown.is_empty() { Self::Refused } else { Self::Allowed }
    }
}

/// Refuses a text that is too long, or blank with nothing beside it.
pub(super) fn check_length(draft: &Draft, silence: Silence) -> Result<()> {
    let length = text::length::count(&draft.text) + text::length::count(&draft.warning);
    let blank = draft.text.trim().is_empty() && draft.warning.trim().is_empty();
    let checked = if blank && silence == Silence::Refused {
        Err(InvalidDraft::Empty)
    } else {
        post::check_length(length)
    };
    match checked {
        Err(InvalidDraft::Empty) if silence == Silence::Allowed => Ok(()),
        checked => checked.map_err(|why| Error::invalid("status", why.to_string())),
    }
}

/// Publishes what waited: `take` says, in the same transaction, whether it
/// still does.
pub(crate) async fn publish_once(
    cx: &Cx,
    viewer: &Account,
    draft: Draft,
    application: Option<ApplicationId>,
    take: impl Fn(&mut Tx) -> Result<bool> + Send + 'static,
) -> Result<()> {
    let text = written(cx, &draft).await?;
    let viewer = viewer.clone();
    cx.write_later(move |tx| {
        if take(tx)? {
            compose(tx, &viewer, &draft, text.clone(), application, None)?;
        }
        Ok(())
    })
    .await
}

/// Whether a draft can be a post.
pub(crate) fn check(draft: &Draft) -> Result<()> {
    check_length(draft, Silence::of(&draft.media))?;
    question::check(draft.poll.as_ref())
}

/// What a draft says, with links, mentions and hashtags found.
pub(super) async fn written(cx: &Cx, draft: &Draft) -> Result<PostText> {
    let emojis = emojis(cx, draft).await?;
    let named = named(cx, &draft.text).await?;
    let resolve = |mention: &text::Mention| named.get(&key_of(cx, mention)).map(resolved);
    let around = Around { names: &cx.names, resolve: &resolve };
    let formatted = match draft.format {
        Format::Plain => text::format::plain(&draft.text, &around),
        Format::Markdown => text::format::markdown(&draft.text, &around),
    };
    Ok(PostText {
        mentions: mentions(&formatted, &named, cx),
        hashtags: formatted.hashtags.iter().map(|name| text::hashtag::key(name)).collect(),
        content_html: formatted.html,
        source: Some(draft.text.clone()),
        source_type: Some(draft.format.media_type().to_owned()),
        title: None,
        warning: sanitise::plain_line(&draft.warning),
        sensitive: draft.sensitive || !draft.warning.is_empty(),
        language: draft.language.clone(),
        emojis,
        attachments: Vec::new(),
    })
}

/// The emoji of ours in all that a draft says.
async fn emojis(cx: &Cx, draft: &Draft) -> Result<Vec<domain::account::Emoji>> {
    let mut said = format!("{}\n{}", draft.warning, draft.text);
    for option in draft.poll.iter().flat_map(|poll| &poll.options) {
        said.push('\n');
        said.push_str(option);
    }
    // Most say nothing with a colon in it twice.
    if text::emoji::find(&said).is_empty() {
        return Ok(Vec::new());
    }
    cx.read(move |tx| crate::emoji::used(tx, &[&said])).await
}

fn key_of(cx: &Cx, mention: &text::Mention) -> String {
    let domain = mention.domain.clone().unwrap_or_else(|| cx.names.domain().clone());
    Handle { name: mention.name.clone(), domain }.key()
}

fn page_of(account: &Account) -> String {
    account.profile.url.clone().unwrap_or_else(|| account.actor_id.to_string())
}

fn resolved(account: &Account) -> Resolved {
    Resolved { account: account.id, page: page_of(account), shown: account.handle.name.clone() }
}

/// The accounts that a text names, by handle; unknown ones are looked up.
async fn named(cx: &Cx, text: &str) -> Result<HashMap<String, Account>> {
    let mut handles: HashMap<String, Handle> = HashMap::new();
    for found in text::mention::find(text) {
        let domain = found.mention.domain.clone().unwrap_or_else(|| cx.names.domain().clone());
        handles.insert(key_of(cx, &found.mention), Handle { name: found.mention.name, domain });
    }
    let mut accounts = HashMap::new();
    let mut unknown = Vec::new();
    for (key, handle) in handles {
        match account::find_handle(cx, &handle).await? {
            Some(account) => drop(accounts.insert(key, account)),
            None => unknown.push((key, handle)),
        }
    }
    unknown.truncate(MAX_LOOKUPS);
    let errand = Errand::new(cx, None);
    let answers = join_all(unknown.iter().map(|(_, handle)| account::lookup(cx, handle, &errand))).await;
    for ((key, handle), answer) in unknown.into_iter().zip(answers) {
        match answer {
            Ok(account) => drop(accounts.insert(key, account)),
            Err(error) => tracing::debug!(%handle, %error, "a mention of nobody known stays text"),
        }
    }
    Ok(accounts)
}

fn mentions(formatted: &Formatted, named: &HashMap<String, Account>, cx: &Cx) -> Vec<Mention> {
    formatted
        .mentions
        .iter()
        .filter_map(|mentioned| named.get(&key_of(cx, &mentioned.written)))
        .map(mention)
        .collect()
}

fn mention(account: &Account) -> Mention {
    Mention {
        account_id: account.id,
        actor_id: account.actor_id.clone(),
        handle: account.handle.clone(),
        url: page_of(account),
    }
}

fn compose(
    tx: &mut Tx,
    viewer: &Account,
    draft: &Draft,
    mut text: PostText,
    application: Option<ApplicationId>,
    key: Option<&str>,
) -> Result<PostId> {
    let id = PostId(tx.new_id());
    if let Some(key) = key
        && let Some(first) = store::idempotency::claim(tx, viewer.id, key, id.0)?
    {
        return Ok(PostId(first));
    }
    let parent = parent(tx, viewer, draft)?;
    if let Some(answered) =
        answered(tx, viewer, parent.as_ref(), &text)?.filter(|_| draft.visibility != Visibility::Direct)
    {
        text.mentions.push(mention(&answered));
    }
    text.attachments = media::hang(tx, viewer, id, &draft.media)?;
    let object_id = tx.names().post(&viewer.actor_id, id);
    let post = Post {
        id,
        object_id,
        author_id: viewer.id,
        kind: if draft.poll.is_some() { PostKind::Question } else { PostKind::Note },
        visibility: draft.visibility,
        text,
        url: Some(tx.names().post_page(&viewer.handle.name, id)),
        in_reply_to: parent.as_ref().map(|parent| parent.object_id.clone()),
        in_reply_to_id: parent.as_ref().map(|parent| parent.id),
        in_reply_to_account_id: parent.as_ref().map(|parent| parent.answered_by(viewer.id)),
        conversation_id: parent.as_ref().map_or(id, |parent| parent.conversation_id),
        published_at: tx.now(),
        edited_at: None,
        // An answer tells much of what it answers.
        local_only: draft.local_only || parent.as_ref().is_some_and(|parent| parent.local_only),
    };
    if !store::post::insert(tx, &post, application, RULES_VERSION)? {
        return Err(Error::Internal("a new post's id was taken".into()));
    }
    let addressed = post::addressed(viewer.id, &post.text.mentions, None);
    file(tx, &post, &addressed)?;
    if let Some(poll) = &draft.poll {
        question::open(tx, &post, poll)?;
    }
    linked::file(tx, &post, None)?;
    spread(tx, &post, viewer, &addressed)?;
    send(tx, viewer, &post, &addressed)?;
    Ok(id)
}

fn parent(tx: &mut Tx, viewer: &Account, draft: &Draft) -> Result<Option<Post>> {
    let Some(id) = draft.in_reply_to else { return Ok(None) };
    Ok(Some(super::seen_by(tx, id, viewer)?.0))
}

/// Who is answered, where the text does not name them already.
fn answered(
    tx: &mut Tx,
    viewer: &Account,
    parent: Option<&Post>,
    text: &PostText,
) -> Result<Option<Account>> {
    let Some(author) = parent.map(|parent| parent.author_id) else { return Ok(None) };
    let there = author == viewer.id || text.mentions.iter().any(|mention| mention.account_id == author);
    if there { Ok(None) } else { Ok(store::account::find(tx, author)?) }
}

fn send(tx: &mut Tx, viewer: &Account, post: &Post, addressed: &[AccountId]) -> Result<()> {
    if post.local_only {
        return Ok(());
    }
    let json = documents::create(tx, post, viewer)?;
    let to = store::account::list(tx, addressed)?;
    let to: Vec<&Account> = to.iter().map(|(account, _)| &**account).collect();
    let id = format!("{}/activity", post.object_id);
    let order = [post.object_id.as_str()];
    let sending = sending("Create", post, &to, &order);
    activity::post(tx, viewer, &id, &json, &sending)?;
    Ok(())
}

/// How activities about a post of ours go out.
pub(super) fn sending<'a>(
    kind: &'a str,
    post: &'a Post,
    to: &'a [&'a Account],
    order: &'a [&'a str; 1],
) -> Sending<'a> {
    let direct = post.visibility == Visibility::Direct;
    Sending {
        kind,
        object: post.object_id.as_str(),
        to,
        followers: if direct { Followers::No } else { Followers::All },
        shared: if direct { Shared::Personal } else { Shared::Broadcast },
        is_open: post.visibility.is_open(),
        order,
    }
}
