//! What the server says at length: its rules, and the texts about itself.

use crate::error::OrNotFound;
use crate::{Error, Result};
use domain::{RuleId, Timestamp};
use store::Tx;
use store::rule as rows;
use text::Around;

pub use store::rule::{Rule, Text};

/// The longest rule, in characters.
const MAX_RULE_CHARACTERS: usize = 1000;
/// The longest text, in characters.
const MAX_TEXT_CHARACTERS: usize = 200_000;

/// All rules, in their order.
pub fn list(tx: &mut Tx) -> Result<Vec<Rule>> {
    Ok(rows::list(tx)?)
}

/// Adds a rule, after those that there are.
pub fn add(tx: &mut Tx, text: &str, hint: &str) -> Result<RuleId> {
    let (text, hint) = (text.trim(), hint.trim());
    if text.is_empty() {
        return Err(Error::invalid("text", "can't be blank"));
    }
    if text.chars().count() > MAX_RULE_CHARACTERS || hint.chars().count() > MAX_RULE_CHARACTERS {
        return Err(Error::invalid(
            "text",
            format!("is too long (maximum is {MAX_RULE_CHARACTERS} characters)"),
        ));
    }
    tx.lock("rules")?;
    Ok(rows::add(tx, text, hint)?)
}

/// Removes a rule.
pub fn remove(tx: &mut Tx, id: RuleId) -> Result<()> {
    rows::remove(tx, id)?.then_some(()).or_not_found("rule")
}

/// The texts that a server can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// What the server is, at length.
    About,
    /// What becomes of people's data.
    Privacy,
    /// What people agree to.
    Terms,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::About, Self::Privacy, Self::Terms];

    /// The word for it, also what is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Privacy => "privacy",
            Self::Terms => "terms",
        }
    }

    /// The text of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == word)
    }
}

/// Writes a text, in Markdown.
pub fn set_text(tx: &mut Tx, name: Name, source: &str) -> Result<()> {
    let source = source.trim();
    if source.is_empty() {
        return Err(Error::invalid("text", "can't be blank"));
    }
    if source.chars().count() > MAX_TEXT_CHARACTERS {
        return Err(Error::invalid("text", "is too long"));
    }
    let text = written(tx, source);
    Ok(rows::set_text(tx, name.as_str(), &text)?)
}

fn written(tx: &Tx, source: &str) -> Text {
    let names = tx.names().clone();
    let html = text::format::markdown(source, &Around { names: &names, resolve: &|_| None }).html;
    Text { source: source.to_owned(), content_html: html, created_at: tx.now() }
}

/// Removes a text.
pub fn remove_text(tx: &mut Tx, name: Name) -> Result<()> {
    rows::remove_text(tx, name.as_str())?.then_some(()).or_not_found("text")
}

/// A text as it stands, where somebody wrote one.
pub fn text(tx: &mut Tx, name: Name) -> Result<Option<Text>> {
    Ok(rows::texts(tx, name.as_str())?.into_iter().next())
}

/// What becomes of people's data: what was written about it, else what the
/// program does with it by itself.
pub fn privacy(tx: &mut Tx) -> Result<Text> {
    match text(tx, Name::Privacy)? {
        Some(text) => Ok(text),
        None => unwritten(tx, PRIVACY),
    }
}

fn unwritten(tx: &mut Tx, source: &str) -> Result<Text> {
    let since = store::instance::began(tx)?.unwrap_or(tx.now());
    Ok(Text { created_at: since, ..written(tx, source) })
}

/// A version of the terms, with the day from which it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What they say.
    pub text: Text,
    /// From when a newer version stands.
    pub succeeded_at: Option<Timestamp>,
}

/// All versions of the terms, the newest first.
pub fn terms(tx: &mut Tx) -> Result<Vec<Terms>> {
    let mut newer = None;
    let versions = rows::texts(tx, Name::Terms.as_str())?.into_iter().map(|text| {
        let succeeded_at = newer.replace(text.created_at);
        Terms { text, succeeded_at }
    });
    Ok(versions.collect())
}

/// What is true of this program wherever nobody has written more.
const PRIVACY: &str = "\
Whoever runs this server has not written more about privacy. This is what the program does.

- **What it keeps.** What you write and upload, whom you follow, mute and block, what you like, boost and bookmark, \
your settings, your e-mail address where you gave one, and a hash of your password. Sign-in cookies and access tokens \
are kept as hashes.
- **Who sees it.** Public and unlisted posts are for everyone, also on other servers. Posts for followers and direct \
posts go to the servers of those they are for, whose administrators can read them: they are not encrypted from end to \
end.
- **What it logs.** Messages between servers are kept for some days, so that lost ones can be found; then their bodies \
are removed.
- **What goes.** A post that you delete is removed here, and other servers are asked to remove it. An account that you \
delete is removed with its posts; its name stays reserved.
- **What it does not do.** No advertising, no tracking, no scripts of others, and nothing is sold.
";
