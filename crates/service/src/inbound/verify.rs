//! Whose signature it is, and whether it holds.

use super::door::{Arrived, Refused};
use crate::account::{self, Freshness};
use crate::errand::Errand;
use crate::{Cx, Error, Result};
use activitypub::{Activity, KeyDocument};
use domain::{AccountState, ActorId, ObjectId};
use moka::future::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use wire::key::PublicKey;
use wire::signature::{self, Claim, Parts, Refusal};
use wire::{FetchError, digest};

/// So long it is counted how often a key's document was asked for again.
const REFETCH_PAUSE: Duration = Duration::from_secs(60);
/// So often it is asked for again meanwhile. More than once: whoever sends
/// rubbish in a peer's name must not hide that the peer has changed its key.
const REFETCHES: u32 = 2;

/// A signature that holds.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    /// Whose key it was.
    pub(super) actor: ActorId,
    /// Verdict of each check, for the log.
    pub(super) checks: &'static str,
}

/// A key in use.
#[derive(Debug, Clone)]
struct Known {
    actor: ActorId,
    key: PublicKey,
}

/// Public keys of peers that have written lately, and keys not to ask for again soon.
#[derive(Debug, Clone)]
pub struct Keys {
    known: Cache<String, Arc<Known>>,
    /// By document: any number of key ids can be made up for one.
    asked: Cache<String, Arc<AtomicU32>>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            known: Cache::builder()
                .max_capacity(50_000)
                .time_to_idle(Duration::from_secs(3600))
                .support_invalidation_closures()
                .build(),
            asked: Cache::builder().max_capacity(50_000).time_to_live(REFETCH_PAUSE).build(),
        }
    }
}

impl Keys {
    async fn asked(&self, key_id: &str) -> Arc<AtomicU32> {
        let document = key_id.split('#').next().unwrap_or(key_id);
        self.asked.get_with_by_ref(document, async { Arc::default() }).await
    }

    /// Whether a key's document was asked for often enough for now.
    async fn is_tired_of(&self, key_id: &str) -> bool {
        self.asked(key_id).await.load(Ordering::Relaxed) >= REFETCHES
    }

    /// Counts that it is asked for; `false` where that is too often.
    async fn may_ask(&self, key_id: &str) -> bool {
        self.asked(key_id).await.fetch_add(1, Ordering::Relaxed) < REFETCHES
    }

    /// Forgets the keys of an actor: its document changed or it went.
    pub(crate) fn forget(&self, actor: &ActorId) {
        let actor = actor.clone();
        if let Err(error) = self.known.invalidate_entries_if(move |_, known| known.actor == actor) {
            tracing::warn!(%error, "all keys are forgotten, as one cannot be");
            self.known.invalidate_all();
        }
    }
}

/// Whether we have an account for an actor that is not gone already.
pub(super) async fn is_known(cx: &Cx, actor: &ActorId) -> Result<bool> {
    let actor = actor.clone();
    cx.read(move |tx| {
        Ok(store::account::by_actor(tx, &actor)?.is_some_and(|a| a.state != AccountState::Deleted))
    })
    .await
}

/// Who signed a request without a body, for documents that not everyone may read.
pub async fn signer_of(cx: &Cx, arrived: &Arrived) -> Result<ActorId, Refused> {
    let claims = claims(cx, arrived, false)?;
    let mut last = unproven(&Refusal::NoSignature);
    for claim in &claims {
        match by_claim(cx, arrived, claim, None).await {
            Ok(actor) => return Ok(actor),
            Err(refused) => last = refused,
        }
    }
    Err(last)
}

/// Checks digest, coverage, dates, key and signature of a POST.
pub(super) async fn signature(cx: &Cx, arrived: &Arrived, activity: &Activity) -> Result<Signed, Refused> {
    digest::check(&arrived.headers, &arrived.body).map_err(|why| unproven(&why))?;
    let claims = claims(cx, arrived, true)?;
    let mut last = unproven(&Refusal::NoSignature);
    for claim in &claims {
        match by_claim(cx, arrived, claim, Some(activity)).await {
            Ok(actor) => {
                let checks = match claim.scheme {
                    signature::Scheme::Cavage => "digest date coverage key draft-cavage",
                    signature::Scheme::Rfc9421 => "digest date coverage key rfc9421",
                };
                return Ok(Signed { actor, checks });
            }
            Err(refused) => last = refused,
        }
    }
    Err(last)
}

