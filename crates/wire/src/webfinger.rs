//! From a handle to an actor, and back (RFC 7033).
//!
//! A handle is an attribute that two sides must agree on: the domain says
//! which actor it is, and the actor says which handle it has. What is found
//! here is only the domain's half; [`Client::confirm_handle`] asks for both.

mod host_meta;
mod jrd;

use std::net::IpAddr;

use domain::{ActorId, Handle, Host, Timestamp};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::client::{Client, FetchError};
use crate::fetch::{parse_json, success};

pub use jrd::Jrd;

const ACCEPT_JRD: HeaderValue = HeaderValue::from_static("application/jrd+json, application/json");
const ACCEPT_XRD: HeaderValue = HeaderValue::from_static("application/xrd+xml, application/xml");

/// `:` and `@` of the resource are encoded, too: some servers insist.
const RESOURCE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a domain says about a handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebFinger {
    /// The handle as its domain writes it. It may be another one than was
    /// asked for, even of another domain, which then has to be asked itself.
    pub subject: Handle,
    /// Whom it leads to.
    pub actor: ActorId,
    /// More actors of the same name: Lemmy lists a person and a group.
    pub also: Vec<ActorId>,
    /// Other names of the same account.
    pub aliases: Vec<String>,
    /// Where a person from elsewhere can follow; `{uri}` stands for the object.
    pub subscribe_template: Option<String>,
    /// The page for people.
    pub profile_page: Option<String>,
}

impl WebFinger {
    /// Whether the handle leads to this actor.
    pub fn leads_to(&self, actor: &ActorId) -> bool {
        self.actor == *actor || self.also.contains(actor)
    }

    fn from_jrd(jrd: Jrd, asked: &Handle) -> Result<Self, FetchError> {
        let mut actors = jrd.actors().into_iter();
        Ok(Self {
            actor: actors.next().ok_or(FetchError::NoActor)?,
            also: actors.collect(),
            subject: jrd.handle().unwrap_or_else(|| asked.clone()),
            subscribe_template: jrd.subscribe_template().map(str::to_owned),
            profile_page: jrd.profile_page().map(str::to_owned),
            aliases: jrd.aliases,
        })
    }
}

impl Client {
    /// Asks the handle's domain which actor it is.
    pub async fn webfinger(&self, handle: &Handle, now: Timestamp) -> Result<WebFinger, FetchError> {
        let jrd = self.webfinger_raw(&format!("acct:{handle}"), &handle.domain, now).await?;
        WebFinger::from_jrd(jrd, handle)
    }

    /// Asks a host about any resource: a handle with `acct:`, or a URL.
    /// Where a host does not know the usual path, its host-meta is asked.
    pub async fn webfinger_raw(
        &self,
        resource: &str,
        host: &Host,
        now: Timestamp,
    ) -> Result<Jrd, FetchError> {
        let first = at(host, "https", "/.well-known/webfinger")?;
        let errand = Errand { client: self, host, now };
        self.within(&first, errand.find(resource)).await
    }

    /// The handle of an actor, where the handle's domain leads back to it.
    /// A domain may name another handle as the right one; then that one's
    /// domain must agree.
    pub async fn confirm_handle(
        &self,
        handle: &Handle,
        actor: &ActorId,
        now: Timestamp,
    ) -> Result<Handle, FetchError> {
        let refused = || FetchError::NotConfirmed { handle: handle.to_string(), actor: actor.to_string() };
        let found = self.webfinger(handle, now).await?;
        if !found.leads_to(actor) {
            return Err(refused());
        }
        if found.subject.key() == handle.key() {
            return Ok(found.subject);
        }
        let named = self.webfinger(&found.subject, now).await?;
        let agrees = named.leads_to(actor) && named.subject.key() == found.subject.key();
        if agrees { Ok(named.subject) } else { Err(refused()) }
    }
}

