//! The steps between a message of ours and its end at every inbox: writing
//! followers out, taking what is due, carrying it, settling.
//!
//! Workers call them and hold what they need in memory; each step here is one
//! whole transaction, so that a stop between two of them loses nothing: at
//! worst a peer gets the same activity, with the same id, twice.

mod judge;
mod postman;

pub use judge::{Effect, End, judge};
pub use postman::{Blame, Landed, Parcel, Postman, Tried};

use crate::Result;
use domain::delivery::{Delivery, DeliveryState, Lane, Weather};
use domain::{DeliveryId, Event, Host, Inbox, MessageId, Timestamp};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;
use store::Tx;
use store::delivery::NewDelivery;
use store::outbox::{Broadcast, Follower};

/// Followers that are written out in one transaction.
const CHUNK: i64 = 500;
/// The position from which on, downward, not followers but all known accounts
/// are written out. Rows have positive ids.
const EVERYWHERE: i64 = -1;
/// A host that asks us something is tried at once, if its next try is not this
/// near anyway. Keeps who signs many requests from making us send as many.
const NEAR: Duration = Duration::from_secs(30);

/// A step of writing followers out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// Hosts that have new deliveries.
    pub hosts: Vec<Host>,
    /// Whether followers are left.
    pub more: bool,
}

/// Messages whose followers are to be written out, one for each account: its
/// oldest.
pub fn to_expand(tx: &mut Tx) -> Result<Vec<MessageId>> {
    Ok(store::outbox::oldest(tx, 100)?)
}

/// Writes the next followers of a message out: a delivery for each distinct
/// (shared) inbox (ActivityPub §7.1.3). May be stopped and begun again.
pub fn expand(tx: &mut Tx, message: MessageId) -> Result<Expanded> {
    let Some(broadcast) = store::outbox::find(tx, message)? else {
        return Ok(Expanded { hosts: Vec::new(), more: false });
    };
    if broadcast.position <= EVERYWHERE {
        return expand_everywhere(tx, &broadcast);
    }
    let followers = store::outbox::followers(tx, broadcast.account, broadcast.position, CHUNK)?;
    let hosts = write_out(tx, &broadcast, &followers)?;
    let next = match followers.last().filter(|_| is_full(&followers)) {
        Some(last) => Some(last.follow),
        None if is_farewell(tx, &broadcast)? => Some(EVERYWHERE),
        None => None,
    };
    go_on(tx, message, next)?;
    Ok(Expanded { hosts, more: next.is_some() })
}

/// After the followers, the servers of all accounts we know: an account that
/// goes was seen by more than its followers.
fn expand_everywhere(tx: &mut Tx, broadcast: &Broadcast) -> Result<Expanded> {
    let known = store::outbox::peers(tx, EVERYWHERE - broadcast.position, CHUNK)?;
    let hosts = write_out(tx, broadcast, &known)?;
    let next = known.last().filter(|_| is_full(&known)).map(|last| EVERYWHERE - last.follow);
    go_on(tx, broadcast.message, next)?;
    Ok(Expanded { hosts, more: next.is_some() })
}

fn is_full(chunk: &[Follower]) -> bool {
    i64::try_from(chunk.len()).unwrap_or(CHUNK) >= CHUNK
}

fn go_on(tx: &mut Tx, message: MessageId, next: Option<i64>) -> Result<()> {
    match next {
        Some(position) => store::outbox::advance(tx, message, position)?,
        None => store::outbox::finish(tx, message)?,
    }
    Ok(())
}

/// Whether an account of ours says that it is gone. What it said before is not
/// for everyone.
fn is_farewell(tx: &mut Tx, broadcast: &Broadcast) -> Result<bool> {
    let account = store::account::get(tx, broadcast.account)?;
    let subject = store::message::subject(tx, broadcast.message)?;
    Ok(subject.is_some_and(|(kind, object)| kind == "Delete" && object == account.actor_id.as_str()))
}

fn write_out(tx: &mut Tx, broadcast: &Broadcast, followers: &[Follower]) -> Result<Vec<Host>> {
    // By host, so that rows of one host lie together.
    let inboxes: BTreeMap<Host, HashSet<Inbox>> = followers.iter().filter_map(destination).fold(
        BTreeMap::new(),
        |mut inboxes: BTreeMap<Host, HashSet<Inbox>>, (host, inbox)| {
            inboxes.entry(host).or_default().insert(inbox);
            inboxes
        },
    );
    let suspended = store::outbox::suspended(tx, inboxes.keys())?;
    let mut addressed = Vec::new();
    for (host, inboxes) in inboxes {
        if suspended.contains(&host) {
            continue;
        }
        let mut any = false;
        for inbox in &inboxes {
            let &Broadcast { message, account, order_key, .. } = broadcast;
            any |= store::delivery::insert(
                tx,
                &NewDelivery { message, account, host: &host, inbox, order_key },
            )?;
        }
        if any {
            addressed.push(host);
        }
    }
    Ok(addressed)
}

