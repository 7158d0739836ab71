//! Posts are found by their words, among those that the viewer may search:
//! the own library, and public ones of authors who let everyone search them.

use super::fill::{by, language};
use crate::{Cx, Error, Result, account, profile};
use domain::search::{Among, From, Has, Is, Part, Search, What, Wish};
use domain::{AccountId, PostId, Timestamp, id};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use store::Tx;
use store::search::index::{self, Window};
use store::search::{Expression, Words};

/// Finds that are looked at together.
const CHUNK: i64 = 200;
/// How long is searched. What was found until then is the answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Posts of each kind that count as the own library, the newest.
const LIBRARY: i64 = 20_000;
/// Finds in the own library that are looked at.
const LIBRARY_FINDS: i64 = 1000;
/// How much later than it was published a post may have come in: deliveries
/// are repeated for a week.
const LATE_MS: i64 = 8 * 24 * 3600 * 1000;
/// The longest phrase, in words.
const MAX_PHRASE: usize = 32;

/// Which posts are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) search: Search,
    /// Only this author's.
    pub(super) author: Option<AccountId>,
    pub(super) max_id: Option<i64>,
    pub(super) min_id: Option<i64>,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

/// What is looked for, as the index and the posts' times are asked.
struct Plan {
    expression: Expression,
    published: Vec<(Wish, Timestamp, Timestamp)>,
    window: Window,
    among: Among,
}

/// Posts that fit, newest first.
pub(super) async fn find(cx: &Cx, viewer: AccountId, wanted: &Wanted) -> Result<Vec<PostId>> {
    let Some(plan) = plan(cx, viewer, wanted).await? else { return Ok(Vec::new()) };
    let enough = wanted.offset.saturating_add(wanted.limit);
    let library = library(cx, viewer, &plan).await?;
    let (begun, mut found, mut below) = (Instant::now(), Vec::new(), plan.window.below);
    loop {
        let open = open_finds(cx, &plan, below).await?;
        let is_full = open.len() >= usize::try_from(CHUNK).unwrap_or(usize::MAX);
        let floor = open.last().filter(|_| is_full).map_or(plan.window.above, |last| last.0);
        let own: Vec<PostId> =
            library.iter().copied().filter(|post| (floor..below).contains(&post.0)).collect();
        found.extend(checked(cx, viewer, &plan, open, own).await?);
        if found.len() >= enough || !is_full || begun.elapsed() > PATIENCE {
            break;
        }
        below = floor;
    }
    Ok(found.into_iter().skip(wanted.offset).take(wanted.limit).collect())
}

/// Of the viewer's own library, what fits.
async fn library(cx: &Cx, viewer: AccountId, plan: &Plan) -> Result<Vec<PostId>> {
    if plan.among == Among::Public {
        return Ok(Vec::new());
    }
    let all = cx.read(move |tx| Ok(store::search::library(tx, viewer, LIBRARY)?)).await?;
    let (expression, window) = (plan.expression.clone(), Window { limit: LIBRARY_FINDS, ..plan.window });
    let find =
        move |tx: &mut Tx| -> Result<_> { Ok(index::find_posts_among(tx, &expression, &all, window)?) };
    read_index(cx, find).await
}

/// Of what authors let everyone search, what fits.
async fn open_finds(cx: &Cx, plan: &Plan, below: i64) -> Result<Vec<PostId>> {
    if plan.among == Among::Library {
        return Ok(Vec::new());
    }
    let mut expression = plan.expression.clone();
    expression.facts.push("open".to_owned());
    let window = Window { below, limit: CHUNK, ..plan.window };
    read_index(cx, move |tx| Ok(index::find_posts(tx, &expression, window)?)).await
}

/// An index that is damaged finds nothing, and is built anew.
pub(super) async fn read_index<T: Send + Default + 'static>(
    cx: &Cx,
    find: impl FnMut(&mut Tx) -> Result<T> + Send + 'static,
) -> Result<T> {
    match cx.store.read_index::<T, Error, _>(find).await {
        Err(Error::Store(error)) if error.is_index_damage() => {
            tracing::warn!(%error, "the search index is damaged and is built anew");
            cx.store.renew_index().await?;
            Ok(T::default())
        }
        result => result,
    }
}

