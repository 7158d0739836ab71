//! People who sign in, and what their programs may do.

use crate::{AccountId, UserId};
use std::collections::BTreeSet;
use std::fmt;

/// What a person may do to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs it.
    Admin,
    /// Uses it.
    Member,
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Our row.
    pub id: UserId,
    /// The account that opens after signing in.
    pub account_id: AccountId,
    /// What the person may do.
    pub role: Role,
    /// Signs in with this or with the account's name.
    pub email: Option<String>,
}

/// What somebody who signed up still waits for; at least one of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// That an administrator lets them in.
    pub approval: bool,
    /// That they prove their e-mail address.
    pub confirmation: bool,
}

/// What a token allows: `read`, `write:statuses` and so on (OAuth 2.0 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(BTreeSet<String>);

/// The text names a scope that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope {0:?}")]
pub struct UnknownScope(pub String);

const PARTS: [&str; 17] = [
    "accounts",
    "blocks",
    "bookmarks",
    "conversations",
    "favourites",
    "filters",
    "follows",
    "lists",
    "media",
    "mutes",
    "notifications",
    "reports",
    "search",
    "statuses",
    "me",
    "tags",
    "collections",
];

impl Scopes {
    /// Reads scopes separated by spaces or `+`. The old `follow` is kept as it is.
    pub fn parse(text: &str) -> Result<Self, UnknownScope> {
        let mut all = BTreeSet::new();
        for scope in text.split([' ', '+', ',']).filter(|s| !s.is_empty()) {
            if !Self::exists(scope) {
                return Err(UnknownScope(scope.chars().take(64).collect()));
            }
            all.insert(scope.to_owned());
        }
        Ok(Self(all))
    }

    fn exists(scope: &str) -> bool {
        match scope.split_once(':') {
            None => matches!(
                scope,
                "read" | "write" | "follow" | "push" | "profile" | "openid" | "email" | "crypto"
            ),
            Some(("admin", rest)) => {
                rest.split(':').next().is_some_and(|verb| matches!(verb, "read" | "write"))
            }
            Some(("read" | "write", part)) => PARTS.contains(&part),
            Some(_) => false,
        }
    }

    /// Whether `needed` (`write:statuses`) is allowed, by itself or as a part.
    pub fn allow(&self, needed: &str) -> bool {
        if self.0.contains(needed) {
            return true;
        }
        let Some((verb, part)) = needed.split_once(':') else { return false };
        let follow = matches!(part, "follows" | "blocks" | "mutes") && self.0.contains("follow");
        self.0.contains(verb) || follow
    }

    /// Whether every scope here is allowed by `wider`.
    pub fn within(&self, wider: &Self) -> bool {
        self.0.iter().all(|scope| wider.allow(scope))
    }

    /// Nothing at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each scope.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_scope_allows_its_parts() {
        let scopes = Scopes::parse("read follow write:statuses").unwrap();
        assert!(
            scopes.allow("read:accounts") && scopes.allow("write:statuses") && scopes.allow("write:follows")
        );
        assert!(!scopes.allow("write:accounts") && !scopes.allow("write") && !scopes.allow("push"));
    }

    #[test]
    fn an_unknown_scope_is_named() {
        assert_eq!(Scopes::parse("read fly"), Err(UnknownScope("fly".into())));
    }

    #[test]
    fn a_token_never_gets_more_than_its_application_asked_for() {
        let app = Scopes::parse("read write:statuses").unwrap();
        assert!(Scopes::parse("read:accounts").unwrap().within(&app));
        assert!(!Scopes::parse("write").unwrap().within(&app));
    }
}
