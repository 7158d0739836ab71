//! Word filters: kept, changed, and marked on the posts that they match.

use crate::error::OrNotFound;
use crate::{Error, Result};
use domain::filter::{
    Action, Context, Contexts, Filter, FilteredPost, Keyword, MAX_FILTERS, MAX_KEYWORD_CHARACTERS,
    MAX_KEYWORDS, MAX_TITLE_CHARACTERS,
};
use domain::{AccountId, BoostId, FilterId, FilteredPostId, KeywordId, PostId, PostView, Timestamp};
use store::Tx;
use store::filter as rows;

const FILTER: &str = "filter";

/// What an owner decides of a filter; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What it is called.
    pub title: Option<String>,
    /// Where it works.
    pub contexts: Option<Contexts>,
    /// What it does.
    pub action: Option<Action>,
    /// Whether the server itself leaves out what matches.
    pub drops: Option<bool>,
    /// For how long it works from now on: for ever, or so many seconds.
    pub expires_in_s: Option<Option<i64>>,
    /// What becomes of its keywords.
    pub keywords: Vec<KeywordChange>,
}

/// What becomes of a keyword of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeywordChange {
    /// It is new.
    Add {
        /// As typed.
        text: String,
        /// Only as a word of its own.
        whole_word: bool,
    },
    /// It is another now; `None` leaves it as it is.
    Change {
        /// Which.
        id: KeywordId,
        /// As typed.
        text: Option<String>,
        /// Only as a word of its own.
        whole_word: Option<bool>,
    },
    /// It goes.
    Remove(KeywordId),
}

fn bounded(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, "can't be blank"));
    }
    if text.chars().count() > most {
        return Err(Error::invalid(field, format!("is too long (maximum is {most} characters)")));
    }
    Ok(text.to_owned())
}

fn apply(filter: &mut Filter, change: &Change, now: Timestamp) -> Result<()> {
    if let Some(title) = &change.title {
        filter.title = bounded("Title", title, MAX_TITLE_CHARACTERS)?;
    }
    if let Some(contexts) = change.contexts {
        if contexts.is_empty() {
            return Err(Error::invalid("Context", "can't be blank"));
        }
        filter.contexts = contexts;
    }
    // Irreversible is a word of version 1; who decides anew in the words of
    // version 2 leaves it to the program again.
    if let Some(action) = change.action {
        filter.action = action;
        filter.drops = change.drops.unwrap_or(false);
    }
    if let Some(seconds) = change.expires_in_s {
        filter.expires_at =
            seconds.map(|seconds| Timestamp(now.0.saturating_add(seconds.saturating_mul(1000))));
    }
    Ok(())
}

/// Makes a filter.
pub fn create(tx: &mut Tx, owner: AccountId, new: &Change) -> Result<Filter> {
    let mut filter = Filter {
        id: FilterId(tx.new_id()),
        owner,
        title: String::new(),
        contexts: Contexts::default(),
        action: Action::default(),
        drops: false,
        expires_at: None,
        keywords: Vec::new(),
        posts: Vec::new(),
    };
    let needed = Change {
        title: Some(new.title.clone().unwrap_or_default()),
        contexts: Some(new.contexts.unwrap_or_default()),
        ..new.clone()
    };
    apply(&mut filter, &needed, tx.now())?;
    tx.lock(&format!("filters {owner}"))?;
    if rows::count(tx, owner)?.0 >= MAX_FILTERS {
        return Err(Error::invalid("Account", "has too many filters"));
    }
    rows::insert(tx, &filter)?;
    change_keywords(tx, &filter, &new.keywords)?;
    one(tx, owner, filter.id)
}

/// Changes a filter.
pub fn update(tx: &mut Tx, owner: AccountId, id: FilterId, change: &Change) -> Result<Filter> {
    tx.lock(&format!("filters {owner}"))?;
    let mut filter = one(tx, owner, id)?;
    apply(&mut filter, change, tx.now())?;
    rows::update(tx, &filter)?;
    change_keywords(tx, &filter, &change.keywords)?;
    one(tx, owner, id)
}

