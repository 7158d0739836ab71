//! Accounts as people look at them: one, several, and lists of them.

use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::{Cx, Result};
use domain::account::AccountCounts;
use domain::{Account, AccountId, AccountState, Handle, Page};
use std::collections::HashMap;
use std::sync::Arc;
use store::Tx;
use store::follow::Side;

/// An account with its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub account: Arc<Account>,
    /// Its numbers.
    pub counts: AccountCounts,
    /// Where it went, as far as we know that account.
    pub moved_to: Option<Box<AccountView>>,
}

const ACCOUNT: &str = "account";

/// One account; what is deleted is missing.
pub fn one(tx: &mut Tx, id: AccountId) -> Result<AccountView> {
    many(tx, &[id])?.into_iter().next().or_not_found(ACCOUNT)
}

/// Several accounts, in the order of the ids; each once; unknown and deleted
/// ones are left out.
pub fn many(tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<AccountView>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::account::list(tx, ids)?;
    let rows: Vec<_> = rows.into_iter().filter(|(account, _)| is_there(account.state)).collect();
    let mut targets = moved(tx, rows.iter().map(|(account, _)| &**account))?;
    let mut views: HashMap<AccountId, AccountView> = HashMap::with_capacity(rows.len());
    for (account, counts) in rows {
        let target = account.moved_to.as_ref().and_then(|actor| targets.remove(actor.as_str()));
        views.insert(account.id, AccountView { account, counts, moved_to: target.map(Box::new) });
    }
    Ok(ids.iter().filter_map(|id| views.remove(id)).collect())
}

fn is_there(state: AccountState) -> bool {
    !matches!(state, AccountState::Deleted | AccountState::Waiting)
}

/// The row of an account whose profile can be looked at; a suspended one has
/// nothing on it.
pub(crate) fn row(tx: &mut Tx, id: AccountId) -> Result<Account> {
    store::account::find(tx, id)?.filter(|account| is_there(account.state)).or_not_found(ACCOUNT)
}

/// Where accounts went, by actor id. One hop: a target is shown without its own.
pub(crate) fn moved<'a>(
    tx: &mut Tx,
    accounts: impl Iterator<Item = &'a Account>,
) -> Result<HashMap<String, AccountView>> {
    let actors: Vec<&str> =
        accounts.filter_map(|account| account.moved_to.as_ref().map(domain::ActorId::as_str)).collect();
    if actors.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<AccountId> =
        store::account::by_actors(tx, &actors)?.iter().map(|account| account.id).collect();
    let targets = store::account::list(tx, &ids)?;
    let view = |(account, counts): (Arc<Account>, AccountCounts)| {
        (account.actor_id.to_string(), AccountView { account, counts, moved_to: None })
    };
    Ok(targets.into_iter().filter(|(account, _)| account.state.is_live()).map(view).collect())
}

/// Accounts of the rows of a list; only live ones are shown.
pub(crate) fn listed(tx: &mut Tx, rows: &[(i64, AccountId)]) -> Result<Listed<AccountView>> {
    let ids: Vec<AccountId> = rows.iter().map(|(_, id)| *id).collect();
    let mut views = many(tx, &ids)?;
    views.retain(|view| view.account.state.is_live());
    Ok(Listed::new(views, rows.iter().map(|(row, _)| *row)))
}

/// The same for lists of others: without whom the viewer mutes or blocks, or
/// who blocks the viewer.
pub(crate) fn listed_for(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    rows: &[(i64, AccountId)],
) -> Result<Listed<AccountView>> {
    let mut listed = listed(tx, rows)?;
    if let Some(viewer) = viewer {
        let ids: Vec<AccountId> = listed.items.iter().map(|view| view.account.id).collect();
        let mut shunned = store::mute::unwanted_among(tx, viewer, &ids)?;
        shunned.extend(store::block::apart(tx, &ids, viewer)?);
        listed.items.retain(|view| !shunned.contains(&view.account.id));
    }
    Ok(listed)
}

fn of_side(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    id: AccountId,
    side: Side,
    page: Page,
) -> Result<Listed<AccountView>> {
    let account = row(tx, id)?;
    let hidden = account.profile.details.hides_collections && viewer != Some(id);
    let blocked = match viewer {
        Some(viewer) => store::block::exists(tx, id, viewer)?,
        None => false,
    };
    if blocked || hidden || !account.state.is_live() {
        return Ok(Listed::empty());
    }
    let rows = store::follow::list(tx, id, side, page)?;
    if viewer == Some(id) { listed(tx, &rows) } else { listed_for(tx, viewer, &rows) }
}

/// Who follows an account. Whom the account blocks sees nobody.
pub fn followers(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    id: AccountId,
    page: Page,
) -> Result<Listed<AccountView>> {
    of_side(tx, viewer, id, Side::Followers, page)
}

/// Whom an account follows. Whom the account blocks sees nobody.
pub fn following(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    id: AccountId,
    page: Page,
) -> Result<Listed<AccountView>> {
    of_side(tx, viewer, id, Side::Following, page)
}

/// Who waits to follow the viewer.
pub fn requests(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<AccountView>> {
    let rows = store::follow::list(tx, viewer, Side::Requests, page)?;
    listed(tx, &rows)
}

/// How many wait to follow the viewer, up to a thousand.
pub fn count_requests(tx: &mut Tx, viewer: AccountId) -> Result<usize> {
    Ok(store::follow::list(tx, viewer, Side::Requests, Page::newest(1000))?.len())
}

/// Whom the viewer blocks.
pub fn blocked(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<AccountView>> {
    let rows = store::block::list(tx, viewer, page)?;
    listed(tx, &rows)
}

/// A handle as people write it; without a domain it is one of ours.
pub fn handle_of(cx: &Cx, text: &str) -> Option<Handle> {
    let text = text.trim();
    let text = text.strip_prefix("acct:").unwrap_or(text);
    cx.names.handle(text.strip_prefix('@').unwrap_or(text))
}

/// The account with a handle, from what we know only.
pub async fn lookup(cx: &Cx, acct: &str) -> Result<AccountView> {
    let handle = handle_of(cx, acct).or_not_found(ACCOUNT)?;
    cx.read(move |tx| {
        let account = store::account::by_handle(tx, &handle)?.or_not_found(ACCOUNT)?;
        one(tx, account.id)
    })
    .await
}

/// The lines of a profile, name and value as plain text.
pub fn plain_fields(account: &Account) -> Vec<(String, String)> {
    let fields = account.profile.fields.iter();
    fields.map(|field| (field.name.clone(), text::plain::from_html(&field.value_html))).collect()
}
