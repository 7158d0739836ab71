//! What somebody looked at and we lack: a page that a post links to. Noted
//! while reading, taken by a worker; lost with the process, since whoever
//! looks again wishes again.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Wishes that are noted until a worker takes them; more are left out.
const MOST: usize = 1000;

/// Noted wishes, each once.
#[derive(Debug, Default)]
pub(crate) struct Wishes(Mutex<HashSet<String>>);

impl Wishes {
    pub(crate) fn add(&self, url: &str) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < MOST && !noted.contains(url) {
            noted.insert(url.to_owned());
        }
    }

    pub(crate) fn take(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}
