//! The end of the story in numbers: what each server sent, took and refused,
//! and what was expected and came.

use super::Result;
use super::cast::Place;
use super::effects::Check;
use super::printer::{Look, Printer};
use super::stage::Stage;
use domain::delivery::DeliveryState;
use domain::message::{Direction, MessageState};
use std::collections::BTreeMap;
use store::Tx;
use store::message::Filter;

/// Lines of each log that are summed up.
const LINES: i64 = 10_000;
/// Inboxes of one message that are looked at.
const INBOXES: i64 = 100;

/// What was expected, and what of it did not come.
#[derive(Debug, Default)]
pub(super) struct Score {
    expected: usize,
    missing: Vec<String>,
}

impl Score {
    pub(super) fn count(&mut self, step: u32, checks: &[Check]) {
        self.expected += checks.len();
        for check in checks {
            if let Some(instead) = &check.instead {
                self.missing.push(format!("step {step}: {}; instead: {instead}", check.says));
            }
        }
    }

    pub(super) const fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// One server's log, counted.
#[derive(Debug, Default)]
struct Tally {
    sent: u32,
    taken: BTreeMap<&'static str, u32>,
    refused: BTreeMap<String, u32>,
    fetched: u32,
    deliveries: BTreeMap<&'static str, u32>,
}

pub(super) async fn print(stage: &Stage, score: &Score, printer: &mut Printer<'_>) -> Result<()> {
    printer.scene("Summary")?;
    for place in Place::ALL {
        let tally = stage.cx(place).read(count).await?;
        let name = printer.look(Look::Strong, place);
        printer.line(format_args!("{name}"))?;
        let deliveries = listed(&tally.deliveries, "none");
        printer.line(format_args!("  sent      {}; deliveries: {deliveries}", tally.sent))?;
        let received: u32 = tally.taken.values().sum();
        printer.line(format_args!("  received  {received}; {}", listed(&tally.taken, "nothing")))?;
        printer.line(format_args!("  fetched   {} documents", tally.fetched))?;
        printer.line(format_args!("  refused   {}", tally.refused.values().sum::<u32>()))?;
        for (reason, number) in &tally.refused {
            printer.line(format_args!("            {number} x {reason}"))?;
        }
    }
    effects(score, printer)
}

fn effects(score: &Score, printer: &mut Printer<'_>) -> Result<()> {
    let happened = score.expected - score.missing.len();
    let look = if score.is_complete() { Look::Good } else { Look::Bad };
    let line = format!("{happened} of {} expected effects happened.", score.expected);
    let line = printer.look(look, line);
    printer.line(line)?;
    for missing in &score.missing {
        printer.line(format_args!("  missing, {missing}"))?;
    }
    Ok(())
}

fn listed(counts: &BTreeMap<&'static str, u32>, none: &str) -> String {
    let parts: Vec<String> = counts.iter().map(|(name, number)| format!("{number} {name}")).collect();
    if parts.is_empty() { none.to_owned() } else { parts.join(", ") }
}

fn count(tx: &mut Tx) -> service::Result<Tally> {
    let mut tally = Tally::default();
    for message in store::message::list(tx, &Filter::default(), LINES)? {
        match (message.direction, message.state) {
            (Direction::Fetch, _) => tally.fetched += 1,
            (Direction::In, MessageState::Refused) => {
                let reason = message.reason.unwrap_or_else(|| "no reason given".to_owned());
                *tally.refused.entry(reason).or_default() += 1;
            }
            (Direction::In, state) => *tally.taken.entry(state.as_str()).or_default() += 1,
            (Direction::Out, _) => {
                let inboxes = store::delivery::of_message(tx, message.id, INBOXES)?;
                // What goes to nobody elsewhere was not sent.
                tally.sent += u32::from(!inboxes.is_empty());
                for inbox in inboxes {
                    let state: DeliveryState = inbox.state;
                    *tally.deliveries.entry(state.as_str()).or_default() += 1;
                }
            }
        }
    }
    Ok(tally)
}
