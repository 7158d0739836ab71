//! One ActivityPub message in the log: what came, what went, and what became of it.

use crate::{Host, MessageId, Timestamp};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From a peer.
    In,
    /// From us.
    Out,
    /// One of our own requests for a document.
    Fetch,
}

impl Direction {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::In => 0,
            Self::Out => 1,
            Self::Fetch => 2,
        }
    }

    /// The direction of a stored number.
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::In,
            1 => Self::Out,
            2 => Self::Fetch,
            _ => return None,
        })
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// On disk, not yet acted upon.
    Waiting,
    /// Acted upon.
    Processed,
    /// Understood, and nothing was to be done: `reason` says why.
    Ignored,
    /// Not accepted at the door: `reason` says why. The sender was told.
    Refused,
    /// Could not be acted upon: `reason` says why.
    Failed,
    /// One of ours, on its way or delivered: its deliveries tell.
    Sent,
}

impl MessageState {
    /// All states, in the order of their codes.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Processed, Self::Ignored, Self::Refused, Self::Failed, Self::Sent];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Processed => 1,
            Self::Ignored => 2,
            Self::Refused => 3,
            Self::Failed => 4,
            Self::Sent => 5,
        }
    }

    /// The state of a stored number.
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code).ok().and_then(|index| Self::ALL.get(index).copied())
    }

    /// One word for logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Processed => "processed",
            Self::Ignored => "ignored",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Sent => "sent",
        }
    }
}

/// A line of the message log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Our row.
    pub id: MessageId,
    /// Which way.
    pub direction: Direction,
    /// The activity's type, as it came; `GET` for fetches.
    pub kind: String,
    /// Type and id of its object, shortened, where there is one.
    pub object: String,
    /// The activity's id, where it has one.
    pub activity_id: Option<String>,
    /// The activity's `actor`.
    pub actor: Option<String>,
    /// Who signed it: the owner of the signature's key.
    pub signer: Option<String>,
    /// The peer: who sent it, or whom we asked.
    pub host: Option<Host>,
    /// The inbox it came to, or the URL we asked for.
    pub target: String,
    /// What became of it.
    pub state: MessageState,
    /// Why, where that needs saying.
    pub reason: Option<String>,
    /// When it came or was made.
    pub at: Timestamp,
    /// When it was acted upon.
    pub done_at: Option<Timestamp>,
}
