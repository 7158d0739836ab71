//! What its actor took back or deleted before we knew it. Such an id is never
//! acted upon again, but only where the same actor comes with it: others can
//! name any id they like.

use crate::Result;
use domain::Account;
use store::Tx;
use store::tombstone::{self, Grave};

/// No id has a space in it, so this is no object's own tombstone.
fn key(actor: &Account, id: &str) -> String {
    format!("{} {id}", actor.actor_id)
}

/// Remembers that an actor took something back. `kind`: what it was.
pub(crate) fn bury(tx: &mut Tx, actor: &Account, id: &str, kind: Option<&str>) -> Result<()> {
    Ok(tombstone::bury(tx, &key(actor, id), actor.actor_id.as_str(), kind, Grave::Hidden)?)
}

/// Whether an actor took something back, or deleted it.
pub(crate) fn is(tx: &mut Tx, actor: &Account, id: &str) -> Result<bool> {
    if tombstone::find(tx, &key(actor, id))?.is_some() {
        return Ok(true);
    }
    Ok(tombstone::find(tx, id)?.is_some_and(|stone| stone.author == actor.actor_id.as_str()))
}
