//! Who may read which of our documents, and what they get: bytes for the
//! federation face, which knows no `ActivityPub`.
//!
//! What a reader may not see looks like what was never there.

mod collection;
mod discovery;
mod find;
mod reader;
mod wanted;

pub use discovery::{Usage, find_resource, usage};
pub use wanted::{Owner, Part, PostPart, Wanted, Window};

use crate::inbound::{Arrived, Refused, signer_of};
use crate::settings::Fetch;
use crate::{Cx, Error, Result};
use bytes::Bytes;
use domain::AccountState;
use reader::Reader;

/// A document, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The document.
    pub body: Bytes,
    /// Anyone may read it, so that caches may keep it.
    pub is_open: bool,
    /// It tells of something that is gone.
    pub is_gone: bool,
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The signature is missing or does not hold.
    #[error(transparent)]
    Signature(#[from] Refused),
    /// There is nothing for this reader.
    #[error(transparent)]
    Verb(#[from] Error),
}

/// Reads a document of ours for whoever asks.
///
/// A signature is checked only where something depends on it: a reader who is
/// shut out by name stays shut out by a name that was only claimed, and what
/// everyone may read needs no proof.
pub async fn serve(cx: &Cx, wanted: Wanted, request: &Arrived) -> Result<Served, Denied> {
    let secure = cx.settings.fetch == Fetch::Authorized && !wanted.is_always_open();
    if secure {
        let actor = signer_of(cx, request).await?;
        let served = find(cx, wanted, Reader::proven(actor)).await?;
        return Ok(Served { is_open: false, ..served });
    }
    let reader = Reader::claimed(&request.headers);
    let is_signed = reader.is_signed();
    match find(cx, wanted.clone(), reader).await {
        Err(Error::NotFound(_)) if is_signed => {
            let actor = signer_of(cx, request).await?;
            Ok(find(cx, wanted, Reader::proven(actor)).await?)
        }
        other => Ok(other?),
    }
}

async fn find(cx: &Cx, wanted: Wanted, reader: Reader) -> Result<Served> {
    cx.read(move |tx| find::find(tx, &wanted, &reader)).await
}

/// Whether an account of ours has an inbox: it is known and not deleted.
pub async fn takes_messages(cx: &Cx, owner: Owner) -> Result<()> {
    let account = cx.read(move |tx| find::owner(tx, &owner)).await?;
    if account.state == AccountState::Deleted { Err(Error::Gone("account")) } else { Ok(()) }
}
