//! What administrators do: to accounts of ours, and to whole hosts.

use crate::{Cx, Error, Result, account, follow, notify, user};
use domain::moderation::{HostRule, rule_names};
use domain::notification::SeveranceKind;
use domain::{Account, AccountId, AccountState, Host};
use std::collections::HashMap;
use store::Tx;

pub use store::host_rule::Rule;

/// Accounts or hosts one transaction takes.
const STEP: i64 = 200;

/// Shuts an account of ours out: who uses it is signed out, its posts are shown
/// to nobody, and followers' servers are told. Follow it with
/// `cx.access.forget_account`.
pub fn suspend(tx: &mut Tx, id: AccountId) -> Result<Account> {
    let account = standing(tx, id)?;
    sign_out(tx, &account)?;
    account::suspend_local(tx, account.id)?;
    store::audit::insert(tx, None, "account.suspend", account.actor_id.as_str(), "")?;
    Ok(account)
}

/// Ends an account of ours for good. Follow it with `cx.access.forget_account`.
pub fn delete(tx: &mut Tx, id: AccountId) -> Result<Account> {
    let account = standing(tx, id)?;
    sign_out(tx, &account)?;
    account::delete_local(tx, account.id)?;
    store::audit::insert(tx, None, "account.delete", account.actor_id.as_str(), "")?;
    Ok(account)
}

fn standing(tx: &mut Tx, id: AccountId) -> Result<Account> {
    let account = store::account::get(tx, id)?;
    if account.state == AccountState::Deleted { Err(Error::Gone("account")) } else { Ok(account) }
}

fn sign_out(tx: &mut Tx, account: &Account) -> Result<()> {
    match store::user::by_account(tx, account.id)? {
        Some(user) => user::disable(tx, user.id),
        None => Ok(()),
    }
}

/// All rules for hosts, by name.
pub fn rules(tx: &mut Tx) -> Result<Vec<Rule>> {
    Ok(store::host_rule::list(tx)?)
}

/// Writes a rule for a host and its subdomains, and brings what we know of
/// them in line: silenced accounts are left out of lists for everyone, of
/// suspended ones nothing is shown and all follows end. [`HostRule::None`]
/// lifts the rule; follows do not come back.
pub async fn set_rule(cx: &Cx, host: &Host, rule: HostRule, note: String) -> Result<()> {
    let names = [cx.names.domain(), cx.names.origin().host()];
    if names.iter().any(|ours| covers(host, ours)) {
        return Err(Error::invalid("host", "is this server itself"));
    }
    let name = host.clone();
    cx.write(move |tx| {
        store::host_rule::set(tx, &name, rule, &note)?;
        let action = match rule {
            HostRule::None => "host.allow",
            HostRule::Silence => "host.silence",
            HostRule::Suspend => "host.block",
        };
        Ok(store::audit::insert(tx, None, action, name.name(), &note)?)
    })
    .await?;
    let mut lost = Lost::default();
    let mut after = String::new();
    loop {
        let from = after.clone();
        let known = cx.read(move |tx| Ok(store::host_rule::known_hosts(tx, &from, STEP)?)).await?;
        let Some(last) = known.last() else { break };
        last.as_str().clone_into(&mut after);
        for peer in known.into_iter().filter(|peer| covers(host, peer)) {
            bring_in_line(cx, &peer, &mut lost).await?;
        }
    }
    for (account, numbers) in lost {
        let name = host.name().to_owned();
        let kind = SeveranceKind::DomainBlock;
        cx.write_later(move |tx| notify::severed(tx, account, kind, &name, numbers)).await?;
    }
    Ok(())
}

/// How many followers and followed accounts each of ours lost.
type Lost = HashMap<AccountId, (i64, i64)>;

/// Whether a rule for `host` stands for `other` too.
fn covers(host: &Host, other: &Host) -> bool {
    rule_names(other).iter().any(|name| name == host.name().trim_end_matches('.'))
}

/// Gives the accounts of a host the state that the strictest rule asks for.
async fn bring_in_line(cx: &Cx, peer: &Host, lost: &mut Lost) -> Result<()> {
    let name = peer.clone();
    let rule = cx.read(move |tx| Ok(store::host_rule::of(tx, &name)?)).await?;
    let wanted = rule.state();
    for from in [AccountState::Active, AccountState::Silenced, AccountState::Suspended] {
        if from == wanted {
            continue;
        }
        loop {
            let name = peer.clone();
            let changed = cx
                .write_later(move |tx| Ok(store::host_rule::set_states(tx, &name, from, wanted, STEP)?))
                .await?;
            if changed.is_empty() {
                break;
            }
            for id in changed.into_iter().filter(|_| wanted == AccountState::Suspended) {
                end_follows(cx, id, lost).await?;
            }
        }
    }
    Ok(())
}

/// Ends all follows of a peer's account, some at a time.
async fn end_follows(cx: &Cx, id: AccountId, lost: &mut Lost) -> Result<()> {
    loop {
        let pairs = cx.write_later(move |tx| sever(tx, id)).await?;
        if pairs.is_empty() {
            return Ok(());
        }
        for (follower, target) in pairs {
            let (ours, was_follower) = if follower == id { (target, true) } else { (follower, false) };
            let (followers, following) = lost.entry(ours).or_default();
            *(if was_follower { followers } else { following }) += 1;
        }
    }
}

/// Ends some follows of an account; which.
fn sever(tx: &mut Tx, id: AccountId) -> Result<Vec<(AccountId, AccountId)>> {
    let account = store::account::get(tx, id)?;
    let pairs = store::follow::some_of(tx, id, STEP)?;
    for (follower, target) in &pairs {
        let other = store::account::get(tx, if *follower == id { *target } else { *follower })?;
        let (follower, target) = if *follower == id { (&account, &other) } else { (&other, &account) };
        follow::remove(tx, follower, target)?;
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_stands_for_subdomains_and_ports_and_no_neighbours() {
        let host = |text: &str| Host::parse(text).unwrap();
        assert!(covers(&host("evil.example"), &host("sub.evil.example:8443")));
        assert!(covers(&host("127.0.0.2"), &host("127.0.0.2:8081")));
        assert!(!covers(&host("evil.example"), &host("notevil.example")));
        assert!(!covers(&host("sub.evil.example"), &host("evil.example")));
    }
}
