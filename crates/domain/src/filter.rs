//! Words and posts that somebody does not wish to see, and whether a post has
//! them. Text is compared as a reader sees it: in any case, white space as one
//! space.

use crate::{AccountId, FilterId, FilteredPostId, KeywordId, PostId, Timestamp};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// The longest title, in characters.
pub const MAX_TITLE_CHARACTERS: usize = 256;
/// The longest keyword, in characters.
pub const MAX_KEYWORD_CHARACTERS: usize = 512;
/// The most keywords of one account, in all its filters.
pub const MAX_KEYWORDS: i64 = 1000;
/// The most filters of one account.
pub const MAX_FILTERS: i64 = 200;
/// What of a text is looked at, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Keywords that lie in each other are met again and again; after so many
/// meetings those that are still missing are looked for one by one.
const MAX_MEETINGS: usize = 100_000;

/// Where a filter is meant to work. The server marks what matches whatever the
/// place; programs look which of the marks are for where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Home and lists.
    Home,
    /// What one is told.
    Notifications,
    /// Posts of everyone.
    Public,
    /// One post and what stands around it.
    Thread,
    /// Posts of one account.
    Account,
}

impl Context {
    /// All, in the order in which they are named.
    pub const ALL: [Self; 5] = [Self::Home, Self::Notifications, Self::Public, Self::Thread, Self::Account];

    const fn bit(self) -> u8 {
        match self {
            Self::Home => 1,
            Self::Notifications => 2,
            Self::Public => 4,
            Self::Thread => 8,
            Self::Account => 16,
        }
    }
}

/// Some of the contexts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contexts(u8);

impl Contexts {
    /// The number that is stored.
    pub fn code(self) -> i64 {
        self.0.into()
    }

    /// The contexts of a stored number.
    pub fn from_code(code: i64) -> Self {
        Self(u8::try_from(code & 31).unwrap_or(0))
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one is among them.
    pub const fn contains(self, context: Context) -> bool {
        self.0 & context.bit() != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Context> {
        Context::ALL.into_iter().filter(move |context| self.contains(*context))
    }
}

impl FromIterator<Context> for Contexts {
    fn from_iter<I: IntoIterator<Item = Context>>(contexts: I) -> Self {
        Self(contexts.into_iter().fold(0, |bits, context| bits | context.bit()))
    }
}

/// What programs do with what matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Action {
    /// Show the filter's title first.
    #[default]
    Warn,
    /// Show nothing.
    Hide,
    /// Show the text, but not the media.
    Blur,
}

impl Action {
    /// All, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Warn, Self::Hide, Self::Blur];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Warn => 0,
            Self::Hide => 1,
            Self::Blur => 2,
        }
    }

    /// The action of a stored number.
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code).ok().and_then(|index| Self::ALL.get(index).copied())
    }
}

/// One keyword of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// Our row.
    pub id: KeywordId,
    /// As typed.
    pub text: String,
    /// Only where it stands as a word of its own.
    pub whole_word: bool,
}

/// One post of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilteredPost {
    /// Our row.
    pub id: FilteredPostId,
    /// The post.
    pub post_id: PostId,
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Our row.
    pub id: FilterId,
    /// Whose.
    pub owner: AccountId,
    /// What it is called.
    pub title: String,
    /// Where it works.
    pub contexts: Contexts,
    /// What it does.
    pub action: Action,
    /// What matches is left out of home and notifications by the server: wished
    /// through version 1 of the API, which calls it irreversible.
    pub drops: bool,
    /// From when on it does nothing.
    pub expires_at: Option<Timestamp>,
    /// Its keywords.
    pub keywords: Vec<Keyword>,
    /// Its posts.
    pub posts: Vec<FilteredPost>,
}

impl Filter {
    /// Whether it still works.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}

/// A filter that a post matches, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The filter.
    pub filter: Arc<Filter>,
    /// Those of its keywords that are in the post.
    pub keywords: Vec<String>,
    /// The post itself, where the filter names it.
    pub posts: Vec<PostId>,
}

impl Match {
    /// Whether the server leaves the post out there.
    pub fn drops(&self, context: Context) -> bool {
        self.filter.drops && self.filter.contexts.contains(context)
    }
}

/// All filters of one account, made ready to be asked about many posts.
#[derive(Debug)]
pub struct Matcher {
    filters: Vec<Arc<Filter>>,
    patterns: Vec<Pattern>,
    /// Finds all patterns in one walk; none where that could not be built.
    walk: Option<AhoCorasick>,
    posts: HashMap<PostId, Vec<usize>>,
}

#[derive(Debug)]
struct Pattern {
    filter: usize,
    keyword: usize,
    folded: String,
    whole_word: bool,
}

