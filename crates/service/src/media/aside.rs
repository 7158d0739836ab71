//! A post is deleted to be written anew: its media are set aside under new
//! names. The old addresses, which others have seen, lead nowhere at once.

use super::spool::blocking;
use super::{new_name, reserve};
use crate::{Cx, Result};
use domain::media::{Files, MediaState, Medium};
use domain::post::Attachment;
use domain::{Account, Post, PostId};
use media::Format;
use store::Tx;

/// Media of a post with the new names of their files.
#[derive(Debug, Clone, Default)]
pub struct Aside(Vec<(Medium, Files)>);

/// Gives the files of the viewer's post second names.
pub async fn set_aside(cx: &Cx, viewer: &Account, post: PostId) -> Result<Aside> {
    let viewer = viewer.id;
    let mut media = cx.read(move |tx| Ok(store::media::of_post(tx, post)?)).await?;
    media.retain(|medium| medium.account_id == viewer && medium.state == MediaState::Ready);
    let mut aside = Vec::with_capacity(media.len());
    for medium in media {
        let second = |name: &Option<String>| match name.as_deref().and_then(Format::of_name) {
            Some(format) => new_name(format).map(Some),
            None => Ok(None),
        };
        let files = Files {
            upload: None,
            main: second(&medium.files.main)?,
            preview: second(&medium.files.preview)?,
        };
        reserve(cx, files.names().map(str::to_owned).collect()).await?;
        let pairs = [(&medium.files.main, &files.main), (&medium.files.preview, &files.preview)];
        for (old, new) in pairs {
            let Some((old, new)) = old.clone().zip(new.clone()) else { continue };
            let shelf = cx.media.shelf.clone();
            blocking(move || shelf.link(&old, &new)).await?;
        }
        aside.push((medium, files));
    }
    Ok(Aside(aside))
}

/// Takes media off a post that is about to be deleted; what is said of them
/// from now on. What hung on it before an edit goes with it.
pub fn take_off(tx: &mut Tx, viewer: &Account, post: &Post, aside: &Aside) -> Result<Vec<Attachment>> {
    let (names, now) = (tx.names().clone(), tx.now());
    let mut kept = Vec::new();
    if post.author_id != viewer.id {
        return Ok(kept);
    }
    for shown in &post.text.attachments {
        let Some((medium, files)) = aside.0.iter().find(|(medium, _)| shown.id == Some(medium.id)) else {
            continue;
        };
        store::media::lock(tx, medium.id)?;
        for name in medium.files.names() {
            store::shelf::doom(tx, name, now)?;
        }
        files.names().try_for_each(|name| store::shelf::claim(tx, name))?;
        let attachment = Attachment {
            url: files.main.as_deref().map(|name| names.file(name)).unwrap_or_default(),
            preview_url: files.preview.as_deref().map(|name| names.file(name)),
            ..shown.clone()
        };
        let medium = Medium {
            post_id: None,
            files: files.clone(),
            attachment: attachment.clone(),
            created_at: now,
            ..medium.clone()
        };
        store::media::update(tx, &medium)?;
        kept.push(attachment);
    }
    Ok(kept)
}
