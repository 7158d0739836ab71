//! An activity on its way to a verb, and what the verb may answer.

use activitypub::Activity;
use domain::{Account, ActorId, ObjectId};
use std::collections::HashMap;

/// Something a verb has to know before it can decide.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Need {
    /// An actor we do not know.
    Actor(ActorId),
    /// A post we do not have.
    Post(ObjectId),
    /// What a post we have says now.
    Change(ObjectId),
}

impl Need {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Actor(id) => id.as_str(),
            Self::Post(id) | Self::Change(id) => id.as_str(),
        }
    }
}

/// What was asked for: what could not be had, and why, and what was had.
/// Asking again is no use.
#[derive(Debug, Clone, Default)]
pub struct Lacking(HashMap<String, Option<String>>);

impl Lacking {
    /// Notes a failure.
    pub fn add(&mut self, need: &Need, why: String) {
        self.0.insert(need.id().to_owned(), Some(why));
    }

    /// Notes what was had.
    pub fn had(&mut self, need: &Need) {
        self.0.insert(need.id().to_owned(), None);
    }

    /// Whether it was had.
    pub fn was_had(&self, id: &str) -> bool {
        matches!(self.0.get(id), Some(None))
    }

    /// Why there is no use in asking, if it was tried.
    pub fn why(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|why| why.as_deref().unwrap_or("it did not help"))
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
    /// Nothing was written: this has to be had first.
    Needs(Vec<Need>),
}

impl Outcome {
    /// Nothing was to be done, and why.
    pub fn ignored(why: impl Into<String>) -> Self {
        Self::Ignored(why.into())
    }
}
