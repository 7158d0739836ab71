//! The bundle every verb and door is given. There is no process-wide state:
//! three servers fit into one process, each with its own [`Cx`].

use crate::access::Access;
use crate::account::{self, Confirmations};
use crate::card::SiteRules;
use crate::errand::Documents;
use crate::inbound;
use crate::keys::KeyRing;
use crate::media::Darkroom;
use crate::password::Passwords;
use crate::watch::Streams;
use crate::{Error, Result, Settings};
use domain::{AccountId, Names, Timestamp};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Store, Tx};
use tokio::sync::{Mutex, OnceCell, Semaphore};
use wire::push::VapidKey;
use wire::{Client, Signer};

/// Everything one server is made of. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cx {
    /// All that is kept.
    pub store: Store,
    /// The only way out.
    pub client: Client,
    /// Our names for our things.
    pub names: Arc<Names>,
    /// What the administrator decided.
    pub settings: Arc<Settings>,
    memory: Arc<Memory>,
}

/// What a server remembers while it runs, reached through [`Cx`]. One
/// allocation: a bundle is cloned several times for every request.
#[derive(Debug)]
pub struct Memory {
    /// Private keys that are in use, parsed once.
    pub keys: KeyRing,
    /// Whose tokens were seen in the last seconds.
    pub access: Access,
    /// Hashes passwords, a few at a time.
    pub passwords: Passwords,
    /// What varies by chance and is no secret.
    pub chance: Chance,
    /// Who watches what, right now.
    pub streams: Streams,
    /// Held by who fills the search index: one at a time, or an older text could come last.
    pub(crate) filling: Mutex<()>,
    /// Public keys of peers, in use or not to be asked for again soon.
    pub peer_keys: inbound::Keys,
    /// What has come in and is about to be acted upon.
    pub(crate) taken: inbound::Taken,
    /// Documents of the last seconds.
    pub(crate) documents: Documents,
    pub(crate) confirmations: Confirmations,
    /// Where files are looked at and lie.
    pub media: Darkroom,
    pub(crate) site_rules: SiteRules,
    /// How many refusals may wait to be written into the log.
    pub(crate) refusals: Arc<Semaphore>,
    /// The key that signs pushes.
    pub(crate) vapid: OnceCell<VapidKey>,
    instance: OnceCell<AccountId>,
}

impl Deref for Cx {
    type Target = Memory;

    fn deref(&self) -> &Memory {
        &self.memory
    }
}

/// Refusals that may wait to be logged; more are left out.
const WAITING_REFUSALS: usize = 64;

impl Cx {
    /// Puts a server together.
    pub fn new(store: Store, client: Client, settings: Settings) -> Self {
        let names = store.names().clone();
        let memory = Memory {
            keys: KeyRing::default(),
            access: Access::default(),
            passwords: Passwords::default(),
            chance: Chance::default(),
            streams: Streams::default(),
            filling: Mutex::default(),
            peer_keys: inbound::Keys::default(),
            taken: inbound::Taken::default(),
            documents: Documents::default(),
            confirmations: Confirmations::default(),
            media: Darkroom::new(&settings),
            site_rules: SiteRules::default(),
            refusals: Arc::new(Semaphore::new(WAITING_REFUSALS)),
            vapid: OnceCell::new(),
            instance: OnceCell::new(),
        };
        Self { store, client, names, settings: Arc::new(settings), memory: Arc::new(memory) }
    }

    /// What signs for the instance: requests that no person makes.
    pub async fn instance_signer(&self) -> Result<Arc<Signer>> {
        let id = self
            .instance
            .get_or_try_init(|| async { Ok::<_, Error>(account::ensure_instance_actor(self).await?.id) });
        self.keys.signer(self, *id.await?).await
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.store.clock().now()
    }

    /// Runs a verb in one transaction, before background work.
    pub async fn write<T: Send + 'static>(
        &self,
        verb: impl FnMut(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.write::<T, Error, _>(verb).await
    }

    /// Runs a verb in one transaction, after what people wait for.
    pub async fn write_later<T: Send + 'static>(
        &self,
        verb: impl FnMut(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.write_background::<T, Error, _>(verb).await
    }

    /// Reads from one consistent state.
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnMut(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store.read::<T, Error, _>(query).await
    }
}

/// Chance that is no secret: jitter, sampling. Secrets come from
/// [`crate::keys::secret`].
#[derive(Debug, Clone)]
pub struct Chance(Arc<AtomicU64>);

impl Default for Chance {
    fn default() -> Self {
        let mut seed = [0; 8];
        // A fixed seed only makes jitter less spread.
        let _ = aws_lc_rs::rand::fill(&mut seed);
        Self::seeded(u64::from_le_bytes(seed))
    }
}

impl Chance {
    /// Chance that runs the same way each time, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seed)))
    }

    /// A number from 0 to below 1 (`SplitMix64`).
    pub fn next(&self) -> f64 {
        let mut z =
            self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let upper = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0);
        f64::from(upper) / (f64::from(u32::MAX) + 1.0)
    }
}
