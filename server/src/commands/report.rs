//! `antiphon report …`

use super::shown;
use clap::Subcommand;
use domain::report::Report;
use domain::{Account, Post};
use service::Cx;
use service::report::{self as reports, Which};
use std::fmt::Write as _;

/// Reports one call lists.
const MOST: i64 = 1_000;

/// What people report.
#[derive(Debug, Clone, Subcommand)]
pub enum ReportCommand {
    /// Those nobody has dealt with, the newest first
    List {
        /// The others too
        #[arg(long)]
        all: bool,
    },
    /// One, with the posts it is about
    Show {
        /// Its number
        id: i64,
    },
    /// Close one
    Resolve {
        /// Its number
        id: i64,
        /// What was done
        #[arg(long, default_value = "")]
        note: String,
    },
}

pub(super) async fn run(cx: &Cx, command: &ReportCommand) -> anyhow::Result<String> {
    match command {
        ReportCommand::List { all } => list(cx, if *all { Which::All } else { Which::Open }).await,
        ReportCommand::Show { id } => show(cx, *id).await,
        ReportCommand::Resolve { id, note } => {
            let (id, note) = (*id, note.clone());
            cx.write(move |tx| reports::resolve(tx, id, &note)).await?;
            Ok(format!("{id} is resolved\n"))
        }
    }
}

fn line(report: &Report, from: &Account, target: &Account) -> String {
    let state = if report.resolved_at.is_some() { "resolved" } else { "open" };
    let comment = report.comment.lines().next().unwrap_or_default();
    let (when, why) = (shown(report.created_at), report.category.as_str());
    format!("{}\t{state}\t{when}\t@{}\tby @{}\t{why}\t{comment}\n", report.id, target.handle, from.handle)
}

async fn list(cx: &Cx, which: Which) -> anyhow::Result<String> {
    let found = cx.read(move |tx| reports::list(tx, which, MOST)).await?;
    Ok(found.iter().map(|(report, from, target)| line(report, from, target)).collect())
}

async fn show(cx: &Cx, id: i64) -> anyhow::Result<String> {
    let (report, from, target, posts) = cx.read(move |tx| reports::show(tx, id)).await?;
    let mut text = String::new();
    writeln!(text, "report {}", report.id)?;
    writeln!(text, "  about: @{} ({})", target.handle, target.actor_id)?;
    writeln!(text, "  by: @{} ({})", from.handle, from.actor_id)?;
    writeln!(text, "  at: {}", shown(report.created_at))?;
    writeln!(text, "  category: {}", report.category.as_str())?;
    writeln!(text, "  forwarded: {}", if report.forwarded { "yes" } else { "no" })?;
    for line in report.comment.lines() {
        writeln!(text, "  | {line}")?;
    }
    for post in &posts {
        write_post(&mut text, post)?;
    }
    let gone = report.post_ids.len().saturating_sub(posts.len());
    if gone > 0 {
        writeln!(text, "  {gone} reported posts are gone")?;
    }
    if let Some(at) = report.resolved_at {
        writeln!(text, "  resolved: {} {}", shown(at), report.resolution.as_deref().unwrap_or_default())?;
    }
    Ok(text)
}

fn write_post(text: &mut String, post: &Post) -> std::fmt::Result {
    writeln!(text, "  post: {}", post.object_id)?;
    let said = service::thread::source_of(post).text;
    said.lines().try_for_each(|line| writeln!(text, "    > {line}"))
}
