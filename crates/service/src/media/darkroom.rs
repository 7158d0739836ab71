//! What media work needs beside the store: the shelf, the programs for films,
//! and a bound on how much is done at a time.

use super::refusal;
use crate::{Error, Result, Settings};
use media::{Bounds, Refused, Shelf, Tools};
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore};

/// Pictures decoded at a time: each may take a hundred megabytes.
const TURNS: usize = 2;

/// What people may hand in, for who asks before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Media types that are taken; several names for the same where programs use them.
    pub media_types: &'static [&'static str],
    /// Bytes of a picture.
    pub picture_bytes: u64,
    /// Pixels of a picture.
    pub picture_pixels: u64,
    /// Bytes of a film or a recording.
    pub film_bytes: u64,
    /// Pixels of a film.
    pub film_pixels: u64,
    /// Pictures a second.
    pub frame_rate: u32,
}

impl Limits {
    /// They are the same on every server.
    pub fn new() -> Self {
        let bounds = Bounds::default();
        Self {
            media_types: &MEDIA_TYPES,
            picture_bytes: bounds.picture_bytes,
            picture_pixels: bounds.pixels,
            film_bytes: bounds.film_bytes,
            film_pixels: bounds.film_pixels,
            frame_rate: bounds.frame_rate,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

const MEDIA_TYPES: [&str; 24] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/webm",
    "video/mp4",
    "video/quicktime",
    "audio/wave",
    "audio/wav",
    "audio/x-wav",
    "audio/x-pn-wave",
    "audio/vnd.wave",
    "audio/ogg",
    "audio/vorbis",
    "audio/opus",
    "audio/mpeg",
    "audio/mp3",
    "audio/webm",
    "audio/flac",
    "audio/aac",
    "audio/m4a",
    "audio/x-m4a",
    "audio/mp4",
    "video/x-matroska",
];

/// The shelf and the tools.
#[derive(Debug)]
pub struct Darkroom {
    pub(super) shelf: Shelf,
    pub(super) tools: Option<Tools>,
    pub(super) bounds: Bounds,
    turns: Arc<Semaphore>,
    /// Something waits to be looked at, or files wait to be taken away.
    pub(super) news: Notify,
    /// Something was looked at.
    pub(super) done: Notify,
    pub(super) remote: super::remote::Remote,
}

impl Darkroom {
    /// Sets up what the settings ask for; touches no disk.
    pub fn new(settings: &Settings) -> Self {
        Self {
            shelf: Shelf::new(settings.media_dir.clone()),
            tools: Tools::find(),
            bounds: Bounds::default(),
            turns: Arc::new(Semaphore::new(TURNS)),
            news: Notify::new(),
            done: Notify::new(),
            remote: super::remote::Remote::default(),
        }
    }

    /// How much is too much.
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Whether films and recordings are looked at, or kept as they came.
    pub const fn has_tools(&self) -> bool {
        self.tools.is_some()
    }

    /// Does slow work on a thread that may block, when its turn has come. A
    /// decoder that breaks is a file that cannot be read.
    pub(super) async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
    ) -> Result<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| Error::Internal("the darkroom is closed".into()))?;
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        match work.await {
            Ok(done) => done.map_err(refusal),
            Err(broken) => {
                tracing::warn!(%broken, "a decoder broke");
                Err(refusal(Refused::Broken("the decoder broke".to_owned())))
            }
        }
    }
}
