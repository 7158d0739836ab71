//! An activity on its way to a verb, and what the verb may answer.

use activitypub::Activity;
use domain::{Account, ActorId, ObjectId, PostId};
use std::collections::HashMap;

/// Something a verb has to know before it can decide.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Need {
    /// An actor we do not know.
    Actor(ActorId),
    /// What an actor says of itself now.
    Profile(ActorId),
    /// A post we do not have.
    Post(ObjectId),
    /// What a post we have says now.
    Change(ObjectId),
    /// That a post we have is gone where it lived.
    Absence(ObjectId),
}

impl Need {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Actor(id) | Self::Profile(id) => id.as_str(),
            Self::Post(id) | Self::Change(id) | Self::Absence(id) => id.as_str(),
        }
    }
}

/// What was asked for: what could not be had, and why, and what was had.
/// Asking again is no use.
#[derive(Debug, Clone, Default)]
pub struct Lacking(HashMap<String, Answer>);

/// What came of asking.
#[derive(Debug, Clone)]
enum Answer {
    /// It was had; of a post, this is the row.
    Had(Option<PostId>),
    /// It could not be had.
    Failed(String),
}

impl Lacking {
    /// Notes a failure.
    pub fn add(&mut self, need: &Need, why: String) {
        self.0.insert(need.id().to_owned(), Answer::Failed(why));
    }

    /// Notes what was had; of a post, its row.
    pub fn had(&mut self, need: &Need, post: Option<PostId>) {
        self.0.insert(need.id().to_owned(), Answer::Had(post));
    }

    /// Whether it was had.
    pub fn was_had(&self, id: &str) -> bool {
        matches!(self.0.get(id), Some(Answer::Had(_)))
    }

    /// The post that was had for an id; it may call itself otherwise, as the
    /// id may be that of its Create.
    pub fn post(&self, id: &str) -> Option<PostId> {
        match self.0.get(id) {
            Some(Answer::Had(post)) => *post,
            _ => None,
        }
    }

    /// Why there is no use in asking, if it was tried.
    pub fn why(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|answer| match answer {
            Answer::Had(_) => "it did not help",
            Answer::Failed(why) => why,
        })
    }
}

/// An activity whose signer is proven to be its actor.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// Who did it.
    pub sender: &'a Account,
    /// What it is.
    pub activity: &'a Activity,
    /// What could not be had.
    pub lacking: &'a Lacking,
}

impl Arrival<'_> {
    /// Asks for something, unless that was tried: then says what it means.
    pub fn need(&self, need: Need, otherwise: impl FnOnce(&str) -> Outcome) -> Outcome {
        match self.lacking.why(need.id()) {
            Some(why) => otherwise(why),
            None => Outcome::Needs(vec![need]),
        }
    }
}

/// What became of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Acted upon.
    Processed,
    /// Understood, and nothing was to be done.
    Ignored(String),
    /// This has to be had first. What was written, if anything, is of other
    /// objects of the same activity, and has no effect a second time.
    Needs(Vec<Need>),
}

impl Outcome {
    /// Nothing was to be done, and why.
    pub fn ignored(why: impl Into<String>) -> Self {
        Self::Ignored(why.into())
    }

    /// What became of an activity with several objects.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Needs(mut needs), Self::Needs(more)) => {
                needs.extend(more);
                Self::Needs(needs)
            }
            (Self::Needs(needs), _) | (_, Self::Needs(needs)) => Self::Needs(needs),
            (Self::Processed, _) | (_, Self::Processed) => Self::Processed,
            (first, Self::Ignored(_)) => first,
        }
    }
}
