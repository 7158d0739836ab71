//! Who plays, and where: four people on three servers.

use std::fmt;

/// One of the three servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Alpha,
    Beta,
    Gamma,
}

impl Place {
    pub(super) const ALL: [Self; 3] = [Self::Alpha, Self::Beta, Self::Gamma];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Gamma => "gamma",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Somebody with an account on one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: &'static str,
    /// As it is shown.
    pub(super) shown: &'static str,
    pub(super) home: Place,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.home)
    }
}

pub(super) const ALICE: Person = Person { name: "alice", shown: "Alice", home: Place::Alpha };
pub(super) const BERTA: Person = Person { name: "berta", shown: "Berta", home: Place::Beta };
pub(super) const CARLOS: Person = Person { name: "carlos", shown: "Carlos", home: Place::Gamma };
pub(super) const DORA: Person = Person { name: "dora", shown: "Dora", home: Place::Beta };

pub(super) const PEOPLE: [Person; 4] = [ALICE, BERTA, CARLOS, DORA];

/// A post, by what it is called in the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Title(pub(super) &'static str);

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}”", self.0)
    }
}

/// Which inbox a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inbox {
    /// A person's own.
    Own(Person),
    /// The one that all people of a server share (ActivityPub §7.1.3).
    Shared(Place),
}

impl Inbox {
    pub(super) const fn place(self) -> Place {
        match self {
            Self::Own(person) => person.home,
            Self::Shared(place) => place,
        }
    }

    pub(super) fn path(self) -> String {
        match self {
            Self::Own(person) => format!("/users/{}/inbox", person.name),
            Self::Shared(_) => "/inbox".to_owned(),
        }
    }
}

impl fmt::Display for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(person) => write!(f, "{person}’s inbox"),
            Self::Shared(place) => write!(f, "{place}’s shared inbox"),
        }
    }
}
