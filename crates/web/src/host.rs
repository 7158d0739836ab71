//! Which host was asked, and who asks. A request for a host that is not ours
//! is refused (421): its answer could only be wrong. What a proxy says of both
//! counts only where the proxy is trusted.

use crate::doors::{DoorSettings, Front};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::{Host, Names};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address a request came from; `0.0.0.0` where it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddr(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientAddr {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// The layer: refuses foreign hosts, notes [`ClientAddr`], hands the doors on.
pub(crate) async fn check(State(front): State<Front>, mut request: Request, next: Next) -> Response {
    let settings = front.doors.settings.as_ref();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let trusted = peer.is_some_and(|peer| is_trusted(settings, peer));
    if request.headers().get_all(header::HOST).iter().count() > 1 {
        // RFC 9112 §3.2: whoever reads the one and whoever reads the other would not agree.
        return (StatusCode::BAD_REQUEST, "There are two Host headers.\n").into_response();
    }
    let written = written_host(&request, trusted);
    let asked = written.as_deref().and_then(|host| Host::parse(host).ok());
    // Health checks name the machine, not the site.
    if request.uri().path() != "/health"
        && !asked.as_ref().is_some_and(|host| is_ours(&front.cx.names, settings, host))
    {
        return misdirected(&front.cx.names);
    }
    if asked.as_ref().is_some_and(|host| is_for_files(&front.cx.names, host))
        && !is_file(request.uri().path())
    {
        // A file that turned out to be a page could reach nothing from here.
        return (StatusCode::NOT_FOUND, "There are only files here.\n").into_response();
    }
    if let Some(host) = written.and_then(|host| HeaderValue::try_from(host).ok()) {
        // RFC 9112 §3.2.2: from here on there is one host only. What is signed
        // for another one must not be believed here.
        request.headers_mut().insert(header::HOST, host);
    }
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let client = if trusted { forwarded_for(request.headers(), settings, peer) } else { peer };
    request.extensions_mut().insert(ClientAddr(client));
    request.extensions_mut().insert(front.doors.clone());
    next.run(request).await
}

fn misdirected(names: &Names) -> Response {
    let text = format!(
        "This server does not answer for the host you asked. It is {}; its administrator can check \
         ANTIPHON_ORIGIN and, behind a proxy, that the Host header is passed on.\n",
        names.origin()
    );
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

/// HTTP/2 has the host in the URL, HTTP/1.1 in the header or, rarely, in both:
/// then the URL counts.
fn written_host(request: &Request, trusted: bool) -> Option<String> {
    let forwarded = trusted.then(|| text(request.headers(), "x-forwarded-host")).flatten();
    let written = forwarded
        .or_else(|| request.uri().authority().map(http::uri::Authority::as_str))
        .or_else(|| text(request.headers(), header::HOST.as_str()))?;
    written.split(',').next().map(|host| host.trim().to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn is_ours(names: &Names, settings: &DoorSettings, host: &Host) -> bool {
    host == names.origin().host() || host == names.domain() || settings.media_hosts.contains(host)
}

/// Whether a host was asked that serves files only.
fn is_for_files(names: &Names, host: &Host) -> bool {
    names.media_origin().host() == host && host != names.origin().host() && host != names.domain()
}

fn is_file(path: &str) -> bool {
    path.starts_with("/media/") || path == "/health"
}

fn is_trusted(settings: &DoorSettings, address: IpAddr) -> bool {
    settings.trusted_proxies.iter().any(|network: &IpNet| network.contains(&address))
}

/// Proxies append: the last address that is no trusted proxy is the client's.
fn forwarded_for(headers: &HeaderMap, settings: &DoorSettings, peer: IpAddr) -> IpAddr {
    let mut client = peer;
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
    for written in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = address(written.trim()) else { return client };
        client = address;
        if !is_trusted(settings, address) {
            return client;
        }
    }
    client
}

/// Some proxies add the port, or brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    bare.or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip())).ok().map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> DoorSettings {
        DoorSettings { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..DoorSettings::default() }
    }

    fn client(forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        forwarded_for(&headers, &settings(), "10.0.0.1".parse().unwrap()).to_string()
    }

    /// N25
    #[test]
    fn the_client_is_the_last_address_that_is_no_proxy_of_ours() {
        assert_eq!(client(&["203.0.113.7"]), "203.0.113.7");
        assert_eq!(client(&["1.1.1.1, 203.0.113.7, 10.0.0.2"]), "203.0.113.7", "the rest anyone can write");
        assert_eq!(client(&["1.1.1.1", "203.0.113.7"]), "203.0.113.7");
        assert_eq!(client(&["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client(&["203.0.113.7, rubbish"]), "10.0.0.1");
        assert_eq!(client(&[]), "10.0.0.1");
    }

    #[test]
    fn only_our_own_hosts_are_ours() {
        let origin = domain::Origin::of(&url::Url::parse("https://social.a.test").unwrap()).unwrap();
        let names = Names::new(origin, Some(Host::parse("a.test").unwrap()));
        let ours = |host: &str| is_ours(&names, &settings(), &Host::parse(host).unwrap());
        assert!(ours("social.a.test") && ours("SOCIAL.a.test:443") && ours("a.test"));
        assert!(!ours("evil.test") && !ours("social.a.test:8080") && !ours("x.a.test"));
    }
}
