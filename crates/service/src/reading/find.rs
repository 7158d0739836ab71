//! Finds a document for a reader.

use super::Served;
use super::collection;
use super::reader::{Known, Reader};
use super::wanted::{Owner, Part, PostPart, Wanted};
use crate::error::OrNotFound;
use crate::{Error, Result, documents};
use domain::account::AccountState;
use domain::post::Post;
use domain::visibility::{Standing, may_see};
use domain::{Account, BoostId, Handle, ObjectId, PostId};
use serde_json::Value;
use store::Tx;
use store::tombstone::Grave;

/// The same words for what is not there and what is not for the reader.
const DOCUMENT: &str = "document";

/// Finds what is wanted, as far as the reader may see it.
pub(super) fn find(tx: &mut Tx, wanted: &Wanted, reader: &Reader) -> Result<Served> {
    if reader.is_shut_out(tx)? {
        return Err(Error::Forbidden("this is not for your server"));
    }
    match wanted {
        Wanted::Activity(number) => activity(tx, *number, reader),
        Wanted::Of(whose, part) => {
            let account = owner(tx, whose)?;
            if account.state == AccountState::Deleted {
                let kind = account.kind.as_str();
                return gone(&documents::tombstone(&account.actor_id.into(), Some(kind), None));
            }
            let known = reader.known(tx)?;
            of(tx, &account, *part, known)
        }
    }
}

/// The account of ours under a path, whatever the case of its name.
pub(super) fn owner(tx: &mut Tx, owner: &Owner) -> Result<Account> {
    let names = tx.names().clone();
    let id = owner.id(&names).or_not_found(DOCUMENT)?;
    if let Some(account) = store::account::by_actor(tx, &id)?.filter(Account::is_ours) {
        return Some(account).filter(there).or_not_found(DOCUMENT);
    }
    let name = owner.name().or_not_found(DOCUMENT)?;
    let handle = Handle { name: name.to_owned(), domain: names.domain().clone() };
    store::account::by_handle(tx, &handle)?
        .filter(|account| {
            there(account) && account.is_ours() && account.actor_id.as_str().eq_ignore_ascii_case(id.as_str())
        })
        .or_not_found(DOCUMENT)
}

/// Who is not let in yet does not exist.
fn there(account: &Account) -> bool {
    account.state != AccountState::Waiting
}

fn of(tx: &mut Tx, account: &Account, part: Part, reader: Known) -> Result<Served> {
    if part == Part::Actor {
        // Even for whom it blocks: the key must be had to check the Block.
        return open(&documents::actor(tx, account)?);
    }
    if account.state == AccountState::Suspended || reader.is_blocked(tx, account.id)? {
        return Err(Error::NotFound(DOCUMENT));
    }
    match part {
        Part::Actor => Err(Error::NotFound(DOCUMENT)),
        Part::Followers(window) => open(&collection::followers(tx, account, window)?),
        Part::Following(window) => open(&collection::following(tx, account, window)?),
        Part::Outbox(window) => open(&collection::outbox(tx, account, window)?),
        Part::Featured => open(&collection::featured(tx, account)?),
        Part::Tags => open(&collection::tags(tx, account)?),
        Part::Devices => open(&collection::empty(account, "collections/devices")),
        Part::Post(id, part) => post(tx, account, id, part, reader),
    }
}

fn post(tx: &mut Tx, author: &Account, id: PostId, part: PostPart, reader: Known) -> Result<Served> {
    let Some(post) = store::post::find(tx, id)?.filter(|post| post.author_id == author.id) else {
        return no_post(tx, author, id, part, reader);
    };
    let standing = reader.standing(tx, &post)?;
    if !may_see(post.visibility, standing) {
        return Err(Error::NotFound(DOCUMENT));
    }
    let document = match part {
        PostPart::Note => documents::note(tx, &post, author)?,
        PostPart::Activity => documents::create(tx, &post, author)?,
        PostPart::Replies(window) => collection::replies(tx, &post, window)?,
        PostPart::Likes => collection::likes(tx, &post)?,
        PostPart::Shares => collection::shares(tx, &post)?,
    };
    served(&document, may_see(post.visibility, Standing::STRANGER))
}

/// Where there is no such post there may be a boost, or what is left of a post.
fn no_post(tx: &mut Tx, account: &Account, id: PostId, part: PostPart, reader: Known) -> Result<Served> {
    let boost = store::boost::get(tx, BoostId(id.0))?.filter(|boost| boost.account_id == account.id);
    if let (Some(boost), PostPart::Activity) = (boost, part) {
        let post = store::post::find(tx, boost.post_id)?.or_not_found(DOCUMENT)?;
        let standing = reader.standing_to_boost(tx, &boost, &post)?;
        if !may_see(boost.visibility, standing) {
            return Err(Error::NotFound(DOCUMENT));
        }
        return served(&documents::announce(tx, &boost, account, &post)?, boost.visibility.is_open());
    }
    let object = tx.names().post(&account.actor_id, id);
    match store::tombstone::find(tx, object.as_str())? {
        Some(left) if left.grave == Grave::Open => {
            gone(&documents::tombstone(&object, left.former_type.as_deref(), Some(left.deleted_at)))
        }
        _ => Err(Error::NotFound(DOCUMENT)),
    }
}

fn activity(tx: &mut Tx, number: i64, reader: &Reader) -> Result<Served> {
    let activity = store::message::find_activity(tx, number)?.or_not_found(DOCUMENT)?;
    let account = store::account::get(tx, activity.account_id)?;
    let blocked = reader.known(tx)?.is_blocked(tx, account.id)?;
    // Whom an activity concerns may read it, also the Block that shuts it out.
    if reader.is_among(&activity.audience) || (activity.is_open && !blocked) {
        return Ok(Served { body: activity.json.into(), is_open: activity.is_open, is_gone: false });
    }
    Err(Error::NotFound(DOCUMENT))
}

fn open(document: &Value) -> Result<Served> {
    served(document, true)
}

fn gone(document: &Value) -> Result<Served> {
    Ok(Served { is_gone: true, ..served(document, true)? })
}

fn served(document: &Value, is_open: bool) -> Result<Served> {
    let body = serde_json::to_vec(document).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Served { body: body.into(), is_open, is_gone: false })
}

/// The id of a post's collection.
pub(super) fn under(post: &Post, part: &str) -> String {
    let id: &ObjectId = &post.object_id;
    format!("{id}/{part}")
}
