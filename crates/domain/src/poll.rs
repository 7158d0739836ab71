//! Polls: what is asked, who may answer, and when the numbers are shown.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// The most options of a poll made here.
pub const MAX_OPTIONS: usize = 4;
/// The longest option of a poll made here, in characters as people see them.
pub const MAX_OPTION_CHARACTERS: usize = 50;
/// The shortest time a poll made here is open, in seconds.
pub const MIN_OPEN_S: i64 = 300;
/// The longest, in seconds: a month.
pub const MAX_OPEN_S: i64 = 2_629_746;

/// A poll, on whichever server it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// What can be chosen, in order.
    pub options: Vec<PollOption>,
    /// Several can be chosen.
    pub multiple: bool,
    /// Nobody sees the numbers before the end.
    pub hides_totals: bool,
    /// When voting ends; some peers' polls never do.
    pub ends_at: Option<Timestamp>,
    /// Its server says that voting has ended, whatever the time.
    pub is_closed: bool,
    /// How many have voted, where that is told.
    pub voters: Option<i64>,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollOption {
    /// Its text. Votes between servers name it.
    pub title: String,
    /// How many chose it.
    pub votes: i64,
}

impl Poll {
    /// Whether voting has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.is_closed || self.ends_at.is_some_and(|end| end <= now)
    }

    /// Whether the numbers of the single options are shown.
    pub fn shows_totals(&self, now: Timestamp) -> bool {
        !self.hides_totals || self.is_over(now)
    }

    /// All votes together.
    pub fn votes(&self) -> i64 {
        self.options.iter().fold(0, |all, option| all.saturating_add(option.votes))
    }

    /// The place of the option with this text.
    pub fn place_of(&self, title: &str) -> Option<i64> {
        let place = self.options.iter().position(|option| option.title == title)?;
        i64::try_from(place).ok()
    }

    /// Whether another poll asks the same: then votes for it still count.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        self.multiple == other.multiple
            && self.options.iter().map(|it| &it.title).eq(other.options.iter().map(|it| &it.title))
    }

    /// The texts of its options.
    pub fn titles(&self) -> Vec<String> {
        self.options.iter().map(|option| option.title.clone()).collect()
    }
}

/// A poll as it is shown to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollView {
    /// The poll.
    pub poll: Poll,
    /// When it is shown.
    pub now: Timestamp,
    /// Places of what the viewer chose, in the order of the votes; none for nobody.
    pub own_votes: Option<Vec<i64>>,
    /// The viewer asks it.
    pub is_own: bool,
}

/// A poll that somebody hands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollDraft {
    /// The texts of its options.
    pub options: Vec<String>,
    /// How long it is open from its publication on, in seconds.
    pub open_for_s: i64,
    /// Several can be chosen.
    pub multiple: bool,
    /// Nobody sees the numbers before the end.
    pub hides_totals: bool,
}

/// Why a draft is no poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPoll {
    /// Nothing to choose from.
    #[error("options must have more than one item")]
    TooFew,
    /// More than [`MAX_OPTIONS`].
    #[error("options can't contain more than {MAX_OPTIONS} items")]
    TooMany,
    /// Longer than [`MAX_OPTION_CHARACTERS`].
    #[error("options cannot be longer than {MAX_OPTION_CHARACTERS} characters each")]
    TooLong,
    /// Two are the same: votes could not be told apart.
    #[error("options contain duplicate items")]
    Twice,
    /// Ends before [`MIN_OPEN_S`].
    #[error("expires at is too soon")]
    TooSoon,
    /// Ends after [`MAX_OPEN_S`].
    #[error("expires at is too far into the future")]
    TooLate,
}

impl PollDraft {
    /// Checks it. `length` counts characters as people see them.
    pub fn check(&self, length: impl Fn(&str) -> usize) -> Result<(), InvalidPoll> {
        let options = &self.options;
        let repeats = |(at, title): (usize, &String)| options.iter().take(at).any(|other| other == title);
        match () {
            () if options.len() < 2 => Err(InvalidPoll::TooFew),
            () if options.len() > MAX_OPTIONS => Err(InvalidPoll::TooMany),
            () if options.iter().any(|it| length(it) > MAX_OPTION_CHARACTERS) => Err(InvalidPoll::TooLong),
            () if options.iter().enumerate().any(repeats) => Err(InvalidPoll::Twice),
            () if self.open_for_s < MIN_OPEN_S => Err(InvalidPoll::TooSoon),
            () if self.open_for_s > MAX_OPEN_S => Err(InvalidPoll::TooLate),
            () => Ok(()),
        }
    }

