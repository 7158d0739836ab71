//! Whether what was expected is there, on every side it concerns.

use super::Result;
use super::cast::{Person, Place, Title};
use super::stage::Stage;
use super::story::{Effect, Passage, Reader, Step};
use super::traffic::Passed;
use domain::notification::{Kinds, NotificationKind};
use domain::{Account, ActorId, Page, Post};
use service::Tx;
use std::fmt;
use store::notification;
use store::timeline::{self, Entry};

/// Something expected, and what was found instead if it is not so.
#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) says: String,
    pub(super) instead: Option<String>,
}

impl Check {
    pub(super) fn failed(says: &str, why: &dyn fmt::Display) -> Self {
        Self { says: says.to_owned(), instead: Some(why.to_string()) }
    }

    pub(super) const fn holds(&self) -> bool {
        self.instead.is_none()
    }
}

/// Looks for all that a step is to bring about.
pub(super) async fn check(stage: &Stage, step: &Step, passed: &[Passed]) -> Result<Vec<Check>> {
    let mut checks = vec![passages(stage, step.passes, passed)];
    for effect in step.expects {
        let instead = Box::pin(instead(stage, *effect, passed)).await?;
        checks.push(Check { says: effect.to_string(), instead });
    }
    Ok(checks)
}

/// Whether these messages passed, and no others.
fn passages(stage: &Stage, expected: &[Passage], passed: &[Passed]) -> Check {
    let mut others: Vec<&Passed> = passed.iter().filter(|passed| passed.counts()).collect();
    let mut missing = Vec::new();
    for passage in expected {
        match others.iter().position(|passed| passed.is(stage, passage)) {
            Some(index) => drop(others.remove(index)),
            None => missing.push(format!("no {passage}")),
        }
    }
    let extra = others.iter().map(|other| format!("also {} at {}", other.kind, other.place));
    let wrong: Vec<String> = missing.into_iter().chain(extra).collect();
    let says = match expected {
        [] => "no message is taken".to_owned(),
        [_] => "this message passes and no other".to_owned(),
        [..] => format!("these {} messages pass and no others", expected.len()),
    };
    Check { says, instead: (!wrong.is_empty()).then(|| wrong.join(", ")) }
}

/// What is found instead of an effect; nothing where it is there.
async fn instead(stage: &Stage, effect: Effect, passed: &[Passed]) -> Result<Option<String>> {
    match effect {
        Effect::Follows(one, other) => follow(stage, one, other, Some(true)).await,
        Effect::Waits(one, other) => follow(stage, one, other, Some(false)).await,
        Effect::Apart(one, other) => follow(stage, one, other, None).await,
        Effect::Blocks(one, other) => blocks(stage, one, other).await,
        Effect::Locked(place, person) => locked(stage, place, person).await,
        Effect::Told(who, kind, from) => told(stage, who, kind, from).await,
        Effect::AtHome(who, title) => Ok(unless(home(stage, who, title).await?, "it is not there")),
        Effect::NotAtHome(who, title) => Ok(unless(!home(stage, who, title).await?, "it is there")),
        Effect::Listed(place, title) => Ok(unless(listed(stage, place, title).await?, "it is not there")),
        Effect::NotListed(place, title) => Ok(unless(!listed(stage, place, title).await?, "it is there")),
        Effect::Known(place, title) => Ok(unless(stage.row(place, title).await?.is_some(), "it does not")),
        Effect::Unknown(place, title) => Ok(unless(stage.row(place, title).await?.is_none(), "it does")),
        Effect::Says(place, title, text) => says(stage, place, title, text).await,
        Effect::Answers(place, reply, post) => answers(stage, place, reply, post).await,
        Effect::Likes(place, title, number) => {
            Ok(counted(counts(stage, place, title).await?.map(|counts| counts.likes), number))
        }
        Effect::Boosts(place, title, number) => {
            Ok(counted(counts(stage, place, title).await?.map(|counts| counts.boosts), number))
        }
        Effect::Reads(reader, title, status) => reads(stage, reader, title, status).await,
        Effect::Answered(place, status) => Ok(answered(stage, place, status, passed)),
    }
}

fn unless(holds: bool, instead: &str) -> Option<String> {
    (!holds).then(|| instead.to_owned())
}

/// How a follow stands on the servers of both; `true`: agreed to.
async fn follow(stage: &Stage, one: Person, other: Person, wanted: Option<bool>) -> Result<Option<String>> {
    for place in [one.home, other.home] {
        let found = pair(stage, place, one, other, |tx, one, other| {
            Ok(store::follow::find(tx, one.id, other.id)?.map(|follow| follow.accepted))
        });
        let found = found.await?.flatten();
        if found != wanted {
            let words = match found {
                None => "nothing of a follow",
                Some(false) => "a follow that waits",
                Some(true) => "a follow",
            };
            return Ok(Some(format!("{place} has {words}")));
        }
    }
    Ok(None)
}

