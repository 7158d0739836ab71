//! From a host's name to its addresses. What comes out is *not* yet judged:
//! `connect` asks the guard about each address it is about to use.

use std::io;
use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::guard::is_localhost;

/// A name server's answer is believed for this long.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// A lookup blocks a thread, and one that was given up still does.
const LOOKUPS: usize = 64;
/// How many names are remembered.
const NAMES: u64 = 10_000;
/// More addresses than this are not tried anyway.
const ADDRESSES: usize = 16;

/// Looks up names, with a short memory.
#[derive(Debug, Clone)]
pub(crate) struct Resolver {
    known: moka::sync::Cache<Box<str>, Arc<[IpAddr]>>,
    lookups: Arc<Semaphore>,
}

impl Resolver {
    pub(crate) fn new() -> Self {
        let known = moka::sync::Cache::builder().max_capacity(NAMES).time_to_live(KEPT_FOR).build();
        Self { known, lookups: Arc::new(Semaphore::new(LOOKUPS)) }
    }

    /// The addresses of a name; never an empty list.
    pub(crate) async fn resolve(&self, name: &str) -> io::Result<Arc<[IpAddr]>> {
        if is_localhost(name) {
            return Ok(Arc::new([Ipv4Addr::LOCALHOST.into()]));
        }
        if let Some(known) = self.known.get(name) {
            return Ok(known);
        }
        let found = self.look_up(name).await?;
        self.known.insert(name.into(), Arc::clone(&found));
        Ok(found)
    }

    async fn look_up(&self, name: &str) -> io::Result<Arc<[IpAddr]>> {
        let turn = Arc::clone(&self.lookups).acquire_owned().await.map_err(io::Error::other)?;
        let question = (name.to_owned(), 0);
        let found = tokio::task::spawn_blocking(move || {
            let answer = question.to_socket_addrs().map(|all| all.map(|a| a.ip()).collect::<Vec<_>>());
            drop(turn); // only now: a caller that gave up did not end the lookup
            answer
        });
        let mut found = found.await.map_err(io::Error::other)??;
        found.truncate(ADDRESSES);
        if found.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        }
        Ok(found.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_under_localhost_are_loopback_without_a_name_server() {
        let resolver = Resolver::new();
        for name in ["localhost", "b.localhost", "deep.b.localhost."] {
            assert_eq!(*resolver.resolve(name).await.unwrap(), [IpAddr::V4(Ipv4Addr::LOCALHOST)], "{name}");
        }
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_an_error() {
        assert!(Resolver::new().resolve("nobody.invalid").await.is_err());
    }
}
