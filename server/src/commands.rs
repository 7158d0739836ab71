//! The commands that need the store or the network. They run in the server
//! that has the data folder, else in the process that was called.

mod account;
mod announcement;
mod emoji;
mod fetch;
mod host;
mod inspect;
mod log;
mod rule;
mod report;
mod user;
mod verify;
mod webfinger;

use crate::cli;
use crate::demo::DemoCommand;
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use service::Cx;
use std::fmt::Display;
use std::path::{Path, PathBuf};

pub use account::AccountCommand;
pub use announcement::AnnouncementCommand;
pub use emoji::EmojiCommand;
pub use host::HostCommand;
pub use log::LogCommand;
pub use report::ReportCommand;
pub use rule::{RuleCommand, TextCommand};
pub use user::{InviteCommand, UserCommand};
pub use verify::VerifyCommand;

/// What the program can do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Run the server; so does no command at all
    Serve,
    /// Show how servers talk: three of them, four people, every message
    Demo(DemoCommand),
    /// Make, show and end accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Let people in who sign up
    #[command(subcommand)]
    User(UserCommand),
    /// Make invitations to sign up
    #[command(subcommand)]
    Invite(InviteCommand),
    /// Make tokens for the client API
    #[command(subcommand)]
    Token(TokenCommand),
    /// Rules for other servers
    #[command(subcommand)]
    Host(HostCommand),
    /// What people report
    #[command(subcommand)]
    Report(ReportCommand),
    /// Tell everyone here something
    #[command(subcommand)]
    Announcement(AnnouncementCommand),
    /// Emoji of this server
    #[command(subcommand)]
    Emoji(EmojiCommand),
    /// What is asked of the people here
    #[command(subcommand)]
    Rule(RuleCommand),
    /// What the server says of itself at length
    #[command(subcommand)]
    Text(TextCommand),
    /// Show a document as another server would get it
    Fetch {
        /// A URL, or @user@host
        what: String,
    },
    /// Find the actor behind a handle
    Webfinger {
        /// @user@host
        handle: String,
    },
    /// Say what is understood of a document
    Inspect {
        /// A file with JSON; - reads standard input
        file: PathBuf,
    },
    /// Explain the signature of a saved HTTP request
    Verify(VerifyCommand),
    /// Show the message log
    Log(LogCommand),
    /// The index of words that searches ask
    #[command(subcommand)]
    Search(SearchCommand),
    /// Write a copy of the database while the server runs (SQLite)
    Backup {
        /// Where to; it must not be there yet
        file: PathBuf,
    },
    /// Put a copy in the place of the database; the server must be stopped (SQLite)
    Restore {
        /// A file that `backup` wrote
        file: PathBuf,
    },
    /// Check or list the settings
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// Tokens.
#[derive(Debug, Clone, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it, alone
    Create {
        /// The account's name
        name: String,
        /// What it allows, with spaces between
        #[arg(long, default_value = "read write follow push")]
        scopes: String,
    },
}

/// The search index.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum SearchCommand {
    /// Forget it and read all posts and accounts again; searches find less meanwhile
    Rebuild,
}

/// Settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Show what is in effect and where it was set
    Check,
    /// Print all settings, as they stand in the manual
    List,
}

/// What a command says, and how it ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// For standard output.
    pub stdout: String,
    /// For standard error.
    pub stderr: String,
    /// The exit status: 1 for failures, 2 for wrong settings and usage.
    pub code: u8,
}

impl Output {
    /// It went well.
    pub fn said(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), ..Self::default() }
    }

    /// It did not.
    pub fn failed(why: impl Display) -> Self {
        Self { stderr: format!("antiphon: {why}\n"), code: 1, ..Self::default() }
    }

    /// It was called wrongly.
    pub fn misused(why: impl Display) -> Self {
        Self { code: 2, ..Self::failed(why) }
    }
}

impl From<anyhow::Result<String>> for Output {
    fn from(result: anyhow::Result<String>) -> Self {
        match result {
            Ok(text) => Self::said(text),
            Err(error) => Self::failed(format_args!("{error:#}")),
        }
    }
}