fn change_keywords(tx: &mut Tx, filter: &Filter, changes: &[KeywordChange]) -> Result<()> {
    for change in changes {
        match change {
            KeywordChange::Add { text, whole_word } => drop(add_keyword(tx, filter, text, *whole_word)?),
            KeywordChange::Change { id, text, whole_word } => {
                drop(rewrite(tx, filter, *id, text.as_deref(), *whole_word)?);
            }
            KeywordChange::Remove(id) => {
                keyword_of(filter, *id)?;
                rows::remove_keyword(tx, filter, *id)?;
            }
        }
    }
    Ok(())
}

fn keyword_of(filter: &Filter, id: KeywordId) -> Result<&Keyword> {
    filter.keywords.iter().find(|keyword| keyword.id == id).or_not_found("keyword")
}

fn add_keyword(tx: &mut Tx, filter: &Filter, text: &str, whole_word: bool) -> Result<Keyword> {
    let text = bounded("Keyword", text, MAX_KEYWORD_CHARACTERS)?;
    if rows::count(tx, filter.owner)?.1 >= MAX_KEYWORDS {
        return Err(Error::invalid("Account", "has too many keywords"));
    }
    let keyword = Keyword { id: KeywordId(tx.new_id()), text, whole_word };
    rows::put_keyword(tx, filter, &keyword)?;
    Ok(keyword)
}

fn rewrite(
    tx: &mut Tx,
    filter: &Filter,
    id: KeywordId,
    text: Option<&str>,
    whole_word: Option<bool>,
) -> Result<Keyword> {
    let known = keyword_of(filter, id)?;
    let text = match text {
        Some(text) => bounded("Keyword", text, MAX_KEYWORD_CHARACTERS)?,
        None => known.text.clone(),
    };
    let keyword = Keyword { id, text, whole_word: whole_word.unwrap_or(known.whole_word) };
    rows::put_keyword(tx, filter, &keyword)?;
    Ok(keyword)
}

/// A filter of the viewer.
pub fn one(tx: &mut Tx, owner: AccountId, id: FilterId) -> Result<Filter> {
    rows::find(tx, owner, id)?.or_not_found(FILTER)
}

/// All filters of the viewer.
pub fn all(tx: &mut Tx, owner: AccountId) -> Result<Vec<Filter>> {
    Ok(rows::of_owner(tx, owner)?)
}

/// Removes a filter.
pub fn delete(tx: &mut Tx, owner: AccountId, id: FilterId) -> Result<()> {
    let filter = one(tx, owner, id)?;
    Ok(rows::remove(tx, &filter)?)
}

/// How a keyword is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wholeness {
    /// Only as a word of its own.
    Whole,
    /// Anywhere.
    Part,
}

/// Adds a keyword to a filter of the viewer.
pub fn keyword(
    tx: &mut Tx,
    owner: AccountId,
    id: FilterId,
    text: &str,
    wholeness: Wholeness,
) -> Result<Keyword> {
    tx.lock(&format!("filters {owner}"))?;
    let filter = one(tx, owner, id)?;
    add_keyword(tx, &filter, text, wholeness == Wholeness::Whole)
}

/// The filter of the viewer that has a keyword, and the keyword.
pub fn by_keyword(tx: &mut Tx, owner: AccountId, id: KeywordId) -> Result<(Filter, Keyword)> {
    let filter = rows::having_keyword(tx, owner, id)?.or_not_found("keyword")?;
    let keyword = keyword_of(&filter, id)?.clone();
    Ok((filter, keyword))
}

/// Changes a keyword of the viewer; `None` leaves it as it is.
pub fn change_keyword(
    tx: &mut Tx,
    owner: AccountId,
    id: KeywordId,
    text: Option<&str>,
    wholeness: Option<Wholeness>,
) -> Result<Keyword> {
    let (filter, _) = by_keyword(tx, owner, id)?;
    rewrite(tx, &filter, id, text, wholeness.map(|wholeness| wholeness == Wholeness::Whole))
}

/// Removes a keyword of the viewer.
pub fn delete_keyword(tx: &mut Tx, owner: AccountId, id: KeywordId) -> Result<()> {
    let (filter, _) = by_keyword(tx, owner, id)?;
    Ok(rows::remove_keyword(tx, &filter, id)?)
}

