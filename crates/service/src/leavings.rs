//! What deleted accounts left. Deleting is a state first; this comes after, a
//! few rows at a time.

use crate::{Result, post};
use store::Tx;

/// Rows of each kind that one step removes.
const ROWS: i64 = 100;

/// Removes what deleted accounts left, a step at a time; true where there may be more.
pub fn sweep(tx: &mut Tx) -> Result<bool> {
    let Some(id) = store::account::deleted_with_rests(tx)? else { return Ok(false) };
    let account = store::account::get(tx, id)?;
    if account.is_ours() {
        store::list::remove_all(tx, id)?;
        store::filter::remove_all(tx, id)?;
        store::marker::remove_all(tx, id)?;
        store::conversation::remove_all(tx, id)?;
    }
    for id in store::post::some_of(tx, account.id, ROWS)? {
        if let Some(left) = store::post::find(tx, id)? {
            post::erase(tx, &left, &account)?;
        }
    }
    for boost in store::boost::some_of(tx, account.id, ROWS)? {
        store::boost::remove(tx, &boost)?;
    }
    for liked in store::like::some_of(tx, account.id, ROWS)? {
        store::like::remove(tx, account.id, liked)?;
    }
    store::bookmark::clear(tx, account.id, ROWS)?;
    store::follow::remove_all(tx, account.id, ROWS)?;
    store::notification::forget_everywhere(tx, account.id, ROWS)?;
    Ok(true)
}
