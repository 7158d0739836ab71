//! Relationship.

use super::value::{Iso, Text};
use domain::AccountId;
use domain::follow::Relationship as Known;
use serde::Serialize;

/// <https://docs.joinmastodon.org/entities/Relationship/>
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the entity has them")]
pub(crate) struct Relationship<'a> {
    id: Text<i64>,
    following: bool,
    showing_reblogs: bool,
    notifying: bool,
    languages: Option<&'a [String]>,
    followed_by: bool,
    blocking: bool,
    blocked_by: bool,
    muting: bool,
    muting_notifications: bool,
    muting_expires_at: Option<Iso>,
    requested: bool,
    requested_by: bool,
    domain_blocking: bool,
    endorsed: bool,
    note: &'a str,
}

impl<'a> Relationship<'a> {
    /// After a request to who says yes by itself, in a moment: programs want to
    /// hear it at once.
    pub(crate) const fn expecting_yes(self) -> Self {
        Self { following: self.following || self.requested, requested: false, ..self }
    }

    /// What the viewer is to an account.
    pub(crate) fn of((id, known): &'a (AccountId, Known)) -> Self {
        let asked = known.following || known.requested;
        Self {
            id: Text(id.0),
            following: known.following,
            showing_reblogs: asked && known.shows_boosts,
            notifying: asked && known.notifies,
            languages: (asked && !known.languages.is_empty()).then_some(&known.languages),
            followed_by: known.followed_by,
            blocking: known.blocking,
            blocked_by: known.blocked_by,
            muting: known.mute.is_some(),
            muting_notifications: known.mute.is_some_and(|mute| mute.notifications),
            muting_expires_at: known.mute.and_then(|mute| mute.expires_at).map(Iso),
            requested: known.requested,
            requested_by: known.requested_by,
            domain_blocking: known.blocks_domain,
            endorsed: false,
            note: &known.note,
        }
    }
}
