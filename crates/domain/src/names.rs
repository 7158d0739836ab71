//! The names we give to our own things. They are minted here once, stored,
//! and never derived again from a name.

use crate::{AccountId, ActorId, Host, ObjectId, Origin, PostId};

/// Our origin and handle domain, and the URLs under them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    origin: Origin,
    domain: Host,
}

impl Names {
    /// `domain` is what stands after `@` in our handles; by default the origin's host.
    pub fn new(origin: Origin, domain: Option<Host>) -> Self {
        let domain = domain.unwrap_or_else(|| origin.host().clone());
        Self { origin, domain }
    }

    /// Our origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The domain of our handles.
    pub fn domain(&self) -> &Host {
        &self.domain
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

    /// The page of an account elsewhere, by our row.
    pub fn account_page(&self, id: AccountId) -> String {
        self.url(&format!("/accounts/{id}"))
    }
}
