//! Mutes: somebody's posts and deeds are not met any more, and nobody is told.
//! Also conversations that are left. Nothing of it federates.

use crate::listed::Listed;
use crate::profile::{self, AccountView};
use crate::{Result, post};
use domain::{Account, AccountId, Page, PostId, Timestamp};
use std::time::Duration;
use store::{Tx, notification};

/// How somebody is muted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// What they do is not told either.
    pub notifications: bool,
    /// For how long; without, for good.
    pub duration: Option<Duration>,
}

/// The viewer does not want to meet an account. Muting oneself is nothing.
pub fn mute(tx: &mut Tx, viewer: &Account, target: &Account, wishes: Wishes) -> Result<()> {
    if viewer.id == target.id {
        return Ok(());
    }
    let expires_at = wishes.duration.map(|duration| tx.now().plus(duration));
    store::mute::set(tx, viewer.id, target.id, wishes.notifications, expires_at)?;
    if wishes.notifications {
        notification::forget(tx, viewer.id, target.id)?;
    }
    Ok(())
}

/// The viewer wants to meet an account again.
pub fn undo(tx: &mut Tx, viewer: &Account, target: &Account) -> Result<()> {
    Ok(store::mute::remove(tx, viewer.id, target.id)?)
}

/// A muted account, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Muted {
    /// The account.
    pub view: AccountView,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
}

/// Whom the viewer mutes.
pub fn list(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<Muted>> {
    let rows = store::mute::list(tx, viewer, page)?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.target_id).collect();
    let mut views = profile::many(tx, &ids)?;
    views.retain(|view| view.account.state.is_live());
    let ends: std::collections::HashMap<_, _> =
        rows.iter().map(|row| (row.target_id, row.expires_at)).collect();
    let muted = |view: AccountView| {
        let expires_at = ends.get(&view.account.id).copied().flatten();
        Muted { view, expires_at }
    };
    Ok(Listed::new(views.into_iter().map(muted).collect(), rows.iter().map(|row| row.id)))
}

/// The viewer is told nothing more of the conversation a post is in.
pub fn leave_conversation(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let (post, _) = post::seen_by(tx, id, viewer)?;
    Ok(store::mute::leave(tx, viewer.id, post.conversation_id)?)
}

/// The viewer is told of a conversation again.
pub fn rejoin_conversation(tx: &mut Tx, viewer: &Account, id: PostId) -> Result<()> {
    let (post, _) = post::seen_by(tx, id, viewer)?;
    Ok(store::mute::rejoin(tx, viewer.id, post.conversation_id)?)
}
