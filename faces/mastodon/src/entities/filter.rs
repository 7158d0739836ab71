//! `Filter`, `FilterKeyword`, `FilterStatus`, `FilterResult`, and version 1's Filter.

use super::value::{Iso, Text};
use domain::PostId;
use domain::filter::{Action, Context, Filter as Known, FilteredPost, Keyword, Match};
use serde::Serialize;

/// The word for where a filter works.
const fn context_word(context: Context) -> &'static str {
    match context {
        Context::Home => "home",
        Context::Notifications => "notifications",
        Context::Public => "public",
        Context::Thread => "thread",
        Context::Account => "account",
    }
}

/// Where a filter works, by the word.
pub(crate) fn context_of(text: &str) -> Option<Context> {
    Context::ALL.into_iter().find(|context| context_word(*context) == text)
}

/// The word for what a filter does.
const fn action_word(action: Action) -> &'static str {
    match action {
        Action::Warn => "warn",
        Action::Hide => "hide",
        Action::Blur => "blur",
    }
}

/// What a filter does, by the word.
pub(crate) fn action_of(text: &str) -> Option<Action> {
    Action::ALL.into_iter().find(|action| action_word(*action) == text)
}

/// <https://docs.joinmastodon.org/entities/FilterKeyword/>
#[derive(Debug, Serialize)]
pub(crate) struct FilterKeyword<'a> {
    id: Text<i64>,
    keyword: &'a str,
    whole_word: bool,
}

impl<'a> From<&'a Keyword> for FilterKeyword<'a> {
    fn from(keyword: &'a Keyword) -> Self {
        Self { id: Text(keyword.id.0), keyword: &keyword.text, whole_word: keyword.whole_word }
    }
}

/// <https://docs.joinmastodon.org/entities/FilterStatus/>
#[derive(Debug, Serialize)]
pub(crate) struct FilterStatus {
    id: Text<i64>,
    status_id: Text<PostId>,
}

impl From<&FilteredPost> for FilterStatus {
    fn from(named: &FilteredPost) -> Self {
        Self { id: Text(named.id.0), status_id: Text(named.post_id) }
    }
}

/// <https://docs.joinmastodon.org/entities/Filter/>
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the entity's own")]
pub(crate) struct Filter<'a> {
    id: Text<i64>,
    title: &'a str,
    context: Vec<&'static str>,
    expires_at: Option<Iso>,
    filter_action: &'static str,
    keywords: Vec<FilterKeyword<'a>>,
    statuses: Vec<FilterStatus>,
}

impl<'a> From<&'a Known> for Filter<'a> {
    fn from(filter: &'a Known) -> Self {
        Self {
            id: Text(filter.id.0),
            title: &filter.title,
            context: filter.contexts.iter().map(context_word).collect(),
            expires_at: filter.expires_at.map(Iso),
            filter_action: action_word(filter.action),
            keywords: filter.keywords.iter().map(FilterKeyword::from).collect(),
            statuses: filter.posts.iter().map(FilterStatus::from).collect(),
        }
    }
}

/// <https://docs.joinmastodon.org/entities/FilterResult/>
#[derive(Debug, Serialize)]
pub(crate) struct FilterResult<'a> {
    filter: Filter<'a>,
    keyword_matches: &'a [String],
    status_matches: Vec<Text<PostId>>,
}

impl<'a> FilterResult<'a> {
    pub(crate) fn list(found: &'a [Match]) -> Vec<Self> {
        let one = |found: &'a Match| Self {
            filter: Filter::from(&*found.filter),
            keyword_matches: &found.keywords,
            status_matches: found.posts.iter().map(|id| Text(*id)).collect(),
        };
        found.iter().map(one).collect()
    }
}

/// <https://docs.joinmastodon.org/entities/V1_Filter/>: one keyword, as if it
/// were a filter of its own.
#[derive(Debug, Serialize)]
pub(crate) struct V1Filter<'a> {
    id: Text<i64>,
    phrase: &'a str,
    context: Vec<&'static str>,
    whole_word: bool,
    expires_at: Option<Iso>,
    irreversible: bool,
}

impl<'a> V1Filter<'a> {
    pub(crate) fn new(filter: &'a Known, keyword: &'a Keyword) -> Self {
        Self {
            id: Text(keyword.id.0),
            phrase: &keyword.text,
            context: filter.contexts.iter().map(context_word).collect(),
            whole_word: keyword.whole_word,
            expires_at: filter.expires_at.map(Iso),
            irreversible: filter.action == Action::Hide,
        }
    }
}
