//! The index of words follows the posts and accounts: what has changed first,
//! then, where the index is new, all there are, the newest first. It may be
//! behind, or be lost; it is never asked what somebody may see.

use crate::{Cx, Result};
use domain::post::AttachmentKind;
use domain::{AccountId, Post, PostId, Visibility};
use std::collections::{HashMap, HashSet};
use store::search::index::{self, Entry};
use store::search::{self, Subject};
use store::{Tx, poll};

/// How much is looked at in one step.
const STEP: i64 = 200;
/// Words that are kept of one post, and of one name.
const MAX_WORDS: usize = 4000;
const MAX_NAME_WORDS: usize = 100;

/// Whether the index knows everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// Something is left to look at.
    More,
    /// Nothing is.
    All,
}

/// One step. An index that turns out to be damaged is begun anew.
pub async fn fill(cx: &Cx) -> Result<Filled> {
    let _alone = cx.filling.lock().await;
    match step(cx).await {
        Err(crate::Error::Store(error)) if error.is_index_damage() => {
            tracing::warn!(%error, "the search index is damaged and is built anew");
            cx.store.renew_index().await?;
            Ok(Filled::More)
        }
        result => result,
    }
}

/// Forgets the index and builds it anew; how many posts and accounts it holds.
pub async fn rebuild(cx: &Cx) -> Result<(i64, i64)> {
    {
        let _alone = cx.filling.lock().await;
        cx.store.renew_index().await?;
    }
    while fill(cx).await? == Filled::More {
        tokio::task::yield_now().await;
    }
    cx.store.read_index(|tx| Ok(index::counts(tx)?)).await
}

async fn step(cx: &Cx) -> Result<Filled> {
    let changes = cx.read(|tx| Ok(search::changes(tx, STEP)?)).await?;
    if !changes.is_empty() {
        let subjects: HashSet<Subject> = changes.iter().map(|(_, subject)| *subject).collect();
        look_at(cx, subjects.into_iter().collect()).await?;
        let done: Vec<i64> = changes.into_iter().map(|(id, _)| id).collect();
        cx.write_later(move |tx| Ok(search::settled(tx, &done)?)).await?;
        return Ok(Filled::More);
    }
    let (posts, accounts) =
        cx.store.read_index::<_, crate::Error, _>(|tx| Ok(index::built_down_to(tx)?)).await?;
    if accounts > 0 {
        let next = cx.read(move |tx| Ok(search::accounts_below(tx, accounts, STEP)?)).await?;
        let down_to = next.last().map_or(0, |id| id.0);
        look_at(cx, next.into_iter().map(Subject::Account).collect()).await?;
        note(cx, move |tx| Ok(index::built_accounts(tx, down_to)?)).await?;
        return Ok(Filled::More);
    }
    if posts > 0 {
        let next = cx.read(move |tx| Ok(search::posts_below(tx, posts, STEP)?)).await?;
        let down_to = next.last().map_or(0, |id| id.0);
        look_at(cx, next.into_iter().map(Subject::Post).collect()).await?;
        note(cx, move |tx| Ok(index::built_posts(tx, down_to)?)).await?;
        return Ok(Filled::More);
    }
    Ok(Filled::All)
}

async fn note(cx: &Cx, verb: impl FnMut(&mut Tx) -> Result<()> + Send + 'static) -> Result<()> {
    cx.store.write_index(verb).await
}

/// What the index is to keep of a subject; none where it is gone.
type Kept = (Subject, Option<Entry>);

async fn look_at(cx: &Cx, subjects: Vec<Subject>) -> Result<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    let kept = cx.read(move |tx| read(tx, &subjects)).await?;
    note(cx, move |tx| kept.iter().try_for_each(|kept| keep(tx, kept))).await
}

fn keep(tx: &mut Tx, (subject, entry): &Kept) -> Result<()> {
    match (subject, entry) {
        (Subject::Post(id), Some(entry)) => index::put_post(tx, *id, entry)?,
        (Subject::Post(id), None) => index::remove_post(tx, *id)?,
        (Subject::Account(id), Some(entry)) => index::put_account(tx, *id, entry)?,
        (Subject::Account(id), None) => index::remove_account(tx, *id)?,
    }
    Ok(())
}

