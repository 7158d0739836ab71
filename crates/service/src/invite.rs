//! Invitations: a code that lets its bearers sign up.

use crate::error::OrNotFound;
use crate::keys::secret;
use crate::settings::SignUp;
use crate::{Error, Result};
use domain::UserId;
use domain::user::{Role, User};
use std::time::Duration;
use store::Tx;

pub use store::invite::Invite;

/// Characters of a code: 132 bits.
const CODE_CHARS: usize = 22;

/// Invitations of one user that may be there.
const MOST: usize = 100;
/// Bounds of an invitation that a user makes.
const MOST_USES: u32 = 100;
const MOST_DAYS: u32 = 90;
const DAY: Duration = Duration::from_hours(24);

/// For how many, and how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// How many may come with it; none: any number.
    pub max_uses: Option<u32>,
    /// How long it is good; none: for ever.
    pub lasts: Option<Duration>,
}

/// Whether a user may invite: members where that is the way in, administrators
/// wherever somebody may come.
pub fn is_allowed(sign_up: SignUp, user: &User) -> bool {
    match sign_up {
        SignUp::Closed => false,
        SignUp::Invite => true,
        SignUp::Approval | SignUp::Open => user.role == Role::Admin,
    }
}

/// A user invites, for a number of people and days within bounds.
pub fn create_own(tx: &mut Tx, user: UserId, uses: u32, days: u32) -> Result<Invite> {
    if of_user(tx, user)?.len() >= MOST {
        return Err(Error::Forbidden("You have too many invitations."));
    }
    let lasts = DAY.saturating_mul(days.clamp(1, MOST_DAYS));
    create(tx, Some(user), Terms { max_uses: Some(uses.clamp(1, MOST_USES)), lasts: Some(lasts) })
}

/// Makes an invitation, by a user or by the command line.
pub fn create(tx: &mut Tx, by: Option<UserId>, terms: Terms) -> Result<Invite> {
    if terms.max_uses == Some(0) {
        return Err(Error::invalid("uses", "must be at least 1"));
    }
    let now = tx.now();
    let invite = Invite {
        id: tx.new_id(),
        code: secret()?.chars().take(CODE_CHARS).collect(),
        user_id: by,
        uses: 0,
        max_uses: terms.max_uses.map(i64::from),
        expires_at: terms.lasts.map(|lasts| now.plus(lasts)),
        revoked_at: None,
        created_at: now,
    };
    store::invite::insert(tx, &invite)?;
    Ok(invite)
}

/// All of them, newest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Invite>> {
    Ok(store::invite::list(tx)?)
}

/// Those of one user, newest first.
pub fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Invite>> {
    Ok(store::invite::of_user(tx, user)?)
}

/// Whether an invitation could be used now.
pub fn is_good(tx: &mut Tx, code: &str) -> Result<bool> {
    let now = tx.now();
    Ok(store::invite::find(tx, code)?.is_some_and(|invite| {
        let left = invite.max_uses.is_none_or(|most| invite.uses < most);
        left && invite.revoked_at.is_none() && invite.expires_at.is_none_or(|end| now < end)
    }))
}

/// Comes with an invitation; its row. None where it is not good.
pub(crate) fn take(tx: &mut Tx, code: &str) -> Result<Option<i64>> {
    let now = tx.now();
    let Some(invite) = store::invite::find(tx, code)? else { return Ok(None) };
    Ok(store::invite::take(tx, invite.id, now)?.then_some(invite.id))
}

/// Takes any invitation back.
pub fn revoke(tx: &mut Tx, code: &str) -> Result<()> {
    let now = tx.now();
    store::invite::revoke(tx, code, now)?.then_some(()).or_not_found("invitation")
}

/// Takes one of a user's own invitations back.
pub fn revoke_own(tx: &mut Tx, user: UserId, id: i64) -> Result<()> {
    let now = tx.now();
    store::invite::revoke_of(tx, user, id, now)?.then_some(()).or_not_found("invitation")
}
