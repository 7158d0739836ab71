//! Where things live: ids of actors and objects, hosts, origins, handles.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::Ipv4Addr;
use std::sync::OnceLock;
use url::Url;

/// The longest id we keep, in bytes. Real ones stay under 300.
pub const MAX_ID_BYTES: usize = 2048;

/// Why a text is no id of an actor or object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Longer than [`MAX_ID_BYTES`].
    #[error("id is longer than 2048 bytes")]
    TooLong,
    /// Not an absolute URL.
    #[error("id is not an absolute URL")]
    NotAUrl,
    /// A scheme other than `http` and `https`.
    #[error("id is not an http or https URL")]
    Scheme,
    /// `user:password@` hides the real host.
    #[error("id has user information")]
    UserInfo,
    /// No host, or one that cannot be written in lower-case punycode.
    #[error("id has no valid host")]
    Host,
    /// White space or control characters.
    #[error("id has characters that do not belong into a URL")]
    Characters,
}

/// A peer's name: lower-case punycode, with its port where that is not the
/// scheme's own (`social.example`, `127.0.0.1:9100`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Host(String);

/// The longest name that there can be (RFC 1035 §2.3.4, as text).
const MAX_NAME_BYTES: usize = 253;

impl Host {
    /// Reads a host as people and peers write it: any case, Unicode or
    /// punycode, a trailing dot, a port (80 and 443 are dropped).
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let text = text.trim();
        if text.is_empty() || text.contains(['/', '@', '?', '#', '\\']) {
            return Err(InvalidId::Host);
        }
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| InvalidId::Host)?;
        Self::of(&url).map(|host| match host.0.strip_suffix(":80") {
            Some(bare) if !bare.contains(':') => Self(bare.to_owned()),
            _ => host,
        })
    }

    /// The host of a URL.
    pub fn of(url: &Url) -> Result<Self, InvalidId> {
        let name = url.host_str().ok_or(InvalidId::Host)?.trim_end_matches('.');
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return Err(InvalidId::Host);
        }
        Ok(Self(match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        }))
    }

    /// A host that was checked before it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The host with its port, if any.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without its port: what rules match.
    pub fn name(&self) -> &str {
        match self.0.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => name,
            _ => &self.0,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Scheme, host and port (RFC 6454): who may speak for an id (FEP-fe34).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: &'static str,
    host: Host,
}

impl Origin {
    /// The origin of a URL.
    pub fn of(url: &Url) -> Result<Self, InvalidId> {
        let scheme = match url.scheme() {
            "https" => "https",
            "http" => "http",
            _ => return Err(InvalidId::Scheme),
        };
        Ok(Self { scheme, host: Host::of(url)? })
    }

    /// Its host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

/// An id that was checked. Its origin is split off when somebody asks: most ids
/// are read from the database only to be shown.
#[derive(Debug, Clone)]
struct Id {
    text: String,
    origin: OnceLock<Origin>,
}

impl Id {
    fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.len() > MAX_ID_BYTES {
            return Err(InvalidId::TooLong);
        }
        if plain_parts(text).is_some() {
            return Ok(Self { text: text.to_owned(), origin: OnceLock::new() });
        }
        Self::parse_any(text)
    }

    fn origin(&self) -> &Origin {
        self.origin.get_or_init(|| {
            let (scheme, host) = plain_parts(&self.text).unwrap_or(("https", ""));
            Origin { scheme, host: Host(host.to_owned()) }
        })
    }

    /// By the URL Standard, whatever its form.
    fn parse_any(text: &str) -> Result<Self, InvalidId> {
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidId::Characters);
        }
        let url = Url::parse(text).map_err(|_| InvalidId::NotAUrl)?;
        let origin = Origin::of(&url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidId::UserInfo);
        }
        Ok(Self { text: text.to_owned(), origin: OnceLock::from(origin) })
    }
}

/// Scheme and host of an id in the form that nearly all have, where reading it
/// by the URL Standard would change nothing: a page of posts has a hundred ids,
/// and they are read from the database again each time.
fn plain_parts(text: &str) -> Option<(&'static str, &str)> {
    let (scheme, rest) = match text.strip_prefix("https://") {
        Some(rest) => ("https", rest),
        None => ("http", text.strip_prefix("http://")?),
    };
    let (host, path) = rest.split_once('/')?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/@#?=&%+:".contains(&b);
    (is_plain_host(host) && path.bytes().all(is_plain)).then_some((scheme, host))
}

/// Names in lower case and addresses of four numbers, perhaps with a port.
/// Nothing that may stand for another name (punycode, `-` in odd places, the
/// port that goes without saying), no other way to write a number.
fn is_plain_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let is_plain_port =
        |port: &str| is_number(port) && port.parse::<u16>().is_ok_and(|number| number != 80 && number != 443);
    port.is_none_or(is_plain_port) && (is_plain_name(name) || is_plain_ipv4(name))
}

/// Four numbers, each in its shortest form.
fn is_plain_ipv4(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_digit()) && name.parse::<Ipv4Addr>().is_ok()
}

fn is_plain_name(host: &str) -> bool {
    let is_plain = |label: &str| {
        label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && label.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
            && !label.ends_with('-')
            && !label.contains("--")
    };
    host.len() < 254 && host.split('.').all(|label| label.len() < 64 && is_plain(label))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(Id);

        impl $name {
            /// Reads an id; the only way in.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                Id::parse(text).map(Self)
            }

            /// The bytes as they came.
            pub fn as_str(&self) -> &str {
                &self.0.text
            }

            /// Who may speak for it.
            pub fn origin(&self) -> &Origin {
                self.0.origin()
            }

            /// The peer it lives on.
            pub fn host(&self) -> &Host {
                self.0.origin().host()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0.text)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.text == other.0.text
            }
        }

        impl Eq for $name {}

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0.text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.text.hash(state);
            }
        }
    )*};
}

