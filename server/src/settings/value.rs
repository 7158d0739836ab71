//! How each kind of setting is written and read.

use domain::{Host, Origin};
use ipnet::IpNet;
use service::settings::{Fetch, RemoteMedia, ShowRules, SignUp};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use store::Database;
use url::Url;
use wire::mail::Relay;

/// A kind of setting.
pub(super) trait Value: Sized {
    /// Reads what a person wrote; the error says what is wrong with it, as the
    /// end of a sentence.
    fn read(text: &str) -> Result<Self, String>;

    /// Writes it as it could have been written.
    fn write(&self) -> String;
}

impl<T: Value> Value for Option<T> {
    fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }

    fn write(&self) -> String {
        self.as_ref().map(T::write).unwrap_or_default()
    }
}

impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err("has characters that cannot be shown".to_owned());
        }
        Ok(text.to_owned())
    }

    fn write(&self) -> String {
        self.clone()
    }
}

impl Value for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("is empty".to_owned()) } else { Ok(text.into()) }
    }

    fn write(&self) -> String {
        self.display().to_string()
    }
}

impl Value for Relay {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }

    /// Without the password.
    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for Origin {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("is {text:?}, but must be scheme and host, such as https://social.example");
        let url = Url::parse(text.trim()).map_err(|_| wrong())?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let hidden = !url.username().is_empty() || url.password().is_some();
        if !bare || hidden {
            return Err(wrong());
        }
        Self::of(&url).map_err(|_| wrong())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for Host {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| format!("is {text:?}, but must be a domain, such as example.org"))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for SocketAddr {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = |_| format!("is {text:?}, but must be an address with a port, such as 127.0.0.1:8080");
        text.trim().parse().map_err(wrong)
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for Vec<IpNet> {
    fn read(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect()
    }

    fn write(&self) -> String {
        self.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| {
        format!("has {text:?}, but must be networks, such as 10.0.0.0/8, with a comma between them")
    })
}

impl Value for Database {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text.trim()).map_err(|_| "must be sqlite:PATH or postgres://USER@HOST/NAME".to_owned())
    }

    /// Without the password.
    fn write(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) => match Url::parse(url) {
                Ok(mut url) => {
                    if url.password().is_some() {
                        // Fails only for URLs without a host, which have no password.
                        let _ = url.set_password(Some("***"));
                    }
                    url.to_string()
                }
                Err(_) => "postgres://***".to_owned(),
            },
        }
    }
}

impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" | "1" => Ok(true),
            "off" | "false" | "no" | "0" => Ok(false),
            _ => Err(format!("is {text:?}, but must be on or off")),
        }
    }

    fn write(&self) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
}

impl Value for u32 {
    fn read(text: &str) -> Result<Self, String> {
        text.trim().parse().map_err(|_| format!("is {text:?}, but must be a number"))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// Units of bytes, the longer names first.
const UNITS: [(&str, u64); 8] = [
    ("gib", 1 << 30),
    ("mib", 1 << 20),
    ("kib", 1 << 10),
    ("gb", 1_000_000_000),
    ("mb", 1_000_000),
    ("kb", 1000),
    ("b", 1),
    ("", 1),
];

/// A number of bytes.
impl Value for u64 {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("is {text:?}, but must be a size, such as 2 GiB or 500 MB");
        let lower = text.trim().to_ascii_lowercase();
        let unit = UNITS.iter().find_map(|(name, size)| Some((lower.strip_suffix(name)?, *size)));
        let (number, size) = unit.ok_or_else(wrong)?;
        let number: Self = number.trim().parse().map_err(|_| wrong())?;
        number.checked_mul(size).ok_or_else(wrong)
    }

    fn write(&self) -> String {
        let binary = ["GiB", "MiB", "KiB"].into_iter().zip([1_u64 << 30, 1 << 20, 1 << 10]);
        for (name, size) in binary {
            if *self >= size && self.is_multiple_of(size) {
                return format!("{} {name}", self / size);
            }
        }
        self.to_string()
    }
}

/// The words of a choice with what they mean.
fn choose<T: Copy>(choices: &[(&str, T)], text: &str) -> Result<T, String> {
    let wanted = text.trim().to_ascii_lowercase();
    choices.iter().find(|(word, _)| *word == wanted).map(|(_, choice)| *choice).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        format!("is {text:?}, but must be one of {}", words.join(", "))
    })
}

fn word<T: Copy + PartialEq>(choices: &[(&'static str, T)], choice: T) -> String {
    choices.iter().find(|(_, known)| *known == choice).map(|(word, _)| *word).unwrap_or_default().to_owned()
}

const SIGN_UPS: [(&str, SignUp); 4] = [
    ("closed", SignUp::Closed),
    ("approval", SignUp::Approval),
    ("invite", SignUp::Invite),
    ("open", SignUp::Open),
];

impl Value for SignUp {
    fn read(text: &str) -> Result<Self, String> {
        choose(&SIGN_UPS, text)
    }

    fn write(&self) -> String {
        word(&SIGN_UPS, *self)
    }
}

const FETCHES: [(&str, Fetch); 2] = [("open", Fetch::Open), ("authorized", Fetch::Authorized)];
const SHOWN_TO: [(&str, ShowRules); 3] =
    [("nobody", ShowRules::Nobody), ("members", ShowRules::Members), ("everyone", ShowRules::Everyone)];

impl Value for ShowRules {
    fn read(text: &str) -> Result<Self, String> {
        choose(&SHOWN_TO, text)
    }

    fn write(&self) -> String {
        word(&SHOWN_TO, *self)
    }
}

impl Value for Fetch {
    fn read(text: &str) -> Result<Self, String> {
        choose(&FETCHES, text)
    }

    fn write(&self) -> String {
        word(&FETCHES, *self)
    }
}

const REMOTE_MEDIA: [(&str, RemoteMedia); 3] =
    [("link", RemoteMedia::Link), ("proxy", RemoteMedia::Proxy), ("cache", RemoteMedia::Cache)];

impl Value for RemoteMedia {
    fn read(text: &str) -> Result<Self, String> {
        choose(&REMOTE_MEDIA, text)
    }

    fn write(&self) -> String {
        word(&REMOTE_MEDIA, *self)
    }
}
