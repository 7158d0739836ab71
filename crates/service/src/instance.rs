//! The server as it presents itself.

use crate::profile::{self, AccountView};
use crate::rule::{self, Name, Rule};
use crate::settings::ShowRules;
use crate::{Result, reading};
use domain::moderation::HostRule;
use domain::{AccountId, Host, Timestamp};
use store::Tx;

/// Who runs the server and how large it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The first administrator.
    pub contact: Option<AccountView>,
    /// Accounts of ours that are alive.
    pub accounts: i64,
    /// What they wrote for everyone.
    pub posts: i64,
    /// Of them, those who wrote within four weeks.
    pub active: i64,
    /// Other servers we know accounts of.
    pub peers: i64,
    /// What is asked of the people here.
    pub rules: Vec<Rule>,
    /// Whether somebody wrote terms of service.
    pub has_terms: bool,
}

/// Who runs the server and how large it is.
pub fn overview(tx: &mut Tx) -> Result<Overview> {
    let usage = reading::usage(tx)?;
    let ours = tx.names().origin().host().clone();
    let administrator = store::instance::administrator(tx)?;
    let contact = match administrator {
        Some(id) => profile::many(tx, &[id])?.into_iter().next(),
        None => None,
    };
    Ok(Overview {
        contact,
        accounts: usage.accounts,
        posts: usage.posts,
        active: usage.active_month,
        peers: store::instance::peers(tx, &ours)?,
        rules: rule::list(tx)?,
        has_terms: rule::text(tx, Name::Terms)?.is_some(),
    })
}

/// Other servers we know accounts of.
pub fn peers(tx: &mut Tx) -> Result<Vec<Host>> {
    let ours = tx.names().origin().host().clone();
    Ok(store::instance::peer_hosts(tx, &ours)?)
}

/// What happened in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// When it began.
    pub begins: Timestamp,
    /// What people here wrote.
    pub posts: i64,
    /// How many people signed in.
    pub logins: i64,
    /// How many were new.
    pub users: i64,
}

/// Weeks that are told of.
const WEEKS: i64 = 12;

/// What happened in the last weeks, this one first.
pub fn activity(tx: &mut Tx) -> Result<Vec<Week>> {
    let this = store::instance::week_of(tx.now());
    let since = this - WEEKS + 1;
    let posts = store::instance::posts_by_week(tx, since)?;
    let logins = store::instance::logins_by_week(tx, since)?;
    let users = store::instance::users_by_week(tx, since)?;
    let of = |counts: &[(i64, i64)], week| {
        counts.iter().find(|(at, _)| *at == week).map_or(0, |(_, count)| *count)
    };
    let week = |week| Week {
        begins: store::instance::week_begins(week),
        posts: of(&posts, week),
        logins: of(&logins, week),
        users: of(&users, week),
    };
    Ok((since..=this).rev().map(week).collect())
}

/// A rule for another server, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRule {
    /// The host, with all below it.
    pub name: String,
    /// SHA-256 of the name, hexadecimal.
    pub digest: String,
    /// What it is.
    pub rule: HostRule,
}

/// Rules for other servers, as far as they are shown to somebody; none where
/// they may not see them.
pub fn host_rules(tx: &mut Tx, show: ShowRules, viewer: Option<AccountId>) -> Result<Option<Vec<ShownRule>>> {
    match (show, viewer) {
        (ShowRules::Nobody, _) | (ShowRules::Members, None) => return Ok(None),
        (ShowRules::Members, Some(_)) | (ShowRules::Everyone, _) => (),
    }
    let rules = store::host_rule::list(tx)?;
    let shown = |store::host_rule::Rule { name, rule, .. }| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, name.as_bytes());
        let digest = digest.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        ShownRule { name, digest, rule }
    };
    Ok(Some(rules.into_iter().map(shown).collect()))
}
