//! Posts that a person keeps to find them again. Nobody else learns of it.

use crate::listed::Listed;
use crate::timeline::listed;
use crate::{Result, post};
use domain::{Account, AccountId, Page, PostId, PostView};
use store::Tx;

/// The viewer keeps a post. Twice is once.
pub fn keep(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    post::seen_by(tx, id, viewer)?;
    Ok(store::bookmark::insert(tx, viewer.id, id)?)
}

/// The viewer keeps a post no more, also one it may not see any more.
pub fn drop(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    if store::bookmark::remove(tx, viewer.id, id)? {
        Ok(())
    } else {
        post::seen_by(tx, id, viewer).map(|_| ())
    }
}

/// What the viewer keeps, by the time it was kept.
pub fn list(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<PostView>> {
    let entries = store::bookmark::list(tx, viewer, page)?;
    listed(tx, Some(viewer), &entries)
}
