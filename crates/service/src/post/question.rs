//! The poll of a post, as it is written here or told by its server. Voting is
//! a matter of [`crate::poll`].

use crate::{Error, Result};
use activitypub::Note;
use domain::poll::{Poll, PollDraft, PollOption};
use domain::{Post, PostKind};
use store::Tx;

/// The longest option that is kept of what peers send.
const MAX_TITLE_CHARACTERS: usize = 500;

/// More votes than there are people: whatever a peer says, numbers are added.
const MOST_VOTES: i64 = 1 << 40;

/// Checks a poll that somebody hands in.
pub(crate) fn check(poll: Option<&PollDraft>) -> Result<()> {
    let checked = poll.map_or(Ok(()), |poll| poll.check(text::length::seen));
    checked.map_err(|why| Error::invalid("Poll", why.to_string()))
}

/// Writes the poll of a new post of ours. All of ours are told of their end.
pub(super) fn open(tx: &mut Tx, post: &Post, draft: &PollDraft) -> Result<()> {
    let poll = draft.open(tx.now());
    Ok(store::poll::insert(tx, post.id, &poll, poll.ends_at)?)
}

/// The poll that a peer's post carries.
pub(super) fn of_note(note: &Note) -> Option<Poll> {
    let told = note.poll.as_ref()?;
    let number = |count: u64| i64::try_from(count).unwrap_or(MOST_VOTES).min(MOST_VOTES);
    let option = |option: &activitypub::note::PollOption| PollOption {
        // Byte for byte: votes repeat it, and nowhere is it read as HTML.
        title: option.title.chars().take(MAX_TITLE_CHARACTERS).collect(),
        votes: option.votes.map_or(0, number),
    };
    Some(Poll {
        options: told.options.iter().map(option).collect(),
        multiple: told.multiple,
        hides_totals: false,
        ends_at: told.ends,
        is_closed: told.is_closed,
        voters: told.voters.map(number),
    })
}

/// What an edit makes of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PollChange {
    /// Nothing.
    None,
    /// It ends at another time, or shows its numbers earlier or later. Votes stay.
    End(Poll),
    /// It asks something else: no vote for it counts any more. Or it goes.
    Other(Option<Poll>),
}

/// What an edit of ours makes of the poll that stands.
pub(super) fn change_of(
    before: Option<&Poll>,
    draft: Option<&PollDraft>,
    now: domain::Timestamp,
) -> PollChange {
    match (before, draft.map(|draft| draft.open(now))) {
        (None, None) => PollChange::None,
        (Some(before), Some(after)) if after.asks_the_same(before) => PollChange::End(after),
        (_, after) => PollChange::Other(after),
    }
}

/// Puts another poll, or none, in the place of the one that stands, and keeps
/// the options that stood with the revision of the post.
pub(super) fn replace(tx: &mut Tx, post: &Post, before: Option<&Poll>, after: Option<&Poll>) -> Result<()> {
    store::poll::remove(tx, post.id)?;
    let end_due = after.filter(|_| tx.names().is_ours(&post.object_id)).and_then(|poll| poll.ends_at);
    if let Some(poll) = after {
        store::poll::insert(tx, post.id, poll, end_due)?;
    }
    if before.is_some() != after.is_some() {
        let kind = if after.is_some() { PostKind::Question } else { PostKind::Note };
        store::post::set_kind(tx, post.id, &kind)?;
    }
    Ok(())
}
