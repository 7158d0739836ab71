//! To whom a document is addressed, and who may therefore see it.

use crate::json;
use domain::Visibility;
use serde_json::Value;

/// The collection of everyone (ActivityPub §5.6), in the one form that we write.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// The addresses of a document: ids of actors and collections, any URI, with
/// the public collection always spelled as [`PUBLIC`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience {
    /// The primary addressees.
    pub to: Vec<String>,
    /// The secondary addressees.
    pub cc: Vec<String>,
    /// Addressees that nobody else should learn of: read, never written.
    pub bto: Vec<String>,
    /// Secondary addressees that nobody else should learn of.
    pub bcc: Vec<String>,
    /// The groups that the document belongs to (FEP-1b12).
    pub groups: Vec<String>,
}

impl Audience {
    /// Reads `to`, `cc`, `bto`, `bcc` and `audience`, each in any form.
    pub fn parse(value: &Value) -> Self {
        Self {
            to: addresses(value, "to"),
            cc: addresses(value, "cc"),
            bto: addresses(value, "bto"),
            bcc: addresses(value, "bcc"),
            groups: addresses(value, "audience"),
        }
    }

    /// Whether nobody at all is addressed.
    pub fn is_empty(&self) -> bool {
        self.everyone().next().is_none()
    }

    /// Whether everyone may see it, listed or not.
    pub fn is_public(&self) -> bool {
        self.contains(PUBLIC)
    }

    /// Whether an id is among the addresses.
    pub fn contains(&self, id: &str) -> bool {
        self.everyone().any(|address| address == id)
    }

    /// All addresses, `to` first. `audience` addresses nobody: it sorts.
    pub fn everyone(&self) -> impl Iterator<Item = &str> {
        [&self.to, &self.cc, &self.bto, &self.bcc].into_iter().flatten().map(String::as_str)
    }

    /// Who may see the document beside those it names. `followers_url` is the
    /// author's followers collection; where it is not known, a path that looks
    /// like one counts.
    pub fn visibility(&self, followers_url: Option<&str>) -> Visibility {
        let followers = |address: &str| match followers_url {
            Some(known) => address == known,
            None => looks_like_followers(address),
        };
        if self.to.iter().any(|address| address == PUBLIC) {
            Visibility::Public
        } else if self.is_public() {
            Visibility::Unlisted
        } else if self.everyone().any(followers) {
            Visibility::Followers
        } else {
            Visibility::Direct
        }
    }
}

fn addresses(value: &Value, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for address in json::strings(value, name) {
        let address = match address.as_str() {
            "as:Public" | "Public" => PUBLIC.to_owned(),
            _ => address,
        };
        // Two spellings of the public collection can stand side by side.
        if address != PUBLIC || !found.iter().any(|other| other == PUBLIC) {
            found.push(address);
        }
    }
    found
}

/// `/users/bob/followers` (most), `/followers/bob` (Friendica).
fn looks_like_followers(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or(address).trim_end_matches('/');
    path.ends_with("/followers") || path.contains("/followers/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FOLLOWERS: &str = "https://a.example/users/bob/followers";

    #[test]
    fn every_form_of_public_is_the_same() {
        for public in [PUBLIC, "as:Public", "Public"] {
            let audience = Audience::parse(&json!({"to": public, "cc": [null, FOLLOWERS]}));
            assert_eq!(audience.to, [PUBLIC]);
            assert_eq!(audience.cc, [FOLLOWERS]);
            assert_eq!(audience.visibility(Some(FOLLOWERS)), Visibility::Public);
        }
        assert_eq!(Audience::parse(&json!({"to": ["Public", "as:Public"]})).to, [PUBLIC]);
    }

    /// Capability N2.
    #[test]
    fn visibility_follows_from_the_addresses() {
        let seen = |to: Value, cc: Value| {
            let audience = Audience::parse(&json!({ "to": to, "cc": cc }));
            (audience.visibility(Some(FOLLOWERS)), audience.visibility(None))
        };
        let both = |visibility| (visibility, visibility);
        assert_eq!(seen(json!(PUBLIC), json!(FOLLOWERS)), both(Visibility::Public));
        assert_eq!(seen(json!(FOLLOWERS), json!(PUBLIC)), both(Visibility::Unlisted));
        assert_eq!(seen(json!(FOLLOWERS), json!([])), both(Visibility::Followers));
        assert_eq!(seen(json!("https://a.example/users/eve"), json!([])), both(Visibility::Direct));
        assert_eq!(seen(json!([]), json!(null)), both(Visibility::Direct));
    }

    #[test]
    fn the_followers_of_another_do_not_make_it_a_post_for_followers() {
        let audience = Audience::parse(&json!({"to": "https://b.example/users/eve/followers"}));
        assert_eq!(audience.visibility(Some(FOLLOWERS)), Visibility::Direct);
        let friendica = Audience::parse(&json!({"to": "https://f.example/followers/eve"}));
        assert_eq!(friendica.visibility(None), Visibility::Followers);
    }

    #[test]
    fn blind_copies_are_read() {
        let audience = Audience::parse(&json!({"bto": FOLLOWERS, "bcc": ["https://b.example/eve"]}));
        assert!(audience.contains("https://b.example/eve"));
        assert_eq!(audience.visibility(Some(FOLLOWERS)), Visibility::Followers);
    }
}
