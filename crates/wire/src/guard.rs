//! Where a request may go: which schemes, addresses and ports.
//!
//! The rules are values only. They are asked twice: of a URL before anything
//! is done for it, and of every address at the moment of connecting, so that
//! neither a name server nor a redirect can lead a request inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// Why a request may not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// Neither `http` nor `https`.
    #[error("the scheme is neither http nor https")]
    Scheme,
    /// `user:password@` hides the real host.
    #[error("the URL has user information")]
    UserInfo,
    /// There is nobody to ask.
    #[error("the URL has no host")]
    NoHost,
    /// Loopback, private, documentation, multicast, or otherwise no place of a peer.
    #[error("the address {0} is not a public one")]
    Address(IpAddr),
    /// A port on which no web server is expected.
    #[error("the port {0} is not one of a web server")]
    Port(u16),
    /// Plain http leads to peers that were allowed by address only.
    #[error("plain http is allowed to configured peers only")]
    Plain,
}

/// Whether a request is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `http`.
    Plain,
    /// `https`.
    Tls,
}

/// The address rules of one server.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    peers_allow: Vec<IpNet>,
}

impl Guard {
    /// Rules that make an exception for these networks: any port, and plain http.
    pub fn new(peers_allow: Vec<IpNet>) -> Self {
        Self { peers_allow }
    }

    /// Judges what can be known before a name is resolved.
    pub fn check_url(&self, url: &Url) -> Result<(), Forbidden> {
        let transport = match url.scheme() {
            "https" => Transport::Tls,
            "http" => Transport::Plain,
            _ => return Err(Forbidden::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::UserInfo);
        }
        let port = url.port_or_known_default().ok_or(Forbidden::Scheme)?;
        match url.host().ok_or(Forbidden::NoHost)? {
            Host::Ipv4(ip) => self.check_address(IpAddr::V4(ip), port, transport),
            Host::Ipv6(ip) => self.check_address(IpAddr::V6(ip), port, transport),
            Host::Domain("") => Err(Forbidden::NoHost),
            // A name may still turn out to be an allowed peer.
            Host::Domain(_) if !self.peers_allow.is_empty() => Ok(()),
            Host::Domain(name) if is_localhost(name) => Err(Forbidden::Address(Ipv4Addr::LOCALHOST.into())),
            Host::Domain(_) => check_public(port, transport),
        }
    }

    /// Judges an address that is about to be connected to.
    pub fn check_address(&self, ip: IpAddr, port: u16, transport: Transport) -> Result<(), Forbidden> {
        let ip = ip.to_canonical();
        if self.is_peer(ip) {
            return Ok(());
        }
        if !is_global_unicast(ip) {
            return Err(Forbidden::Address(ip));
        }
        check_public(port, transport)
    }

    /// Whether the operator named this address as a peer.
    pub fn is_peer(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.peers_allow.iter().any(|net| net.contains(&ip))
    }

    /// Whether any peer could be asked by plain http.
    pub fn allows_plain(&self) -> bool {
        !self.peers_allow.is_empty()
    }
}

fn check_public(port: u16, transport: Transport) -> Result<(), Forbidden> {
    if transport == Transport::Plain {
        return Err(Forbidden::Plain);
    }
    // Below 1024 live mail, name and file services that must not be spoken to.
    if matches!(port, 80 | 443) || port >= 1024 { Ok(()) } else { Err(Forbidden::Port(port)) }
}

/// `localhost` and everything under it is this machine (RFC 6761 §6.3).
pub fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    last.eq_ignore_ascii_case("localhost")
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// What is not global unicast (IANA special-purpose registry, RFC 6890).
const NOT_GLOBAL_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),          // this network
    v4(10, 0, 0, 0, 8),         // private
    v4(100, 64, 0, 0, 10),      // carrier-grade NAT
    v4(127, 0, 0, 0, 8),        // loopback
    v4(169, 254, 0, 0, 16),     // link-local, and the metadata services of clouds
    v4(172, 16, 0, 0, 12),      // private
    v4(192, 0, 0, 0, 24),       // protocol assignments
    v4(192, 0, 2, 0, 24),       // documentation
    v4(192, 88, 99, 0, 24),     // 6to4 relays
    v4(192, 168, 0, 0, 16),     // private
    v4(198, 18, 0, 0, 15),      // benchmarks
    v4(198, 51, 100, 0, 24),    // documentation
    v4(203, 0, 113, 0, 24),     // documentation
    v4(224, 0, 0, 0, 4),        // multicast
    v4(240, 0, 0, 0, 4),        // reserved
    v4(255, 255, 255, 255, 32), // broadcast
];

