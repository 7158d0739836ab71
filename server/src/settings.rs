//! What an administrator decides. One list, [`list::Settings`], is read from
//! `antiphon.toml`, from `ANTIPHON_*` and from flags, the later before the
//! earlier, and is the manual.

mod list;
mod manual;
mod sources;
mod value;

pub use list::{ENTRIES, Entry, Settings};
pub use manual::manual;
pub use sources::{Effective, Source, Sources, WrongSetting};

use domain::Names;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use store::Database;

/// The port where none is named.
const PORT: u16 = 8080;

impl Settings {
    /// Where requests are taken: what was set, else the origin's own address
    /// where that is one of this machine, else loopback.
    pub fn listen_address(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| {
            let host = self.origin.host();
            let port = host.as_str().strip_prefix(host.name()).and_then(|rest| rest.strip_prefix(':'));
            let port = port.and_then(|port| port.parse().ok()).unwrap_or(PORT);
            match host.name().trim_matches(['[', ']']).parse::<IpAddr>() {
                Ok(address) if self.origin.scheme() == "http" => SocketAddr::new(address, port),
                _ if self.origin.scheme() == "http" => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
                _ => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT),
            }
        })
    }

    /// Where the rows are: what was set, else a file in the data folder.
    pub fn database_place(&self) -> Database {
        self.database.clone().unwrap_or_else(|| Database::Sqlite(self.data_dir.join("antiphon.db")))
    }

    /// The socket that commands reach a running server through.
    pub fn socket(&self) -> PathBuf {
        self.data_dir.join("antiphon.sock")
    }

    /// Our names for our things.
    pub fn names(&self) -> Names {
        Names::new(self.origin.clone(), self.handle_domain.clone()).with_media(self.media_origin.clone())
    }

    /// What letters are handed to, where that was set.
    fn mailer(&self) -> Result<Option<wire::mail::Mailer>, WrongSetting> {
        let Some(relay) = self.smtp_url.clone() else { return Ok(None) };
        let (names, title) = (self.names(), self.title.replace(['"', '\\', '<', '>'], " "));
        let default = format!("\"{title}\" <noreply@{}>", names.domain().name());
        let from = self.mail_from.as_deref().unwrap_or(&default);
        let hello = names.origin().host().name().to_owned();
        let made = wire::mail::Mailer::new(relay, from, &hello, &self.extra_authorities()?);
        made.map(Some).map_err(|error| match error {
            wire::mail::MailerError::From(why) => {
                WrongSetting::Unusable { name: "mail_from", why: why.to_string() }
            }
            wire::mail::MailerError::Tls(why) => {
                WrongSetting::Unusable { name: "smtp_url", why: why.to_string() }
            }
        })
    }

    /// What verbs must know.
    pub fn for_service(&self) -> Result<service::Settings, WrongSetting> {
        Ok(service::Settings {
            mailer: self.mailer()?,
            title: self.title.clone(),
            description: self.description.clone(),
            contact_email: self.contact_email.clone(),
            sign_up: self.sign_up,
            fetch: self.fetch,
            show_domain_blocks: self.show_domain_blocks,
            log_days: self.log_days,
            log_bytes: self.log_bytes,
            media_dir: self.data_dir.join("media"),
            remote_media: self.remote_media,
            remote_media_bytes: self.remote_media_bytes,
            ..service::Settings::default()
        })
    }

    /// How the doors are set.
    pub fn for_doors(&self) -> web::DoorSettings {
        web::DoorSettings {
            rate_limit: self.rate_limit,
            trusted_proxies: self.trusted_proxies.clone(),
            media_hosts: self.media_origin.iter().map(|origin| origin.host().clone()).collect(),
        }
    }

    /// How others are asked.
    pub fn for_client(&self) -> Result<wire::ClientConfig, WrongSetting> {
        Ok(wire::ClientConfig {
            peers_allow: self.peers_allow.clone(),
            extra_ca: self.extra_authorities()?,
            user_agent: format!("Antiphon/{} (+{}/)", env!("CARGO_PKG_VERSION"), self.origin),
            limits: wire::Limits::default(),
        })
    }

    fn extra_authorities(&self) -> Result<Vec<Vec<u8>>, WrongSetting> {
        let Some(path) = &self.extra_ca else { return Ok(Vec::new()) };
        let wrong = |why: String| WrongSetting::Unusable {
            name: "extra_ca",
            why: format!("{}: {why}", path.display()),
        };
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        let certificates = certificates.map_err(|error| wrong(error.to_string()))?;
        if certificates.is_empty() {
            return Err(wrong("holds no certificate in PEM".to_owned()));
        }
        Ok(certificates.iter().map(|certificate| certificate.as_ref().to_vec()).collect())
    }
}

#[cfg(test)]
mod tests;
