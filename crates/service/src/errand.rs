//! A walk through other servers' documents, with an end: every fetch counts
//! against the errand it belongs to, so that one message cannot make us ask
//! for ever.

use crate::{Cx, Error, Result, meant};
use domain::message::{Direction, MessageState};
use domain::moderation::HostRule;
use domain::{Host, MessageId, ObjectId, Timestamp};
use moka::future::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::message::{self, NewMessage};
use wire::{Document, FetchError};

/// Most documents one message may make us ask for.
pub const MAX_FETCHES: u32 = 64;
/// Longest time one message may keep us asking.
pub const MAX_TIME: Duration = Duration::from_secs(60);
/// How long an answer is given to others who ask the same.
const FRESH_FOR: Duration = Duration::from_secs(10);
/// How long a failure is remembered.
const FAILED_FOR: Duration = Duration::from_secs(60);

/// Why we ask, and how much we still may.
#[derive(Debug, Clone)]
pub struct Errand {
    /// The message that made us ask, if one did.
    pub cause: Option<MessageId>,
    left: Arc<AtomicU32>,
    deadline: Timestamp,
}

impl Errand {
    /// A new errand.
    pub fn new(cx: &Cx, cause: Option<MessageId>) -> Self {
        Self { cause, left: Arc::new(AtomicU32::new(MAX_FETCHES)), deadline: cx.now().plus(MAX_TIME) }
    }

    /// Takes one fetch from what is left.
    pub(crate) fn step(&self, now: Timestamp) -> Result<(), FetchError> {
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if taken.is_err() || now > self.deadline { Err(FetchError::Busy) } else { Ok(()) }
    }

    /// The document with this id, as its own origin serves it, signed by the
    /// instance actor. Who asks for the same at the same time shares one request.
    pub async fn fetch(&self, cx: &Cx, id: &ObjectId) -> Result<Arc<Document>> {
        self.step(cx.now())?;
        cx.documents.get(cx, id, self.cause).await
    }

    /// Drops a remembered answer: the document is known to have changed.
    pub async fn forget(&self, cx: &Cx, id: &ObjectId) {
        cx.documents.found.invalidate(id.as_str()).await;
    }
}

/// Answers of the last seconds, and requests under way.
#[derive(Debug, Clone)]
pub struct Documents {
    found: Cache<String, Arc<Document>>,
    failed: Cache<String, FetchError>,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            found: Cache::builder()
                .max_capacity(64 << 20)
                .weigher(|_, document: &Arc<Document>| u32::try_from(document.body.len()).unwrap_or(u32::MAX))
                .time_to_live(FRESH_FOR)
                .build(),
            failed: Cache::builder().max_capacity(20_000).time_to_live(FAILED_FOR).build(),
        }
    }
}

impl Documents {
    async fn get(&self, cx: &Cx, id: &ObjectId, cause: Option<MessageId>) -> Result<Arc<Document>> {
        if cx.names.is_ours(id) {
            return Err(Error::NotFound("document"));
        }
        let host = id.host().clone();
        if cx.read(move |tx| Ok(store::host_rule::of(tx, &host)?)).await? == HostRule::Suspend {
            return Err(Error::Forbidden("nothing of this server is taken"));
        }
        if let Some(error) = self.failed.get(id.as_str()).await {
            return Err(error.into());
        }
        let got = self.found.try_get_with(id.as_str().to_owned(), ask(cx, id, cause)).await;
        match got {
            Ok(document) => Ok(document),
            Err(error) => {
                let error = FetchError::clone(&error);
                // Being busy is our fault, not the peer's.
                if error != FetchError::Busy {
                    self.failed.insert(id.as_str().to_owned(), error.clone()).await;
                }
                Err(error.into())
            }
        }
    }
}

async fn ask(cx: &Cx, id: &ObjectId, cause: Option<MessageId>) -> Result<Arc<Document>, FetchError> {
    // A server that has just been made may have no instance actor yet.
    let signer = match cx.instance_signer().await {
        Ok(signer) => Some(signer),
        Err(error) => {
            tracing::warn!(%error, "fetching unsigned");
            None
        }
    };
    let answer = cx.client.fetch_document(id.as_str(), signer.as_deref(), cx.now()).await;
    log(cx, id, cause, answer.as_ref().err());
    answer.map(|mut document| {
        meant::put_ids(&cx.names, &mut document.json);
        Arc::new(document)
    })
}

/// Our own requests are entries of the log too. They ride along: nobody waits
/// for them, and where the store is busy they are left out.
pub(crate) fn log(cx: &Cx, id: &ObjectId, cause: Option<MessageId>, error: Option<&FetchError>) {
    let (cx, target) = (cx.clone(), id.as_str().to_owned());
    let host: Host = id.host().clone();
    let reason = error.map(ToString::to_string);
    tokio::spawn(async move {
        let logged = cx
            .write_later(move |tx| {
                let state = if reason.is_some() { MessageState::Failed } else { MessageState::Processed };
                let entry = NewMessage {
                    direction: Direction::Fetch,
                    state,
                    kind: "GET",
                    object: &target,
                    activity_id: None,
                    actor: None,
                    signer: None,
                    host: Some(&host),
                    target: &target,
                    checks: "",
                    reason: reason.as_deref(),
                    cause,
                    account: None,
                    is_open: true,
                    headers: "",
                    bytes: &[],
                };
                message::insert(tx, &entry)?;
                Ok(())
            })
            .await;
        if let Err(error) = logged {
            tracing::debug!(%error, "a fetch was left out of the log");
        }
    });
}
