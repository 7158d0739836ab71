//! What a follow means for the account it is aimed at.

use crate::Account;

/// What the sender is to the target when a follow arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Nothing yet.
    None,
    /// Asked, and not yet answered.
    Requested,
    /// Already a follower.
    Following,
    /// Blocked by the target.
    Blocked,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Say nothing.
    Ignore,
    /// Wait for the target.
    Hold,
    /// A follower from now on.
    Accept,
    /// Say no.
    Reject,
}

/// What an arriving follow means for the account it is aimed at.
pub fn decide(target: &Account, relation: Relation) -> Decision {
    if !target.state.is_live() {
        return Decision::Ignore;
    }
    match relation {
        // Silence: a `Reject` would tell the sender of the block.
        Relation::Blocked => Decision::Ignore,
        // The peer lost our first `Accept`; repeating it is harmless.
        Relation::Following => Decision::Accept,
        Relation::None | Relation::Requested if target.flags.locked => Decision::Hold,
        Relation::None | Relation::Requested => Decision::Accept,
    }
}

/// What one account is to another, both ways: a client's "relationship".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a table of independent facts, each shown by clients")]
pub struct Relationship {
    /// I follow, and it is accepted.
    pub following: bool,
    /// I asked and wait.
    pub requested: bool,
    /// Follows me.
    pub followed_by: bool,
    /// Asked me and waits.
    pub requested_by: bool,
    /// I block.
    pub blocking: bool,
    /// Blocks me.
    pub blocked_by: bool,
    /// I want to see boosts.
    pub shows_boosts: bool,
    /// I want to be told of each post.
    pub notifies: bool,
    /// I want posts in these languages only; empty: in all.
    pub languages: Vec<String>,
    /// I do not want to meet it.
    pub mute: Option<MuteView>,
    /// I want nothing of its host.
    pub blocks_domain: bool,
    /// What I noted about it.
    pub note: String,
}

/// A mute that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MuteView {
    /// What it does is not told either.
    pub notifications: bool,
    /// When it ends.
    pub expires_at: Option<crate::Timestamp>,
}
