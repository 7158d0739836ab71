//! How far somebody has read, the same in all programs they use.

use crate::{Error, Result};
use domain::AccountId;
use store::Tx;

pub use store::marker::Marker;

/// What a marker can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeline {
    /// Home.
    Home,
    /// What they are told.
    Notifications,
}

impl Timeline {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Home, Self::Notifications];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Notifications => "notifications",
        }
    }

    /// The timeline of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|timeline| timeline.as_str() == word)
    }
}

/// Markers of an account; none where it has said nothing yet.
pub fn of(tx: &mut Tx, account: AccountId, timelines: &[Timeline]) -> Result<Vec<Marker>> {
    let words: Vec<&str> = timelines.iter().map(|timeline| timeline.as_str()).collect();
    Ok(store::marker::list(tx, account, &words)?)
}

/// The newest entry of a timeline that was read; 0 where nobody has said.
pub fn last_read(tx: &mut Tx, account: AccountId, timeline: Timeline) -> Result<i64> {
    Ok(of(tx, account, &[timeline])?.first().map_or(0, |marker| marker.last_read_id))
}

/// Moves markers, all or none.
pub fn set(tx: &mut Tx, account: AccountId, moves: &[(Timeline, i64)]) -> Result<Vec<Marker>> {
    let timelines: Vec<Timeline> = moves.iter().map(|(timeline, _)| *timeline).collect();
    let before = of(tx, account, &timelines)?;
    for (timeline, id) in moves {
        let known = before.iter().find(|marker| marker.timeline == timeline.as_str());
        let known = known.map_or(0, |marker| marker.version);
        if !store::marker::set(tx, account, timeline.as_str(), *id, known)? {
            return Err(Error::Conflict("marker"));
        }
    }
    of(tx, account, &timelines)
}