fn destination(follower: &Follower) -> Option<(Host, Inbox)> {
    follower.inbox.clone().map(|inbox| (inbox.host().clone(), inbox))
}

/// Which hosts to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// All for which something waits: after a start.
    All,
    /// Those that do not rest.
    Due,
}

/// A part of the hosts for which something waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// These.
    pub hosts: Vec<Host>,
    /// Where to go on; `None` at the end.
    pub next: Option<Host>,
}

/// Looks for hosts for which something waits, at most 500 at a time.
pub fn scan(tx: &mut Tx, after: Option<&Host>, which: Scan) -> Result<Scanned> {
    const STEP: usize = 500;
    let now = tx.now();
    let mut hosts = store::delivery::hosts(tx, after.map_or("", Host::as_str), 500)?;
    let next = if hosts.len() >= STEP { hosts.last().cloned() } else { None };
    if which == Scan::Due {
        let mut due = Vec::with_capacity(hosts.len());
        for host in hosts {
            if store::lane::find(tx, &host)?.is_none_or(|lane| lane.next_try_at <= now) {
                due.push(host);
            }
        }
        hosts = due;
    }
    Ok(Scanned { hosts, next })
}

/// A host of which deliveries are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// The host.
    pub host: Host,
    /// How many at most.
    pub limit: usize,
}

/// What waits for a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What is known of the road there.
    pub lane: Lane,
    /// The first that may be sent, oldest first.
    pub deliveries: Vec<Delivery>,
    /// Where there are none: when the first that rests may be.
    pub next: Option<Timestamp>,
}

/// Reads what waits for some hosts.
pub fn load(tx: &mut Tx, wants: &[Want]) -> Result<Vec<Waiting>> {
    let now = tx.now();
    let mut loaded = Vec::with_capacity(wants.len());
    for want in wants {
        let lane = store::lane::find(tx, &want.host)?.unwrap_or_else(|| Lane::new(want.host.clone()));
        let limit = i64::try_from(want.limit).unwrap_or(i64::MAX);
        let deliveries = store::delivery::due(tx, &want.host, now, limit)?;
        let next = if deliveries.is_empty() { store::delivery::earliest(tx, &want.host)? } else { None };
        loaded.push(Waiting { lane, deliveries, next });
    }
    Ok(loaded)
}

/// What became of one delivery, to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Its row.
    pub id: DeliveryId,
    /// What was sent.
    pub message: MessageId,
    /// What became of it.
    pub end: End,
}

/// Writes down what became of some deliveries and how the roads are now.
pub fn settle(tx: &mut Tx, settlements: &[Settlement], lanes: &[Lane]) -> Result<()> {
    let taken: Vec<DeliveryId> = settlements
        .iter()
        .filter(|settled| settled.end == End::Delivered)
        .map(|settled| settled.id)
        .collect();
    if !taken.is_empty() {
        store::delivery::delivered(tx, &taken)?;
    }
    let mut told = HashSet::new();
    for Settlement { id, message, end } in settlements {
        match end {
            End::Delivered => (),
            End::Later { not_before, words } => store::delivery::postpone(tx, *id, *not_before, words)?,
            End::Over { state, words } => {
                if *state == DeliveryState::Gone && words.starts_with("410") {
                    let_go(tx, *id)?;
                }
                store::delivery::end(tx, *id, *state, words)?;
                // What went wrong is news; what went well is told by the report.
                if *state != DeliveryState::Delivered && told.insert(*message) {
                    tx.tell(Event::Logged(*message));
                }
            }
        }
    }
    for lane in lanes {
        store::lane::keep(tx, lane)?;
    }
    Ok(())
}

/// A follower whose own inbox says that it is gone for good (410) follows no
/// more. Of a shared inbox that says nothing about any one of its accounts.
fn let_go(tx: &mut Tx, id: DeliveryId) -> Result<()> {
    let Some((sender, inbox)) = store::delivery::inbox(tx, id)? else { return Ok(()) };
    for follower in store::account::by_inbox(tx, &inbox)? {
        store::follow::remove(tx, follower, sender)?;
    }
    Ok(())
}

/// A valid signed request came from a host: if it was failing, it is tried
/// now. Costs one lookup otherwise.
pub fn revive(tx: &mut Tx, host: &Host) -> Result<()> {
    let near = tx.now().plus(NEAR);
    let resting =
        store::lane::find(tx, host)?.is_some_and(|lane| lane.is_failing() && lane.next_try_at > near);
    if resting && store::lane::hasten(tx, host, near)? {
        tx.tell(Event::Alive(host.clone()));
    }
    Ok(())
}

/// Whether most hosts fail: then the trouble is ours.
pub fn weather(tx: &mut Tx) -> Result<Weather> {
    let (failing, all) = store::lane::counts(tx)?;
    Ok(Weather::of(failing, all))
}