impl Matcher {
    /// Makes filters ready.
    pub fn new(filters: Vec<Filter>) -> Self {
        let mut patterns = Vec::new();
        let mut posts: HashMap<PostId, Vec<usize>> = HashMap::new();
        for (number, filter) in filters.iter().enumerate() {
            for (keyword, known) in filter.keywords.iter().enumerate() {
                let folded = fold(&known.text).trim().to_owned();
                if !folded.is_empty() {
                    patterns.push(Pattern { filter: number, keyword, folded, whole_word: known.whole_word });
                }
            }
            for named in &filter.posts {
                posts.entry(named.post_id).or_default().push(number);
            }
        }
        let words = patterns.iter().map(|pattern| pattern.folded.as_str());
        let walk = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(words).ok();
        let walk = walk.filter(|_| !patterns.is_empty());
        Self { filters: filters.into_iter().map(Arc::new).collect(), patterns, walk, posts }
    }

    /// Whether nothing can match.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.posts.is_empty()
    }

    /// The filters that a post matches. `text`: all that it says, asked for
    /// only where there are keywords. `ids`: its own, and that of a boost of it.
    pub fn find(&self, text: impl FnOnce() -> String, ids: &[PostId], now: Timestamp) -> Vec<Match> {
        let found = if self.patterns.is_empty() { HashSet::new() } else { self.words_in(&fold(&text())) };
        let named: Vec<(usize, PostId)> =
            ids.iter().flat_map(|id| self.posts.get(id).into_iter().flatten().map(|at| (*at, *id))).collect();
        let one = |(number, filter): (usize, &Arc<Filter>)| {
            let keywords: Vec<String> = self.keywords_of(number, &found);
            let posts: Vec<PostId> =
                named.iter().filter(|(at, _)| *at == number).map(|(_, id)| *id).collect();
            let matches = filter.is_live(now) && !(keywords.is_empty() && posts.is_empty());
            matches.then(|| Match { filter: Arc::clone(filter), keywords, posts })
        };
        if found.is_empty() && named.is_empty() {
            return Vec::new();
        }
        self.filters.iter().enumerate().filter_map(one).collect()
    }

    fn keywords_of(&self, filter: usize, found: &HashSet<usize>) -> Vec<String> {
        let patterns = self.patterns.iter().enumerate();
        let of_it = patterns.filter(|(at, pattern)| pattern.filter == filter && found.contains(at));
        let keywords = self.filters.get(filter).map(|filter| filter.keywords.as_slice()).unwrap_or_default();
        of_it
            .filter_map(|(_, pattern)| keywords.get(pattern.keyword))
            .map(|known| known.text.clone())
            .collect()
    }

    /// The patterns in a folded text.
    fn words_in(&self, text: &str) -> HashSet<usize> {
        let mut found = HashSet::new();
        let Some(walk) = &self.walk else { return self.one_by_one(text, found) };
        for (meetings, met) in walk.find_overlapping_iter(text).enumerate() {
            if meetings >= MAX_MEETINGS {
                return self.one_by_one(text, found);
            }
            let at = met.pattern().as_usize();
            if !found.contains(&at)
                && self.patterns.get(at).is_some_and(|pattern| pattern.fits(text, met.range()))
            {
                found.insert(at);
            }
        }
        found
    }

    fn one_by_one(&self, text: &str, mut found: HashSet<usize>) -> HashSet<usize> {
        for (at, pattern) in self.patterns.iter().enumerate() {
            if !found.contains(&at) && pattern.stands_in(text) {
                found.insert(at);
            }
        }
        found
    }
}

impl Pattern {
    /// Whether it stands anywhere; places may lie in each other.
    fn stands_in(&self, text: &str) -> bool {
        let mut from = 0;
        while let Some(start) = text.get(from..).and_then(|rest| rest.find(&self.folded)) {
            let start = from + start;
            if self.fits(text, start..start + self.folded.len()) {
                return true;
            }
            from = start + self.folded.chars().next().map_or(1, char::len_utf8);
        }
        false
    }

    /// Whether it may stand there: a whole word not within another one.
    fn fits(&self, text: &str, range: Range<usize>) -> bool {
        if !self.whole_word {
            return true;
        }
        let before = text.get(..range.start).and_then(|head| head.chars().next_back());
        let after = text.get(range.end..).and_then(|tail| tail.chars().next());
        let first = self.folded.chars().next();
        let last = self.folded.chars().next_back();
        !joined(before, first) && !joined(last, after)
    }
}

/// Whether two characters side by side are of one word. Scripts that are
/// written without spaces have no boundaries that could be seen here: there,
/// every character may begin a word.
fn joined(left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    let spaceless = is_spaceless(left) || is_spaceless(right);
    is_of_word(left) && is_of_word(right) && (!spaceless || is_mark(right))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_mark(c)
}

/// Marks that belong to the character before.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' | '\u{3099}' | '\u{309a}')
}

/// Han, the Japanese and Chinese syllabaries, Thai, Lao, Tibetan, Myanmar, Khmer.
const fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3040}'..='\u{312f}'
        | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}'
        | '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Lower case, white space as one space, no longer than is looked at.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(MAX_TEXT_BYTES));
    for c in text.chars() {
        if folded.len() >= MAX_TEXT_BYTES {
            break;
        }
        if c.is_whitespace() {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if c != '\u{ad}' && c != '\u{200b}' {
            // What nobody sees splits no word.
            folded.extend(c.to_lowercase());
        }
    }
    folded
}

#[cfg(test)]
mod tests;
