//! `antiphon account …`

use super::shown;
use anyhow::Context;
use clap::{Args, Subcommand};
use domain::account::AccountCounts;
use domain::user::{Role, User};
use domain::{Account, AccountKind, AccountState, Host};
use service::error::OrNotFound;
use service::{Cx, Tx, moderation};
use std::fmt::Write as _;

/// Characters of a password we make: 132 bits.
const PASSWORD_CHARS: usize = 22;

/// Accounts.
#[derive(Debug, Clone, Subcommand)]
pub enum AccountCommand {
    /// Make an account, with a user who can sign in to it
    Create(NewAccount),
    /// All accounts of this server
    List,
    /// What is known of one
    Show {
        /// Its name
        name: String,
    },
    /// End one for good; its name is not given again
    Delete {
        /// Its name
        name: String,
    },
    /// Ask for no codes any more, for who lost phone and recovery codes
    ResetTotp {
        /// Its name
        name: String,
    },
    /// Shut one out; its posts are not shown
    Suspend {
        /// Its name
        name: String,
    },
}

/// An account to be made.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct NewAccount {
    /// 1 to 30 of a-z, 0-9 and _
    pub name: String,
    /// Signs in with this or with the name
    #[arg(long)]
    pub email: Option<String>,
    /// Read the password from standard input; else one is made and printed
    #[arg(long)]
    pub password_stdin: bool,
    /// May administer the server
    #[arg(long)]
    pub admin: bool,
    /// Is shown as automated
    #[arg(long, conflicts_with = "group")]
    pub bot: bool,
    /// Is a group
    #[arg(long)]
    pub group: bool,
    /// The domain of its handle, where the server has several
    #[arg(long)]
    pub domain: Option<String>,
}

pub(super) async fn run(cx: &Cx, command: &AccountCommand, input: &str) -> anyhow::Result<String> {
    match command {
        AccountCommand::Create(new) => create(cx, new, input).await,
        AccountCommand::List => list(cx).await,
        AccountCommand::Show { name } => show(cx, name).await,
        AccountCommand::Delete { name } => end(cx, name, End::Deleted).await,
        AccountCommand::ResetTotp { name } => reset_totp(cx, name).await,
        AccountCommand::Suspend { name } => end(cx, name, End::Suspended).await,
    }
}

async fn create(cx: &Cx, new: &NewAccount, input: &str) -> anyhow::Result<String> {
    if let Some(domain) = &new.domain {
        let ours = Host::parse(domain).is_ok_and(|domain| domain == *cx.names.domain());
        anyhow::ensure!(ours, "the domain of this server's handles is {}, not {domain}", cx.names.domain());
    }
    let (password, told) = if new.password_stdin {
        let typed = input.lines().next().unwrap_or_default();
        anyhow::ensure!(!typed.is_empty(), "no password on standard input");
        (typed.to_owned(), None)
    } else {
        let made: String = service::keys::secret()?.chars().take(PASSWORD_CHARS).collect();
        (made.clone(), Some(made))
    };
    let user = service::user::NewUser {
        name: new.name.clone(),
        kind: kind(new),
        display_name: String::new(),
        email: new.email.clone(),
        password: Some(password),
        role: if new.admin { Role::Admin } else { Role::Member },
    };
    let (_, account) = service::user::create(cx, user).await?;
    let password = told.map(|password| format!("password: {password}\n")).unwrap_or_default();
    Ok(format!("{}\n{password}", shown_handle(&account)))
}

fn kind(new: &NewAccount) -> AccountKind {
    match (new.bot, new.group) {
        (true, _) => AccountKind::Service,
        (_, true) => AccountKind::Group,
        _ => AccountKind::Person,
    }
}

fn shown_handle(account: &Account) -> String {
    let sign = if account.kind == AccountKind::Group { '!' } else { '@' };
    format!("{sign}{}", account.handle)
}

fn state(account: &Account) -> &'static str {
    match account.state {
        AccountState::Active => "active",
        AccountState::Silenced => "silenced",
        AccountState::Suspended => "suspended",
        AccountState::Moved => "moved",
        AccountState::Deleted => "deleted",
        AccountState::Waiting => "waiting",
    }
}

async fn list(cx: &Cx) -> anyhow::Result<String> {
    let accounts = cx.read(|tx| Ok(store::account::ours(tx)?)).await?;
    let mut text = String::new();
    for (account, counts) in accounts.iter().filter(|(account, _)| account.kind != AccountKind::Application) {
        writeln!(
            text,
            "{}\t{}\t{}\t{} posts\t{} followers\tsince {}",
            shown_handle(account),
            account.kind.as_str(),
            state(account),
            counts.posts,
            counts.followers,
            shown(account.created_at)
        )?;
    }
    Ok(text)
}

async fn show(cx: &Cx, name: &str) -> anyhow::Result<String> {
    let name = name.trim_start_matches(['@', '!']).to_owned();
    let found = cx.read(move |tx| {
        let account = find(tx, &name)?;
        let counts = store::account::counts(tx, account.id)?;
        Ok((store::user::by_account(tx, account.id)?, counts, account))
    });
    let (user, counts, account) = found.await?;
    described(&account, user.as_ref(), &counts).context("writing")
}

fn described(
    account: &Account,
    user: Option<&User>,
    counts: &AccountCounts,
) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    writeln!(text, "{}", shown_handle(account))?;
    writeln!(text, "  id: {}", account.actor_id)?;
    writeln!(text, "  kind: {}", account.kind.as_str())?;
    writeln!(text, "  state: {}", state(account))?;
    if !account.profile.display_name.is_empty() {
        writeln!(text, "  name: {}", account.profile.display_name)?;
    }
    writeln!(text, "  since: {}", shown(account.created_at))?;
    writeln!(
        text,
        "  posts: {}, followers: {}, following: {}",
        counts.posts, counts.followers, counts.following
    )?;
    if let Some(user) = user {
        let role = if user.role == Role::Admin { "admin" } else { "member" };
        writeln!(text, "  user: {role}, e-mail: {}", user.email.as_deref().unwrap_or("none"))?;
    }
    Ok(text)
}

/// The account of ours with a name, which may be written as a handle.
fn find(tx: &mut Tx, name: &str) -> service::Result<Account> {
    let name = name.split('@').next().unwrap_or(name);
    service::account::local_by_name(tx, name)?.or_not_found("account")
}

async fn reset_totp(cx: &Cx, name: &str) -> anyhow::Result<String> {
    let name = name.trim_start_matches('@').to_owned();
    let asked = name.clone();
    let was_on = cx
        .write(move |tx| {
            let account = find(tx, &asked)?;
            let user = store::user::by_account(tx, account.id)?.or_not_found("user")?;
            service::totp::switch_off(tx, user.id)
        })
        .await?;
    anyhow::ensure!(was_on, "{name} is asked for no codes");
    Ok(format!("{name} is asked for no codes any more\n"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Deleted,
    Suspended,
}

async fn end(cx: &Cx, name: &str, end: End) -> anyhow::Result<String> {
    let name = name.trim_start_matches(['@', '!']).to_owned();
    let account = cx
        .write(move |tx| {
            let id = find(tx, &name)?.id;
            match end {
                End::Deleted => moderation::delete(tx, id),
                End::Suspended => moderation::suspend(tx, id),
            }
        })
        .await?;
    cx.access.forget_account(account.id);
    let done = if end == End::Deleted { "deleted" } else { "suspended" };
    Ok(format!("{} is {done}\n", shown_handle(&account)))
}