/// The only part of IPv6 that is given out for global unicast.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// What of it is not for peers.
const NOT_GLOBAL_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),     // protocol assignments: Teredo, ORCHID, benchmarks
    v6(0x2001, 0xdb8, 32), // documentation
    v6(0x2002, 0, 16),     // 6to4: embeds any IPv4 address
    v6(0x3fff, 0, 20),     // documentation
];

/// NAT64 (RFC 6052): an IPv6 network's way to IPv4, so the IPv4 rules hold.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 96);

/// Whether an address can be that of a server on the public Internet.
pub fn is_global_unicast(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_global_v4(ip),
        IpAddr::V6(ip) if NAT64.contains(&ip) => is_global_v4(embedded_v4(ip)),
        IpAddr::V6(ip) => GLOBAL_V6.contains(&ip) && !NOT_GLOBAL_V6.iter().any(|net| net.contains(&ip)),
    }
}

fn is_global_v4(ip: Ipv4Addr) -> bool {
    !NOT_GLOBAL_V4.iter().any(|net| net.contains(&ip))
}

fn embedded_v4(ip: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = ip.octets();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_public_addresses_are_global_unicast() {
        for (address, global) in [
            ("1.1.1.1", true),
            ("9.255.255.255", true),
            ("11.0.0.0", true),
            ("100.63.255.255", true),
            ("100.128.0.0", true),
            ("172.15.255.255", true),
            ("172.32.0.0", true),
            ("198.17.255.255", true),
            ("198.20.0.0", true),
            ("223.255.255.255", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("198.19.255.255", false),
            ("198.51.100.7", false),
            ("203.0.113.9", false),
            ("224.0.0.1", false),
            ("239.1.1.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700:4700::1111", true),
            ("2a00:1450::1", true),
            ("2001:200::1", true),
            ("64:ff9b::101:101", true),
            ("::ffff:1.1.1.1", true),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::1.1.1.1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b:1::1", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:1ff::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
            ("3fff::1", false),
            ("4000::1", false),
            ("fc00::1", false),
            ("fd12::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_global_unicast(ip(address)), global, "{address}");
        }
    }

    #[test]
    fn every_spelling_of_an_inside_address_is_refused_before_it_is_resolved() {
        let guard = Guard::default();
        for spelling in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://127.0.1/",
            "https://0/",
            "https://0.0.0.0/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://127.0.0.1./",
            "https://①②⑦.0.0.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.b.localhost/",
        ] {
            let verdict = guard.check_url(&url(spelling));
            assert!(matches!(verdict, Err(Forbidden::Address(_))), "{spelling}: {verdict:?}");
        }
    }

    #[test]
    fn other_schemes_ports_and_user_information_are_refused() {
        let guard = Guard::default();
        for (wrong, why) in [
            ("file:///etc/passwd", Forbidden::Scheme),
            ("gopher://a.example/", Forbidden::Scheme),
            ("data:text/plain,hello", Forbidden::Scheme),
            ("https://a.example@b.example/", Forbidden::UserInfo),
            ("https://:secret@b.example/", Forbidden::UserInfo),
            ("https://a.example:25/", Forbidden::Port(25)),
            ("https://a.example:22/", Forbidden::Port(22)),
            ("https://1.1.1.1:53/", Forbidden::Port(53)),
            ("http://a.example/", Forbidden::Plain),
            ("http://1.1.1.1/", Forbidden::Plain),
        ] {
            assert_eq!(guard.check_url(&url(wrong)), Err(why), "{wrong}");
        }
        for fine in ["https://a.example/", "https://a.example:8443/", "https://1.1.1.1:3000/"] {
            assert_eq!(guard.check_url(&url(fine)), Ok(()), "{fine}");
        }
    }

    #[test]
    fn an_allowed_network_opens_its_own_addresses_and_no_others() {
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
        for fine in ["http://127.0.0.1:25/", "https://[::ffff:127.0.0.9]/", "http://name.example/"] {
            assert_eq!(guard.check_url(&url(fine)), Ok(()), "{fine}");
        }
        assert!(guard.is_peer(ip("127.9.9.9")));
        assert_eq!(guard.check_url(&url("https://[::1]/")), Err(Forbidden::Address(ip("::1"))));
        assert_eq!(guard.check_url(&url("http://1.1.1.1/")), Err(Forbidden::Plain));
        assert_eq!(
            guard.check_address(ip("10.0.0.1"), 443, Transport::Tls),
            Err(Forbidden::Address(ip("10.0.0.1")))
        );
    }

    #[test]
    fn localhost_is_a_whole_label() {
        for (name, local) in [
            ("localhost", true),
            ("b.localhost", true),
            ("b.LocalHost.", true),
            ("notlocalhost", false),
            ("localhost.example", false),
        ] {
            assert_eq!(is_localhost(name), local, "{name}");
        }
    }
}
