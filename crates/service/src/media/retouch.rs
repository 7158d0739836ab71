//! What hangs on a post is changed with the post: what is said of it, and the
//! picture that lists show of it.

use super::check;
use super::upload::{Thumbnail, thumbnail};
use crate::{Cx, Result};
use bytes::Bytes;
use domain::media::{MAX_ATTACHMENTS, MediaChange};
use domain::post::Attachment;
use domain::{Account, MediaId, PostId};
use store::Tx;

/// What an edit makes of a medium that hangs on a post.
#[derive(Debug, Clone)]
pub struct Retouch {
    /// Which.
    pub id: MediaId,
    /// What is said about it.
    pub about: MediaChange,
    /// A picture to show in lists instead of the one it has.
    pub thumbnail: Option<Bytes>,
}

/// The same with its picture on the shelf.
#[derive(Debug, Clone)]
pub(crate) struct Retouched {
    id: MediaId,
    about: MediaChange,
    thumbnail: Option<Thumbnail>,
}

/// Makes the pictures that an edit brings.
pub(crate) async fn develop(cx: &Cx, asked: Vec<Retouch>) -> Result<Vec<Retouched>> {
    let mut done = Vec::new();
    for Retouch { id, about, thumbnail: picture } in asked.into_iter().take(MAX_ATTACHMENTS) {
        check(&about)?;
        let thumbnail = match picture {
            Some(bytes) => Some(thumbnail(cx, bytes).await?),
            None => None,
        };
        done.push(Retouched { id, about, thumbnail });
    }
    Ok(done)
}

/// Changes media that hang on a post.
pub(crate) fn apply(
    tx: &mut Tx,
    cx: &Cx,
    viewer: &Account,
    post: PostId,
    attachments: &mut [Attachment],
    changes: &[Retouched],
) -> Result<()> {
    for Retouched { id, about, thumbnail } in changes {
        let Some(attachment) = attachments.iter_mut().find(|it| it.id == Some(*id)) else { continue };
        store::media::lock(tx, *id)?;
        let medium = store::media::find(tx, *id)?;
        if let Some(mut medium) = medium.filter(|it| it.account_id == viewer.id && it.post_id == Some(post)) {
            about.apply(&mut medium.attachment);
            if let Some(thumbnail) = thumbnail.clone() {
                thumbnail.replace(tx, cx, &mut medium)?;
            }
            store::media::update(tx, &medium)?;
            *attachment = medium.attachment;
        }
    }
    Ok(())
}