fn unproven(why: &Refusal) -> Refused {
    Refused::Unproven { code: why.code(), reason: why.to_string() }
}

fn claims(cx: &Cx, arrived: &Arrived, has_body: bool) -> Result<Vec<Claim>, Refused> {
    let claims = signature::read(&arrived.headers).map_err(|why| unproven(&why))?;
    let parts = parts(cx, arrived);
    let mut good = Vec::new();
    let mut last = unproven(&Refusal::NoSignature);
    for claim in claims {
        match signature::check_form(&parts, &claim, has_body, cx.now()) {
            Ok(()) => good.push(claim),
            Err(why) => last = unproven(&why),
        }
    }
    if good.is_empty() { Err(last) } else { Ok(good) }
}

fn parts<'a>(cx: &Cx, arrived: &'a Arrived) -> Parts<'a> {
    Parts {
        method: &arrived.method,
        scheme: cx.names.origin().scheme(),
        authority: &arrived.authority,
        target: &arrived.target,
        headers: &arrived.headers,
    }
}

async fn by_claim(
    cx: &Cx,
    arrived: &Arrived,
    claim: &Claim,
    activity: Option<&Activity>,
) -> Result<ActorId, Refused> {
    let parts = parts(cx, arrived);
    let known = match recall(cx, &claim.key_id).await? {
        Some(known) => known,
        None if cx.peer_keys.is_tired_of(&claim.key_id).await => return Err(no_such_key()),
        None => fetch(cx, claim, activity, Freshness::Known).await?,
    };
    match signature::verify(&parts, claim, &known.key) {
        Ok(_) => Ok(known.actor.clone()),
        // The key may have been changed.
        Err(why) if !cx.peer_keys.may_ask(&claim.key_id).await => Err(unproven(&why)),
        Err(_) => {
            let fresh = fetch(cx, claim, activity, Freshness::Now).await?;
            signature::verify(&parts, claim, &fresh.key).map_err(|why| unproven(&why))?;
            Ok(fresh.actor.clone())
        }
    }
}

fn no_such_key() -> Refused {
    Refused::Unproven { code: "key", reason: "the owner's document does not list the key".into() }
}

async fn recall(cx: &Cx, key_id: &str) -> Result<Option<Arc<Known>>, Refused> {
    if let Some(known) = cx.peer_keys.known.get(key_id).await {
        return Ok(Some(known));
    }
    let wanted = key_id.to_owned();
    let stored = cx.read(move |tx| Ok(store::key::peer(tx, &wanted)?)).await.map_err(|error| {
        tracing::warn!(%error, "a key could not be read");
        Refused::Later("the server is busy; try again".into())
    })?;
    let Some(stored) = stored else { return Ok(None) };
    let key = parse(&stored.public_key).map_err(|why| Refused::Unproven { code: "key", reason: why })?;
    let known = Arc::new(Known { actor: stored.actor_id, key });
    cx.peer_keys.known.insert(key_id.to_owned(), known.clone()).await;
    Ok(Some(known))
}

fn parse(text: &str) -> Result<PublicKey, String> {
    let key =
        if text.contains("-----BEGIN") { PublicKey::from_pem(text) } else { PublicKey::from_multibase(text) };
    key.map_err(|why| format!("the key cannot be used: {why}"))
}

