//! The viewer's word filters, version 2.

use crate::answer::{Answer, Id, json, nothing};
use crate::entities::filter::{Filter, FilterKeyword, FilterStatus, action_of, context_of};
use crate::params::id as id_of;
use axum::extract::State;
use domain::filter::{Action, Contexts};
use domain::{FilterId, FilteredPostId, KeywordId, PostId};
use serde::{Deserialize, Deserializer};
use service::Cx;
use service::filter::{self, Change, KeywordChange, Wholeness};
use web::{ApiError, Nested, Params, Viewer};

/// A member that may be there and empty, which says something else than one
/// that is missing.
#[expect(clippy::option_option, reason = "missing, empty and given are three things")]
pub(crate) fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeywordForm {
    id: Option<String>,
    keyword: Option<String>,
    whole_word: Option<bool>,
    #[serde(rename = "_destroy")]
    destroy: bool,
}

impl KeywordForm {
    fn change(self) -> Result<Option<KeywordChange>, ApiError> {
        let id = match self.id.as_deref() {
            None | Some("") => None,
            Some(text) => Some(KeywordId(id_of(text).ok_or_else(ApiError::not_found)?)),
        };
        Ok(match (id, self.destroy) {
            (Some(id), true) => Some(KeywordChange::Remove(id)),
            (None, true) => None,
            (Some(id), false) => {
                Some(KeywordChange::Change { id, text: self.keyword, whole_word: self.whole_word })
            }
            (None, false) => Some(KeywordChange::Add {
                text: self.keyword.unwrap_or_default(),
                whole_word: self.whole_word.unwrap_or(true),
            }),
        })
    }
}

#[expect(clippy::option_option, reason = "missing, empty and given are three things")]
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FilterForm {
    title: Option<String>,
    context: Option<Vec<String>>,
    filter_action: Option<String>,
    #[serde(deserialize_with = "given")]
    expires_in: Option<Option<String>>,
    keywords_attributes: Vec<Nested<KeywordForm>>,
}

/// The contexts of some words; each must be one.
pub(crate) fn contexts(words: &[String]) -> Result<Contexts, ApiError> {
    let none = || ApiError::invalid("Validation failed: Context None or invalid context supplied");
    let contexts = words.iter().filter(|word| !word.is_empty()).map(|word| context_of(word));
    let contexts: Contexts = contexts.collect::<Option<Vec<_>>>().ok_or_else(none)?.into_iter().collect();
    if contexts.is_empty() { Err(none()) } else { Ok(contexts) }
}

/// Seconds from now on; empty or null: for ever.
#[expect(clippy::option_option, reason = "missing, empty and given are three things")]
pub(crate) fn expires_in(written: Option<Option<String>>) -> Result<Option<Option<i64>>, ApiError> {
    let Some(text) = written else { return Ok(None) };
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Some(None)) };
    let seconds: Result<i64, _> = text.trim().parse();
    seconds
        .map(|seconds| Some(Some(seconds)))
        .map_err(|_| ApiError::invalid("Validation failed: Expires in is not a number"))
}

fn action(word: Option<&str>) -> Result<Option<Action>, ApiError> {
    match word {
        None | Some("") => Ok(None),
        Some(word) => match action_of(word) {
            Some(action) => Ok(Some(action)),
            None => Err(ApiError::invalid("Validation failed: Action is not included in the list")),
        },
    }
}

impl FilterForm {
    fn change(self) -> Result<Change, ApiError> {
        let keywords =
            self.keywords_attributes.into_iter().filter_map(|form| form.0).map(KeywordForm::change);
        Ok(Change {
            title: self.title,
            contexts: self.context.map(|words| contexts(&words)).transpose()?,
            action: action(self.filter_action.as_deref())?,
            drops: None,
            expires_in_s: expires_in(self.expires_in)?,
            keywords: keywords.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect(),
        })
    }
}

/// `GET /api/v2/filters`
pub(crate) async fn all(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:filters")?;
    let me = viewer.account().id;
    let filters = cx.read(move |tx| filter::all(tx, me)).await?;
    json(&filters.iter().map(Filter::from).collect::<Vec<_>>())
}

/// `POST /api/v2/filters`
pub(crate) async fn create(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<FilterForm>) -> Answer {
    viewer.require("write:filters")?;
    let (me, new) = (viewer.account().id, form.change()?);
    let made = cx.write(move |tx| filter::create(tx, me, &new)).await?;
    json(&Filter::from(&made))
}

