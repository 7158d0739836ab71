//! What passes between the servers, read from their message logs.

use super::Result;
use super::cast::Place;
use super::stage::Stage;
use super::story::Passage;
use domain::MessageId;
use domain::message::{Direction, Message, MessageState};
use serde_json::Value;
use store::Tx;
use store::message::{self, Filter};

/// Lines of a log that are read at a time.
const LINES: i64 = 500;

/// A message that came to an inbox, or a document that a server asked for.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    /// In whose log it stands.
    pub(super) place: Place,
    pub(super) message: Message,
    /// The type, with the inner one of an activity about an activity.
    pub(super) kind: String,
    /// What it is done to, with its type where that is told.
    pub(super) object: String,
}

impl Passed {
    pub(super) fn is_fetch(&self) -> bool {
        self.message.direction == Direction::Fetch
    }

    pub(super) fn is_refused(&self) -> bool {
        self.message.state == MessageState::Refused
    }

    /// Taken, and not for the second time: a delivery whose answer was lost is repeated.
    pub(super) fn counts(&self) -> bool {
        let repeated = self.message.reason.as_deref() == Some("came before");
        !self.is_fetch() && !self.is_refused() && !repeated
    }

    pub(super) fn is(&self, stage: &Stage, passage: &Passage) -> bool {
        self.kind == passage.kind
            && self.place == passage.to.place()
            && self.message.target == passage.to.path()
            && self.message.signer.as_deref() == Some(stage.actor(passage.from).as_str())
    }
}

/// How far the logs of the three have been read.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    logs: [Log; 3],
}

#[derive(Debug, Default)]
struct Log {
    /// Up to this line; none yet at first.
    read: Option<MessageId>,
    /// Read, but not yet acted upon by their server.
    waiting: Vec<MessageId>,
}

impl Traffic {
    /// What has come to an end since the last time, oldest first.
    pub(super) async fn take(&mut self, stage: &Stage) -> Result<Vec<Passed>> {
        let mut taken = Vec::new();
        for (place, log) in Place::ALL.into_iter().zip(&mut self.logs) {
            let (after, waiting) = (log.read, std::mem::take(&mut log.waiting));
            let lines = stage.cx(place).read(move |tx| lines(tx, after, &waiting)).await?;
            for (message, body) in lines {
                log.read = log.read.max(Some(message.id));
                match (message.direction, message.state) {
                    // What goes out is seen where it comes in.
                    (Direction::Out, _) => (),
                    (_, MessageState::Waiting) => log.waiting.push(message.id),
                    _ => taken.push(passed(place, message, body.as_deref())),
                }
            }
        }
        taken.sort_by_key(|passed| passed.message.at);
        Ok(taken)
    }

    /// Whether nothing is under way: no message waits to be written out, sent
    /// or acted upon, and none moved on while we looked from one to the next.
    pub(super) async fn is_still(&self, stage: &Stage) -> Result<bool> {
        let before = newest(stage).await?;
        for place in Place::ALL {
            if !stage.cx(place).read(is_idle).await? {
                return Ok(false);
            }
        }
        Ok(before == newest(stage).await?)
    }
}

type Line = (Message, Option<Vec<u8>>);

fn lines(tx: &mut Tx, after: Option<MessageId>, waiting: &[MessageId]) -> service::Result<Vec<Line>> {
    let newer = Filter { after, ..Filter::default() };
    let mut messages = message::list(tx, &newer, LINES)?;
    for id in waiting {
        let (above, below) = (Some(MessageId(id.0 + 1)), Some(MessageId(id.0 - 1)));
        messages.extend(message::list(tx, &Filter { before: above, after: below, ..Filter::default() }, 1)?);
    }
    messages.into_iter().map(|message| Ok((message.clone(), message::body(tx, message.id)?))).collect()
}

async fn newest(stage: &Stage) -> Result<Vec<Option<MessageId>>> {
    let mut newest = Vec::new();
    for place in Place::ALL {
        let lines = stage.cx(place).read(|tx| Ok(message::list(tx, &Filter::default(), 1)?)).await?;
        newest.push(lines.first().map(|message| message.id));
    }
    Ok(newest)
}

fn is_idle(tx: &mut Tx) -> service::Result<bool> {
    Ok(message::waiting_count(tx)? == 0
        && store::outbox::oldest(tx, 1)?.is_empty()
        && store::delivery::hosts(tx, "", 1)?.is_empty())
}

fn passed(place: Place, message: Message, body: Option<&[u8]>) -> Passed {
    let json: Value = body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    let inner = json.get("object").unwrap_or(&Value::Null);
    let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
    let inner_kind = text(inner, "type");
    // An activity has an actor; a post has an author.
    let kind = match &inner_kind {
        Some(inner_kind) if inner.get("actor").is_some() => format!("{}{{{inner_kind}}}", message.kind),
        _ => message.kind.clone(),
    };
    let object = match (inner.get("actor").is_some(), inner_kind) {
        // What the inner activity is done to says more than its number.
        (true, _) => text(inner, "object").unwrap_or_else(|| message.object.clone()),
        (false, Some(inner_kind)) => format!("{inner_kind} {}", message.object),
        (false, None) => message.object.clone(),
    };
    Passed { place, message, kind, object }
}