async fn blocks(stage: &Stage, one: Person, other: Person) -> Result<Option<String>> {
    for place in [one.home, other.home] {
        let found =
            pair(stage, place, one, other, |tx, one, other| Ok(store::block::exists(tx, one.id, other.id)?));
        if found.await? != Some(true) {
            return Ok(Some(format!("{place} knows of no block")));
        }
    }
    Ok(None)
}

async fn locked(stage: &Stage, place: Place, person: Person) -> Result<Option<String>> {
    let found = pair(stage, place, person, person, |_, person, _| Ok(person.flags.locked)).await?;
    Ok(unless(found == Some(true), "to it the account is open"))
}

/// What a server says about two people, if it knows both.
async fn pair<T: Send + 'static>(
    stage: &Stage,
    place: Place,
    one: Person,
    other: Person,
    query: fn(&mut Tx, &Account, &Account) -> service::Result<T>,
) -> Result<Option<T>> {
    let (one, other): (ActorId, ActorId) = (stage.actor(one), stage.actor(other));
    let found = stage.cx(place).read(move |tx| {
        let (one, other) = (store::account::by_actor(tx, &one)?, store::account::by_actor(tx, &other)?);
        match (one, other) {
            (Some(one), Some(other)) => query(tx, &one, &other).map(Some),
            _ => Ok(None),
        }
    });
    Ok(found.await?)
}

async fn told(stage: &Stage, who: Person, kind: NotificationKind, from: Person) -> Result<Option<String>> {
    let (who_id, from_id) = (stage.own(who).await?.id, stage.find(who.home, from).await?.id);
    let selection =
        notification::Selection { from: Some(from_id), ..notification::Selection::of(Kinds::of([kind])) };
    let found =
        stage.cx(who.home).read(move |tx| Ok(notification::list(tx, who_id, &selection, Page::newest(1))?));
    Ok(unless(!found.await?.is_empty(), "there is no such notification"))
}

async fn home(stage: &Stage, who: Person, title: Title) -> Result<bool> {
    let owner = stage.own(who).await?.id;
    is_in(stage, who.home, title, move |tx, page| Ok(timeline::home(tx, owner, page)?)).await
}

async fn listed(stage: &Stage, place: Place, title: Title) -> Result<bool> {
    let everyone = timeline::Selection::default();
    is_in(stage, place, title, move |tx, page| Ok(timeline::public(tx, None, everyone, page)?)).await
}

async fn is_in(
    stage: &Stage,
    place: Place,
    title: Title,
    list: impl Fn(&mut Tx, Page) -> service::Result<Vec<Entry>> + Send + 'static,
) -> Result<bool> {
    let Some(id) = stage.row(place, title).await? else { return Ok(false) };
    let entries = stage.cx(place).read(move |tx| list(tx, Page::newest(100))).await?;
    Ok(entries.iter().any(|entry| entry.post_id == id))
}

async fn post(stage: &Stage, place: Place, title: Title) -> Result<Option<Post>> {
    let id = stage.written(title)?.id.clone();
    Ok(stage.cx(place).read(move |tx| Ok(store::post::by_object(tx, &id)?)).await?)
}

async fn says(stage: &Stage, place: Place, title: Title, text: &str) -> Result<Option<String>> {
    Ok(match post(stage, place, title).await? {
        None => Some("it does not know it".to_owned()),
        Some(post) if post.text.content_html.contains(text) => None,
        Some(post) => Some(format!("it says {}", post.text.content_html)),
    })
}

async fn answers(stage: &Stage, place: Place, reply: Title, answered: Title) -> Result<Option<String>> {
    let parent = stage.row(place, answered).await?;
    let reply = post(stage, place, reply).await?;
    let hangs = reply.is_some_and(|reply| parent.is_some() && reply.in_reply_to_id == parent);
    Ok(unless(hangs, "it does not hang under it"))
}

async fn counts(stage: &Stage, place: Place, title: Title) -> Result<Option<domain::post::PostCounts>> {
    let Some(id) = stage.row(place, title).await? else { return Ok(None) };
    Ok(Some(stage.cx(place).read(move |tx| Ok(store::post::counts(tx, id)?)).await?))
}

fn counted(found: Option<i64>, wanted: i64) -> Option<String> {
    let words =
        found.map_or_else(|| "does not know the post".to_owned(), |number| format!("counts {number}"));
    unless(found == Some(wanted), &format!("it {words}"))
}

