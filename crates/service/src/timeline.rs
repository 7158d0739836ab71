//! Lists of posts, with all that is shown with them.

use crate::listed::Listed;
use crate::{Result, filter, profile};
use domain::filter::Context;
use domain::{Account, AccountId, Page, PostView};
use std::sync::Arc;
use store::Tx;
use store::timeline::{self, Entry};

pub use store::post::Selection as OfAuthor;
pub use store::timeline::{Origin, Selection};

/// Dresses the rows of a list. Posts and boosts of accounts that are shut out
/// are left out: their rows may be there until a sweep has come by.
pub(crate) fn dress(tx: &mut Tx, viewer: Option<AccountId>, entries: &[Entry]) -> Result<Vec<PostView>> {
    let mut views = timeline::views(tx, viewer, entries)?;
    lead_on(tx, &mut views)?;
    views.retain(|view| {
        view.author.state.is_live() && view.boost.as_ref().is_none_or(|boost| boost.account.state.is_live())
    });
    filter::mark(tx, viewer, &mut views)?;
    Ok(views)
}

/// Says of those who moved where they went. Few do: mostly nothing is read.
fn lead_on(tx: &mut Tx, views: &mut [PostView]) -> Result<()> {
    let people = views.iter().flat_map(|view| {
        std::iter::once(&*view.author).chain(view.boost.as_ref().map(|boost| &*boost.account))
    });
    let targets = profile::moved(tx, people)?;
    if targets.is_empty() {
        return Ok(());
    }
    let target = |account: &Account| {
        let view = targets.get(account.moved_to.as_ref()?.as_str())?;
        Some(Box::new((Arc::clone(&view.account), view.counts)))
    };
    for view in views {
        view.author_moved_to = target(&view.author);
        if let Some(boost) = &mut view.boost {
            boost.account_moved_to = target(&boost.account);
        }
    }
    Ok(())
}

pub(crate) fn listed(tx: &mut Tx, viewer: Option<AccountId>, entries: &[Entry]) -> Result<Listed<PostView>> {
    let views = dress(tx, viewer, entries)?;
    Ok(Listed::new(views, entries.iter().map(|entry| entry.id)))
}

/// What those wrote and boosted whom the viewer follows.
pub fn home(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<PostView>> {
    let entries = timeline::home(tx, viewer, page)?;
    let mut posts = listed(tx, Some(viewer), &entries)?;
    posts.items.retain(|view| !filter::drops(view, viewer, Context::Home));
    Ok(posts)
}

/// Public posts that answer nobody.
pub fn public(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    selection: Selection,
    page: Page,
) -> Result<Listed<PostView>> {
    let entries = timeline::public(tx, viewer, selection, page)?;
    listed(tx, viewer, &entries)
}

/// The most hashtags of each kind that are looked for at once.
const MAX_TAGS: usize = 4;

/// Which hashtags posts must have, as typed.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    /// At least one of these.
    pub any: Vec<String>,
    /// Each of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

fn keys(names: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = names.iter().filter_map(|name| text::hashtag::key_of(name)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(MAX_TAGS);
    keys
}

/// Public posts with a hashtag, written in any case and with or without `#`, or
/// with one of `tags.any`, as `tags` narrows them down.
pub fn tagged(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    name: &str,
    tags: &Tags,
    selection: Selection,
    page: Page,
) -> Result<Listed<PostView>> {
    let Some(name) = text::hashtag::key_of(name) else { return Ok(Listed::empty()) };
    let mut wanted = timeline::Tags { any: keys(&tags.any), all: keys(&tags.all), none: keys(&tags.none) };
    let entries = if wanted == timeline::Tags::default() {
        timeline::tagged(tx, &name, viewer, selection, page)?
    } else {
        wanted.any.push(name);
        timeline::tagged_by(tx, &wanted, viewer, selection, page)?
    };
    listed(tx, viewer, &entries)
}

/// What an account wrote and boosted, as far as the viewer may see it.
pub fn of_author(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    author: AccountId,
    selection: &OfAuthor,
    page: Page,
) -> Result<Listed<PostView>> {
    if !profile::row(tx, author)?.state.is_live() {
        return Ok(Listed::empty());
    }
    let tagged = match &selection.tagged {
        Some(name) => match text::hashtag::key_of(name) {
            Some(name) => Some(name),
            None => return Ok(Listed::empty()),
        },
        None => None,
    };
    let selection = OfAuthor { tagged, ..selection.clone() };
    let entries = store::post::by_author(tx, author, viewer, selection, page)?;
    listed(tx, viewer, &entries)
}

/// What the viewer likes, by the time of the like.
pub fn liked(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<PostView>> {
    let entries = timeline::liked(tx, viewer, page)?;
    listed(tx, Some(viewer), &entries)
}
