//! Reports: what people tell the administrators of an account, here and, as a
//! Flag, on its own server. Who reports is told to nobody else: the Flag is the
//! server's own.

use crate::activity::{self, Sending};
use crate::arrival::{Arrival, Outcome};
use crate::profile::{self, AccountView};
use crate::{Cx, Error, OrNotFound, Result, account, notify, post, rule};
use activitypub::{Flag, render};
use domain::notification::{About, NotificationKind};
use domain::report::{Category, MAX_COMMENT, Report};
use domain::{Account, AccountId, ObjectId, PostId};
use std::collections::HashMap;
use std::sync::Arc;
use store::Tx;

pub use store::report::Which;

/// The most posts of one report.
const MAX_POSTS: usize = 100;
/// The longest comment of a peer that is kept, in characters.
const MAX_FOREIGN_COMMENT: usize = 5_000;
/// Open reports of one peer's actor; what comes beyond is not kept.
const MAX_OPEN: i64 = 500;

/// A report as a person hands it in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewReport {
    /// Whom.
    pub target: i64,
    /// Posts it is about.
    pub posts: Vec<PostId>,
    /// Why.
    pub category: Category,
    /// In their words.
    pub comment: String,
    /// The rules that were broken.
    pub rule_ids: Vec<String>,
    /// Tell the target's server.
    pub forward: bool,
}

/// A report and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportView {
    /// The report.
    pub report: Report,
    /// Whom it is about.
    pub target: AccountView,
}

/// One of ours reports an account.
pub async fn file(cx: &Cx, viewer: &Account, new: NewReport) -> Result<ReportView> {
    if new.comment.chars().count() > MAX_COMMENT {
        return Err(Error::invalid("Comment", "is too long (maximum is 1000 characters)"));
    }
    if new.posts.len() > MAX_POSTS {
        return Err(Error::invalid("Status ids", "are too many"));
    }
    // The Flag is the server's own: it needs its actor.
    let server = if new.forward { Some(account::ensure_instance_actor(cx).await?) } else { None };
    let viewer = viewer.clone();
    cx.write(move |tx| write(tx, &viewer, &new, server.as_ref())).await
}

fn write(tx: &mut Tx, viewer: &Account, new: &NewReport, server: Option<&Account>) -> Result<ReportView> {
    let target = profile::one(tx, AccountId(new.target))?;
    if !new.rule_ids.is_empty() {
        let rules: Vec<String> = rule::list(tx)?.iter().map(|rule| rule.id.to_string()).collect();
        if new.rule_ids.iter().any(|id| !rules.contains(id)) {
            return Err(Error::invalid("Rule ids", "does not reference valid rules"));
        }
    }
    let mut objects = vec![ObjectId::from(target.account.actor_id.clone())];
    for id in &new.posts {
        let (post, author) = post::seen_by(tx, *id, viewer)?;
        if author.id != target.account.id {
            return Err(Error::NotFound("post"));
        }
        objects.push(post.object_id);
    }
    let forward = server.filter(|_| !target.account.is_ours());
    let activity_id = match forward {
        Some(server) => Some(flag(tx, server, &target.account, &objects, &new.comment)?),
        None => None,
    };
    let report = Report {
        id: tx.new_id(),
        account_id: viewer.id,
        target_id: target.account.id,
        category: if new.rule_ids.is_empty() { new.category } else { Category::Violation },
        comment: new.comment.clone(),
        rule_ids: new.rule_ids.clone(),
        post_ids: new.posts.clone(),
        forwarded: forward.is_some(),
        activity_id,
        resolution: None,
        resolved_at: None,
        created_at: tx.now(),
    };
    keep(tx, &report)?;
    Ok(ReportView { report, target })
}

/// Tells the target's server, in the name of this one.
fn flag(
    tx: &mut Tx,
    server: &Account,
    target: &Account,
    objects: &[ObjectId],
    comment: &str,
) -> Result<String> {
    let minted = activity::mint(tx, server);
    let envelope = minted.envelope.clone().to(vec![target.actor_id.to_string()], Vec::new());
    let json = render::flag(&envelope, objects, comment);
    let (me, object) = (server.actor_id.as_str(), target.actor_id.as_str());
    activity::send(tx, server, &minted, &json, &Sending::to_one("Flag", object, &[target], &[me, object]))?;
    Ok(minted.envelope.id)
}

