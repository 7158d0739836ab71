//! Finding accounts, posts and hashtags: by what we know, and where a handle
//! or URL is given, by asking the server it points to.

mod fill;
mod posts;

pub use fill::{Filled, fill, rebuild};

use crate::errand::Errand;
use crate::profile::{self, AccountView};
use crate::tag::{self, TagView};
use crate::thread;
use crate::{Cx, Error, Result, account, post};
use account::Freshness;
use activitypub::Object;
use domain::{AccountId, ActorId, Names, ObjectId, PostId, PostView};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::Tx;
use store::search::{Expression, Words, index};

/// Longest time a person waits for other servers.
const PATIENCE: Duration = Duration::from_secs(15);
/// Accounts that are looked at, of each way to find them.
const CANDIDATES: i64 = 200;
/// Words of a name that are looked for.
const MAX_NAME_WORDS: usize = 16;

/// What a handle or URL leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An account.
    Account(AccountId),
    /// A post.
    Post(PostId),
}

/// What a handle or URL leads to, for a viewer. With `ask`, other servers are
/// asked about what we do not know. What cannot be had, or may not be seen, is
/// not found; only failures of ours are errors.
pub async fn resolve(cx: &Cx, viewer: Option<AccountId>, text: &str, ask: bool) -> Result<Option<Found>> {
    let text = text.trim();
    let searching = async {
        match target(text) {
            Some(Target::Url(url)) => by_url(cx, &url, ask).await,
            Some(Target::Handle) => by_handle(cx, text, ask).await,
            None => Ok(None),
        }
    };
    let found = match tokio::time::timeout(PATIENCE, searching).await {
        Ok(Ok(found)) => found,
        Ok(Err(error @ (Error::Store(_) | Error::Internal(_)))) => return Err(error),
        Ok(Err(error)) => {
            tracing::debug!(%text, %error, "a search found nothing");
            None
        }
        Err(_) => None,
    };
    match found {
        Some(Found::Post(id)) => {
            let seen = cx.read(move |tx| Ok(store::timeline::visible_among(tx, &[id], viewer)?)).await?;
            Ok(found.filter(|_| seen.contains(&id)))
        }
        other => Ok(other),
    }
}

enum Target {
    Url(ObjectId),
    Handle,
}

fn target(text: &str) -> Option<Target> {
    if text.starts_with("https://") || text.starts_with("http://") {
        return ObjectId::parse(text).ok().map(Target::Url);
    }
    let handle = text.strip_prefix("acct:").unwrap_or(text).trim_start_matches(['@', '!']);
    handle.contains('@').then_some(Target::Handle)
}

async fn by_handle(cx: &Cx, text: &str, ask: bool) -> Result<Option<Found>> {
    let Some(handle) = profile::handle_of(cx, text.trim_start_matches('!')) else { return Ok(None) };
    let known = account::find_handle(cx, &handle).await?;
    let account = match known {
        Some(account) => account,
        None if ask => Box::pin(account::lookup(cx, &handle, &Errand::new(cx, None))).await?,
        None => return Ok(None),
    };
    Ok(Some(Found::Account(account.id)).filter(|_| account.state.is_live()))
}

async fn by_url(cx: &Cx, url: &ObjectId, ask: bool) -> Result<Option<Found>> {
    let wanted = url.clone();
    if let Some(known) = cx.read(move |tx| known(tx, &wanted)).await? {
        return Ok(Some(known));
    }
    if !ask || cx.names.is_ours(url) {
        return Ok(None);
    }
    let errand = Errand::new(cx, None);
    let document = errand.fetch(cx, url).await?;
    match Object::parse(&document.json) {
        Ok(Object::Actor(actor)) => {
            let account = account::obtain(cx, &actor.id, Freshness::Fresh, &errand).await?;
            Ok(Some(Found::Account(account.id)).filter(|_| account.state.is_live()))
        }
        // Fetched anew under its own id, where that is not the URL we asked.
        Ok(Object::Note(note)) => Ok(Some(Found::Post(post::obtain(cx, &note.id, &errand).await?))),
        // Maybe a Create or an Announce, which leads to a post.
        Ok(Object::Other(_)) => Ok(Some(Found::Post(post::obtain(cx, url, &errand).await?))),
        _ => Ok(None),
    }
}

