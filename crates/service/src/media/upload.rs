//! One of ours hands in a file, and says something about it.

use super::spool::{Spool, blocking};
use super::{check, is_waiting, new_name, own, refusal, reserve};
use crate::{Cx, Error, Result};
use bytes::Bytes;
use domain::media::{Files, MediaChange, MediaState, Medium};
use domain::post::{Attachment, AttachmentKind};
use domain::{Account, MediaId};
use media::{Family, Format, Incoming, Picture, Rendition};

/// Most media of one account that hang on no post.
const MAX_UNATTACHED: i64 = 200;

/// What is handed in.
#[derive(Debug)]
pub struct Upload {
    /// The file.
    pub file: Spool,
    /// What is said about it.
    pub about: MediaChange,
    /// A picture to show in lists instead of what is found in the file.
    pub thumbnail: Option<Bytes>,
}

/// Takes a file. A picture is ready at once; a film or a recording waits for
/// its worker.
pub async fn upload(cx: &Cx, viewer: &Account, upload: Upload) -> Result<Medium> {
    check(&upload.about)?;
    let id = viewer.id;
    if cx.read(move |tx| Ok(store::media::count_unattached(tx, id)?)).await? >= MAX_UNATTACHED {
        return Err(Error::Refused("Too many files wait to be posted".into()));
    }
    let (incoming, format) = upload.file.finish().await?;
    let thumbnail = match upload.thumbnail {
        Some(bytes) => Some(thumbnail(cx, bytes).await?),
        None => None,
    };
    let mut medium = match format.family() {
        Family::Picture => develop(cx, viewer, &incoming, thumbnail).await?,
        Family::Film | Family::Sound => keep(cx, viewer, incoming, format, thumbnail).await?,
    };
    upload.about.apply(&mut medium.attachment);
    insert(cx, medium).await
}

async fn insert(cx: &Cx, medium: Medium) -> Result<Medium> {
    let medium = cx
        .write(move |tx| {
            let medium = Medium { id: MediaId(tx.new_id()), created_at: tx.now(), ..medium.clone() };
            medium.files.names().try_for_each(|name| store::shelf::claim(tx, name))?;
            let attachment = Attachment { id: Some(medium.id), ..medium.attachment };
            let medium = Medium { attachment, ..medium };
            store::media::insert(tx, &medium)?;
            Ok(medium)
        })
        .await?;
    if is_waiting(&medium) {
        cx.media.news.notify_one();
    }
    Ok(medium)
}

fn new(viewer: &Account) -> Medium {
    Medium {
        id: MediaId(0),
        account_id: viewer.id,
        post_id: None,
        state: MediaState::Waiting,
        files: Files::default(),
        attachment: Attachment::default(),
        created_at: domain::Timestamp::default(),
    }
}

/// A small picture that stands for a file.
#[derive(Debug, Clone)]
pub(super) struct Thumbnail {
    pub(super) name: String,
    size: (i64, i64),
    blurhash: Option<String>,
}

impl Thumbnail {
    pub(super) fn hang(self, cx: &Cx, medium: &mut Medium) {
        medium.attachment.preview_url = Some(cx.names.file(&self.name));
        medium.attachment.preview_size = Some(self.size);
        medium.attachment.blurhash = self.blurhash;
        medium.files.preview = Some(self.name);
    }

    /// Stands for a medium in the place of what stood for it.
    pub(super) fn replace(self, tx: &mut store::Tx, cx: &Cx, medium: &mut Medium) -> Result<()> {
        let now = tx.now();
        if let Some(old) = &medium.files.preview {
            store::shelf::doom(tx, old, now)?;
        }
        store::shelf::claim(tx, &self.name)?;
        self.hang(cx, medium);
        Ok(())
    }
}

/// Makes a preview of a picture and lays it on the shelf.
pub(super) async fn thumbnail(cx: &Cx, bytes: Bytes) -> Result<Thumbnail> {
    let bounds = cx.media.bounds;
    let (small, blurhash) = cx.media.turn(move || media::still(&bytes, &bounds)).await?;
    let size = sides(&small);
    let name = put(cx, small).await?;
    Ok(Thumbnail { name, size, blurhash })
}

