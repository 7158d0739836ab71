//! Our row for an actor, ours or a peer's.

use crate::memo::Memo;
use crate::{AccountId, ActorId, Handle, Inbox, Timestamp};
use serde::{Deserialize, Serialize};

/// Longest name that is shown, in characters.
pub const MAX_DISPLAY_NAME: usize = 100;
/// Longest text about an account, in characters.
pub const MAX_BIO: usize = 2000;
/// Most lines of a profile of ours.
pub const MAX_FIELDS: usize = 8;
/// Longest name and longest value of such a line, in characters.
pub const MAX_FIELD_CHARACTERS: usize = 500;

/// Where an account lives. Two flags would allow a peer's account of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// Signs in here; its keys are ours.
    Here,
    /// Profile and posts on a site elsewhere; we keep only the inbox.
    Site,
    /// On another server.
    Peer {
        /// Where its activities go.
        inbox: Inbox,
        /// One inbox for all accounts of the peer, where it offers one
        /// (ActivityPub §7.1.3).
        shared_inbox: Option<Inbox>,
    },
}

/// What kind of actor it is (ActivityStreams vocabulary §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// A human.
    Person,
    /// A bot.
    Service,
    /// Boosts what its members send.
    Group,
    /// A company, an association.
    Organization,
    /// The software itself: instance actors and relays.
    Application,
}

impl AccountKind {
    /// The ActivityStreams type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Service => "Service",
            Self::Group => "Group",
            Self::Organization => "Organization",
            Self::Application => "Application",
        }
    }

    /// Reads the ActivityStreams type; what we do not know is a person.
    pub fn from_type(name: &str) -> Self {
        match name {
            "Service" => Self::Service,
            "Group" => Self::Group,
            "Organization" => Self::Organization,
            "Application" => Self::Application,
            _ => Self::Person,
        }
    }

    /// Shown as automated.
    pub const fn is_bot(self) -> bool {
        matches!(self, Self::Service | Self::Application)
    }
}

/// What an account may still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// Everything.
    Active,
    /// Shown to its followers only.
    Silenced,
    /// Nothing; kept so that it can be lifted.
    Suspended,
    /// Left for another account.
    Moved,
    /// Gone; the name stays reserved.
    Deleted,
    /// Asked for by somebody who is not let in yet: to everyone else it does
    /// not exist.
    Waiting,
}

impl AccountState {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Active => 0,
            Self::Silenced => 1,
            Self::Suspended => 2,
            Self::Moved => 3,
            Self::Deleted => 4,
            Self::Waiting => 5,
        }
    }

    /// The state of a stored number.
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Active,
            1 => Self::Silenced,
            2 => Self::Suspended,
            3 => Self::Moved,
            4 => Self::Deleted,
            5 => Self::Waiting,
            _ => return None,
        })
    }

    /// Whether it may act and be acted upon.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Silenced | Self::Moved)
    }
}

/// A line of a profile: "Blog: example.org".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Plain text.
    pub name: String,
    /// Clean HTML.
    pub value_html: String,
    /// When the page it names was found to name the account back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

/// A custom emoji that a text of the account uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emoji {
    /// Without the colons.
    pub shortcode: String,
    /// The picture.
    pub url: String,
    /// Its id as an object, where it has one.
    #[serde(default)]
    pub id: Option<String>,
}

/// The collections of an actor, as it names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collections {
    /// Who follows it.
    pub followers: Option<String>,
    /// Whom it follows.
    pub following: Option<String>,
    /// What it sent.
    pub outbox: Option<String>,
    /// What it pinned.
    pub featured: Option<String>,
}

/// What is known of an account's pictures beside where they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pictures {
    /// The picture standing still, where it moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_static_url: Option<String>,
    /// What it shows, for who cannot see it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub avatar_description: String,
    /// The wide picture standing still, where it moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_static_url: Option<String>,
    /// What the wide one shows.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub header_description: String,
}

/// Switches and texts of a profile that few accounts set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the client API")]
pub struct Details {
    /// Whom it follows and who follows it is told to nobody else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_collections: bool,
    /// Its profile has no part for media.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_media: bool,
    /// That part leaves out answers.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_media_replies: bool,
    /// Its profile has no part for what it features.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_featured: bool,
    /// Sites that may name it as the author of their pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attribution_domains: Vec<String>,
}

/// What an account says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Plain text; empty means that the name is shown.
    pub display_name: String,
    /// Clean HTML.
    pub bio_html: String,
    /// What the owner typed, where that was here.
    pub bio_source: String,
    /// The page for people.
    pub url: Option<String>,
    /// The picture.
    pub avatar_url: Option<String>,
    /// The wide picture.
    pub header_url: Option<String>,
    /// What is known of the two beside their addresses.
    pub pictures: Pictures,
    /// What few set.
    pub details: Details,
    /// Lines of the profile.
    pub fields: Vec<Field>,
    /// Custom emoji in the texts above.
    pub emojis: Vec<Emoji>,
}

