//! Pictures, films and recordings: handed in, looked at, hung on posts, shown,
//! and taken away. Their files lie on the shelf; a file is written down before
//! it is written, so that none is ever left over.

use crate::{Cx, Error, OrNotFound, Result, keys};
use domain::media::{MAX_DESCRIPTION, MediaChange, MediaState, Medium};
use domain::{Account, MediaId, Timestamp};
use media::{Refused, Shelf};
use std::time::Duration;
use store::Tx;

mod darkroom;
mod spool;
mod upload;
mod work;
mod hang;
mod retouch;
mod aside;
mod portrait;
mod shown;
mod remote;
mod sweep;

pub use aside::{Aside, set_aside, take_off};
pub use darkroom::{Darkroom, Limits};
pub use hang::{forget, hang};
pub use portrait::{Frame, Portrait, portrait};
pub use remote::{Flow, Peers, peers, prepare};
pub use retouch::Retouch;
pub(crate) use retouch::{apply, develop};
pub use shown::{Shown, open};
pub use spool::{Spool, spool};
pub use sweep::{clear, purge, sweep, take_away, unattached};
pub use upload::{Upload, change, upload};
pub use work::{stop, wait_for_work, work};

/// How long a file may lie on the shelf without a row that claims it.
const UNCLAIMED: Duration = Duration::from_secs(24 * 3600);
/// How long a medium is kept that hangs on no post.
pub const UNATTACHED: Duration = Duration::from_secs(24 * 3600);

/// One of the viewer's own media.
pub fn own(tx: &mut Tx, viewer: &Account, id: MediaId) -> Result<Medium> {
    let medium = store::media::find(tx, id)?.filter(|medium| medium.account_id == viewer.id);
    medium.or_not_found("media")
}

/// Throws away one of the viewer's media that hangs on no post.
pub fn remove(tx: &mut Tx, viewer: &Account, id: MediaId) -> Result<()> {
    store::media::lock(tx, id)?;
    let medium = own(tx, viewer, id)?;
    if medium.post_id.is_some() {
        return Err(Error::Refused("Media attachment is currently used by a status".into()));
    }
    throw_away(tx, &[medium])
}

/// Throws away what an account that is gone had handed in.
pub fn leave(tx: &mut Tx, account: &Account) -> Result<()> {
    let profile = &account.profile;
    let pictures = &profile.pictures;
    let urls =
        [&profile.avatar_url, &profile.header_url, &pictures.avatar_static_url, &pictures.header_static_url];
    urls.into_iter().flatten().try_for_each(|url| doom(tx, url))?;
    Ok(store::media::purge(tx, account.id)?)
}

/// Dooms the file of ours that an address leads to.
pub fn doom(tx: &mut Tx, url: &str) -> Result<()> {
    let (names, now) = (tx.names().clone(), tx.now());
    match names.file_name(url).filter(|name| media::is_name(name)) {
        Some(name) => Ok(store::shelf::doom(tx, name, now)?),
        None => Ok(()),
    }
}

/// Claims the files of a picture of a profile.
pub fn claim(tx: &mut Tx, portrait: &Portrait) -> Result<()> {
    store::shelf::claim(tx, &portrait.main)?;
    match &portrait.still {
        Some(still) => Ok(store::shelf::claim(tx, still)?),
        None => Ok(()),
    }
}

/// Removes media and dooms their files.
fn throw_away(tx: &mut Tx, media: &[Medium]) -> Result<()> {
    let now = tx.now();
    for name in media.iter().flat_map(|medium| medium.files.names()) {
        store::shelf::doom(tx, name, now)?;
    }
    let ids: Vec<MediaId> = media.iter().map(|medium| medium.id).collect();
    Ok(store::media::remove(tx, &ids)?)
}

/// Writes down that files with these names are about to be written.
async fn reserve(cx: &Cx, names: Vec<String>) -> Result<()> {
    cx.write(move |tx| {
        let at = tx.now().plus(UNCLAIMED);
        names.iter().try_for_each(|name| store::shelf::doom(tx, name, at))?;
        Ok(())
    })
    .await
}

/// A name that nobody can guess.
fn new_name(format: media::Format) -> Result<String> {
    Ok(Shelf::name(keys::random()?, format))
}

/// What a refused file is for a verb.
fn refusal(why: Refused) -> Error {
    match why {
        Refused::Full => Error::Full,
        Refused::Io(error) => Error::Internal(format!("a file: {error}")),
        why => Error::invalid("file", why.to_string()),
    }
}

fn check(change: &MediaChange) -> Result<()> {
    let length = change.description.as_deref().map_or(0, |words| words.chars().count());
    if length > MAX_DESCRIPTION {
        let problem = format!("is too long (maximum is {MAX_DESCRIPTION} characters)");
        return Err(Error::invalid("description", problem));
    }
    Ok(())
}

/// Whether a medium can still become something.
const fn is_waiting(medium: &Medium) -> bool {
    matches!(medium.state, MediaState::Waiting)
}

fn old(now: Timestamp) -> Timestamp {
    now.minus(UNATTACHED)
}