/// Asks for a key: the document that its id names, and where that is not the
/// owner's own, the owner's, which must list it.
async fn fetch(
    cx: &Cx,
    claim: &Claim,
    activity: Option<&Activity>,
    freshness: Freshness,
) -> Result<Arc<Known>, Refused> {
    signature::key_id_url(&claim.key_id).map_err(|why| unproven(&why))?;
    let document_id = document_id(&claim.key_id).map_err(|why| unproven(&why))?;
    if cx.names.is_ours(&document_id) {
        return Err(Refused::NotYours("the key is one of ours".into()));
    }
    let errand = Errand::new(cx, None);
    match learn(cx, &document_id, claim, freshness, &errand).await {
        Ok(()) => (),
        Err(Error::Fetch(FetchError::Gone)) => return gone(cx, claim, activity).await,
        Err(error) => return Err(no_key(&error)),
    }
    cx.peer_keys.known.invalidate(&claim.key_id).await;
    if let Some(known) = recall(cx, &claim.key_id).await? {
        return Ok(known);
    }
    cx.peer_keys.may_ask(&claim.key_id).await;
    Err(no_such_key())
}

/// Reads the key's document and its owner's. An owner we know is asked anew:
/// what we have does not list the key, or not this one.
async fn learn(
    cx: &Cx,
    document: &ObjectId,
    claim: &Claim,
    freshness: Freshness,
    errand: &Errand,
) -> Result<()> {
    let (owner, known) = owner(cx, document, &claim.key_id, errand).await?;
    let freshness = if known { Freshness::Now } else { freshness };
    account::obtain(cx, &owner, freshness, errand).await.map(drop)
}

/// What to ask for a key: its id without fragment, as it stands.
fn document_id(key_id: &str) -> Result<ObjectId, Refusal> {
    let bare = key_id.split('#').next().unwrap_or(key_id);
    ObjectId::parse(bare).map_err(Refusal::from)
}

/// Whose key it is, by the document under the key's address, and whether we
/// know them. That the owner agrees is seen when its own document is read.
async fn owner(cx: &Cx, document_id: &ObjectId, key_id: &str, errand: &Errand) -> Result<(ActorId, bool)> {
    let wanted = document_id.clone();
    let known = cx.read(move |tx| Ok(store::account::by_actor(tx, &wanted.clone().into())?)).await?;
    if let Some(account) = known {
        return Ok((account.actor_id, true));
    }
    let document = errand.fetch(cx, document_id).await?;
    let keys = KeyDocument::parse(&document.json)
        .map_err(|why| Error::invalid("key", format!("document cannot be read: {why}")))?;
    let key = keys
        .keys
        .iter()
        .find(|key| key.id == key_id)
        .or_else(|| keys.keys.first().filter(|_| keys.keys.len() == 1))
        .ok_or_else(|| Error::invalid("key", "is not in the document that its id names"))?;
    let owner = ActorId::parse(&key.owner)
        .map_err(|why| Error::invalid("key", format!("has an owner that is no actor: {why}")))?;
    Ok((owner, false))
}

/// A key that is gone lets an actor we know delete itself, and nothing else.
async fn gone(cx: &Cx, claim: &Claim, activity: Option<&Activity>) -> Result<Arc<Known>, Refused> {
    let refused = || Refused::Unproven {
        code: "key_gone",
        reason: "the key is gone and the activity is no deletion".into(),
    };
    let Some(Activity::Delete(delete)) = activity else { return Err(refused()) };
    if !delete.is_actor() || !claim.key_id.starts_with(delete.actor.as_str()) {
        return Err(refused());
    }
    if is_known(cx, &delete.actor).await.map_err(|error| no_key(&error))? {
        // The old key must still fit: who never had it cannot delete.
        if let Some(known) = recall(cx, &claim.key_id).await? {
            return Ok(known);
        }
    }
    Err(refused())
}

fn no_key(error: &Error) -> Refused {
    match error {
        Error::Fetch(why) if !why.is_lasting() => Refused::Unproven {
            code: "key_unreachable",
            reason: format!("the key could not be fetched: {why}"),
        },
        Error::Store(_) | Error::Internal(_) => Refused::Later("the server is busy; try again".into()),
        other => Refused::Unproven { code: "key", reason: format!("the key could not be had: {other}") },
    }
}