fn read(tx: &mut Tx, subjects: &[Subject]) -> Result<Vec<Kept>> {
    let (mut posts, mut accounts): (Vec<PostId>, Vec<AccountId>) = (Vec::new(), Vec::new());
    for subject in subjects {
        match subject {
            Subject::Post(id) => posts.push(*id),
            Subject::Account(id) => accounts.push(*id),
        }
    }
    let found = search::posts(tx, &posts)?;
    let mut choices: HashMap<PostId, Vec<String>> = HashMap::new();
    for (post, title) in poll::titles(tx, &posts)? {
        choices.entry(post).or_default().push(title);
    }
    let there: HashSet<PostId> = found.iter().map(|(post, _)| post.id).collect();
    let mut kept: Vec<Kept> = found
        .iter()
        .map(|(post, indexable)| {
            let choices = choices.remove(&post.id).unwrap_or_default();
            (Subject::Post(post.id), Some(of_post(post, *indexable, choices)))
        })
        .collect();
    kept.extend(posts.into_iter().filter(|id| !there.contains(id)).map(|id| (Subject::Post(id), None)));
    let found = store::account::list(tx, &accounts)?;
    let there: HashSet<AccountId> = found.iter().map(|(account, _)| account.id).collect();
    kept.extend(found.iter().map(|(account, _)| {
        let names = format!("{} {}", account.profile.display_name, account.handle.name);
        let entry = Entry { words: text::words::of(&names, MAX_NAME_WORDS), facts: Vec::new() };
        (Subject::Account(account.id), Some(entry))
    }));
    kept.extend(accounts.into_iter().filter(|id| !there.contains(id)).map(|id| (Subject::Account(id), None)));
    Ok(kept)
}

fn of_post(post: &Post, indexable: bool, choices: Vec<String>) -> Entry {
    let said = &post.text;
    let mut all = vec![said.warning.clone(), text::plain::of_clean(&said.content_html)];
    all.extend(said.attachments.iter().filter_map(|attachment| attachment.description.clone()));
    all.extend(choices);
    Entry { words: text::words::of(&all.join("\n"), MAX_WORDS), facts: facts(post, indexable) }
}

/// What is known of a post beside its words.
fn facts(post: &Post, indexable: bool) -> Vec<String> {
    let has = |kind: AttachmentKind| post.text.attachments.iter().any(|attachment| attachment.kind == kind);
    let known = [
        ("open", post.visibility == Visibility::Public && indexable),
        ("reply", post.in_reply_to.is_some()),
        ("sensitive", post.text.sensitive),
        ("media", !post.text.attachments.is_empty()),
        ("image", has(AttachmentKind::Image)),
        ("video", has(AttachmentKind::Video)),
        ("audio", has(AttachmentKind::Audio)),
        ("poll", post.kind == domain::PostKind::Question),
        ("link", has_link(&post.text.content_html)),
    ];
    let mut facts: Vec<String> =
        known.iter().filter(|(_, is)| *is).map(|(name, _)| (*name).to_owned()).collect();
    facts.push(by(post.author_id));
    if let Some(tag) = &post.text.language {
        facts.push(language(tag));
        facts.extend(tag.split_once('-').map(|(primary, _)| language(primary)));
    }
    facts
}

/// Whose it is.
pub(super) fn by(author: AccountId) -> String {
    format!("by{author}")
}

/// In which language.
pub(super) fn language(tag: &str) -> String {
    let letters: String = tag.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("language{}", letters.to_lowercase())
}

/// Whether a text leads somewhere else than to people and hashtags.
fn has_link(html: &str) -> bool {
    html.split("<a ").skip(1).any(|rest| {
        let tag = rest.split('>').next().unwrap_or_default();
        !tag.contains("mention") && !tag.contains("hashtag")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_none_to_people_or_hashtags() {
        assert!(has_link("<p>see <a href=\"https://a.example\" rel=\"nofollow\">a</a></p>"));
        assert!(!has_link("<p><a href=\"https://a.example/@b\" class=\"u-url mention\">@b</a></p>"));
        assert!(!has_link("<p><a href=\"https://a.example/tags/b\" class=\"mention hashtag\">#b</a></p>"));
        assert!(!has_link("<p>about nothing</p>"));
    }

    #[test]
    fn a_language_has_one_form() {
        assert_eq!((language("pt-BR"), language("pt_br")), ("languageptbr".into(), "languageptbr".into()));
    }
}
