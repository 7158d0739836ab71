//! `antiphon log`: the message log, oldest first, with the reason of each
//! refusal and the state of each delivery.

use super::shown;
use clap::Args;
use domain::delivery::{DeliveryState, HostReport};
use domain::message::{Direction, Message, MessageState};
use service::Cx;
use std::fmt::Write as _;
use store::message::Filter;

/// Which lines to show.
#[derive(Debug, Clone, Args)]
pub struct LogCommand {
    /// How many at most, the newest ones
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
    /// Only what was refused
    #[arg(long)]
    pub refused: bool,
    /// Only what this host sent or was asked for
    #[arg(long)]
    pub host: Option<String>,
}

pub(super) async fn log(cx: &Cx, command: &LogCommand) -> anyhow::Result<String> {
    let filter = Filter {
        state: command.refused.then_some(MessageState::Refused),
        host: command.host.clone(),
        ..Filter::default()
    };
    let limit = i64::from(command.limit);
    let lines = cx
        .read(move |tx| {
            let mut lines = Vec::new();
            for message in store::message::list(tx, &filter, limit)? {
                let out = message.direction == Direction::Out;
                let hosts = if out { service::outbox::report(tx, message.id)? } else { Vec::new() };
                lines.push((message, hosts));
            }
            Ok(lines)
        })
        .await?;
    let mut text = String::new();
    for (message, hosts) in lines.iter().rev() {
        write_message(&mut text, message)?;
        for host in hosts {
            write_delivery(&mut text, host)?;
        }
    }
    Ok(text)
}

fn write_message(text: &mut String, message: &Message) -> std::fmt::Result {
    let direction = match message.direction {
        Direction::In => "in",
        Direction::Out => "out",
        Direction::Fetch => "fetch",
    };
    let kind = if message.kind.is_empty() { "-" } else { &message.kind };
    write!(text, "{} {direction:5} {kind}", shown(message.at))?;
    if !message.object.is_empty() {
        write!(text, " {}", message.object)?;
    }
    match message.direction {
        Direction::In => write!(text, " from {}", message.actor.as_deref().unwrap_or("unknown"))?,
        Direction::Out => write!(text, " by {}", message.actor.as_deref().unwrap_or("unknown"))?,
        Direction::Fetch => (),
    }
    // Whoever speaks for another is shown beside the other.
    if let Some(signer) = message.signer.as_deref().filter(|signer| Some(*signer) != message.actor.as_deref())
    {
        write!(text, ", signed by {signer}")?;
    }
    if let Some(host) = &message.host {
        write!(text, " ({host})")?;
    }
    write!(text, ": {}", message.state.as_str())?;
    if let Some(reason) = &message.reason {
        write!(text, ", {reason}")?;
    }
    text.push('\n');
    Ok(())
}

fn write_delivery(text: &mut String, report: &HostReport) -> std::fmt::Result {
    let tries = if report.attempts == 1 { "try" } else { "tries" };
    write!(text, "    to {}: {}, {} {tries}", report.host, report.state.as_str(), report.attempts)?;
    if let Some(answer) = report.answer.as_deref().filter(|_| report.state != DeliveryState::Delivered) {
        write!(text, ", {answer}")?;
    }
    if let Some(next) = report.next_try_at.filter(|next| next.0 > 0) {
        write!(text, ", next at {}", shown(next))?;
    }
    text.push('\n');
    Ok(())
}
