//! `antiphon rule …` and `antiphon text …`

use clap::Subcommand;
use domain::RuleId;
use service::rule::{self, Name};
use service::{Cx, Error};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Rules of this server.
#[derive(Debug, Clone, Subcommand)]
pub enum RuleCommand {
    /// Add a rule
    Add {
        /// What is asked
        text: String,
        /// What it means, at more length
        #[arg(long, default_value = "")]
        hint: String,
    },
    /// All rules
    List,
    /// Remove a rule
    Remove {
        /// Its number
        id: i64,
    },
}

/// Long texts about this server.
#[derive(Debug, Clone, Subcommand)]
pub enum TextCommand {
    /// Write a text: about, privacy or terms
    Set {
        /// Which
        name: String,
        /// A file in Markdown; - reads standard input
        file: PathBuf,
    },
    /// Print a text as it was written
    Show {
        /// Which
        name: String,
    },
    /// Remove a text
    Remove {
        /// Which
        name: String,
    },
}

pub(super) async fn run(cx: &Cx, command: &RuleCommand) -> anyhow::Result<String> {
    match command {
        RuleCommand::Add { text, hint } => {
            let (text, hint) = (text.clone(), hint.clone());
            let id = cx.write(move |tx| rule::add(tx, &text, &hint)).await?;
            Ok(format!("{id}\n"))
        }
        RuleCommand::List => {
            let mut text = String::new();
            for rule in cx.read(rule::list).await? {
                writeln!(text, "{}\t{}", rule.id, rule.text)?;
                if !rule.hint.is_empty() {
                    writeln!(text, "\t{}", rule.hint)?;
                }
            }
            Ok(text)
        }
        RuleCommand::Remove { id } => {
            let id = RuleId(*id);
            cx.write(move |tx| rule::remove(tx, id)).await?;
            Ok(format!("rule {id} is removed\n"))
        }
    }
}

pub(super) async fn run_text(cx: &Cx, command: &TextCommand, input: &str) -> anyhow::Result<String> {
    let named = |word: &str| {
        Name::from_word(word).ok_or_else(|| Error::invalid("name", "is none of about, privacy, terms"))
    };
    match command {
        TextCommand::Set { name, .. } => {
            let (which, input) = (named(name)?, input.to_owned());
            cx.write(move |tx| rule::set_text(tx, which, &input)).await?;
            Ok(format!("{name} is written\n"))
        }
        TextCommand::Show { name } => {
            let which = named(name)?;
            let text = cx.read(move |tx| rule::text(tx, which)).await?;
            text.map(|text| format!("{}\n", text.source))
                .ok_or_else(|| anyhow::anyhow!("nobody has written {name} yet"))
        }
        TextCommand::Remove { name } => {
            let which = named(name)?;
            cx.write(move |tx| rule::remove_text(tx, which)).await?;
            Ok(format!("{name} is removed\n"))
        }
    }
}
