//! Hosts of which a person wants nothing: no posts, no notifications, no
//! followers. The host is not told; its accounts that followed are.

use crate::listed::Listed;
use crate::{Error, Result, follow, notify};
use domain::notification::SeveranceKind;
use domain::{Account, AccountId, Host, Page};
use store::Tx;

/// Follows that end in one step.
const MANY: i64 = 1_000;

/// A host as people write it.
fn host_of(tx: &Tx, text: &str) -> Result<Host> {
    let invalid = || Error::invalid("Domain", "is not a valid domain name");
    let text = text.trim().trim_start_matches('@');
    let text = text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/');
    if text.is_empty() {
        return Err(Error::invalid("Domain", "can't be blank"));
    }
    let host = Host::parse(text).map_err(|_| invalid())?;
    let names = tx.names();
    if host == *names.domain() || host == *names.origin().host() {
        return Err(Error::invalid("Domain", "is this server's own"));
    }
    Ok(host)
}

/// The viewer wants nothing of a host. Follows end in both directions.
pub fn block(tx: &mut Tx, viewer: &Account, host: &str) -> Result<()> {
    let host = host_of(tx, host)?;
    store::domain_block::insert(tx, viewer.id, &host)?;
    let (mut followers, mut following) = (0, 0);
    for (follower, target) in store::domain_block::follows_across(tx, viewer.id, &host, MANY)? {
        let other = store::account::get(tx, if follower == viewer.id { target } else { follower })?;
        if follower == viewer.id {
            following += 1;
            follow::undo(tx, viewer, &other)?;
        } else {
            followers += 1;
            follow::reject(tx, viewer, other.id)?;
        }
    }
    store::domain_block::forget_notifications(tx, viewer.id, &host)?;
    notify::severed(tx, viewer.id, SeveranceKind::OwnDomainBlock, host.as_str(), (followers, following))?;
    Ok(())
}

/// The viewer blocks a host no more.
pub fn undo(tx: &mut Tx, viewer: &Account, host: &str) -> Result<()> {
    let host = host_of(tx, host)?;
    Ok(store::domain_block::remove(tx, viewer.id, &host)?)
}

/// Which hosts the viewer blocks.
pub fn list(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<String>> {
    let rows = store::domain_block::list(tx, viewer, page)?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    Ok(Listed::new(rows.into_iter().map(|(_, host)| host).collect(), ids.into_iter()))
}
