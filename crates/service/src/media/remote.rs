//! Files of peers, shown under addresses of ours. An address carries the mark
//! of a secret, so that we fetch only what we named ourselves. Nothing here is
//! waited for by a page: browsers ask for what they show.

use super::shown::{Shown, key_of, open};
use super::spool::{blocking, spool};
use super::{new_name, reserve};
use crate::settings::RemoteMedia;
use crate::{Cx, Error, Result};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use domain::names::Cover;
use media::Format;
use moka::sync::Cache;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::Tx;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{Mutex, mpsc};
use url::Url;
use wire::{FetchError, Passing};

/// The longest file that is kept, in bytes; what is longer passes through.
const MOST_KEPT: usize = 16 << 20;
/// The longest file that passes through, in bytes.
const MOST_PASSING: usize = 512 << 20;
/// How often it is written down that a file was looked at.
const USED: Duration = Duration::from_secs(3600);
/// For how long what could not be had is not asked for again.
const FAILED: Duration = Duration::from_secs(600);
/// Addresses that are remembered.
const REMEMBERED: u64 = 20_000;
/// Bytes of the mark on an address.
const MARK: usize = 16;
/// Bytes that show what a file is.
const HEAD: usize = 32;
/// Files given up in one step.
const STEP: i64 = 100;

const ACCEPT: &str = "image/*, video/*, audio/*;q=0.9, */*;q=0.1";

/// What is remembered about files of peers.
#[derive(Debug)]
pub(super) struct Remote {
    key: OnceLock<hmac::Key>,
    failed: Cache<String, ()>,
    turns: Cache<String, Arc<Mutex<()>>>,
}

impl Default for Remote {
    fn default() -> Self {
        Self {
            key: OnceLock::new(),
            failed: Cache::builder().max_capacity(REMEMBERED).time_to_live(FAILED).build(),
            turns: Cache::builder().max_capacity(REMEMBERED).time_to_idle(FAILED).build(),
        }
    }
}

/// Covers the addresses of peers' files, where the settings ask for it. Once,
/// before anything is shown.
pub async fn prepare(cx: &Cx) -> Result<()> {
    if cx.settings.remote_media == RemoteMedia::Link {
        return Ok(());
    }
    let offered = crate::keys::secret()?;
    let secret = cx.write(move |tx| Ok(store::shelf::secret(tx, &offered)?)).await?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let (origin, named) = (cx.names.media_origin().to_string(), key.clone());
    cx.names.cover_with(Cover::new(move |url| {
        format!("{origin}/media/remote/{}/{}", mark(&named, url), BASE64.encode(url))
    }));
    // A second call would bring the same key.
    let _ = cx.media.remote.key.set(key);
    Ok(())
}

fn mark(key: &hmac::Key, url: &str) -> String {
    let tag = hmac::sign(key, url.as_bytes());
    BASE64.encode(tag.as_ref().get(..MARK).unwrap_or_default())
}

/// The address that an address of ours stands for, if we made it.
fn uncovered(cx: &Cx, marked: &str, encoded: &str) -> Option<Url> {
    let key = cx.media.remote.key.get()?;
    let url = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    let right =
        aws_lc_rs::constant_time::verify_slices_are_equal(mark(key, &url).as_bytes(), marked.as_bytes());
    right.ok().and_then(|()| Url::parse(&url).ok())
}

/// A file of a peer that somebody looks at.
#[derive(Debug)]
pub enum Peers {
    /// It is kept here.
    Kept(Shown),
    /// It passes through.
    Passing(Box<Flow>),
}

/// How many pieces are fetched before a reader has taken them.
const AHEAD: usize = 2;
/// How long a reader may let a piece lie.
const READER_PATIENCE: Duration = Duration::from_secs(30);

/// A file that passes through.
#[derive(Debug)]
pub struct Flow {
    /// One of the types we serve.
    pub media_type: &'static str,
    /// Its length, or that of the part, in bytes.
    pub length: Option<u64>,
    /// Which part of it this is, as the peer says; none where it is the whole.
    pub range: Option<String>,
    first: Option<Bytes>,
    passing: Passing,
}

impl Flow {
    /// The pieces, for a reader. Who lets one lie for long gets no more of them:
    /// a file on its way holds one of few places.
    pub fn pieces(mut self) -> mpsc::Receiver<Result<Bytes>> {
        let (sender, pieces) = mpsc::channel(AHEAD);
        tokio::spawn(async move {
            let why = loop {
                match self.next().await {
                    Ok(None) => return,
                    Ok(Some(piece)) => match sender.send_timeout(Ok(piece), READER_PATIENCE).await {
                        Ok(()) => (),
                        Err(SendTimeoutError::Closed(_)) => return,
                        Err(SendTimeoutError::Timeout(_)) => break FetchError::Timeout.into(),
                    },
                    Err(error) => break error,
                }
            };
            drop(self);
            // Else what came so far would look like the whole.
            sender.send(Err(why)).await.ok();
        });
        pieces
    }

    /// The next piece; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => Ok(self.passing.piece().await?),
        }
    }
}

/// Shows a file of a peer, or the part that is asked for, by the two halves of
/// its address here.
pub async fn peers(cx: &Cx, marked: &str, encoded: &str, range: Option<&str>) -> Result<Peers> {
    let url = uncovered(cx, marked, encoded).ok_or(Error::NotFound("file"))?;
    let key = key_of(url.as_str());
    if cx.media.remote.failed.contains_key(&key) {
        return Err(Error::NotFound("file"));
    }
    let shown = match cx.settings.remote_media {
        RemoteMedia::Link => return Err(Error::NotFound("file")),
        RemoteMedia::Proxy => pass(cx, &url, range).await,
        RemoteMedia::Cache => cached(cx, &url, &key, range).await,
    };
    if let Err(Error::Fetch(why)) = &shown
        && !matches!(why, FetchError::Busy)
    {
        tracing::debug!(%url, %why, "a file of a peer could not be had");
        cx.media.remote.failed.insert(key, ());
    }
    shown
}

