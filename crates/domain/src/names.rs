//! The names we give to our own things. They are minted here once, stored,
//! and never derived again from a name.

use crate::{AccountId, ActorId, Handle, Host, ObjectId, Origin, PostId};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Our origin and handle domain, and the URLs under them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    origin: Origin,
    domain: Host,
    media: Option<Origin>,
    cover: OnceLock<Cover>,
}

/// How the files of peers are named here, so that who looks at them asks us
/// and not the peer.
#[derive(Clone)]
pub struct Cover(Arc<dyn Fn(&str) -> String + Send + Sync>);

impl Cover {
    /// Names by this function.
    pub fn new(name: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(name))
    }
}

impl fmt::Debug for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cover")
    }
}

impl PartialEq for Cover {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Cover {}

impl Names {
    /// `domain` is what stands after `@` in our handles; by default the origin's host.
    pub fn new(origin: Origin, domain: Option<Host>) -> Self {
        let domain = domain.unwrap_or_else(|| origin.host().clone());
        Self { origin, domain, media: None, cover: OnceLock::new() }
    }

    /// The same, with files served from an origin of their own.
    #[must_use]
    pub fn with_media(self, media: Option<Origin>) -> Self {
        Self { media, ..self }
    }

    /// From now on the files of peers are named by this. The first one stays.
    pub fn cover_with(&self, cover: Cover) {
        // A second one could only come from a second start of the same server.
        let _ = self.cover.set(cover);
    }

    /// Where our files are served.
    pub fn media_origin(&self) -> &Origin {
        self.media.as_ref().unwrap_or(&self.origin)
    }

    /// The address of a file of ours.
    pub fn file(&self, name: &str) -> String {
        format!("{}/media/{name}", self.media_origin())
    }

    /// The name of a file of ours, by its address.
    pub fn file_name<'a>(&self, url: &'a str) -> Option<&'a str> {
        let rest = url.strip_prefix(&self.media_origin().to_string())?;
        rest.strip_prefix("/media/")
    }

    /// The address under which a picture, film or recording is shown here: a
    /// peer's may be covered by one of ours.
    pub fn shown<'a>(&self, url: &'a str) -> Cow<'a, str> {
        match self.cover.get() {
            Some(Cover(cover)) if !self.is_own_url(url) => Cow::Owned(cover(url)),
            _ => Cow::Borrowed(url),
        }
    }

    fn is_own_url(&self, url: &str) -> bool {
        let under = |origin: &Origin| {
            let rest = url.strip_prefix(origin.scheme())?.strip_prefix("://")?;
            rest.strip_prefix(origin.host().as_str()).filter(|rest| rest.starts_with('/'))
        };
        under(&self.origin).or_else(|| under(self.media.as_ref()?)).is_some()
    }

    /// Our origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The domain of our handles.
    pub fn domain(&self) -> &Host {
        &self.domain
    }

    /// A handle as it is written here: one without a domain is ours.
    pub fn handle(&self, written: &str) -> Option<Handle> {
        let parsed = if written.contains('@') {
            Handle::parse(written)
        } else {
            Handle::parse(&format!("{written}@{}", self.domain))
        };
        parsed.ok().map(|handle| self.localised(handle))
    }

    /// Our handles may be written with our origin's host too.
    pub fn localised(&self, handle: Handle) -> Handle {
        if handle.domain == *self.origin.host() {
            Handle { domain: self.domain.clone(), ..handle }
        } else {
            handle
        }
    }

    /// Whether an id lies in our namespace.
    pub fn is_ours(&self, id: &ObjectId) -> bool {
        id.origin().host() == self.origin.host()
    }

    /// `ORIGIN` + `path`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn id(&self, path: &str) -> ObjectId {
        ObjectId::parse(&self.url(path)).expect("our origin and our paths make valid URLs")
    }

    /// The id of a new person's or bot's actor.
    pub fn actor(&self, name: &str) -> ActorId {
        self.id(&format!("/users/{name}")).into()
    }

    /// The id of a new group's actor.
    pub fn group(&self, name: &str) -> ActorId {
        self.id(&format!("/groups/{name}")).into()
    }

    /// The id of the instance actor.
    pub fn instance_actor(&self) -> ActorId {
        self.id("/actor").into()
    }

    /// The inbox that all our accounts share (ActivityPub §7.1.3).
    pub fn shared_inbox(&self) -> String {
        self.url("/inbox")
    }

    /// The id of a new post by the actor.
    pub fn post(&self, author: &ActorId, id: PostId) -> ObjectId {
        ObjectId::parse(&format!("{author}/statuses/{id}")).expect("an id with a path added is an id")
    }

    /// The id of a new activity that is not a Create.
    pub fn activity(&self, number: i64) -> ObjectId {
        self.id(&format!("/activities/{number}"))
    }

    /// The page of an account.
    pub fn profile_page(&self, name: &str) -> String {
        self.url(&format!("/@{name}"))
    }

    /// The page of a post.
    pub fn post_page(&self, name: &str, id: PostId) -> String {
        self.url(&format!("/@{name}/{id}"))
    }

    /// The id that an address of ours stands for where an id is meant: that of a
    /// page, or of a post's Create, stands for the actor or the post.
    pub fn meant(&self, url: &str) -> Option<ObjectId> {
        let rest = url.strip_prefix(self.origin.scheme())?.strip_prefix("://")?;
        let path = rest.strip_prefix(self.origin.host().as_str())?;
        let (name, post) = if let Some(page) = path.strip_prefix("/@") {
            page.split_once('/').map_or((page, None), |(name, post)| (name, Some(post)))
        } else {
            let create = path.strip_prefix("/users/")?.strip_suffix("/activity")?;
            let (name, post) = create.split_once("/statuses/")?;
            (name, Some(post))
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) {
            return None;
        }
        let actor = self.actor(name);
        match post {
            Some(post) => Some(self.post(&actor, post.parse().ok()?)),
            None => Some(actor.into()),
        }
    }

    /// The page of an account elsewhere, by our row.
    pub fn account_page(&self, id: AccountId) -> String {
        self.url(&format!("/accounts/{id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_ours_stands_for_an_id() {
        let names = Names::new(Origin::of(&"https://here.example".parse().unwrap()).unwrap(), None);
        let meant = |url: &str| names.meant(url).map(|id| id.to_string());
        for (url, id) in [
            ("https://here.example/@alice", "https://here.example/users/alice"),
            ("https://here.example/@alice/17", "https://here.example/users/alice/statuses/17"),
            (
                "https://here.example/users/alice/statuses/17/activity",
                "https://here.example/users/alice/statuses/17",
            ),
        ] {
            assert_eq!(meant(url).as_deref(), Some(id), "{url}");
        }
        for url in [
            "https://here.example/@",
            "https://here.example/@alice@there.example",
            "https://here.example/@alice/x",
            "https://here.example/@alice/17/likes",
            "https://here.example/users/alice",
            "https://here.example/users/alice/statuses/17",
            "https://here.example.org/@alice",
            "https://here.example:8/@alice",
            "http://here.example/@alice",
            "https://there.example/@alice",
        ] {
            assert_eq!(meant(url), None, "{url}");
        }
    }
}