/// A peer reports accounts of ours, by their ids or by those of their posts.
pub fn receive(tx: &mut Tx, arrival: &Arrival<'_>, flag: &Flag) -> Result<Outcome> {
    let mut targets: Vec<(AccountId, Vec<PostId>)> = Vec::new();
    for object in &flag.objects {
        let (target, post) = match store::post::by_object(tx, object)? {
            Some(post) => (store::account::find(tx, post.author_id)?, Some(post.id)),
            None => (store::account::by_actor(tx, &object.clone().into())?, None),
        };
        let Some(target) = target.filter(Account::is_ours) else { continue };
        match targets.iter_mut().find(|(id, _)| *id == target.id) {
            Some((_, posts)) => posts.extend(post),
            None => targets.push((target.id, post.into_iter().collect())),
        }
    }
    if targets.is_empty() {
        return Ok(Outcome::ignored("reports nobody of ours"));
    }
    if store::report::count_open_from(tx, arrival.sender.id, MAX_OPEN)? >= MAX_OPEN {
        return Ok(Outcome::ignored("too many reports of this actor are open"));
    }
    let comment = flag.content.as_deref().map(text::plain::from_html).unwrap_or_default();
    let comment: String = comment.chars().take(MAX_FOREIGN_COMMENT).collect();
    for (target, posts) in targets {
        let report = Report {
            id: tx.new_id(),
            account_id: arrival.sender.id,
            target_id: target,
            category: Category::Other,
            comment: comment.clone(),
            rule_ids: Vec::new(),
            post_ids: posts,
            forwarded: false,
            activity_id: flag.id.clone(),
            resolution: None,
            resolved_at: None,
            created_at: tx.now(),
        };
        keep(tx, &report)?;
    }
    Ok(Outcome::Processed)
}

/// Writes a report down and tells who runs the server.
fn keep(tx: &mut Tx, report: &Report) -> Result<()> {
    if store::report::insert(tx, report)? {
        notify::tell_staff(tx, NotificationKind::Report, report.account_id, About::Row(report.id))?;
    }
    Ok(())
}

/// Some reports, by their ids.
pub(crate) fn some(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Arc<ReportView>>> {
    let reports = store::report::some(tx, ids)?;
    let targets: Vec<AccountId> = reports.iter().map(|report| report.target_id).collect();
    let targets: HashMap<AccountId, AccountView> =
        profile::many(tx, &targets)?.into_iter().map(|view| (view.account.id, view)).collect();
    let view = |report: Report| {
        let target = targets.get(&report.target_id)?.clone();
        Some((report.id, Arc::new(ReportView { report, target })))
    };
    Ok(reports.into_iter().filter_map(view).collect())
}

/// Reports with whom they are about and who reports, the newest first.
pub fn list(tx: &mut Tx, which: Which, limit: i64) -> Result<Vec<(Report, Account, Account)>> {
    let mut full = Vec::new();
    for report in store::report::list(tx, which, limit)? {
        let from = store::account::get(tx, report.account_id)?;
        let target = store::account::get(tx, report.target_id)?;
        full.push((report, from, target));
    }
    Ok(full)
}

/// One report, with whom it is about, who reports, and the posts that are left.
pub fn show(tx: &mut Tx, id: i64) -> Result<(Report, Account, Account, Vec<domain::Post>)> {
    let report = store::report::find(tx, id)?.or_not_found("report")?;
    let from = store::account::get(tx, report.account_id)?;
    let target = store::account::get(tx, report.target_id)?;
    let mut posts = Vec::new();
    for id in &report.post_ids {
        posts.extend(store::post::find(tx, *id)?);
    }
    Ok((report, from, target, posts))
}

/// An administrator has dealt with a report.
pub fn resolve(tx: &mut Tx, id: i64, note: &str) -> Result<()> {
    store::report::find(tx, id)?.or_not_found("report")?;
    if !store::report::resolve(tx, id, note)? {
        return Err(Error::invalid("report", "is resolved already"));
    }
    Ok(store::audit::insert(tx, None, "report.resolve", &id.to_string(), note)?)
}