/// Adds a post, or a boost, that the viewer may see to a filter.
pub fn name_post(tx: &mut Tx, owner: AccountId, id: FilterId, post: PostId) -> Result<FilteredPost> {
    let filter = one(tx, owner, id)?;
    let boosted = store::boost::get(tx, BoostId(post.0))?.map_or(post, |boost| boost.post_id);
    if !store::timeline::visible_among(tx, &[boosted], Some(owner))?.contains(&boosted) {
        return Err(Error::NotFound("post"));
    }
    let row = FilteredPostId(tx.new_id());
    if !rows::add_post(tx, &filter, row, post)? {
        return Err(Error::invalid("Status", "has already been taken"));
    }
    Ok(FilteredPost { id: row, post_id: post })
}

/// The filter of the viewer that names a post, and the row that does.
pub fn by_post(tx: &mut Tx, owner: AccountId, id: FilteredPostId) -> Result<(Filter, FilteredPost)> {
    let filter = rows::having_post(tx, owner, id)?.or_not_found("post")?;
    let named = filter.posts.iter().find(|named| named.id == id).copied().or_not_found("post")?;
    Ok((filter, named))
}

/// Takes a post out of the filter that names it.
pub fn delete_post(tx: &mut Tx, owner: AccountId, id: FilteredPostId) -> Result<FilteredPost> {
    let (filter, named) = by_post(tx, owner, id)?;
    rows::remove_post(tx, &filter, id)?;
    Ok(named)
}

/// Version 1 of the API knows filters of one keyword each, under the keyword's
/// id. What is common to several keywords cannot be changed through one.
pub fn change_single(
    tx: &mut Tx,
    owner: AccountId,
    id: KeywordId,
    change: &Change,
    text: Option<&str>,
    wholeness: Option<Wholeness>,
) -> Result<(Filter, Keyword)> {
    let (filter, _) = by_keyword(tx, owner, id)?;
    let mut changed = filter.clone();
    apply(&mut changed, change, tx.now())?;
    if changed != filter {
        if filter.keywords.len() + filter.posts.len() > 1 {
            return Err(Error::invalid(
                "Filter",
                "has more than one keyword, and this program cannot change what they have in common",
            ));
        }
        rows::update(tx, &changed)?;
    }
    change_keyword(tx, owner, id, text, wholeness)?;
    by_keyword(tx, owner, id)
}

/// Removes a keyword, and the filter that has nothing left then.
pub fn delete_single(tx: &mut Tx, owner: AccountId, id: KeywordId) -> Result<()> {
    let (filter, _) = by_keyword(tx, owner, id)?;
    if filter.keywords.len() + filter.posts.len() == 1 {
        return Ok(rows::remove(tx, &filter)?);
    }
    Ok(rows::remove_keyword(tx, &filter, id)?)
}

/// Marks on posts which of the viewer's filters they match. All lists go
/// through here; for streams, one post does too.
pub fn mark(tx: &mut Tx, viewer: Option<AccountId>, views: &mut [PostView]) -> Result<()> {
    let Some(viewer) = viewer.filter(|_| !views.is_empty()) else { return Ok(()) };
    let Some(matcher) = rows::matcher(tx, viewer)? else { return Ok(()) };
    let now = tx.now();
    for view in views {
        let ids: Vec<PostId> = [Some(view.post.id), view.boost.as_ref().map(|boost| boost.id.into())]
            .into_iter()
            .flatten()
            .collect();
        view.filtered = matcher.find(|| words_of(view), &ids, now);
    }
    Ok(())
}

/// Whether the server leaves a marked post out of a list of the viewer. Nobody
/// loses the own posts.
pub fn drops(view: &PostView, viewer: AccountId, context: Context) -> bool {
    let brought_by = view.boost.as_ref().map_or(view.author.id, |boost| boost.account.id);
    brought_by != viewer && view.filtered.iter().any(|found| found.drops(context))
}

/// All that a post says in words.
fn words_of(view: &PostView) -> String {
    let said = &view.post.text;
    let mut words = format!("{}\n\n{}", said.warning, text::plain::of_clean(&said.content_html));
    for option in view.poll.iter().flat_map(|poll| &poll.poll.options) {
        words.push_str("\n\n");
        words.push_str(&option.title);
    }
    for description in said.attachments.iter().filter_map(|attachment| attachment.description.as_deref()) {
        words.push_str("\n\n");
        words.push_str(description);
    }
    words
}
