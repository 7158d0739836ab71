//! How many connections come from where, so that nobody takes all there are.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Connections from one place.
const FROM_ONE: u32 = 512;

/// Connections that are open, by where they come from.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd(Arc<Mutex<HashMap<IpAddr, u32>>>);

/// A connection's place among those of its address; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    address: Option<IpAddr>,
}

impl Crowd {
    /// A place for a connection; none where there are too many from there. Who
    /// is near, as proxies are, stands for many and is not counted.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let Some(address) = counted(address) else {
            return Some(Place { crowd: self.clone(), address: None });
        };
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= FROM_ONE {
            return None;
        }
        *count += 1;
        Some(Place { crowd: self.clone(), address: Some(address) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut open = self.crowd.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&address);
            }
        }
    }
}

/// The address as it is counted: of IPv6 the network that one customer has.
fn counted(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        IpAddr::V4(near) if near.is_loopback() || near.is_private() || near.is_link_local() => None,
        IpAddr::V6(near) if near.is_loopback() || near.is_unique_local() || near.is_unicast_link_local() => {
            None
        }
        IpAddr::V6(far) => Some(Ipv6Addr::from_bits(far.to_bits() >> 64 << 64).into()),
        far @ IpAddr::V4(_) => Some(far),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D15
    #[test]
    fn nobody_far_away_takes_all_places() {
        let crowd = Crowd::default();
        let from = |address: &str| crowd.enter(address.parse().unwrap());
        let mut held: Vec<_> = (0..FROM_ONE).map(|_| from("2001:db8::1").unwrap()).collect();
        assert!(from("2001:db8::2").is_none(), "of the same network");
        assert!(from("2001:db8:0:1::1").is_some() && from("203.0.113.9").is_some());
        held.pop();
        assert!(from("2001:db8::2").is_some());
        drop(held);
        assert!(crowd.0.lock().unwrap().is_empty());
    }

    #[test]
    fn who_is_near_is_not_counted() {
        let crowd = Crowd::default();
        for near in ["127.0.0.1", "::1", "10.1.2.3", "::ffff:172.16.0.1", "fd00::1"] {
            let held: Vec<_> = (0..=FROM_ONE).map(|_| crowd.enter(near.parse().unwrap())).collect();
            assert!(held.iter().all(Option::is_some), "{near}");
        }
    }
}
