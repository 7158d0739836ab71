//! Key pairs of our accounts: made ahead of need, parsed once, never handed out.

use crate::{Cx, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{AccountId, ActorId};
use moka::sync::Cache;
use std::sync::Arc;
use store::Tx;
use wire::Signer;
use wire::key::SigningKey;

/// How many spare RSA pairs are kept: making one takes some 75 ms.
pub const SPARE_PAIRS: i64 = 4;

/// Signing keys of accounts that sign at the moment.
#[derive(Debug, Clone)]
pub struct KeyRing(Cache<AccountId, Arc<Signer>>);

impl Default for KeyRing {
    fn default() -> Self {
        Self(Cache::new(10_000))
    }
}

impl KeyRing {
    /// What signs for an account, RSA: what every peer reads.
    pub async fn signer(&self, cx: &Cx, account: AccountId) -> Result<Arc<Signer>> {
        if let Some(signer) = self.0.get(&account) {
            return Ok(signer);
        }
        let (actor, der) = cx
            .read(move |tx| {
                let actor = store::account::get(tx, account)?.actor_id;
                let der = store::key::private(tx, account, "rsa")?;
                Ok((actor, der))
            })
            .await?;
        let der = der.ok_or_else(|| Error::Internal(format!("account {account} has no key")))?;
        let key = SigningKey::from_pkcs8_der(&der).map_err(|e| Error::Internal(e.to_string()))?;
        let signer = Arc::new(Signer { key_id: key_id(&actor), key });
        self.0.insert(account, signer.clone());
        Ok(signer)
    }

    /// Forgets a key, after it changed or its account went.
    pub fn forget(&self, account: AccountId) {
        self.0.invalidate(&account);
    }
}

/// The id of an actor's RSA key.
pub fn key_id(actor: &ActorId) -> String {
    format!("{actor}#main-key")
}

/// The id of an actor's Ed25519 key (FEP-521a).
pub fn ed25519_key_id(actor: &ActorId) -> String {
    format!("{actor}#ed25519-key")
}

/// A key pair on its way to the store.
#[derive(Debug, Clone)]
pub struct Pair {
    algorithm: &'static str,
    private: Vec<u8>,
    public: String,
}

impl Pair {
    /// A new RSA-2048 pair. Takes long: never on an async thread.
    pub fn rsa() -> Result<Self> {
        let key = SigningKey::generate_rsa().map_err(|e| Error::Internal(e.to_string()))?;
        Ok(Self {
            algorithm: "rsa",
            private: key.to_pkcs8_der().map_err(|e| Error::Internal(e.to_string()))?,
            public: key.public().to_pem(),
        })
    }

    /// A new Ed25519 pair.
    pub fn ed25519() -> Result<Self> {
        let key = SigningKey::generate_ed25519().map_err(|e| Error::Internal(e.to_string()))?;
        Ok(Self {
            algorithm: "ed25519",
            private: key.to_pkcs8_der().map_err(|e| Error::Internal(e.to_string()))?,
            public: key.public().to_multibase(),
        })
    }
}

/// Gives an account its two pairs: a spare RSA pair where there is one, else `fresh`.
pub fn equip(tx: &mut Tx, account: AccountId, fresh: Option<&Pair>, ed25519: &Pair) -> Result<()> {
    if !store::key::claim_spare(tx, account)? {
        let fresh = fresh.ok_or_else(|| Error::Internal("no spare key pair".into()))?;
        store::key::insert(tx, Some(account), fresh.algorithm, &fresh.private, &fresh.public)?;
    }
    store::key::insert(tx, Some(account), ed25519.algorithm, &ed25519.private, &ed25519.public)?;
    Ok(())
}

/// Keeps some RSA pairs ready.
pub async fn stock(cx: &Cx) -> Result<()> {
    while cx.read(|tx| Ok(store::key::spares(tx)?)).await? < SPARE_PAIRS {
        let pair =
            tokio::task::spawn_blocking(Pair::rsa).await.map_err(|e| Error::Internal(e.to_string()))??;
        cx.write_later(move |tx| {
            Ok(store::key::insert(tx, None, pair.algorithm, &pair.private, &pair.public)?)
        })
        .await?;
    }
    Ok(())
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Internal("no random numbers".into()))?;
    Ok(bytes)
}

/// A secret of 256 bits, as text that fits into URLs.
pub fn secret() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What is stored of a secret: enough to recognise it, not to use it. The
/// secrets are random and long, so one round of SHA-256 is enough.
pub fn secret_hash(secret: &str) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref().to_vec()
}
