//! What the viewer is to others.

use crate::Result;
use domain::AccountId;
use domain::follow::Relationship;
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