/// What we know under an id, or under the address of a page of ours.
fn known(tx: &mut Tx, url: &ObjectId) -> Result<Option<Found>> {
    if let Some(id) = store::post::id_by_object(tx, url)? {
        return Ok(Some(Found::Post(id)));
    }
    if let Some(account) = store::account::by_actor(tx, &ActorId::from(url.clone()))? {
        return Ok(Some(Found::Account(account.id)).filter(|_| account.state.is_live()));
    }
    let names = tx.names().clone();
    match our_page(&names, url) {
        Some(Page::Profile(name)) => {
            let account = account::local_by_name(tx, name)?.filter(|account| account.state.is_live());
            Ok(account.map(|account| Found::Account(account.id)))
        }
        Some(Page::Post(name, id)) => {
            let post = store::post::find(tx, id)?;
            let author = account::local_by_name(tx, name)?;
            Ok(post.zip(author).filter(|(post, author)| post.author_id == author.id).map(|_| Found::Post(id)))
        }
        None => Ok(None),
    }
}

enum Page<'a> {
    Profile(&'a str),
    Post(&'a str, PostId),
}

/// `ORIGIN/@NAME` and `ORIGIN/@NAME/ID`.
fn our_page<'a>(names: &Names, url: &'a ObjectId) -> Option<Page<'a>> {
    if !names.is_ours(url) {
        return None;
    }
    let (_, rest) = url.as_str().split_once("://")?;
    let (_, path) = rest.split_once("/@")?;
    let path = path.split(['?', '#']).next()?.trim_end_matches('/');
    match path.split_once('/') {
        None => Some(Page::Profile(path)),
        Some((name, id)) => id.parse().ok().map(|id| Page::Post(name, id)),
    }
}

/// Which kinds of things are searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Accounts.
    Accounts,
    /// Posts.
    Posts,
    /// Hashtags.
    Hashtags,
}

/// What somebody searches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// As typed.
    pub text: String,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Ask other servers about what we do not know.
    pub ask: bool,
    /// Only accounts the viewer follows.
    pub followed_only: bool,
    /// At most so many of each kind.
    pub limit: i64,
    /// So many are passed over.
    pub offset: i64,
    /// Only posts of this author.
    pub author: Option<AccountId>,
    /// Only posts older than this.
    pub max_id: Option<i64>,
    /// Only posts newer than this.
    pub min_id: Option<i64>,
    /// No other hashtag than the one that was typed.
    pub exact_hashtag: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// Accounts, the best known first.
    pub accounts: Vec<AccountView>,
    /// Posts.
    pub posts: Vec<PostView>,
    /// Hashtags, the most used first.
    pub hashtags: Vec<TagView>,
}

/// Searches: accounts and hashtags by how they begin, posts by their words,
/// and whatever a URL or handle leads to.
pub async fn search(cx: &Cx, viewer: Option<AccountId>, query: Query) -> Result<Results> {
    let exact =
        if query.offset == 0 { Box::pin(resolve(cx, viewer, &query.text, query.ask)).await? } else { None };
    let posts = match viewer.filter(|_| query.wants(Kind::Posts) && !is_url(&query.text)) {
        Some(viewer) => posts::find(cx, viewer, &query.posts()?).await?,
        None => Vec::new(),
    };
    let named = if query.wants(Kind::Accounts) { named(cx, &query).await? } else { Vec::new() };
    cx.read(move |tx| gather(tx, viewer, &query, exact, &posts, &named)).await
}

impl Query {
    fn wants(&self, kind: Kind) -> bool {
        self.kind.is_none_or(|only| only == kind)
    }

    fn posts(&self) -> Result<posts::Wanted> {
        let search =
            domain::search::parse(&self.text).map_err(|wrong| Error::invalid("q", wrong.to_string()))?;
        Ok(posts::Wanted {
            search,
            author: self.author,
            max_id: self.max_id,
            min_id: self.min_id,
            offset: usize::try_from(self.offset).unwrap_or(0),
            limit: usize::try_from(self.limit).unwrap_or(0),
        })
    }
}

/// Accounts whose names have the words that are typed, the last one begun.
async fn named(cx: &Cx, query: &Query) -> Result<Vec<AccountId>> {
    let text = query.text.trim();
    if is_url(text) || text.contains('@') || text.starts_with('#') {
        return Ok(Vec::new());
    }
    let mut words: Vec<Words> = text::words::of(text, MAX_NAME_WORDS)
        .into_iter()
        .map(|word| Words { words: vec![word], is_prefix: false })
        .collect();
    let Some(last) = words.last_mut() else { return Ok(Vec::new()) };
    last.is_prefix = true;
    let expression = Expression { with: words, ..Expression::default() };
    posts::read_index(cx, move |tx| Ok(index::find_accounts(tx, &expression, CANDIDATES)?)).await
}