/// Switches of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the actor document")]
pub struct Flags {
    /// Approves followers by hand (`manuallyApprovesFollowers`).
    pub locked: bool,
    /// Wishes to be found.
    pub discoverable: bool,
    /// Public posts may be searched.
    pub indexable: bool,
    /// Remembers someone who died.
    pub memorial: bool,
}

/// An actor we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Our row.
    pub id: AccountId,
    /// Its identity everywhere.
    pub actor_id: ActorId,
    /// Where it lives.
    pub home: Home,
    /// What it may do.
    pub state: AccountState,
    /// What it is.
    pub kind: AccountKind,
    /// How people write it.
    pub handle: Handle,
    /// What it says of itself.
    pub profile: Profile,
    /// Its switches.
    pub flags: Flags,
    /// Its collections.
    pub collections: Collections,
    /// Other ids of the same owner.
    pub also_known_as: Vec<String>,
    /// Where it went.
    pub moved_to: Option<ActorId>,
    /// When it was made, as far as known.
    pub created_at: Timestamp,
    /// When its document was last read; for our own, when it last changed.
    pub fetched_at: Timestamp,
    /// How a face shows it.
    pub shown: Memo,
}

impl Account {
    /// Signs in here.
    pub fn is_ours(&self) -> bool {
        matches!(self.home, Home::Here)
    }

    /// What to show as its name.
    pub fn shown_name(&self) -> &str {
        if self.profile.display_name.is_empty() { &self.handle.name } else { &self.profile.display_name }
    }

    /// Its own inbox, where it is a peer's.
    pub fn inbox(&self) -> Option<&Inbox> {
        match &self.home {
            Home::Peer { inbox, .. } => Some(inbox),
            Home::Here | Home::Site => None,
        }
    }

    /// The inbox for what many of its peer's accounts get: shared, else its own.
    pub fn broadcast_inbox(&self) -> Option<&Inbox> {
        match &self.home {
            Home::Peer { inbox, shared_inbox } => Some(shared_inbox.as_ref().unwrap_or(inbox)),
            Home::Here | Home::Site => None,
        }
    }
}

/// Numbers shown on a profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountCounts {
    /// Accounts that follow it.
    pub followers: i64,
    /// Accounts it follows.
    pub following: i64,
    /// Posts and boosts that are public or unlisted.
    pub posts: i64,
    /// When it last posted.
    pub last_post_at: Option<Timestamp>,
}

/// Why a name cannot be given to a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Not 1 to 30 of `a-z 0-9 _`.
    #[error("must be 1 to 30 letters a-z, digits or underscores")]
    Characters,
    /// Names that routes or people would mistake.
    #[error("is reserved")]
    Reserved,
}

/// Names that routes or programs would mistake.
const RESERVED: [&str; 4] = ["actor", "instance", "inbox", "undefined"];

/// Names that people would take for those who run the server.
const OFFICIAL: [&str; 8] =
    ["admin", "administrator", "root", "system", "support", "help", "moderator", "antiphon"];

/// Checks a name for a new account here, made by those who run the server.
pub fn check_name(name: &str) -> Result<(), InvalidName> {
    let fits = (1..=30).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !fits {
        return Err(InvalidName::Characters);
    }
    if is_among(&RESERVED, name) { Err(InvalidName::Reserved) } else { Ok(()) }
}

/// Checks a name that somebody chose for a new account of their own.
pub fn check_chosen_name(name: &str) -> Result<(), InvalidName> {
    check_name(name)?;
    if is_among(&OFFICIAL, name) { Err(InvalidName::Reserved) } else { Ok(()) }
}

fn is_among(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!(check_name("carol_2"), Ok(()));
        for wrong in ["", "a b", "a/b", "käthe", "x.y", &"x".repeat(31)] {
            assert_eq!(check_name(wrong), Err(InvalidName::Characters), "{wrong}");
        }
        assert_eq!(check_name("Inbox"), Err(InvalidName::Reserved));
    }

    #[test]
    fn an_official_name_is_given_only_by_those_who_run_the_server() {
        assert_eq!(check_chosen_name("Admin"), Err(InvalidName::Reserved));
        assert_eq!(check_name("Admin"), Ok(()));
        for wrong in ["inbox", "a b"] {
            assert_eq!(check_chosen_name(wrong), check_name(wrong), "{wrong}");
        }
        assert_eq!(check_chosen_name("carol_2"), Ok(()));
    }
}