    /// The poll it becomes at some time.
    pub fn open(&self, now: Timestamp) -> Poll {
        let open_for = std::time::Duration::from_secs(u64::try_from(self.open_for_s).unwrap_or(0));
        Poll {
            options: self.options.iter().map(|title| PollOption { title: title.clone(), votes: 0 }).collect(),
            multiple: self.multiple,
            hides_totals: self.hides_totals,
            ends_at: Some(now.plus(open_for)),
            is_closed: false,
            voters: Some(0),
        }
    }
}

/// Why a vote does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVote {
    /// Voting has ended.
    #[error("The poll has already ended")]
    Ended,
    /// Out of range.
    #[error("The chosen vote option does not exist")]
    NoSuchOption,
    /// Asked by the voter.
    #[error("You cannot vote in your own polls")]
    OwnPoll,
    /// One voice each; of several, each option once.
    #[error("You have already voted on this poll")]
    AlreadyVoted,
}

/// Who votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voter {
    /// Who asks the poll.
    Author,
    /// Anyone else.
    Other,
}

/// Checks a vote. `before`: the places that the same voter chose already.
pub fn check_vote(
    poll: &Poll,
    now: Timestamp,
    voter: Voter,
    before: &[i64],
    choices: &[i64],
) -> Result<(), InvalidVote> {
    let exists = |choice: &i64| usize::try_from(*choice).is_ok_and(|place| place < poll.options.len());
    let repeats = if poll.multiple {
        choices.iter().any(|choice| before.contains(choice))
    } else {
        !before.is_empty() || choices.len() > 1
    };
    match () {
        () if poll.is_over(now) => Err(InvalidVote::Ended),
        () if !choices.iter().all(exists) => Err(InvalidVote::NoSuchOption),
        () if voter == Voter::Author => Err(InvalidVote::OwnPoll),
        () if repeats => Err(InvalidVote::AlreadyVoted),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(options: &[&str], open_for_s: i64) -> PollDraft {
        let options = options.iter().map(|&title| title.to_owned()).collect();
        PollDraft { options, open_for_s, multiple: false, hides_totals: false }
    }

    fn check(options: &[&str], open_for_s: i64) -> Result<(), InvalidPoll> {
        draft(options, open_for_s).check(|title| title.chars().count())
    }

    #[test]
    fn a_poll_has_a_few_short_different_options_and_an_end() {
        assert_eq!(check(&["yes", "no"], 300), Ok(()));
        assert_eq!(check(&["yes"], 300), Err(InvalidPoll::TooFew));
        assert_eq!(check(&["1", "2", "3", "4", "5"], 300), Err(InvalidPoll::TooMany));
        assert_eq!(check(&["yes", &"n".repeat(51)], 300), Err(InvalidPoll::TooLong));
        assert_eq!(check(&["yes", "yes"], 300), Err(InvalidPoll::Twice));
        assert_eq!(check(&["yes", "no"], 299), Err(InvalidPoll::TooSoon));
        assert_eq!(check(&["yes", "no"], MAX_OPEN_S + 1), Err(InvalidPoll::TooLate));
    }

    #[test]
    fn who_may_vote_as_a_table() {
        let one = draft(&["a", "b"], 300).open(Timestamp(0));
        let several = Poll { multiple: true, ..one.clone() };
        let (early, late) = (Timestamp(1), Timestamp(300_000));
        for (poll, now, voter, before, choices, expected) in [
            (&one, early, Voter::Other, &[][..], &[1][..], Ok(())),
            (&one, late, Voter::Other, &[], &[1], Err(InvalidVote::Ended)),
            (&one, early, Voter::Other, &[], &[2], Err(InvalidVote::NoSuchOption)),
            (&one, early, Voter::Other, &[], &[-1], Err(InvalidVote::NoSuchOption)),
            (&one, early, Voter::Author, &[], &[1], Err(InvalidVote::OwnPoll)),
            (&one, early, Voter::Other, &[0], &[1], Err(InvalidVote::AlreadyVoted)),
            (&one, early, Voter::Other, &[], &[0, 1], Err(InvalidVote::AlreadyVoted)),
            (&several, early, Voter::Other, &[], &[0, 1], Ok(())),
            (&several, early, Voter::Other, &[0], &[1], Ok(())),
            (&several, early, Voter::Other, &[0], &[0], Err(InvalidVote::AlreadyVoted)),
        ] {
            assert_eq!(check_vote(poll, now, voter, before, choices), expected, "{before:?} {choices:?}");
        }
    }

    #[test]
    fn hidden_numbers_are_shown_at_the_end() {
        let hidden = Poll { hides_totals: true, ..draft(&["a", "b"], 300).open(Timestamp(0)) };
        assert!(!hidden.shows_totals(Timestamp(299_999)));
        assert!(hidden.shows_totals(Timestamp(300_000)));
    }
}
