//! Files on the shelf are shown.

use super::spool::blocking;
use crate::{Cx, Error, Result};
use media::Format;
use std::fs::File;

/// A file of ours that somebody looks at.
#[derive(Debug)]
pub struct Shown {
    /// Open for reading.
    pub file: File,
    /// Its length.
    pub size_bytes: u64,
    /// One of the types we serve.
    pub media_type: &'static str,
}

/// Opens a file of ours by its name.
pub async fn open(cx: &Cx, name: &str) -> Result<Shown> {
    let missing = || Error::NotFound("file");
    let format = Format::of_name(name).filter(|_| media::is_name(name)).ok_or_else(missing)?;
    let (shelf, name) = (cx.media.shelf.clone(), name.to_owned());
    blocking(move || {
        let opened = File::open(shelf.path(&name)?).and_then(|file| Ok((file.metadata()?.len(), file)));
        Ok(opened.ok())
    })
    .await?
    .map(|(size_bytes, file)| Shown { file, size_bytes, media_type: format.media_type() })
    .ok_or_else(missing)
}

/// What is stored of an address: enough to recognise it.
pub(super) fn key_of(url: &str) -> String {
    use base64::Engine;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, url.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash.as_ref())
}
