//! Report.

use super::Dialect;
use super::account::Account;
use super::value::{Iso, Text};
use serde::Serialize;
use service::report::ReportView;

/// <https://docs.joinmastodon.org/entities/Report/>
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    id: Text<i64>,
    action_taken: bool,
    action_taken_at: Option<Iso>,
    category: &'static str,
    comment: &'a str,
    forwarded: bool,
    created_at: Iso,
    status_ids: Vec<Text<i64>>,
    rule_ids: &'a [String],
    /// Collections are not built.
    collection_ids: [(); 0],
    target_account: Account<'a>,
}

impl<'a> Dialect<'a> {
    /// A report, to who made it.
    pub(crate) fn report(self, view: &'a ReportView) -> Report<'a> {
        let report = &view.report;
        Report {
            id: Text(report.id),
            action_taken: report.resolved_at.is_some(),
            action_taken_at: report.resolved_at.map(Iso),
            category: report.category.as_str(),
            comment: &report.comment,
            forwarded: report.forwarded,
            created_at: Iso(report.created_at),
            status_ids: report.post_ids.iter().map(|id| Text(id.0)).collect(),
            rule_ids: &report.rule_ids,
            collection_ids: [],
            target_account: self.profile(&view.target),
        }
    }
}
