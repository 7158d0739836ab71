//! Puts it on paper: one sentence for a step, two lines for a message, one for
//! an effect.

use super::Result;
use super::cast::{PEOPLE, Place};
use super::effects::Check;
use super::stage::Stage;
use super::stranger::Reply;
use super::traffic::Passed;
use domain::Timestamp;
use domain::message::MessageState;
use std::fmt::Display;
use std::io::Write;

/// Characters on a line of text.
const WIDTH: usize = 96;

/// Whether to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    None,
    Some,
}

/// How a piece of text looks (ECMA-48, SGR).
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    Strong,
    Dim,
    Good,
    Bad,
    Kind,
}

impl Look {
    const fn code(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Dim => "2",
            Self::Good => "32",
            Self::Bad => "31",
            Self::Kind => "36",
        }
    }
}

/// Where it all is printed.
pub(super) struct Printer<'a> {
    out: &'a mut (dyn Write + Send),
    colour: Colour,
}

impl<'a> Printer<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send), colour: Colour) -> Self {
        Self { out, colour }
    }

    pub(super) fn look(&self, look: Look, text: impl Display) -> String {
        match self.colour {
            Colour::None => text.to_string(),
            Colour::Some => format!("\x1b[{}m{text}\x1b[0m", look.code()),
        }
    }

    pub(super) fn line(&mut self, text: impl Display) -> Result<()> {
        writeln!(self.out, "{text}")?;
        Ok(())
    }

    pub(super) fn opening(&mut self, stage: &Stage) -> Result<()> {
        self.line("Three servers run in this process, each with its own database and keys.")?;
        for place in Place::ALL {
            let people = PEOPLE.iter().filter(|person| person.home == place);
            let names: Vec<String> = people.map(|person| stage.handle(*person).to_string()).collect();
            let name = self.look(Look::Strong, format_args!("{place:5}", place = place.name()));
            self.line(format_args!("  {name} {} with {}", stage.origin(place), names.join(", ")))?;
        }
        self.line("They know of each other only what they are told over HTTP. Times are UTC.")
    }

    pub(super) fn scene(&mut self, title: &str) -> Result<()> {
        let title = self.look(Look::Strong, format_args!("=== {title} ==="));
        self.line(format_args!("\n{title}"))
    }

    pub(super) fn step(&mut self, number: u32, says: &str) -> Result<()> {
        self.line("")?;
        for (index, words) in wrapped(says).into_iter().enumerate() {
            let number = if index == 0 { format!("{number:2}. ") } else { " ".repeat(4) };
            let words = self.look(Look::Strong, words);
            self.line(format_args!("{number}{words}"))?;
        }
        self.out.flush()?;
        Ok(())
    }

    /// A message that passed, or a document that was asked for.
    pub(super) fn passed(&mut self, stage: &Stage, passed: &Passed) -> Result<()> {
        let (at, message) = (time(passed.message.at), &passed.message);
        if passed.is_fetch() {
            let status = message.reason.as_deref().unwrap_or("200");
            let line = format!("    {at}  GET {} by the server {}: {status}", message.target, passed.place);
            let line = self.look(Look::Dim, line);
            return self.line(line);
        }
        let kind = self.look(Look::Kind, &passed.kind);
        let to = format!("{}{}", stage.origin(passed.place), message.target);
        let from = match (&message.signer, &message.actor) {
            (Some(signer), _) => format!("from {}", stage.called(signer)),
            (None, Some(actor)) => format!("says it is from {}", stage.called(actor)),
            (None, None) => "from nobody".to_owned(),
        };
        self.line(format_args!("    {at}  {kind} {from}, sent to {to}"))?;
        let status = self.status(passed);
        let object = stage.called(&passed.object);
        self.line(format_args!("                  object {object}: {status}"))
    }

    /// What is in the log was answered 202, if it was not refused.
    fn status(&self, passed: &Passed) -> String {
        let message = &passed.message;
        let reason = message.reason.as_deref().unwrap_or("no reason given");
        match message.state {
            MessageState::Refused => self.look(Look::Bad, format_args!("refused, {reason}")),
            MessageState::Processed => self.look(Look::Good, "202, processed"),
            MessageState::Waiting | MessageState::Sent => format!("202, {}", message.state.as_str()),
            MessageState::Ignored | MessageState::Failed => {
                self.look(Look::Bad, format_args!("202, {}: {reason}", message.state.as_str()))
            }
        }
    }

    /// What a forger was told.
    pub(super) fn reply(&mut self, reply: &Reply) -> Result<()> {
        self.line(format_args!("    the sender is answered {}: {}", reply.status, reply.words))
    }

    pub(super) fn checks(&mut self, checks: &[Check]) -> Result<()> {
        for check in checks {
            match &check.instead {
                None => {
                    let sign = self.look(Look::Good, "ok");
                    self.line(format_args!("      {sign}  {}", check.says))?;
                }
                Some(instead) => {
                    let sign = self.look(Look::Bad, "MISSING");
                    self.line(format_args!("      {sign}  {}; instead: {instead}", check.says))?;
                }
            }
        }
        self.out.flush()?;
        Ok(())
    }

    /// What can be opened in a browser.
    pub(super) async fn addresses(&mut self, stage: &Stage) -> Result<()> {
        self.line("\nTo open in a browser:")?;
        for person in PEOPLE {
            self.line(format_args!("  {}", stage.page(person)))?;
        }
        for (title, written) in stage.all_written() {
            let is_gone = stage.row(written.by.home, title).await?.is_none();
            let note = match (is_gone, written.visibility.is_open()) {
                (true, _) => " (deleted)",
                (false, true) => "",
                (false, false) => " (not for everyone: looks missing)",
            };
            self.line(format_args!("  {}  {title} by {}{note}", written.page, written.by))?;
        }
        if let Some(password) = &stage.password {
            let names: Vec<&str> = PEOPLE.iter().map(|person| person.name).collect();
            let names = names.join(", ");
            self.line(format_args!("Each of {names} signs in at home with the password {password}"))?;
        }
        self.out.flush()?;
        Ok(())
    }

    pub(super) fn staying(&mut self) -> Result<()> {
        let text = self
            .look(Look::Strong, "The servers keep running, and what passes is shown here; Ctrl-C ends them.");
        self.line(format_args!("\n{text}"))?;
        self.out.flush()?;
        Ok(())
    }
}

/// A sentence in lines.
fn wrapped(sentence: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The time of day.
fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|at| at.strftime("%H:%M:%S%.3f").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_lost_where_lines_end() {
        let sentence = "Sie sagen ja, und Größe zählt in Zeichen. ".repeat(9);
        let lines = wrapped(sentence.trim());
        assert_eq!(lines.join(" "), sentence.trim());
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:#?}");
        assert!(lines.len() < 6, "{lines:#?}");
    }

    #[test]
    fn colours_are_used_only_where_they_are_wanted() {
        let (mut plain, mut terminal) = (Vec::new(), Vec::new());
        assert_eq!(Printer::new(&mut plain, Colour::None).look(Look::Good, "ok"), "ok");
        assert_eq!(Printer::new(&mut terminal, Colour::Some).look(Look::Good, "ok"), "\u{1b}[32mok\u{1b}[0m");
    }
}
