//! The list. A field's comment is its place in the manual; its name, with
//! `ANTIPHON_` or `--` before it, is how it is written outside.

use super::value::Value;
use domain::{Host, Origin};
use ipnet::IpNet;
use service::settings::{Fetch, RemoteMedia, ShowRules, SignUp};
use std::net::SocketAddr;
use std::path::PathBuf;
use store::Database;
use wire::mail::Relay;

/// One line of the list.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name in the file.
    pub name: &'static str,
    /// What stands where nothing is set.
    pub default: &'static str,
    /// What it means, a piece for each line of its comment.
    pub meaning: &'static [&'static str],
    pub(super) set: fn(&mut Settings, &str) -> Result<(), String>,
    pub(super) show: fn(&Settings) -> String,
}

impl Entry {
    /// Its name in the environment.
    pub fn variable(&self) -> String {
        format!("ANTIPHON_{}", self.name.to_ascii_uppercase())
    }

    /// Its name on the command line, without the dashes before it.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Its meaning on one line.
    pub fn sentence(&self) -> String {
        self.meaning.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    }
}

macro_rules! settings {
    ($($(#[doc = $meaning:literal])+ $name:ident: $type:ty = $default:literal;)+) => {
        /// The settings of one server.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $($(#[doc = $meaning])+ pub $name: $type,)+
        }

        impl Default for Settings {
            fn default() -> Self {
                let valid = "a default is a valid value";
                Self { $($name: <$type as Value>::read($default).expect(valid),)+ }
            }
        }

        /// Every setting, in the order of the manual.
        pub const ENTRIES: &[Entry] = &[$(Entry {
            name: stringify!($name),
            default: $default,
            meaning: &[$($meaning),+],
            set: |settings, text| {
                settings.$name = Value::read(text)?;
                Ok(())
            },
            show: |settings| settings.$name.write(),
        },)+];
    };
}

settings! {
    /// The public address, scheme and host, that everything of this server is
    /// named under. Decide it before the first account is made: others
    /// remember it for ever.
    origin: Origin = "http://127.0.0.1:8080";
    /// The domain in our handles (`@alice@DOMAIN`), where it is another than the
    /// origin's host. That domain then has to pass `/.well-known/webfinger` on.
    handle_domain: Option<Host> = "";
    /// The address and port on which requests are taken, in plain HTTP. By
    /// default those of an origin of this machine, else `127.0.0.1:8080`.
    listen: Option<SocketAddr> = "";
    /// The folder for all data, private keys included.
    data_dir: PathBuf = "./antiphon-data";
    /// The database: `sqlite:PATH` or `postgres://USER@HOST/NAME`. By default
    /// `antiphon.db` in the data folder.
    database: Option<Database> = "";
    /// What the server is called.
    title: String = "Antiphon";
    /// One sentence about it.
    description: String = "A server of the fediverse.";
    /// Whom to write to about it.
    contact_email: Option<String> = "";
    /// Who may make an account: `closed` (nobody but the command line),
    /// `approval`, `invite` or `open`.
    sign_up: SignUp = "closed";
    /// The mail server that letters to users are handed to, such as
    /// `smtps://USER:PASSWORD@mail.example` or `smtp://mail.example:587`
    /// (STARTTLS). By default no letters are sent, and everything works
    /// without: nobody has to confirm an address, nobody can reset a password
    /// by letter.
    smtp_url: Option<Relay> = "";
    /// Who letters are from: an address, or `NAME <ADDRESS>`. By default
    /// `noreply@` the domain of our handles.
    mail_from: Option<String> = "";
    /// Who may read documents: `open` (everyone) or `authorized` (only whose
    /// request is signed).
    fetch: Fetch = "open";
    /// Who may see which other servers are limited or shut out: `nobody`,
    /// `members` (who is signed in) or `everyone`.
    show_domain_blocks: ShowRules = "members";
    /// Networks with a comma between them, such as `127.0.0.0/8,10.0.0.0/24`,
    /// in which other servers may be although they are not public. Plain
    /// `http` is allowed to exactly these.
    peers_allow: Vec<IpNet> = "";
    /// A file in PEM with more certificate authorities to believe.
    extra_ca: Option<PathBuf> = "";
    /// Networks of the proxies in front, whose `X-Forwarded-For` and
    /// `X-Forwarded-Host` are believed.
    trusted_proxies: Vec<IpNet> = "";
    /// Whether callers of the client API are counted: `on` or `off`.
    rate_limit: bool = "on";
    /// Another origin under which media is served.
    media_origin: Option<Origin> = "";
    /// How pictures, films and recordings of other servers are shown: `link`
    /// (by their own address, so that readers' devices ask those servers),
    /// `proxy` (through this server, nothing is kept) or `cache` (through this
    /// server, and what was looked at lately is kept).
    remote_media: RemoteMedia = "cache";
    /// How many bytes may be kept of them; what nobody has looked at for
    /// longest goes first.
    remote_media_bytes: u64 = "1 GiB";
    /// The address and port on which numbers for Prometheus are served, apart
    /// from everything else. By default nowhere.
    metrics_listen: Option<SocketAddr> = "";
    /// How much is written to standard error: `error`, `warn`, `info`, `debug`,
    /// `trace`, also by part (`info,wire=debug`).
    log: String = "info";
    /// For how many days the message log keeps what came and went.
    log_days: u32 = "7";
    /// How many bytes it may keep; the oldest go first. `2 GiB`, `500 MB` and
    /// plain numbers are understood.
    log_bytes: u64 = "2 GiB";
}