fn sides(rendition: &Rendition) -> (i64, i64) {
    (rendition.width.into(), rendition.height.into())
}

/// Lays a file on the shelf under a new name; it has to be claimed.
pub(super) async fn put(cx: &Cx, rendition: Rendition) -> Result<String> {
    let name = new_name(rendition.format)?;
    reserve(cx, vec![name.clone()]).await?;
    let (shelf, to) = (cx.media.shelf.clone(), name.clone());
    blocking(move || shelf.put(&to, &rendition.bytes)).await?;
    Ok(name)
}

async fn develop(
    cx: &Cx,
    viewer: &Account,
    incoming: &Incoming,
    thumbnail: Option<Thumbnail>,
) -> Result<Medium> {
    let (path, bounds) = (incoming.path().to_owned(), cx.media.bounds);
    let picture = cx.media.turn(move || media::develop(&std::fs::read(path)?, &bounds)).await?;
    let Picture { main, small, blurhash } = picture;
    let (size, small_size, format) = (sides(&main), sides(&small), main.format);
    let (main, small) = (put(cx, main).await?, put(cx, small).await?);
    let mut medium = new(viewer);
    medium.state = MediaState::Ready;
    medium.attachment = Attachment {
        kind: AttachmentKind::Image,
        url: cx.names.file(&main),
        media_type: Some(format.media_type().to_owned()),
        width: Some(size.0),
        height: Some(size.1),
        ..Attachment::default()
    };
    medium.files.main = Some(main);
    let own = Thumbnail { name: small, size: small_size, blurhash };
    thumbnail.unwrap_or(own).hang(cx, &mut medium);
    Ok(medium)
}

/// Lays a film or a recording aside for its worker.
async fn keep(
    cx: &Cx,
    viewer: &Account,
    incoming: Incoming,
    format: Format,
    thumbnail: Option<Thumbnail>,
) -> Result<Medium> {
    let name = new_name(format)?;
    reserve(cx, vec![name.clone()]).await?;
    let (shelf, to) = (cx.media.shelf.clone(), name.clone());
    blocking(move || shelf.keep(incoming, &to)).await?;
    let mut medium = new(viewer);
    medium.attachment.kind = match format.family() {
        Family::Sound => AttachmentKind::Audio,
        _ => AttachmentKind::Video,
    };
    medium.attachment.media_type = Some(format.media_type().to_owned());
    medium.files.upload = Some(name);
    if let Some(thumbnail) = thumbnail {
        thumbnail.hang(cx, &mut medium);
    }
    Ok(medium)
}

/// Says something else about a medium that hangs on no post yet.
pub async fn change(
    cx: &Cx,
    viewer: &Account,
    id: MediaId,
    about: MediaChange,
    picture: Option<Bytes>,
) -> Result<Medium> {
    check(&about)?;
    let asked = viewer.clone();
    cx.read(move |tx| unattached(tx, &asked, id)).await?;
    let picture = match picture {
        Some(bytes) => Some(thumbnail(cx, bytes).await?),
        None => None,
    };
    let (viewer, names) = (viewer.clone(), cx.clone());
    cx.write(move |tx| {
        store::media::lock(tx, id)?;
        let mut medium = unattached(tx, &viewer, id)?;
        about.apply(&mut medium.attachment);
        if let Some(picture) = picture.clone() {
            picture.replace(tx, &names, &mut medium)?;
        }
        store::media::update(tx, &medium)?;
        Ok(medium)
    })
    .await
}

/// What hangs on a post is changed with the post.
fn unattached(tx: &mut store::Tx, viewer: &Account, id: MediaId) -> Result<Medium> {
    let medium = own(tx, viewer, id)?;
    if medium.state == MediaState::Failed {
        return Err(refusal(media::Refused::Broken("it was looked at before".to_owned())));
    }
    if medium.post_id.is_some() { Err(Error::NotFound("media")) } else { Ok(medium) }
}
