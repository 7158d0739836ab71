//! What people tell the administrators.

use crate::answer::{Answer, json};
use crate::entities::Dialect;
use crate::params::{id as id_of, ids};
use axum::extract::State;
use domain::PostId;
use domain::report::Category;
use serde::Deserialize;
use service::Cx;
use service::report::{self, NewReport};
use web::{ApiError, Params, Viewer};

/// Most posts of a report.
const MOST: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReportForm {
    account_id: String,
    status_ids: Vec<String>,
    comment: String,
    category: Option<String>,
    rule_ids: Vec<String>,
    forward: bool,
}

impl ReportForm {
    fn report(self) -> Result<NewReport, ApiError> {
        let category = match self.category.as_deref() {
            None | Some("") => Category::Other,
            Some(word) => Category::from_word(word).ok_or_else(|| {
                ApiError::invalid("Validation failed: Category is not included in the list")
            })?,
        };
        let rule_ids: Vec<String> = self.rule_ids.into_iter().filter(|id| !id.is_empty()).collect();
        Ok(NewReport {
            target: id_of(&self.account_id).ok_or_else(ApiError::not_found)?,
            posts: ids(&self.status_ids, MOST).into_iter().map(PostId).collect(),
            category,
            comment: self.comment,
            rule_ids,
            forward: self.forward,
        })
    }
}

/// `POST /api/v1/reports`
pub(crate) async fn file(State(cx): State<Cx>, viewer: Viewer, Params(form): Params<ReportForm>) -> Answer {
    viewer.require("write:reports")?;
    let view = report::file(&cx, viewer.account(), form.report()?).await?;
    json(&Dialect::new(&cx.names).report(&view))
}
