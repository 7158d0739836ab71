//! What the viewer is to others.

use crate::{Error, Result};
use domain::follow::Relationship;
use domain::{Account, AccountId};
use std::collections::HashMap;
use store::Tx;

/// What the viewer is to each of some accounts, in the order of the ids, each
/// once; accounts we do not know are left out.
pub fn with(tx: &mut Tx, viewer: AccountId, others: &[AccountId]) -> Result<Vec<(AccountId, Relationship)>> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: HashMap<AccountId, Relationship> =
        store::follow::relationships(tx, viewer, others)?.into_iter().collect();
    Ok(others.iter().filter_map(|id| known.remove_entry(id)).collect())
}

/// The longest note, in characters.
const MAX_NOTE: usize = 2_000;

/// The viewer notes something about an account, for the own eyes; nothing
/// takes the note away.
pub fn note(tx: &mut Tx, viewer: &Account, target: &Account, text: &str) -> Result<()> {
    if text.chars().count() > MAX_NOTE {
        return Err(Error::invalid("Comment", "is too long (maximum is 2000 characters)"));
    }
    Ok(store::account_note::set(tx, viewer.id, target.id, text.trim())?)
}
