//! `antiphon host …`

use super::shown;
use clap::Subcommand;
use domain::Host;
use domain::moderation::HostRule;
use service::{Cx, moderation};
use std::fmt::Write as _;

/// Rules for other servers, each with its subdomains.
#[derive(Debug, Clone, Subcommand)]
pub enum HostCommand {
    /// All rules
    List,
    /// Take nothing from a server and send nothing to it; all follows end
    Block {
        /// Its host
        host: String,
        /// Why, for administrators
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Show a server's accounts to their followers only
    Silence {
        /// Its host
        host: String,
        /// Why, for administrators
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Lift the rule for a server
    Allow {
        /// Its host
        host: String,
        /// Why, for administrators
        #[arg(long, default_value = "")]
        note: String,
    },
}

pub(super) async fn run(cx: &Cx, command: &HostCommand) -> anyhow::Result<String> {
    match command {
        HostCommand::List => list(cx).await,
        HostCommand::Block { host, note } => set(cx, host, HostRule::Suspend, note).await,
        HostCommand::Silence { host, note } => set(cx, host, HostRule::Silence, note).await,
        HostCommand::Allow { host, note } => set(cx, host, HostRule::None, note).await,
    }
}

const fn word(rule: HostRule) -> &'static str {
    match rule {
        HostRule::None => "allowed",
        HostRule::Silence => "silenced",
        HostRule::Suspend => "blocked",
    }
}

async fn list(cx: &Cx) -> anyhow::Result<String> {
    let mut text = String::new();
    for rule in cx.read(moderation::rules).await? {
        writeln!(
            text,
            "{}\t{}\tsince {}\t{}",
            rule.name,
            word(rule.rule),
            shown(rule.created_at),
            rule.note
        )?;
    }
    Ok(text)
}

async fn set(cx: &Cx, host: &str, rule: HostRule, note: &str) -> anyhow::Result<String> {
    let host = Host::parse(host.trim().trim_start_matches('@'))
        .map_err(|_| anyhow::anyhow!("{host:?} is no host"))?;
    moderation::set_rule(cx, &host, rule, note.to_owned()).await?;
    Ok(format!("{} is {}\n", host.name(), word(rule)))
}