async fn find(cx: &Cx, viewer: &Viewer, id: i64) -> Result<domain::filter::Filter, ApiError> {
    viewer.require("read:filters")?;
    let me = viewer.account().id;
    Ok(cx.read(move |tx| filter::one(tx, me, FilterId(id))).await?)
}

/// `GET /api/v2/filters/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    json(&Filter::from(&find(&cx, &viewer, id).await?))
}

/// `PUT /api/v2/filters/:id`
pub(crate) async fn update(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<FilterForm>,
) -> Answer {
    viewer.require("write:filters")?;
    let (me, change) = (viewer.account().id, form.change()?);
    let changed = cx.write(move |tx| filter::update(tx, me, FilterId(id), &change)).await?;
    json(&Filter::from(&changed))
}

/// `DELETE /api/v2/filters/:id`
pub(crate) async fn delete(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:filters")?;
    let me = viewer.account().id;
    cx.write(move |tx| filter::delete(tx, me, FilterId(id))).await?;
    nothing()
}

/// `GET /api/v2/filters/:id/keywords`
pub(crate) async fn keywords(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    let found = find(&cx, &viewer, id).await?;
    json(&found.keywords.iter().map(FilterKeyword::from).collect::<Vec<_>>())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OneKeyword {
    keyword: Option<String>,
    whole_word: Option<bool>,
}

pub(crate) const fn wholeness(whole_word: bool) -> Wholeness {
    if whole_word { Wholeness::Whole } else { Wholeness::Part }
}

/// `POST /api/v2/filters/:id/keywords`
pub(crate) async fn add_keyword(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<OneKeyword>,
) -> Answer {
    viewer.require("write:filters")?;
    let (me, text) = (viewer.account().id, form.keyword.unwrap_or_default());
    let whole = wholeness(form.whole_word.unwrap_or(true));
    let added = cx.write(move |tx| filter::keyword(tx, me, FilterId(id), &text, whole)).await?;
    json(&FilterKeyword::from(&added))
}

/// `GET /api/v2/filters/keywords/:id`
pub(crate) async fn keyword(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:filters")?;
    let me = viewer.account().id;
    let (_, found) = cx.read(move |tx| filter::by_keyword(tx, me, KeywordId(id))).await?;
    json(&FilterKeyword::from(&found))
}

/// `PUT /api/v2/filters/keywords/:id`
pub(crate) async fn change_keyword(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<OneKeyword>,
) -> Answer {
    viewer.require("write:filters")?;
    let (me, text, whole) = (viewer.account().id, form.keyword, form.whole_word.map(wholeness));
    let verb =
        move |tx: &mut service::Tx| filter::change_keyword(tx, me, KeywordId(id), text.as_deref(), whole);
    json(&FilterKeyword::from(&cx.write(verb).await?))
}

/// `DELETE /api/v2/filters/keywords/:id`
pub(crate) async fn delete_keyword(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:filters")?;
    let me = viewer.account().id;
    cx.write(move |tx| filter::delete_keyword(tx, me, KeywordId(id))).await?;
    nothing()
}

/// `GET /api/v2/filters/:id/statuses`
pub(crate) async fn statuses(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    let found = find(&cx, &viewer, id).await?;
    json(&found.posts.iter().map(FilterStatus::from).collect::<Vec<_>>())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OneStatus {
    status_id: Option<String>,
}

/// `POST /api/v2/filters/:id/statuses`
pub(crate) async fn add_status(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<OneStatus>,
) -> Answer {
    viewer.require("write:filters")?;
    let post = form.status_id.as_deref().and_then(id_of).map(PostId).ok_or_else(ApiError::not_found)?;
    let me = viewer.account().id;
    let named = cx.write(move |tx| filter::name_post(tx, me, FilterId(id), post)).await?;
    json(&FilterStatus::from(&named))
}

/// `GET /api/v2/filters/statuses/:id`
pub(crate) async fn status(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:filters")?;
    let me = viewer.account().id;
    let (_, found) = cx.read(move |tx| filter::by_post(tx, me, FilteredPostId(id))).await?;
    json(&FilterStatus::from(&found))
}

/// `DELETE /api/v2/filters/statuses/:id`: answers with what it was.
pub(crate) async fn delete_status(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:filters")?;
    let me = viewer.account().id;
    let was = cx.write(move |tx| filter::delete_post(tx, me, FilteredPostId(id))).await?;
    json(&FilterStatus::from(&was))
}