/// What of the finds the viewer may see, newest first.
async fn checked(
    cx: &Cx,
    viewer: AccountId,
    plan: &Plan,
    open: Vec<PostId>,
    own: Vec<PostId>,
) -> Result<Vec<PostId>> {
    let mut ids: Vec<PostId> = open.into_iter().chain(own.iter().copied()).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    let asked = ids.clone();
    let may = cx.read(move |tx| Ok(store::search::findable_among(tx, viewer, &asked, &own)?)).await?;
    let fits = |id: &PostId| {
        may.get(id).is_some_and(|at| {
            plan.published.iter().all(|(wish, first, end)| (first <= at && at < end) == (*wish == Wish::With))
        })
    };
    Ok(ids.into_iter().filter(fits).collect())
}

/// What to ask; none where nothing can be found.
async fn plan(cx: &Cx, viewer: AccountId, wanted: &Wanted) -> Result<Option<Plan>> {
    let mut plan = Plan {
        expression: Expression::default(),
        published: Vec::new(),
        window: Window {
            below: wanted.max_id.unwrap_or(i64::MAX),
            above: wanted.min_id.unwrap_or(0),
            limit: CHUNK,
        },
        among: wanted.search.among,
    };
    let mut asks = false;
    for part in &wanted.search.parts {
        match plan.add(cx, viewer, part).await? {
            Added::Something => asks |= part.wish == Wish::With,
            Added::Nothing => (),
            Added::Impossible => return Ok(None),
        }
    }
    plan.expression.facts.extend(wanted.author.map(by));
    // Only what must not be, or only signs: that would be everything.
    Ok((asks || wanted.author.is_some()).then_some(plan))
}

#[derive(Debug, PartialEq, Eq)]
enum Added {
    Something,
    Nothing,
    Impossible,
}

impl Plan {
    async fn add(&mut self, cx: &Cx, viewer: AccountId, part: &Part) -> Result<Added> {
        match &part.what {
            What::Word(text) | What::Phrase(text) => return Ok(self.words(part.wish, text)),
            What::From(from) => match author(cx, viewer, from).await? {
                Some(author) => self.fact(part.wish, by(author)),
                None if part.wish == Wish::With => return Ok(Added::Impossible),
                None => return Ok(Added::Nothing),
            },
            What::Has(has) => self.fact(part.wish, has_fact(*has).to_owned()),
            What::Is(Is::Reply) => self.fact(part.wish, "reply".to_owned()),
            What::Is(Is::Sensitive) => self.fact(part.wish, "sensitive".to_owned()),
            What::Language(tag) => self.fact(part.wish, language(tag)),
            What::Published(first, end) => self.published(part.wish, *first, *end),
        }
        Ok(Added::Something)
    }

    fn words(&mut self, wish: Wish, written: &str) -> Added {
        let Some(mut phrase) = text::words::phrase(written) else { return Added::Nothing };
        phrase.words.truncate(MAX_PHRASE);
        let words = Words { words: phrase.words, is_prefix: phrase.is_prefix };
        match wish {
            Wish::With => self.expression.with.push(words),
            Wish::Without => self.expression.without.push(words),
        }
        Added::Something
    }

    fn fact(&mut self, wish: Wish, fact: String) {
        match wish {
            Wish::With => self.expression.facts.push(fact),
            Wish::Without => self.expression.not_facts.push(fact),
        }
    }

    /// Ids are made in the order of time, when a post was published or, a
    /// little later, when it came in.
    fn published(&mut self, wish: Wish, first: Timestamp, end: Timestamp) {
        if wish == Wish::With {
            if first.0 > 0 {
                self.window.above = self.window.above.max(id::first_at(first.0) - 1);
            }
            if end.0 < i64::MAX {
                self.window.below = self.window.below.min(id::first_at(end.0 + LATE_MS));
            }
        }
        self.published.push((wish, first, end));
    }
}

const fn has_fact(has: Has) -> &'static str {
    match has {
        Has::Media => "media",
        Has::Image => "image",
        Has::Video => "video",
        Has::Audio => "audio",
        Has::Poll => "poll",
        Has::Link => "link",
        Has::Embed => "embed",
    }
}

async fn author(cx: &Cx, viewer: AccountId, from: &From) -> Result<Option<AccountId>> {
    let From::Handle(written) = from else { return Ok(Some(viewer)) };
    let Some(handle) = profile::handle_of(cx, written) else { return Ok(None) };
    Ok(account::find_handle(cx, &handle).await?.map(|account| account.id))
}

/// Removes what is there twice, keeping the first.
pub(super) fn once<T: Copy + Eq + std::hash::Hash>(ids: &mut Vec<T>) {
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
}
