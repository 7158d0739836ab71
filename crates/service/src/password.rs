//! Passwords: hashed with argon2id (RFC 9106), a few at a time and never on an
//! async thread. An unknown user costs the same as a wrong password.

use crate::{Error, Result, keys};
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use domain::sign_up::{Fault, MAX_PASSWORD_BYTES, check_password};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many are hashed at a time: each takes 19 MiB and some 30 ms.
const AT_A_TIME: usize = 2;
/// How many may wait for their turn: more is an attack or a stampede.
const MAX_WAITING: usize = 200;

/// What the password of an unknown user is compared with: the parameters are
/// those of real hashes, and nothing has this hash.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes passwords and compares them.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_A_TIME)), waiting: Arc::new(Semaphore::new(MAX_WAITING)) }
    }
}

impl Passwords {
    /// The hash of a new password, as a PHC text.
    pub async fn hash(&self, password: String) -> Result<String> {
        check(&password)?;
        self.blocking(move || hash(&password)).await?
    }

    /// Whether a password is the one of `hash`; takes the same time without one.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        // Hashing a megabyte is work that only an attacker asks for.
        if password.len() > MAX_PASSWORD_BYTES {
            return Ok(false);
        }
        self.blocking(move || verify(&password, hash.as_deref())).await
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::TooMany(5))?;
        // The turn goes along: a caller that leaves does not free it early.
        let turn = self.turns.clone().acquire_owned().await.map_err(|e| Error::Internal(e.to_string()))?;
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| Error::Internal(e.to_string()))
    }
}

/// Whether a new password may be used.
pub fn check(password: &str) -> Result<()> {
    match check_password(password) {
        None => Ok(()),
        Some(Fault::TooLong(_)) => Err(Error::invalid("password", "is too long")),
        Some(_) => Err(Error::invalid("password", "must have at least 8 characters")),
    }
}

fn hash(password: &str) -> Result<String> {
    let salt = SaltString::encode_b64(&keys::random::<16>()?).map_err(|e| Error::Internal(e.to_string()))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|e| Error::Internal(e.to_string()))
}

fn verify(password: &str, hash: Option<&str>) -> bool {
    let known = hash.is_some();
    let same = PasswordHash::new(hash.unwrap_or(NOBODY))
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    known && same
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$") && !hash.contains("correct"));
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horsf".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let real = hash("correct horse").unwrap();
        let (real, nobody) = (PasswordHash::new(&real).unwrap(), PasswordHash::new(NOBODY).unwrap());
        assert_eq!((real.algorithm, real.version), (nobody.algorithm, nobody.version));
        assert_eq!(real.params, nobody.params);
        assert_eq!(real.hash.unwrap().len(), nobody.hash.unwrap().len());
    }

    #[tokio::test]
    async fn short_and_endless_passwords_are_refused() {
        let passwords = Passwords::default();
        assert!(passwords.hash("short".into()).await.is_err());
        assert!(passwords.hash("x".repeat(5000)).await.is_err());
        assert!(!passwords.verify("x".repeat(5000), None).await.unwrap());
    }
}
