//! What an administrator decides and verbs must know. `server` reads it from
//! file, environment and flags.

use std::path::PathBuf;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignUp {
    /// Nobody but through the command line.
    #[default]
    Closed,
    /// Whom an administrator lets in.
    Approval,
    /// Whom a member invited.
    Invite,
    /// Everyone.
    Open,
}

impl SignUp {
    /// Whether somebody whom nobody here knows may ask for an account.
    pub const fn takes_strangers(self) -> bool {
        matches!(self, Self::Open | Self::Approval)
    }
}

/// Whether documents are shown to requests without a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fetch {
    /// Open documents are shown to everyone.
    #[default]
    Open,
    /// Only signed requests are answered ("secure mode").
    Authorized,
}

/// How pictures, films and recordings of peers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RemoteMedia {
    /// By their own address: every reader's device asks the peer.
    Link,
    /// Through us, without keeping anything.
    Proxy,
    /// Through us; what was looked at lately is kept.
    #[default]
    Cache,
}

/// Who may see which other servers are limited or shut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShowRules {
    /// Only administrators.
    Nobody,
    /// Who is signed in.
    #[default]
    Members,
    /// Everyone.
    Everyone,
}

/// Whether letters can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// A mail server is named.
    On,
    /// None is; everything works without.
    Off,
}

/// The settings of one server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Shown as the server's name.
    pub title: String,
    /// One sentence about it.
    pub description: String,
    /// Whom to write to.
    pub contact_email: Option<String>,
    /// Who may make an account.
    pub sign_up: SignUp,
    /// What letters are handed to; none: no letters.
    pub mailer: Option<wire::mail::Mailer>,
    /// Who may read documents.
    pub fetch: Fetch,
    /// Who may see the rules for other servers.
    pub show_domain_blocks: ShowRules,
    /// Days the bodies in the message log are kept.
    pub log_days: u32,
    /// Bytes the message log's bodies may take.
    pub log_bytes: u64,
    /// The folder of the files that people hand in.
    pub media_dir: PathBuf,
    /// How pictures, films and recordings of peers are shown.
    pub remote_media: RemoteMedia,
    /// Bytes that files of peers may take on our disk.
    pub remote_media_bytes: u64,
    /// Most requests under way to other servers for deliveries.
    pub delivery_sockets: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "Antiphon".into(),
            description: "A server of the fediverse.".into(),
            contact_email: None,
            sign_up: SignUp::default(),
            mailer: None,
            fetch: Fetch::default(),
            show_domain_blocks: ShowRules::default(),
            log_days: 7,
            log_bytes: 2 << 30,
            media_dir: "./antiphon-data/media".into(),
            remote_media: RemoteMedia::default(),
            remote_media_bytes: 1 << 30,
            delivery_sockets: 256,
        }
    }
}

impl Settings {
    /// Whether letters can be sent.
    pub fn mail(&self) -> Mail {
        if self.mailer.is_some() { Mail::On } else { Mail::Off }
    }
}
