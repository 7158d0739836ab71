//! What is not wanted any more is taken away.

use super::spool::blocking;
use super::{old, throw_away};
use crate::{Cx, Result};
use domain::Timestamp;
use std::time::Duration;
use store::Tx;

/// Files taken away at a time.
const STEP: i64 = 200;
/// How old the beginnings are that nobody will end any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Takes doomed files off the shelf; how many.
pub async fn take_away(cx: &Cx) -> Result<usize> {
    let names = cx.read(|tx| {
        let now = tx.now();
        Ok(store::shelf::due(tx, now, STEP)?)
    });
    let names = names.await?;
    if names.is_empty() {
        return Ok(0);
    }
    let (shelf, taken) = (cx.media.shelf.clone(), names.clone());
    blocking(move || taken.iter().try_for_each(|name| shelf.remove(name))).await?;
    let count = names.len();
    cx.write_later(move |tx| Ok(store::shelf::gone(tx, &names)?)).await?;
    Ok(count)
}

/// Throws away some media of an account that is gone; false where no account is.
pub fn purge(tx: &mut Tx) -> Result<bool> {
    let Some(account) = store::media::next_purge(tx)? else { return Ok(false) };
    let media = store::media::some_of(tx, account, STEP)?;
    if media.is_empty() {
        store::media::purged(tx, account)?;
    } else {
        throw_away(tx, &media)?;
    }
    Ok(true)
}

/// Throws away some media that hang on no post since long; how many.
pub fn unattached(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let media = store::media::old_unattached(tx, old(now), STEP)?;
    throw_away(tx, &media)?;
    Ok(u64::try_from(media.len()).unwrap_or(0))
}

/// Everything once: accounts that are gone, then the files.
pub async fn sweep(cx: &Cx) -> Result<()> {
    while cx.write_later(purge).await? {}
    while take_away(cx).await? > 0 {}
    Ok(())
}

/// Takes away what was begun before a crash.
pub async fn clear(cx: &Cx) -> Result<()> {
    let shelf = cx.media.shelf.clone();
    blocking(move || {
        shelf.clear(ABANDONED);
        Ok(())
    })
    .await
}
