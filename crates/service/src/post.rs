//! Posts: written here, received, fetched, changed, deleted.

use crate::{Error, OrNotFound, Result};
use domain::visibility::may_see;
use domain::{Account, Post, PostId};
use store::Tx;

mod change;
mod content;
mod hearsay;
mod obtain;
mod publish;
mod linked;
mod question;
mod receive;
mod spread;

pub(crate) use change::send_update;
pub use change::{Edit, delete, edit, erase, receive_delete};
pub(crate) use content::prepare;
pub(crate) use hearsay::{confirm_gone, hear, is_hearsay};
pub(crate) use obtain::admit;
pub use obtain::{obtain, refetch, renew};
pub use publish::{Published, publish, unexpected};
pub(crate) use publish::{check, publish_once};
pub use receive::{receive, receive_update};
pub(crate) use spread::leave_out_averse;

/// A post and its author, whoever may see it.
pub(crate) fn whole(tx: &mut Tx, id: PostId) -> Result<(Post, Account)> {
    let post = store::post::find(tx, id)?.or_not_found("post")?;
    let author = store::account::get(tx, post.author_id)?;
    Ok((post, author))
}

/// A post and its author, if the viewer may see it; what may not be seen looks missing.
pub fn seen_by(tx: &mut Tx, id: PostId, viewer: &Account) -> Result<(Post, Account)> {
    let (post, author) = whole(tx, id)?;
    let standing = store::post::standing(tx, &post, Some(viewer.id))?;
    if !may_see(post.visibility, standing) {
        return Err(Error::NotFound("post"));
    }
    Ok((post, author))
}