async fn cached(cx: &Cx, url: &Url, key: &str, range: Option<&str>) -> Result<Peers> {
    if let Some(shown) = kept(cx, key).await? {
        return Ok(Peers::Kept(shown));
    }
    // Whoever asks for the same meanwhile waits, and finds it kept.
    let turn = cx.media.remote.turns.get_with(key.to_owned(), Arc::default);
    let _turn = turn.lock().await;
    if let Some(shown) = kept(cx, key).await? {
        return Ok(Peers::Kept(shown));
    }
    let flow = flow(cx, url, None).await?;
    let most = u64::try_from(MOST_KEPT).unwrap_or(u64::MAX).min(cx.settings.remote_media_bytes);
    if flow.length.is_some_and(|length| length <= most) {
        return keep(cx, key, flow).await.map(Peers::Kept);
    }
    if range.is_none() {
        return Ok(Peers::Passing(Box::new(flow)));
    }
    drop(flow);
    pass(cx, url, range).await
}

async fn kept(cx: &Cx, key: &str) -> Result<Option<Shown>> {
    let wanted = key.to_owned();
    let Some(kept) = cx.read(move |tx| Ok(store::shelf::kept(tx, &wanted)?)).await? else { return Ok(None) };
    let Ok(shown) = open(cx, &kept.name).await else {
        // Somebody emptied the folder: it is fetched again.
        let lost = key.to_owned();
        cx.write_later(move |tx| Ok(store::shelf::give_up(tx, &lost).map(drop)?)).await?;
        return Ok(None);
    };
    if cx.now().since(kept.used_at) > USED {
        let used = key.to_owned();
        let write = move |tx: &mut Tx| {
            let now = tx.now();
            Ok(store::shelf::used(tx, &used, now)?)
        };
        cx.write_later(write).await?;
    }
    Ok(Some(shown))
}

async fn pass(cx: &Cx, url: &Url, range: Option<&str>) -> Result<Peers> {
    flow(cx, url, range).await.map(|flow| Peers::Passing(Box::new(flow)))
}

/// Asks the peer, and looks at what comes.
async fn flow(cx: &Cx, url: &Url, range: Option<&str>) -> Result<Flow> {
    let mut passing = cx.client.open(url, ACCEPT, range, MOST_PASSING, cx.now()).await?;
    let header =
        |name: &str| passing.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (stated, part) = (header("content-type"), header("content-range"));
    let part = part.filter(|_| passing.status == 206);
    let starts = part.as_deref().is_none_or(|part| part.starts_with("bytes 0-"));
    let mut first = passing.piece().await?.unwrap_or_default();
    while first.len() < HEAD {
        let Some(more) = passing.piece().await? else { break };
        first = [first, more].concat().into();
    }
    // The middle of a file shows nothing: there its sender is believed, as far
    // as it names one of our types.
    let format = if starts && first.len() >= HEAD { Format::of(&first) } else { of_type(stated.as_deref()) };
    let format = format.ok_or_else(|| FetchError::ContentType(stated.unwrap_or_default()))?;
    Ok(Flow {
        media_type: format.media_type(),
        length: passing.length(),
        range: part,
        first: Some(first),
        passing,
    })
}

fn of_type(stated: Option<&str>) -> Option<Format> {
    Format::of_media_type(stated?.split(';').next()?.trim())
}

/// Keeps a file, and gives up others that nobody has looked at for longest.
async fn keep(cx: &Cx, key: &str, mut flow: Flow) -> Result<Shown> {
    let mut spool = spool(cx).await?;
    let mut length = 0_u64;
    while let Some(piece) = flow.next().await? {
        length = length.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if length > flow.length.unwrap_or(0) {
            return Err(FetchError::TooLarge(MOST_KEPT).into());
        }
        spool.write(&piece).await?;
    }
    if Some(length) != flow.length {
        return Err(FetchError::Protocol("the file ended too early".to_owned()).into());
    }
    let (incoming, format) = spool.finish_any().await?;
    let name = new_name(format)?;
    reserve(cx, vec![name.clone()]).await?;
    let (shelf, to) = (cx.media.shelf.clone(), name.clone());
    blocking(move || shelf.keep(incoming, &to)).await?;
    let shown = open(cx, &name).await?;
    let (key, most) = (key.to_owned(), cx.settings.remote_media_bytes);
    cx.write_later(move |tx| claim(tx, &key, &name, length, most)).await?;
    // Given up is not enough: the disk is what is bounded.
    super::take_away(cx).await?;
    Ok(shown)
}

/// Claims a file where there is room for it, or can be made.
fn claim(tx: &mut Tx, key: &str, name: &str, size: u64, most: u64) -> Result<()> {
    tx.lock("files of peers")?;
    let now = tx.now();
    let mut taken = store::shelf::kept_bytes(tx)?;
    'room: while taken.saturating_add(size) > most {
        let idle = store::shelf::least_used(tx, STEP)?;
        if idle.is_empty() {
            break;
        }
        for (key, name, bytes) in idle {
            store::shelf::give_up(tx, &key)?;
            store::shelf::doom(tx, &name, now)?;
            taken = taken.saturating_sub(bytes);
            if taken.saturating_add(size) <= most {
                break 'room;
            }
        }
    }
    if store::shelf::keep(tx, key, name, size, now)? {
        Ok(store::shelf::claim(tx, name)?)
    } else {
        Ok(store::shelf::doom(tx, name, now)?)
    }
}
