//! Relationship.

use super::value::Text;
use domain::AccountId;
use domain::follow::Relationship as Known;
use serde::Serialize;

/// <https://docs.joinmastodon.org/entities/Relationship/>
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the entity has them")]
pub(crate) struct Relationship {
    id: Text<i64>,
    following: bool,
    showing_reblogs: bool,
    notifying: bool,
    languages: Option<[(); 0]>,
    followed_by: bool,
    blocking: bool,
    blocked_by: bool,
    muting: bool,
    muting_notifications: bool,
    muting_expires_at: Option<()>,
    requested: bool,
    requested_by: bool,
    domain_blocking: bool,
    endorsed: bool,
    note: &'static str,
}

impl From<&(AccountId, Known)> for Relationship {
    fn from((id, known): &(AccountId, Known)) -> Self {
        let asked = known.following || known.requested;
        Self {
            id: Text(id.0),
            following: known.following,
            showing_reblogs: asked && known.shows_boosts,
            notifying: asked && known.notifies,
            languages: None,
            followed_by: known.followed_by,
            blocking: known.blocking,
            blocked_by: known.blocked_by,
            muting: false,
            muting_notifications: false,
            muting_expires_at: None,
            requested: known.requested,
            requested_by: known.requested_by,
            domain_blocking: false,
            endorsed: false,
            note: "",
        }
    }
}