/// Asks the post's own server, over HTTP like everyone else.
async fn reads(stage: &Stage, reader: Reader, title: Title, wanted: u16) -> Result<Option<String>> {
    let id = stage.written(title)?.id.clone();
    let found = match reader {
        Reader::Anyone => {
            let cx = stage.cx(Place::Gamma);
            Box::pin(cx.client.fetch_document(id.as_str(), None, cx.now())).await
        }
        Reader::As(person) => {
            let cx = stage.cx(person.home);
            let signer = cx.keys.signer(cx, stage.own(person).await?.id).await?;
            Box::pin(cx.client.fetch_document(id.as_str(), Some(&signer), cx.now())).await
        }
    };
    let found = match found {
        Ok(_) => Ok(200),
        Err(error) => error.status().ok_or(error),
    };
    Ok(match found {
        Ok(status) if status == wanted => None,
        Ok(status) => Some(format!("the answer is {status}")),
        Err(error) => Some(error.to_string()),
    })
}

/// The forger was told, and the log says why.
fn answered(stage: &Stage, place: Place, wanted: u16, passed: &[Passed]) -> Option<String> {
    let logged = passed.iter().any(|passed| passed.place == place && passed.is_refused());
    match stage.reply.as_ref().map(|reply| reply.status) {
        None => Some("there was no answer".to_owned()),
        Some(status) if status != wanted => Some(format!("the answer was {status}")),
        Some(_) => unless(logged, "the log does not tell of it"),
    }
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} to {}", self.kind, self.from, self.to)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Follows(one, other) => {
                write!(f, "{} follows {}, say {}", one.name, other.name, Both(*one, *other))
            }
            Self::Waits(one, other) => {
                write!(f, "{} waits for {}, say {}", one.name, other.name, Both(*one, *other))
            }
            Self::Apart(one, other) => {
                write!(f, "{} does not follow {}, say {}", one.name, other.name, Both(*one, *other))
            }
            Self::Blocks(one, other) => {
                write!(f, "{} blocks {}, say {}", one.name, other.name, Both(*one, *other))
            }
            Self::Locked(place, person) => write!(f, "{place} knows that {} approves followers", person.name),
            Self::Told(who, kind, from) => write!(f, "{} is told of {} {}", who.name, news(*kind), from.name),
            Self::AtHome(who, title) => write!(f, "{title} is in {}’s home", who.name),
            Self::NotAtHome(who, title) => write!(f, "{title} is not in {}’s home", who.name),
            Self::Listed(place, title) => write!(f, "{title} is among {place}’s public posts"),
            Self::NotListed(place, title) => write!(f, "{title} is not among {place}’s public posts"),
            Self::Known(place, title) => write!(f, "{place} knows {title}"),
            Self::Unknown(place, title) => write!(f, "{place} has nothing of {title}"),
            Self::Says(place, title, text) => write!(f, "on {place} {title} says “{text}”"),
            Self::Answers(place, reply, post) => write!(f, "on {place} {reply} hangs under {post}"),
            Self::Likes(place, title, 1) => write!(f, "{place} counts 1 like of {title}"),
            Self::Likes(place, title, number) => write!(f, "{place} counts {number} likes of {title}"),
            Self::Boosts(place, title, 1) => write!(f, "{place} counts 1 boost of {title}"),
            Self::Boosts(place, title, number) => write!(f, "{place} counts {number} boosts of {title}"),
            Self::Reads(Reader::Anyone, title, status) => {
                write!(f, "unsigned, asking for {title} gives {status}")
            }
            Self::Reads(Reader::As(person), title, status) => {
                write!(f, "signed by {}, asking for {title} gives {status}", person.name)
            }
            Self::Answered(place, status) => write!(f, "{place} answers {status}, and its log says why"),
        }
    }
}

/// The servers of two people.
struct Both(Person, Person);

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(one, other) = self;
        if one.home == other.home {
            write!(f, "{} alone", one.home)
        } else {
            write!(f, "{} and {}", one.home, other.home)
        }
    }
}

const fn news(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "a mention by",
        NotificationKind::Status => "a new post by",
        NotificationKind::Boost => "a boost by",
        NotificationKind::Like => "a like by",
        NotificationKind::Follow => "a new follower,",
        NotificationKind::FollowRequest => "a request to follow by",
        NotificationKind::Update => "an edit by",
        NotificationKind::Poll => "the end of a poll by",
        NotificationKind::SignUp => "the sign-up of",
        NotificationKind::Report => "a report by",
        NotificationKind::Severed => "follows lost by",
    }
}
