//! The words of the Mastodon API: our values dressed as its entities
//! (<https://docs.joinmastodon.org/entities/>). Borrowed from what the verbs
//! return and written out once.

pub(crate) mod account;
pub(crate) mod announcement;
pub(crate) mod filter;
pub(crate) mod card;
pub(crate) mod instance;
pub(crate) mod media;
pub(crate) mod list;
pub(crate) mod notification;
pub(crate) mod poll;
pub(crate) mod relationship;
pub(crate) mod report;
pub(crate) mod scheduled;
pub(crate) mod search;
pub(crate) mod status;
pub(crate) mod value;

use domain::Names;

/// How we say it, and how we name our own things.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect<'a> {
    pub(crate) names: &'a Names,
}

impl<'a> Dialect<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self { names }
    }
}