/// Where a command's input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// It reads nothing.
    None,
    /// Standard input.
    Stdin,
    /// A file.
    File(&'a Path),
}

impl Command {
    /// What has to be read before it runs.
    pub fn input(&self) -> Input<'_> {
        let file = match self {
            Self::Account(AccountCommand::Create(new)) if new.password_stdin => return Input::Stdin,
            Self::Announcement(command) if command.reads_input() => return Input::Stdin,
            Self::Text(TextCommand::Set { file, .. }) | Self::Inspect { file } => file,
            Self::Verify(verify) => &verify.file,
            _ => return Input::None,
        };
        if file.as_os_str() == "-" { Input::Stdin } else { Input::File(file) }
    }

    /// Does it without store and network, where that is enough.
    pub fn execute_alone(&self, input: &str) -> Option<Output> {
        match self {
            Self::Inspect { .. } => Some(inspect::inspect(input)),
            Self::Verify(verify) => verify.alone(input),
            Self::Config(ConfigCommand::List) => Some(Output::said(crate::settings::manual())),
            _ => None,
        }
    }
}

/// Does what was typed to another process.
pub(crate) async fn execute_typed(cx: &Cx, args: &[String], input: &str, folder: &Path) -> Output {
    match cli::parse(args) {
        Ok(typed) => Box::pin(execute(cx, &typed.command, input, folder)).await,
        Err(output) => output,
    }
}

/// Does it with a store and a network. Relative paths begin at `folder`.
pub async fn execute(cx: &Cx, command: &Command, input: &str, folder: &Path) -> Output {
    match command {
        Command::Account(command) => account::run(cx, command, input).await.into(),
        Command::User(command) => user::run(cx, command).await.into(),
        Command::Invite(command) => user::invite(cx, command).await.into(),
        Command::Token(TokenCommand::Create { name, scopes }) => create_token(cx, name, scopes).await.into(),
        Command::Host(command) => host::run(cx, command).await.into(),
        Command::Report(command) => report::run(cx, command).await.into(),
        Command::Announcement(command) => announcement::run(cx, command, input).await.into(),
        Command::Emoji(command) => emoji::run(cx, command, folder).await.into(),
        Command::Rule(command) => rule::run(cx, command).await.into(),
        Command::Text(command) => rule::run_text(cx, command, input).await.into(),
        Command::Fetch { what } => fetch::fetch(cx, what).await.into(),
        Command::Webfinger { handle } => webfinger::webfinger(cx, handle).await.into(),
        Command::Verify(verify) => verify.run(cx, input).await,
        Command::Log(command) => log::log(cx, command).await.into(),
        Command::Search(SearchCommand::Rebuild) => rebuild_search(cx).await.into(),
        Command::Backup { file } => backup(cx, &folder.join(file)).await.into(),
        Command::Inspect { .. } => inspect::inspect(input),
        Command::Serve | Command::Demo(_) | Command::Config(_) | Command::Restore { .. } => {
            Output::misused("this command is not for a running server")
        }
    }
}

async fn rebuild_search(cx: &Cx) -> anyhow::Result<String> {
    let (posts, accounts) = service::search::rebuild(cx).await?;
    Ok(format!("The search index holds {posts} posts and {accounts} accounts.\n"))
}

async fn create_token(cx: &Cx, name: &str, scopes: &str) -> anyhow::Result<String> {
    let scopes = domain::user::Scopes::parse(scopes)?;
    let name = name.to_owned();
    let granted = cx.write(move |tx| service::oauth::create_token(tx, &name, &scopes)).await?;
    Ok(format!("{}\n", granted.text))
}

async fn backup(cx: &Cx, to: &Path) -> anyhow::Result<String> {
    anyhow::ensure!(!to.exists(), "{} is there already", to.display());
    cx.store.backup(to.to_owned()).await?;
    Ok(format!("{}\n", to.display()))
}

/// A time as people and programs read it (RFC 3339).
fn shown(time: domain::Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.0).map(|time| format!("{time:.3}")).unwrap_or_default()
}
