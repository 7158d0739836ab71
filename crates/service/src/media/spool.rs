//! A file on its way in: written to disk piece by piece, never whole in memory.

use super::refusal;
use crate::{Cx, Error, Result};
use bytes::{Bytes, BytesMut};
use media::{Family, Format, Incoming, Refused};

/// How much is gathered before it is written, in bytes.
const PIECE: usize = 512 * 1024;
/// How much of the beginning shows what a file is, in bytes.
const HEAD: usize = 64;

/// A file on its way in. It goes away unless it is handed in.
#[derive(Debug)]
pub struct Spool {
    pub(super) incoming: Option<Incoming>,
    gathered: BytesMut,
    head: Vec<u8>,
    length: u64,
    picture_bytes: u64,
    film_bytes: u64,
}

/// Begins a file.
pub async fn spool(cx: &Cx) -> Result<Spool> {
    let (shelf, bounds) = (cx.media.shelf.clone(), cx.media.bounds);
    let incoming = blocking(move || shelf.incoming()).await?;
    Ok(Spool {
        incoming: Some(incoming),
        gathered: BytesMut::new(),
        head: Vec::new(),
        length: 0,
        picture_bytes: bounds.picture_bytes,
        film_bytes: bounds.film_bytes,
    })
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|broken| Error::Internal(broken.to_string()))?.map_err(refusal)
}

impl Spool {
    /// Takes the next piece; refuses as soon as the file is too long for what it is.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        let missing = HEAD.saturating_sub(self.head.len());
        self.head.extend(piece.iter().take(missing));
        self.length = self.length.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        let most = match Format::of(&self.head).map(Format::family) {
            Some(Family::Film | Family::Sound) => self.film_bytes,
            _ => self.picture_bytes,
        };
        if self.length > most {
            return Err(refusal(Refused::Bytes(most)));
        }
        self.gathered.extend_from_slice(piece);
        if self.gathered.len() >= PIECE { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let piece: Bytes = self.gathered.split().freeze();
        let Some(mut incoming) = self.incoming.take() else {
            return Err(Error::Internal("a file was written to after it failed".into()));
        };
        let written = blocking(move || incoming.write(&piece).map(|()| incoming)).await?;
        self.incoming = Some(written);
        Ok(())
    }

    /// What it is, once all of it is there; only what people may hand in.
    pub(super) async fn finish(self) -> Result<(Incoming, Format)> {
        let (incoming, format) = self.finish_any().await?;
        if format.is_taken() { Ok((incoming, format)) } else { Err(refusal(Refused::Kind)) }
    }

    /// What it is, once all of it is there.
    pub(super) async fn finish_any(mut self) -> Result<(Incoming, Format)> {
        if self.length == 0 {
            return Err(refusal(Refused::Empty));
        }
        self.flush().await?;
        let format = Format::of(&self.head).ok_or_else(|| refusal(Refused::Kind))?;
        let incoming = self.incoming.ok_or_else(|| Error::Internal("a file without a file".into()))?;
        Ok((incoming, format))
    }
}
