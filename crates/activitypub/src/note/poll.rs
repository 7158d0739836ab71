//! The poll of a Question.

use crate::json;
use domain::Timestamp;
use serde_json::Value;

/// The most options that are read.
pub const MAX_OPTIONS: usize = 100;

/// A poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// What can be chosen, in order.
    pub options: Vec<PollOption>,
    /// Whether several can be chosen (`anyOf`).
    pub multiple: bool,
    /// When voting ends. Pleroma tells it as `closed`, also for the future.
    pub ends: Option<Timestamp>,
    /// Whether the sender says that voting has ended, without a time.
    pub is_closed: bool,
    /// How many have voted.
    pub voters: Option<u64>,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollOption {
    /// Its text; votes repeat it.
    pub title: String,
    /// How many chose it.
    pub votes: Option<u64>,
}

impl Poll {
    /// Reads the poll of a post that has one.
    pub fn parse(value: &Value) -> Option<Self> {
        let multiple = json::objects(value, "anyOf").next().is_some();
        let name = if multiple { "anyOf" } else { "oneOf" };
        let options: Vec<_> = json::objects(value, name).filter_map(option).take(MAX_OPTIONS).collect();
        (!options.is_empty()).then(|| Self {
            options,
            multiple,
            ends: json::time(value, "endTime").or_else(|| json::time(value, "closed")),
            is_closed: json::boolean(value, "closed").unwrap_or(false),
            voters: json::count(value, "votersCount"),
        })
    }
}

fn option(value: &Value) -> Option<PollOption> {
    let title = json::text(value, "name", json::MAX_NAME_BYTES)?.text;
    let counted = json::objects(value, "replies").find_map(|replies| json::count(replies, "totalItems"));
    Some(PollOption { title, votes: counted.or_else(|| json::count(value, "_misskey_votes")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_poll_is_read_with_and_without_its_counts() {
        let poll = Poll::parse(&json!({"oneOf": [
            {"type": "Note", "name": "yes", "replies": {"type": "Collection", "totalItems": 4}},
            {"type": "Note", "name": "no", "_misskey_votes": 2},
            {"type": "Note", "name": "perhaps"},
            {"type": "Note"},
        ], "endTime": null, "closed": "2019-09-19T00:32:36.785333"}))
        .unwrap();
        let votes: Vec<_> = poll.options.iter().map(|option| option.votes).collect();
        assert_eq!((votes, poll.multiple), (vec![Some(4), Some(2), None], false));
        assert_eq!(poll.ends, Some(Timestamp(1_568_853_156_785)));
    }

    #[test]
    fn several_choices_a_bare_closed_and_no_poll() {
        let poll = Poll::parse(&json!({"anyOf": {"name": "a"}, "closed": true, "votersCount": 3})).unwrap();
        assert_eq!((poll.multiple, poll.is_closed, poll.voters), (true, true, Some(3)));
        assert_eq!(Poll::parse(&json!({"oneOf": []})), None);
    }
}
