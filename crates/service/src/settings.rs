//! What an administrator decides and verbs must know. `server` reads it from
//! file, environment and flags.

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

/// Whether documents are shown to requests without a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fetch {
    /// Open documents are shown to everyone.
    #[default]
    Open,
    /// Only signed requests are answered ("secure mode").
    Authorized,
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
    /// Who may read documents.
    pub fetch: Fetch,
    /// Days the bodies in the message log are kept.
    pub log_days: u32,
    /// Bytes the message log's bodies may take.
    pub log_bytes: u64,
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
            fetch: Fetch::default(),
            log_days: 7,
            log_bytes: 2 << 30,
            delivery_sockets: 256,
        }
    }
}
