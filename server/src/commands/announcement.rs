//! `antiphon announcement …`

use super::shown;
use anyhow::Context;
use clap::{Args, Subcommand};
use domain::{AnnouncementId, Timestamp};
use jiff::civil;
use service::Cx;
use service::announcement::{self, New};
use std::fmt::Write as _;

/// Announcements.
#[derive(Debug, Clone, Subcommand)]
pub enum AnnouncementCommand {
    /// Tell everyone here something
    Create(NewAnnouncement),
    /// All announcements
    List,
    /// Take one back
    Delete {
        /// Its number
        id: i64,
    },
}

/// Something to be told.
#[derive(Debug, Clone, Args)]
pub struct NewAnnouncement {
    /// In Markdown; - reads it from standard input
    pub text: String,
    /// When what it is about begins: 2026-05-01 or 2026-05-01T18:00:00Z
    #[arg(long)]
    pub starts: Option<String>,
    /// When it ends; then the announcement goes
    #[arg(long)]
    pub ends: Option<String>,
}

impl AnnouncementCommand {
    /// Whether the text comes from standard input.
    pub(super) fn reads_input(&self) -> bool {
        matches!(self, Self::Create(new) if new.text == "-")
    }
}

/// A time, and whether it is only a day.
fn time(text: &str) -> anyhow::Result<(Timestamp, bool)> {
    if let Ok(day) = text.parse::<civil::Date>() {
        let midnight = day.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC)?;
        return Ok((Timestamp(midnight.timestamp().as_millisecond()), true));
    }
    let time: jiff::Timestamp = text.parse().with_context(|| format!("{text} is no time"))?;
    Ok((Timestamp(time.as_millisecond()), false))
}

pub(super) async fn run(cx: &Cx, command: &AnnouncementCommand, input: &str) -> anyhow::Result<String> {
    match command {
        AnnouncementCommand::Create(new) => create(cx, new, input).await,
        AnnouncementCommand::List => list(cx).await,
        AnnouncementCommand::Delete { id } => {
            let id = AnnouncementId(*id);
            cx.write(move |tx| announcement::delete(tx, id)).await?;
            Ok(format!("{id} is deleted\n"))
        }
    }
}

async fn create(cx: &Cx, new: &NewAnnouncement, input: &str) -> anyhow::Result<String> {
    let starts = new.starts.as_deref().map(time).transpose()?;
    let ends = new.ends.as_deref().map(time).transpose()?;
    let times = [starts, ends];
    let all_day = times.iter().any(Option::is_some) && times.iter().flatten().all(|(_, day)| *day);
    // A day that is named as the end is a whole one.
    let day_ms = 24 * 3_600_000;
    let ends_at = ends.map(|(at, day)| if day { Timestamp(at.0 + day_ms - 1) } else { at });
    let text = if new.text == "-" { input.to_owned() } else { new.text.clone() };
    let new = New { text, starts_at: starts.map(|(at, _)| at), ends_at, all_day };
    let made = cx.write(move |tx| announcement::create(tx, &new)).await?;
    Ok(format!("{}\n", made.id))
}

async fn list(cx: &Cx) -> anyhow::Result<String> {
    let all = cx.read(announcement::all).await?;
    let mut text = String::new();
    for one in all {
        let ends = one.ends_at.map(|at| format!("\tuntil {}", shown(at))).unwrap_or_default();
        let line = one.source.lines().next().unwrap_or_default();
        writeln!(text, "{}\t{}{ends}\t{line}", one.id, shown(one.published_at))?;
    }
    Ok(text)
}
