//! The JSON Resource Descriptor (RFC 7033 §4.4), read with patience: links in
//! any order, members missing, of another type, or unknown.

use domain::{ActorId, Handle};
use serde_json::Value;

use crate::client::FetchError;
use crate::media_type::is_activity;

/// Of a list no more than this is read.
const MAX_ITEMS: usize = 64;

const SELF: &str = "self";
const PROFILE_PAGE: &str = "http://webfinger.net/rel/profile-page";
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";

/// What a host says about a resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Jrd {
    /// What it is about, `acct:name@domain` or a URL.
    pub subject: Option<String>,
    /// Other names of the same.
    pub aliases: Vec<String>,
    /// Where it leads.
    pub links: Vec<JrdLink>,
}

/// One link of a [`Jrd`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JrdLink {
    /// What the target is to the resource.
    pub rel: String,
    /// The target's media type.
    pub media_type: Option<String>,
    /// The target.
    pub href: Option<String>,
    /// A target with a part to fill in.
    pub template: Option<String>,
}

impl Jrd {
    pub(super) fn parse(json: &Value) -> Result<Self, FetchError> {
        let json = json.as_object().ok_or(FetchError::NotJson)?;
        let list = |name| json.get(name).and_then(Value::as_array).into_iter().flatten().take(MAX_ITEMS);
        Ok(Self {
            subject: text(json.get("subject")),
            aliases: list("aliases").filter_map(|alias| text(Some(alias))).collect(),
            links: list("links").filter_map(link).collect(),
        })
    }

    /// The actors it leads to, the surest first: a link says by its media
    /// type that it is one, or leaves the type out.
    pub fn actors(&self) -> Vec<ActorId> {
        let typed = |link: &&JrdLink| link.media_type.as_deref().is_some_and(is_activity);
        let untyped = |link: &&JrdLink| link.media_type.is_none();
        let mut actors = Vec::new();
        for link in self.all(SELF).filter(typed).chain(self.all(SELF).filter(untyped)) {
            let Some(actor) = link.href.as_deref().and_then(|href| ActorId::parse(href).ok()) else {
                continue;
            };
            if !actors.contains(&actor) {
                actors.push(actor);
            }
        }
        actors
    }

    /// The subject, if it is a handle.
    pub fn handle(&self) -> Option<Handle> {
        Handle::parse(self.subject.as_deref()?).ok()
    }

    /// Where a person from elsewhere can follow.
    pub fn subscribe_template(&self) -> Option<&str> {
        self.all(SUBSCRIBE).find_map(|link| link.template.as_deref())
    }

    /// The page for people.
    pub fn profile_page(&self) -> Option<&str> {
        self.all(PROFILE_PAGE).find_map(|link| link.href.as_deref())
    }

    fn all(&self, rel: &'static str) -> impl Iterator<Item = &JrdLink> {
        self.links.iter().filter(move |link| link.rel == rel)
    }
}

fn link(json: &Value) -> Option<JrdLink> {
    Some(JrdLink {
        rel: text(json.get("rel"))?,
        media_type: text(json.get("type")),
        href: text(json.get("href")),
        template: text(json.get("template")),
    })
}

/// A text of a sane length.
fn text(json: Option<&Value>) -> Option<String> {
    json?.as_str().filter(|text| text.len() <= domain::address::MAX_ID_BYTES).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Capability W4.
    #[test]
    fn the_actor_is_found_whatever_stands_before_it() {
        let jrd = Jrd::parse(&json!({
            "aliases": ["https://a.example/@bob", 7, null],
            "links": [
                null,
                { "rel": "self", "type": "text/html", "href": "https://a.example/page" },
                { "template": "https://a.example/follow?u={uri}", "rel": SUBSCRIBE },
                { "href": "https://a.example/u/untyped", "rel": "self" },
                { "href": "not a url", "rel": "self", "type": "application/activity+json" },
                { "href": "https://a.example/@bob", "rel": PROFILE_PAGE, "type": "text/html" },
                { "type": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                  "href": "https://a.example/u/bob", "rel": "self" },
            ],
            "subject": "acct:Bob@a.example"
        }))
        .unwrap();
        let actors: Vec<_> = jrd.actors().iter().map(ToString::to_string).collect();
        assert_eq!(actors, ["https://a.example/u/bob", "https://a.example/u/untyped"]);
        assert_eq!(jrd.handle().unwrap().to_string(), "Bob@a.example");
        assert_eq!(jrd.subscribe_template(), Some("https://a.example/follow?u={uri}"));
        assert_eq!(jrd.profile_page(), Some("https://a.example/@bob"));
        assert_eq!(jrd.aliases, ["https://a.example/@bob"]);
    }

    #[test]
    fn a_descriptor_of_another_shape_is_empty_and_no_fault() {
        let jrd = Jrd::parse(&json!({ "links": {}, "aliases": "x", "subject": ["y"] })).unwrap();
        assert_eq!(jrd, Jrd::default());
        assert_eq!(Jrd::parse(&json!([])), Err(FetchError::NotJson));
    }
}
