//! Films and recordings are looked at, one after another, by a worker. What
//! waits is rows, so a restart forgets nothing; what breaks its reader again
//! and again has failed.

use super::spool::blocking;
use super::upload::{Thumbnail, thumbnail};
use super::{new_name, reserve};
use crate::{Cx, Error, Result};
use domain::MediaId;
use domain::media::{MediaState, Medium};
use domain::post::AttachmentKind;
use media::{Family, Film, Format};
use std::time::Duration;

/// How often somebody begins to look at a file that ends the program.
const MOST_ATTEMPTS: i64 = 3;

/// Waits until something may have to be looked at or taken away.
pub async fn wait_for_work(cx: &Cx, at_most: Duration) {
    // The time is there for what only the clock makes due.
    let _ = tokio::time::timeout(at_most, cx.media.news.notified()).await;
}

/// Ends what runs, as the server stops.
pub fn stop(cx: &Cx) {
    if let Some(tools) = &cx.media.tools {
        tools.stop();
    }
}

/// Looks at the oldest medium that waits; false where none does.
pub async fn work(cx: &Cx) -> Result<bool> {
    let begun = cx
        .write_later(|tx| {
            let Some(id) = store::media::next_waiting(tx)? else { return Ok(None) };
            store::media::begin(tx, id)?;
            Ok(store::media::find(tx, id)?.zip(Some(store::media::attempts(tx, id)?)))
        })
        .await?;
    let Some((medium, attempts)) = begun else { return Ok(false) };
    let id = medium.id;
    let developed = if attempts > MOST_ATTEMPTS {
        Err(Error::invalid("file", "broke its reader"))
    } else {
        develop(cx, &medium).await
    };
    match developed {
        Ok(developed) => settle(cx, id, Some(developed)).await?,
        Err(Error::Invalid { problem, .. }) => {
            tracing::info!(%id, %problem, "a medium cannot be shown");
            settle(cx, id, None).await?;
        }
        // The disk or the store: it is tried again.
        Err(error) => return Err(error),
    }
    cx.media.done.notify_waiters();
    Ok(true)
}

/// What was found in a file, and the files that were made of it.
#[derive(Debug, Clone)]
struct Developed {
    kind: AttachmentKind,
    main: String,
    format: Format,
    preview: Option<Thumbnail>,
    size: Option<(u32, u32)>,
    duration: Option<Duration>,
    frame_rate: Option<String>,
    bit_rate: Option<u64>,
}

async fn develop(cx: &Cx, medium: &Medium) -> Result<Developed> {
    let upload =
        medium.files.upload.clone().ok_or_else(|| Error::Internal("a medium without a file".into()))?;
    let format = Format::of_name(&upload).ok_or_else(|| Error::Internal("a file without a kind".into()))?;
    let Some(tools) = cx.media.tools.clone() else {
        tracing::info!(id = %medium.id, "no ffmpeg here: a film or recording is kept as it came");
        let kind = medium.attachment.kind;
        return Ok(Developed {
            kind,
            main: upload,
            format,
            preview: None,
            size: None,
            duration: None,
            frame_rate: None,
            bit_rate: None,
        });
    };
    let (shelf, bounds) = (cx.media.shelf.clone(), cx.media.bounds);
    // The folder goes away with its value, so it is held until its file is kept.
    let (film, folder) = cx
        .media
        .turn(move || {
            let folder = shelf.bench()?;
            let film = tools.develop(&shelf.path(&upload)?, format, folder.path(), &bounds)?;
            Ok((film, folder))
        })
        .await?;
    let preview = match film.poster.clone() {
        Some(poster) if medium.files.preview.is_none() => Some(thumbnail(cx, poster.into()).await?),
        _ => None,
    };
    let main = new_name(film.format)?;
    reserve(cx, vec![main.clone()]).await?;
    let (shelf, name, path) = (cx.media.shelf.clone(), main.clone(), film.path.clone());
    blocking(move || {
        shelf.adopt(&path, &name)?;
        drop(folder);
        Ok(())
    })
    .await?;
    Ok(found(film, main, preview))
}

fn found(film: Film, main: String, preview: Option<Thumbnail>) -> Developed {
    Developed {
        kind: match film.family {
            Family::Sound => AttachmentKind::Audio,
            _ if film.has_sound => AttachmentKind::Video,
            _ => AttachmentKind::Gifv,
        },
        main,
        format: film.format,
        preview,
        size: film.size,
        duration: film.duration,
        frame_rate: film.frame_rate,
        bit_rate: film.bit_rate,
    }
}

/// Writes what has become of a medium, unless it was thrown away meanwhile.
async fn settle(cx: &Cx, id: MediaId, developed: Option<Developed>) -> Result<()> {
    let names = cx.clone();
    cx.write_later(move |tx| {
        store::media::lock(tx, id)?;
        let Some(mut medium) = store::media::find(tx, id)? else { return Ok(()) };
        let now = tx.now();
        let upload = medium.files.upload.take();
        if let Some(upload) = upload.filter(|name| developed.as_ref().is_none_or(|it| it.main != *name)) {
            store::shelf::doom(tx, &upload, now)?;
        }
        match developed.clone() {
            Some(developed) => {
                store::shelf::claim(tx, &developed.main)?;
                hang(tx, &names, &mut medium, developed)?;
            }
            None => medium.state = MediaState::Failed,
        }
        Ok(store::media::update(tx, &medium)?)
    })
    .await
}

fn hang(tx: &mut store::Tx, cx: &Cx, medium: &mut Medium, developed: Developed) -> Result<()> {
    let milliseconds = |time: Duration| i64::try_from(time.as_millis()).ok();
    medium.state = MediaState::Ready;
    medium.attachment.kind = developed.kind;
    medium.attachment.url = cx.names.file(&developed.main);
    medium.attachment.media_type = Some(developed.format.media_type().to_owned());
    medium.attachment.width = developed.size.map(|(width, _)| width.into());
    medium.attachment.height = developed.size.map(|(_, height)| height.into());
    medium.attachment.duration_ms = developed.duration.and_then(milliseconds);
    medium.attachment.frame_rate = developed.frame_rate;
    medium.attachment.bit_rate = developed.bit_rate.and_then(|rate| i64::try_from(rate).ok());
    medium.files.main = Some(developed.main);
    if let Some(preview) = developed.preview.filter(|_| medium.files.preview.is_none()) {
        store::shelf::claim(tx, &preview.name)?;
        preview.hang(cx, medium);
    }
    Ok(())
}
