//! What WebFinger and `NodeInfo` tell.

use crate::error::OrNotFound;
use crate::{Error, Result};
use domain::account::AccountState;
use domain::{Account, Handle, Names, ObjectId};
use store::Tx;

const ACCOUNT: &str = "account";

/// The account of ours that a WebFinger `resource` names (RFC 7033 §4.1): by
/// its handle, its actor id, or its page.
pub fn find_resource(tx: &mut Tx, resource: &str) -> Result<Account> {
    let account = match Resource::parse(resource)? {
        Resource::Handle(handle) => by_handle(tx, &handle)?,
        Resource::Url(url) => by_url(tx, &url)?,
    };
    match account.filter(Account::is_ours).or_not_found(ACCOUNT)? {
        account if account.state == AccountState::Deleted => Err(Error::Gone(ACCOUNT)),
        account if matches!(account.state, AccountState::Suspended | AccountState::Waiting) => {
            Err(Error::NotFound(ACCOUNT))
        }
        account => Ok(account),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Resource {
    Handle(Handle),
    Url(ObjectId),
}

impl Resource {
    fn parse(text: &str) -> Result<Self> {
        let malformed = || Error::invalid("resource", "must be acct:NAME@HOST or a URL");
        let text = text.trim();
        let scheme = text.split(':').next().unwrap_or_default().to_ascii_lowercase();
        match (scheme.as_str(), text.split_once(':')) {
            ("acct", Some((_, rest))) => Handle::parse(rest).map(Self::Handle),
            ("http" | "https", Some(_)) => ObjectId::parse(text).map(Self::Url),
            _ => Handle::parse(text).map(Self::Handle),
        }
        .map_err(|_| malformed())
    }
}

fn by_handle(tx: &mut Tx, handle: &Handle) -> Result<Option<Account>> {
    let names = tx.names().clone();
    let is_ours = [names.domain(), names.origin().host()].contains(&&handle.domain);
    if !is_ours {
        // An account may own a handle elsewhere.
        return Ok(store::account::by_handle(tx, handle)?);
    }
    if handle.name.eq_ignore_ascii_case(handle.domain.name()) {
        return Ok(store::account::by_actor(tx, &names.instance_actor())?);
    }
    by_name(tx, &names, &handle.name)
}

fn by_name(tx: &mut Tx, names: &Names, name: &str) -> Result<Option<Account>> {
    let handle = Handle { name: name.to_owned(), domain: names.domain().clone() };
    Ok(store::account::by_handle(tx, &handle)?)
}

fn by_url(tx: &mut Tx, url: &ObjectId) -> Result<Option<Account>> {
    let names = tx.names().clone();
    if !names.is_ours(url) {
        return Ok(None);
    }
    if let Some(account) = store::account::by_actor(tx, &url.clone().into())? {
        return Ok(Some(account));
    }
    let path =
        url.as_str().split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    let path = path.unwrap_or_default().trim_end_matches('/');
    if path.is_empty() {
        return Ok(store::account::by_actor(tx, &names.instance_actor())?);
    }
    let page = path.strip_prefix('@').map(|name| name.split_once('@').map_or(name, |(name, _)| name));
    let name = page.or_else(|| path.strip_prefix("users/")).or_else(|| path.strip_prefix("groups/"));
    match name {
        Some(name) if !name.contains('/') => by_name(tx, &names, name),
        _ => Ok(None),
    }
}

/// What `NodeInfo` tells of a server's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Accounts of ours that are alive.
    pub accounts: i64,
    /// What they wrote for everyone.
    pub posts: i64,
    /// Of the people who sign in, those who wrote within four weeks.
    pub active_month: i64,
    /// The same within half a year.
    pub active_halfyear: i64,
}

/// How much this server is used.
pub fn usage(tx: &mut Tx) -> Result<Usage> {
    let (accounts, posts) = store::account::usage(tx)?;
    let within = |days: u64| std::time::Duration::from_secs(days * 24 * 3600);
    let (month, half) = (tx.now().minus(within(28)), tx.now().minus(within(180)));
    let active_month = store::instance::writers(tx, month)?;
    let active_halfyear = store::instance::writers(tx, half)?;
    Ok(Usage { accounts, posts, active_month, active_halfyear })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_read_in_all_its_forms() {
        for form in ["acct:bob@b.example", "ACCT:bob@B.example", "bob@b.example", "@bob@b.example"] {
            let handle = Handle::parse("bob@b.example").unwrap();
            assert_eq!(Resource::parse(form).unwrap(), Resource::Handle(handle), "{form}");
        }
        assert!(matches!(Resource::parse("https://b.example/@bob"), Ok(Resource::Url(_))));
        for wrong in ["", "bob", "acct:", "acct:bob", "mailto:x", "https://", "acct:a/b@c.example"] {
            assert!(
                matches!(Resource::parse(wrong), Err(Error::Invalid { field: "resource", .. })),
                "{wrong}"
            );
        }
    }
}