fn at(host: &Host, scheme: &str, path: &str) -> Result<Url, FetchError> {
    Url::parse(&format!("{scheme}://{host}{path}")).map_err(|_| FetchError::Url)
}

/// What stays the same over all requests of one question.
struct Errand<'a> {
    client: &'a Client,
    host: &'a Host,
    now: Timestamp,
}

impl Errand<'_> {
    async fn find(&self, resource: &str) -> Result<Jrd, FetchError> {
        let resource = utf8_percent_encode(resource, RESOURCE).to_string();
        let path = format!("/.well-known/webfinger?resource={resource}");
        match self.get(&path, &ACCEPT_JRD).await {
            Ok(body) => Jrd::parse(&parse_json(&body)?),
            Err(FetchError::Status { status: 404, words }) => {
                let unknown = FetchError::Status { status: 404, words };
                self.find_by_host_meta(&resource).await.ok_or(unknown)?
            }
            Err(other) => Err(other),
        }
    }

    /// Where host-meta leads (RFC 6415 §3.1); nowhere, if it only leads back.
    async fn find_by_host_meta(&self, resource: &str) -> Option<Result<Jrd, FetchError>> {
        let body = self.get("/.well-known/host-meta", &ACCEPT_XRD).await.ok()?;
        let template = host_meta::template(&body)?;
        let url = Url::parse(&template.replace("{uri}", resource)).ok()?;
        let usual =
            url.path() == "/.well-known/webfinger" && Host::of(&url).is_ok_and(|host| host == *self.host);
        if usual {
            return None;
        }
        Some(self.ask(&url, &ACCEPT_JRD).await.and_then(|body| Jrd::parse(&parse_json(&body)?)))
    }

    /// Asks by https, and a peer that is allowed by address by http, too.
    async fn get(&self, path: &str, accept: &HeaderValue) -> Result<bytes::Bytes, FetchError> {
        let plain_first = self.client.is_plain(self.host.as_str()) || self.is_peer_by_address()?;
        let [first, second] = if plain_first { ["http", "https"] } else { ["https", "http"] };
        let limits = self.client.limits();
        // Who does not speak the first may also just keep silent.
        let patience = if self.client.guard().allows_plain() { limits.total / 2 } else { limits.total };
        let url = at(self.host, first, path)?;
        let answer = tokio::time::timeout(patience, self.ask(&url, accept)).await;
        let failure = match answer.unwrap_or(Err(FetchError::Timeout)) {
            Err(error) if self.may_speak_otherwise(&error, first) => error,
            answer => return answer,
        };
        match self.ask(&at(self.host, second, path)?, accept).await {
            Err(error)
                if self.may_speak_otherwise(&error, second) || matches!(error, FetchError::Forbidden(_)) =>
            {
                Err(failure)
            }
            answer => {
                if second == "http" {
                    self.client.remember_plain(self.host.as_str());
                }
                answer
            }
        }
    }

    /// Whether the host is an address that was allowed: such peers rarely have
    /// a certificate.
    fn is_peer_by_address(&self) -> Result<bool, FetchError> {
        let ip = match at(self.host, "http", "/")?.host() {
            Some(url::Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip),
            _ => return Ok(false),
        };
        Ok(self.client.guard().is_peer(ip))
    }

    fn may_speak_otherwise(&self, error: &FetchError, scheme: &str) -> bool {
        let no_answer = matches!(
            error,
            FetchError::Tls(_) | FetchError::Connect(_) | FetchError::Protocol(_) | FetchError::Timeout
        );
        // So some servers answer plain words on a port for TLS.
        let asks_for_tls = scheme == "http" && matches!(error, FetchError::Status { status: 400, .. });
        (no_answer || asks_for_tls) && self.client.guard().allows_plain()
    }

    async fn ask(&self, url: &Url, accept: &HeaderValue) -> Result<bytes::Bytes, FetchError> {
        Ok(success(self.client.follow(url, accept, None, self.now).await?)?.body)
    }
}
