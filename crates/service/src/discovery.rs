//! Accounts that a person may want to know: the directory, suggestions, and
//! who of those one follows follows somebody.

use crate::profile::{self, AccountView};
use crate::{Result, error::OrNotFound};
use domain::AccountId;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::Tx;
use store::discovery;

pub use store::discovery::{From, Order};

/// Who wrote nothing for so long is not suggested.
const ACTIVE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Followers that are looked at for one answer.
const FAMILIAR: i64 = 500;

/// Accounts that wish to be found.
pub fn directory(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    order: Order,
    from: From,
    limit: i64,
    offset: i64,
) -> Result<Vec<AccountView>> {
    let viewer = viewer.unwrap_or(AccountId(0));
    let ids = discovery::directory(tx, viewer, order, from, limit, offset)?;
    profile::many(tx, &ids)
}

/// Why somebody is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Followed by those the viewer follows.
    FriendsOfFriends,
    /// Much followed here.
    MostFollowed,
}

/// A suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Who.
    pub view: AccountView,
    /// Why; never empty.
    pub sources: Vec<Source>,
}

/// Whom the viewer may want to follow: those whom the followed follow, then
/// those who are active here.
pub fn suggestions(tx: &mut Tx, viewer: AccountId, limit: i64) -> Result<Vec<Suggestion>> {
    let friends = discovery::friends_of_friends(tx, viewer, limit)?;
    let since = tx.now().minus(ACTIVE);
    let active = discovery::active_here(tx, viewer, since, limit)?;
    let mut sources: HashMap<AccountId, Vec<Source>> = HashMap::new();
    let mut ids = Vec::new();
    for (found, source) in [(friends, Source::FriendsOfFriends), (active, Source::MostFollowed)] {
        for id in found {
            let known = sources.entry(id).or_default();
            if known.is_empty() {
                ids.push(id);
            }
            known.push(source);
        }
    }
    ids.truncate(usize::try_from(limit).unwrap_or(0));
    let views = profile::many(tx, &ids)?;
    let suggestion = |view: AccountView| {
        let sources = sources.remove(&view.account.id).unwrap_or_default();
        Suggestion { view, sources }
    };
    Ok(views.into_iter().map(suggestion).collect())
}

/// The viewer does not want somebody suggested again.
pub fn dismiss(tx: &mut Tx, viewer: AccountId, target: AccountId) -> Result<()> {
    store::account::find(tx, target)?.or_not_found("account")?;
    Ok(discovery::dismiss(tx, viewer, target)?)
}

/// Of whom the viewer follows, who follows each of some accounts, in the order
/// of the ids. Who hides whom they follow is left out.
pub fn familiar_followers(
    tx: &mut Tx,
    viewer: AccountId,
    targets: &[AccountId],
) -> Result<Vec<(AccountId, Vec<AccountView>)>> {
    let pairs = discovery::familiar_followers(tx, viewer, targets, FAMILIAR)?;
    let mut ids: Vec<AccountId> = pairs.iter().map(|(_, follower)| *follower).collect();
    ids.sort_unstable();
    ids.dedup();
    let views: HashMap<AccountId, AccountView> = profile::many(tx, &ids)?
        .into_iter()
        .filter(|view| view.account.state.is_live() && !view.account.profile.details.hides_collections)
        .map(|view| (view.account.id, view))
        .collect();
    let known: HashSet<AccountId> =
        profile::many(tx, targets)?.into_iter().map(|view| view.account.id).collect();
    let mut asked = HashSet::new();
    let targets = targets.iter().filter(|id| known.contains(id) && asked.insert(**id));
    Ok(targets
        .map(|target| {
            let of = pairs.iter().filter(|(id, _)| id == target);
            (*target, of.filter_map(|(_, follower)| views.get(follower).cloned()).collect())
        })
        .collect())
}