fn gather(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    query: &Query,
    exact: Option<Found>,
    posts: &[PostId],
    named: &[AccountId],
) -> Result<Results> {
    let mut results = Results::default();
    if query.wants(Kind::Accounts) {
        results.accounts = accounts(tx, viewer, query, exact, named)?;
    }
    if query.wants(Kind::Posts) {
        let by_url = match exact {
            Some(Found::Post(id)) => Some(id),
            _ => None,
        };
        let ids: Vec<PostId> = by_url.into_iter().chain(posts.iter().copied()).collect();
        results.posts = thread::many(tx, viewer, &ids)?;
    }
    if query.wants(Kind::Hashtags) {
        results.hashtags = hashtags(tx, viewer, query)?;
    }
    Ok(results)
}

fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// The exact one first, then those that the viewer follows, then the best known.
fn accounts(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    query: &Query,
    exact: Option<Found>,
    named: &[AccountId],
) -> Result<Vec<AccountView>> {
    let text = query.text.trim();
    let exact = match exact {
        Some(Found::Account(id)) => Some(id),
        _ => None,
    };
    let prefix = text.strip_prefix("acct:").unwrap_or(text).trim_start_matches('@').to_lowercase();
    let mut ids: Vec<AccountId> = exact.into_iter().collect();
    if !prefix.is_empty() && !is_url(text) && !text.starts_with('#') {
        ids.extend(store::account::search(tx, &prefix, CANDIDATES)?);
        ids.extend(store::account::shown_among(tx, named)?);
    }
    posts::once(&mut ids);
    let followed = match viewer {
        Some(viewer) => followed(tx, viewer, &ids)?,
        None => HashSet::new(),
    };
    ids.retain(|id| !query.followed_only || followed.contains(id));
    let known: HashMap<AccountId, i64> = store::account::list(tx, &ids)?
        .into_iter()
        .map(|(account, counts)| (account.id, counts.followers))
        .collect();
    ids.sort_by_key(|id| {
        let followers = known.get(id).copied().unwrap_or(0);
        (Some(*id) != exact, !followed.contains(id), std::cmp::Reverse(followers), *id)
    });
    let skip = usize::try_from(query.offset).unwrap_or(0);
    let take = usize::try_from(query.limit).unwrap_or(0);
    let ids: Vec<AccountId> = ids.into_iter().skip(skip).take(take).collect();
    profile::many(tx, &ids)
}

fn followed(tx: &mut Tx, viewer: AccountId, ids: &[AccountId]) -> Result<HashSet<AccountId>> {
    let relations = store::follow::relationships(tx, viewer, ids)?;
    Ok(relations.into_iter().filter(|(_, is)| is.following).map(|(id, _)| id).collect())
}

fn hashtags(tx: &mut Tx, viewer: Option<AccountId>, query: &Query) -> Result<Vec<TagView>> {
    let text = query.text.trim();
    if is_url(text) || text.contains('@') {
        return Ok(Vec::new());
    }
    let Some(key) = text::hashtag::key_of(text) else { return Ok(Vec::new()) };
    let mut names = store::timeline::hashtags(tx, &key, query.limit, query.offset)?;
    if query.exact_hashtag {
        names.retain(|name| *name == key);
    }
    tag::views(tx, viewer, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_pages_are_read_and_only_ours() {
        let names = Names::new(ObjectId::parse("https://here.example").unwrap().origin().clone(), None);
        let page = |text: &str| {
            let url = ObjectId::parse(text).unwrap();
            match our_page(&names, &url) {
                Some(Page::Profile(name)) => format!("profile {name}"),
                Some(Page::Post(name, id)) => format!("post {name} {id}"),
                None => "none".into(),
            }
        };
        assert_eq!(page("https://here.example/@bob"), "profile bob");
        assert_eq!(page("https://here.example/@bob/17?x#y"), "post bob 17");
        for other in [
            "https://there.example/@bob",
            "https://here.example/about",
            "https://here.example/@bob/with_replies",
        ] {
            assert_eq!(page(other), "none", "{other}");
        }
    }

    #[test]
    fn a_handle_has_a_domain_and_a_url_a_scheme() {
        assert!(matches!(target("@bob@b.example"), Some(Target::Handle)));
        assert!(matches!(target("!group@b.example"), Some(Target::Handle)));
        assert!(matches!(target("https://b.example/@bob"), Some(Target::Url(_))));
        for nothing in ["bob", "#tag", "", "ftp://x", "http://"] {
            assert!(target(nothing).is_none(), "{nothing}");
        }
    }
}
