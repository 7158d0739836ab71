//! The stage: three servers, each with its own port, folder, database and
//! keys, and the people on them.

use super::cast::{PEOPLE, Person, Place, Title};
use super::stranger::Reply;
use super::{Error, Result};
use crate::boot::{Options, Running, Server};
use crate::settings::Settings;
use domain::user::Role;
use domain::{Account, AccountKind, Handle, ObjectId, Origin, PostId, Visibility};
use ipnet::{IpNet, Ipv4Net};
use service::Cx;
use service::errand::Errand;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use store::Clock;
use url::Url;

/// Where the data lies; a temporary folder goes when this does.
pub(super) enum Folder {
    Kept(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Folder {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// A temporary folder, or the one that is to be kept: new, because a story is
/// told once.
pub(super) fn folder(keep: Option<&Path>) -> Result<Folder> {
    let Some(path) = keep else {
        return Ok(Folder::Temporary(tempfile::Builder::new().prefix("antiphon-demo-").tempdir()?));
    };
    std::fs::create_dir(path).map_err(|why| Error::Folder { path: path.display().to_string(), why })?;
    Ok(Folder::Kept(path.to_owned()))
}

/// A post of the story.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) by: Person,
    pub(super) id: ObjectId,
    /// For people to open.
    pub(super) page: String,
    pub(super) visibility: Visibility,
}

/// The three servers, and what has been written.
#[derive(Debug)]
pub(super) struct Stage {
    alpha: Running,
    beta: Running,
    gamma: Running,
    posts: BTreeMap<Title, Written>,
    /// What all four sign in with, where somebody may want to.
    pub(super) password: Option<String>,
    /// What the last forger was told.
    pub(super) reply: Option<Reply>,
}

impl Stage {
    /// Starts the servers and makes the accounts.
    pub(super) async fn open(folder: &Path, password: Option<String>) -> Result<Self> {
        let alpha = Box::pin(start(Place::Alpha, folder)).await?;
        let beta = Box::pin(start(Place::Beta, folder)).await?;
        let gamma = Box::pin(start(Place::Gamma, folder)).await?;
        let stage = Self { alpha, beta, gamma, posts: BTreeMap::new(), password, reply: None };
        for person in PEOPLE {
            let new = member(person, stage.password.clone());
            service::user::create(stage.cx(person.home), new).await?;
        }
        Ok(stage)
    }

    /// Stops the servers.
    pub(super) async fn close(self) {
        tokio::join!(self.alpha.stop(), self.beta.stop(), self.gamma.stop());
    }

    pub(super) const fn server(&self, place: Place) -> &Running {
        match place {
            Place::Alpha => &self.alpha,
            Place::Beta => &self.beta,
            Place::Gamma => &self.gamma,
        }
    }

    pub(super) const fn cx(&self, place: Place) -> &Cx {
        &self.server(place).cx
    }

    pub(super) fn origin(&self, place: Place) -> &Origin {
        self.cx(place).names.origin()
    }

    pub(super) fn actor(&self, person: Person) -> domain::ActorId {
        self.cx(person.home).names.actor(person.name)
    }

    pub(super) fn handle(&self, person: Person) -> Handle {
        Handle { name: person.name.to_owned(), domain: self.cx(person.home).names.domain().clone() }
    }

    pub(super) fn page(&self, person: Person) -> String {
        self.cx(person.home).names.profile_page(person.name)
    }

    /// An actor as the story calls it.
    pub(super) fn called(&self, actor: &str) -> String {
        let person = PEOPLE.into_iter().find(|person| self.actor(*person).as_str() == actor);
        let server =
            || Place::ALL.into_iter().find(|at| self.cx(*at).names.instance_actor().as_str() == actor);
        match person {
            Some(person) => person.to_string(),
            None => server().map_or_else(|| actor.to_owned(), |place| format!("the server {place}")),
        }
    }

    /// A person as `viewer`'s server knows it: found by WebFinger where it does not.
    pub(super) async fn find(&self, viewer: Place, person: Person) -> Result<Account> {
        let cx = self.cx(viewer);
        let (handle, errand) = (self.handle(person), Errand::new(cx, None));
        Ok(Box::pin(service::account::lookup(cx, &handle, &errand)).await?)
    }

    /// A person's own account.
    pub(super) async fn own(&self, person: Person) -> Result<Account> {
        self.find(person.home, person).await
    }

    pub(super) fn remember(&mut self, title: Title, written: Written) {
        self.posts.insert(title, written);
    }

    pub(super) fn written(&self, title: Title) -> Result<&Written> {
        self.posts.get(&title).ok_or_else(|| Error::Story(format!("{title} has not been written")))
    }

    pub(super) fn all_written(&self) -> impl Iterator<Item = (Title, &Written)> {
        self.posts.iter().map(|(title, written)| (*title, written))
    }

    /// A server's row of a post.
    pub(super) async fn row(&self, place: Place, title: Title) -> Result<Option<PostId>> {
        let id = self.written(title)?.id.clone();
        Ok(self.cx(place).read(move |tx| Ok(store::post::id_by_object(tx, &id)?)).await?)
    }
}

fn member(person: Person, password: Option<String>) -> service::user::NewUser {
    service::user::NewUser {
        name: person.name.to_owned(),
        kind: AccountKind::Person,
        display_name: person.shown.to_owned(),
        email: None,
        password,
        role: Role::Member,
    }
}

/// One server. The port comes first: it is part of every name.
async fn start(place: Place, folder: &Path) -> Result<Running> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let broken = |why: &dyn std::fmt::Display| Error::Story(format!("{place} has no address: {why}"));
    let url = format!("http://{place}.localhost:{}", address.port());
    let url = Url::parse(&url).map_err(|why| broken(&why))?;
    let settings = Settings {
        origin: Origin::of(&url).map_err(|why| broken(&why))?,
        listen: Some(address),
        data_dir: folder.join(place.name()),
        title: format!("{place}, one of three"),
        description: "A server of the demonstration. It is gone when that ends.".to_owned(),
        peers_allow: vec![loopback()],
        rate_limit: false,
        ..Settings::default()
    };
    Ok(Server::start(Options { settings, clock: Clock::system(), listener: Some(listener) }).await?)
}

/// `127.0.0.0/8`
fn loopback() -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8))
}
