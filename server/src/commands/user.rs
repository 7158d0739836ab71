//! `antiphon user …` and `antiphon invite …`: who is let in.

use super::shown;
use clap::Subcommand;
use service::invite::{self, Terms};
use service::{Cx, sign_up};
use std::fmt::Write as _;
use std::time::Duration;

/// People who sign up.
#[derive(Debug, Clone, Subcommand)]
pub enum UserCommand {
    /// Who waits to be let in, oldest first
    List,
    /// Let one in
    Approve {
        /// The name of the account
        name: String,
    },
    /// Send one away; nothing of them is kept
    Reject {
        /// The name of the account
        name: String,
    },
}

/// Invitations.
#[derive(Debug, Clone, Subcommand)]
pub enum InviteCommand {
    /// Make one and print its link, alone
    Create {
        /// For how many people; else any number
        #[arg(long)]
        uses: Option<u32>,
        /// Good for so many days; else for ever
        #[arg(long)]
        days: Option<u32>,
    },
    /// All of them, newest first
    List,
    /// Take one back
    Revoke {
        /// The code, or the whole link
        code: String,
    },
}

pub(super) async fn run(cx: &Cx, command: &UserCommand) -> anyhow::Result<String> {
    let mail = cx.settings.mail();
    match command {
        UserCommand::List => list(cx).await,
        UserCommand::Approve { name } => {
            let asked = name.clone();
            let waits = cx
                .write(move |tx| {
                    let applicant = sign_up::applicant(tx, &asked)?;
                    sign_up::approve(tx, applicant.user_id, mail)
                })
                .await?;
            cx.access.forget_all();
            let still = waits.map_or("is in", |_| "is approved, and still has to confirm the e-mail address");
            Ok(format!("{name} {still}\n"))
        }
        UserCommand::Reject { name } => {
            let asked = name.clone();
            cx.write(move |tx| {
                let applicant = sign_up::applicant(tx, &asked)?;
                sign_up::reject(tx, applicant.user_id)
            })
            .await?;
            cx.access.forget_all();
            Ok(format!("{name} is sent away\n"))
        }
    }
}

async fn list(cx: &Cx) -> anyhow::Result<String> {
    let mut text = String::new();
    for applicant in cx.read(sign_up::waiting).await? {
        let waits = match (applicant.waiting.approval, applicant.waiting.confirmation) {
            (true, true) => "approval and confirmation",
            (true, false) => "approval",
            (false, _) => "confirmation",
        };
        // What they wrote stays on its line.
        let reason = applicant.reason.unwrap_or_default().replace(char::is_control, " ");
        writeln!(
            text,
            "{}\twaits for {waits}\tsince {}\t{}\t{reason}",
            applicant.name,
            shown(applicant.created_at),
            applicant.email.unwrap_or_default(),
        )?;
    }
    Ok(text)
}

pub(super) async fn invite(cx: &Cx, command: &InviteCommand) -> anyhow::Result<String> {
    match command {
        InviteCommand::Create { uses, days } => {
            let lasts = days.map(|days| Duration::from_secs(24 * 3600).saturating_mul(days));
            let terms = Terms { max_uses: *uses, lasts };
            let made = cx.write(move |tx| invite::create(tx, None, terms)).await?;
            Ok(format!("{}\n", link(cx, &made.code)))
        }
        InviteCommand::List => invites(cx).await,
        InviteCommand::Revoke { code } => {
            let code = code.rsplit_once('=').map_or(code.as_str(), |(_, code)| code).to_owned();
            cx.write(move |tx| invite::revoke(tx, &code)).await?;
            Ok("taken back\n".to_owned())
        }
    }
}

fn link(cx: &Cx, code: &str) -> String {
    cx.names.url(&format!("/auth/sign_up?invite={code}"))
}

async fn invites(cx: &Cx) -> anyhow::Result<String> {
    let mut text = String::new();
    for invite in cx.read(invite::list).await? {
        let most = invite.max_uses.map(|most| format!(" of {most}")).unwrap_or_default();
        let until =
            invite.expires_at.map_or_else(|| "for ever".to_owned(), |end| format!("until {}", shown(end)));
        let state = if invite.revoked_at.is_some() { "taken back" } else { "open" };
        writeln!(text, "{}\t{state}\tused {}{most}\t{until}", link(cx, &invite.code), invite.uses)?;
    }
    Ok(text)
}