ids! {
    /// The `id` of an actor: an http(s) URL, kept byte for byte as it came
    /// (ActivityPub §3.1). Two ids are equal when their bytes are.
    ActorId;
    /// The `id` of an object or activity that can be fetched, kept byte for
    /// byte as it came (ActivityPub §3.1).
    ObjectId;
    /// Where what an actor is sent goes (ActivityPub §5.2): an http(s) URL,
    /// never an id of anything.
    Inbox;
}

impl From<ActorId> for ObjectId {
    fn from(id: ActorId) -> Self {
        Self(id.0)
    }
}

impl From<ObjectId> for ActorId {
    /// What is asked for by id may turn out to be an actor.
    fn from(id: ObjectId) -> Self {
        Self(id.0)
    }
}

/// `name@domain`, as people write it. An attribute of an account, never its
/// identity: the domain need not be the actor's host.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handle {
    /// `preferredUsername`, with the case its owner gave it.
    pub name: String,
    /// The handle's domain, with its port where there is one.
    pub domain: Host,
}

impl Handle {
    /// Reads `name@domain`, `@name@domain`, `!name@domain` or `acct:name@domain`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let text = text.trim();
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let text = text.strip_prefix(['@', '!']).unwrap_or(text);
        let (name, domain) = text.split_once('@').ok_or(InvalidId::NotAUrl)?;
        let fits = |c: char| c.is_alphanumeric() || "._-~+".contains(c);
        if name.is_empty() || name.len() > 256 || !name.chars().all(fits) {
            return Err(InvalidId::Characters);
        }
        Ok(Self { name: name.to_owned(), domain: Host::parse(domain)? })
    }

    /// What two handles are compared by: lower case.
    pub fn key(&self) -> String {
        format!("{}@{}", self.name.to_lowercase(), self.domain)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_keeps_its_bytes_and_knows_its_origin() {
        let id = ActorId::parse("https://EXAMPLE.social:443/users/%7Ebob").unwrap();
        assert_eq!(id.as_str(), "https://EXAMPLE.social:443/users/%7Ebob");
        assert_eq!(id.origin().to_string(), "https://example.social");
    }

    proptest! {
        #[test]
        fn the_short_way_to_an_origin_ends_where_the_long_one_does(
            text in "https?://([a-z0-9.:@A-Z%ü-]{1,24}|[0-9]{1,3}(\\.[0-9]{1,3}){3}(:[0-9]{1,6})?)(/[a-z0-9@#?=&%+:._~\\\\ é-]{0,20})?"
        ) {
            if plain_parts(&text).is_some() {
                let (short, long) = (Id::parse(&text), Id::parse_any(&text));
                prop_assert_eq!(short.map(|id| id.origin().clone()), long.map(|id| id.origin().clone()), "{}", text);
            }
        }

        #[test]
        fn an_id_of_the_usual_form_goes_the_short_way(
            host in "[a-z]([a-z0-9]{0,8}[a-z0-9])?(\\.[a-z][a-z0-9]{0,6}){0,3}(:[1-9][0-9]{3})?", path in "[a-zA-Z0-9/@#?=._-]{0,20}"
        ) {
            let id = format!("https://{host}/{path}");
            prop_assert!(plain_parts(&id).is_some());
        }
    }

    #[test]
    fn what_is_no_http_url_is_no_id() {
        for (wrong, why) in [
            ("", InvalidId::NotAUrl),
            ("bob", InvalidId::NotAUrl),
            ("file:///etc/passwd", InvalidId::Scheme),
            ("javascript:alert(1)", InvalidId::Scheme),
            ("https://good@evil.example/", InvalidId::UserInfo),
            ("https://a.example/ b", InvalidId::Characters),
        ] {
            assert_eq!(ActorId::parse(wrong), Err(why), "{wrong:?}");
        }
        assert_eq!(
            ActorId::parse(&format!("https://a.example/{}", "x".repeat(3000))),
            Err(InvalidId::TooLong)
        );
    }

    /// N20, N35
    #[test]
    fn a_host_has_one_spelling() {
        for spelling in ["EVIL.example", "evil.example.", "evil.example:443", "evil.example:80"] {
            assert_eq!(Host::parse(spelling).unwrap().as_str(), "evil.example", "{spelling}");
        }
        assert_eq!(Host::parse("bücher.example").unwrap().as_str(), "xn--bcher-kva.example");
        assert_eq!(Host::parse("127.0.0.1:9100").unwrap().name(), "127.0.0.1");
        assert_eq!(Host::parse("[::1]:9100").unwrap().name(), "[::1]");
        assert_eq!(Host::parse("[::1]").unwrap().name(), "[::1]");
        assert!(Host::parse("a/b").is_err());
        let label = format!(".{}", "x".repeat(62)).repeat(4);
        assert!(Host::parse(label.get(1..).unwrap()).is_ok(), "251 bytes");
        assert!(Host::parse(&format!("abc{label}")).is_err(), "255 bytes: there is no such name");
    }

    #[test]
    fn a_handle_is_read_in_all_its_forms() {
        for form in ["bob@b.example", "@bob@b.example", "acct:bob@B.example", "!bob@b.example"] {
            assert_eq!(Handle::parse(form).unwrap().to_string(), "bob@b.example", "{form}");
        }
        for wrong in ["bob", "@bob", "@@b.example", "bob@", "b/b@c.example", "bob@a@b"] {
            assert!(Handle::parse(wrong).is_err(), "{wrong}");
        }
    }
}
