//! The server as it presents itself.

use crate::Result;
use crate::profile::{self, AccountView};
use std::time::Duration;
use store::Tx;

/// Who wrote within this time is active.
const ACTIVE_WITHIN: Duration = Duration::from_secs(28 * 24 * 3600);

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
}

/// Who runs the server and how large it is.
pub fn overview(tx: &mut Tx) -> Result<Overview> {
    let (accounts, posts) = store::account::usage(tx)?;
    let ours = tx.names().origin().host().clone();
    let since = tx.now().minus(ACTIVE_WITHIN);
    let administrator = store::instance::administrator(tx)?;
    let contact = match administrator {
        Some(id) => profile::many(tx, &[id])?.into_iter().next(),
        None => None,
    };
    Ok(Overview {
        contact,
        accounts,
        posts,
        active: store::instance::writers(tx, since)?,
        peers: store::instance::peers(tx, &ours)?,
    })
}
