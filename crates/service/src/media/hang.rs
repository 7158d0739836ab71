//! Media are hung on posts, and go with them.

use super::throw_away;
use crate::{Error, Result};
use domain::media::{Medium, check_together};
use domain::post::Attachment;
use domain::{Account, MediaId, Post, PostId};
use store::Tx;

/// Hangs the viewer's media on a post, in this order; what the post says of
/// them. They hang on no other post.
pub fn hang(tx: &mut Tx, viewer: &Account, post: PostId, ids: &[MediaId]) -> Result<Vec<Attachment>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = store::media::list(tx, viewer.id, ids)?;
    found.retain(|medium| medium.post_id.is_none_or(|hangs_on| hangs_on == post));
    let place = |medium: &Medium| ids.iter().position(|id| *id == medium.id);
    found.sort_by_key(place);
    let missing: Vec<String> = ids
        .iter()
        .filter(|id| found.iter().all(|medium| medium.id != **id))
        .map(ToString::to_string)
        .collect();
    if !missing.is_empty() {
        return Err(not_there(&missing));
    }
    check_together(&found).map_err(|why| Error::Refused(why.to_string().into()))?;
    let hung = store::media::attach(tx, viewer.id, post, ids)?;
    if usize::try_from(hung).ok() != Some(found.len()) {
        // Another post took one at the same moment.
        return Err(not_there(&[]));
    }
    Ok(found.into_iter().map(|medium| medium.attachment).collect())
}

fn not_there(ids: &[String]) -> Error {
    let which = ids.join(", ");
    Error::Refused(format!("Media attachments {which} not found or already attached to another post").into())
}

/// Throws away what hangs on a post that goes: files of ours, and what is kept
/// of a peer's.
pub fn forget(tx: &mut Tx, post: &Post) -> Result<()> {
    if post.text.attachments.is_empty() && post.edited_at.is_none() {
        return Ok(());
    }
    let media = store::media::of_post(tx, post.id)?;
    throw_away(tx, &media)?;
    let now = tx.now();
    for attachment in post.text.attachments.iter().filter(|it| it.id.is_none()) {
        for url in [Some(&attachment.url), attachment.preview_url.as_ref()].into_iter().flatten() {
            if let Some(name) = store::shelf::give_up(tx, &super::shown::key_of(url))? {
                store::shelf::doom(tx, &name, now)?;
            }
        }
    }
    Ok(())
}
