//! The viewer's word filters as version 1 sees them: one keyword each.

use crate::answer::{Answer, Id, json, nothing};
use crate::entities::filter::V1Filter;
use crate::filters::{contexts, expires_in, given, wholeness};
use axum::extract::State;
use domain::KeywordId;
use domain::filter::Action;
use serde::Deserialize;
use service::Cx;
use service::filter::{self, Change, KeywordChange};
use web::{ApiError, Params, Viewer};

#[expect(clippy::option_option, reason = "missing, empty and given are three things")]
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct V1Form {
    phrase: Option<String>,
    context: Option<Vec<String>>,
    irreversible: Option<bool>,
    whole_word: Option<bool>,
    #[serde(deserialize_with = "given")]
    expires_in: Option<Option<String>>,
}

impl V1Form {
    /// What is common to all keywords of a filter.
    fn change(&self) -> Result<Change, ApiError> {
        let action = |irreversible| if irreversible { Action::Hide } else { Action::Warn };
        Ok(Change {
            contexts: self.context.as_deref().map(contexts).transpose()?,
            action: self.irreversible.map(action),
            drops: self.irreversible,
            expires_in_s: expires_in(self.expires_in.clone())?,
            ..Change::default()
        })
    }
}

/// `GET /api/v1/filters`
pub(crate) async fn all(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:filters")?;
    let me = viewer.account().id;
    let filters = cx.read(move |tx| filter::all(tx, me)).await?;
    let single =
        filters.iter().flat_map(|filter| filter.keywords.iter().map(move |word| V1Filter::new(filter, word)));
    json(&single.collect::<Vec<_>>())
}

/// `POST /api/v1/filters`
pub(crate) async fn create(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<V1Form>) -> Answer {
    viewer.require("write:filters")?;
    let (me, text) = (viewer.account().id, form.phrase.clone().unwrap_or_default());
    if text.trim().is_empty() {
        return Err(ApiError::invalid("Validation failed: Phrase can't be blank"));
    }
    let title = text.chars().take(domain::filter::MAX_TITLE_CHARACTERS).collect();
    let keyword = KeywordChange::Add { text, whole_word: form.whole_word.unwrap_or(false) };
    let contexts = Some(contexts(form.context.as_deref().unwrap_or_default())?);
    let new = Change { title: Some(title), contexts, keywords: vec![keyword], ..form.change()? };
    let made = cx.write(move |tx| filter::create(tx, me, &new)).await?;
    let keyword = made.keywords.first().ok_or_else(ApiError::not_found)?;
    json(&V1Filter::new(&made, keyword))
}

/// `GET /api/v1/filters/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("read:filters")?;
    let me = viewer.account().id;
    let (filter, keyword) = cx.read(move |tx| filter::by_keyword(tx, me, KeywordId(id))).await?;
    json(&V1Filter::new(&filter, &keyword))
}

/// `PUT /api/v1/filters/:id`
pub(crate) async fn update(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<V1Form>,
) -> Answer {
    viewer.require("write:filters")?;
    let (me, change) = (viewer.account().id, form.change()?);
    let whole = form.whole_word.map(wholeness);
    let (filter, keyword) = cx
        .write(move |tx| filter::change_single(tx, me, KeywordId(id), &change, form.phrase.as_deref(), whole))
        .await?;
    json(&V1Filter::new(&filter, &keyword))
}

/// `DELETE /api/v1/filters/:id`
pub(crate) async fn delete(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:filters")?;
    let me = viewer.account().id;
    cx.write(move |tx| filter::delete_single(tx, me, KeywordId(id))).await?;
    nothing()
}
