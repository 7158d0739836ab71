//! What goes out: a message in the log, and a row for each inbox it goes to.
//!
//! Nothing is sent here. Workers write the followers out ([`crate::delivery`])
//! and post what waits; who lives here is handed back to the caller, which
//! lets it receive in the same transaction.

use crate::{Error, Result};
use domain::account::Home;
use domain::delivery::{DeliveryState, HostReport};
use domain::message::{Direction, MessageState};
use domain::{Account, AccountId, Event, Host, Inbox, MessageId};
use std::collections::HashSet;
use store::Tx;
use store::delivery::NewDelivery;
use store::message::NewMessage;

/// To which inbox of a recipient a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Its own: follows, answers to them, blocks, direct posts.
    Personal,
    /// The one its host shares, where there is one: one request a host.
    Broadcast,
}

/// Whether the followers of the sender get it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followers {
    /// Only whom it names.
    No,
    /// All of them.
    All,
}

/// An activity that is to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing<'a> {
    /// Its type.
    pub kind: &'a str,
    /// Type and id of its object, for the log.
    pub object: &'a str,
    /// Its id.
    pub activity_id: &'a str,
    /// The whole of it.
    pub json: &'a serde_json::Value,
    /// Anyone may read it.
    pub is_open: bool,
    /// What must arrive in order has the same; see [`order_key`].
    pub order_key: i64,
    /// Whether followers get it.
    pub followers: Followers,
    /// Whom it names.
    pub to: &'a [&'a Account],
    /// To which inbox of these.
    pub shared: Shared,
    /// The message that made us send it.
    pub cause: Option<MessageId>,
}

/// A message that is in the log now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its row.
    pub message: MessageId,
    /// Whom of those it names live here, and so receive it without HTTP.
    pub local: Vec<AccountId>,
}

/// The key of what must arrive in order: all about one object, or all between
/// an actor and its target. The same in every process.
pub fn order_key(parts: &[&str]) -> i64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}

/// Keeps an activity of ours and lets it be sent (ActivityPub §7.1).
pub fn publish(tx: &mut Tx, sender: &Account, outgoing: &Outgoing<'_>) -> Result<Published> {
    let message = record(tx, sender, outgoing)?;
    address(tx, sender, message, outgoing)?;
    if outgoing.followers == Followers::All {
        store::outbox::insert(tx, message, sender.id, outgoing.order_key)?;
        tx.tell(Event::Published(message));
    }
    Ok(Published { message, local: local(outgoing.to) })
}

fn record(tx: &mut Tx, sender: &Account, outgoing: &Outgoing<'_>) -> Result<MessageId> {
    let bytes = serde_json::to_vec(outgoing.json).map_err(|error| Error::Internal(error.to_string()))?;
    let actor = sender.actor_id.as_str();
    let id = store::message::insert(
        tx,
        &NewMessage {
            direction: Direction::Out,
            state: MessageState::Sent,
            kind: outgoing.kind,
            object: outgoing.object,
            activity_id: Some(outgoing.activity_id),
            actor: Some(actor),
            signer: Some(actor),
            host: None,
            target: "",
            checks: "",
            reason: None,
            cause: outgoing.cause,
            account: Some(sender.id),
            is_open: outgoing.is_open,
            headers: "",
            bytes: &bytes,
        },
    )?;
    tx.tell(Event::Logged(id));
    Ok(id)
}

/// Writes a row for each inbox of those a message names.
fn address(tx: &mut Tx, sender: &Account, message: MessageId, outgoing: &Outgoing<'_>) -> Result<()> {
    let inboxes = inboxes(outgoing.to, outgoing.shared);
    let suspended = store::outbox::suspended(tx, inboxes.iter().map(|(host, _)| host))?;
    let mut told = HashSet::new();
    for (host, inbox) in &inboxes {
        if suspended.contains(host) {
            continue;
        }
        let (account, order_key) = (sender.id, outgoing.order_key);
        store::delivery::insert(tx, &NewDelivery { message, account, host, inbox, order_key })?;
        if told.insert(host) {
            tx.tell(Event::Addressed(host.clone()));
        }
    }
    Ok(())
}

/// The inboxes of peers, each once, in the order given.
fn inboxes(to: &[&Account], shared: Shared) -> Vec<(Host, Inbox)> {
    let mut known = HashSet::new();
    let live = to.iter().filter(|account| account.state.is_live());
    live.filter_map(|account| match shared {
        Shared::Personal => account.inbox(),
        Shared::Broadcast => account.broadcast_inbox(),
    })
    .filter(|inbox| known.insert(inbox.as_str()))
    .map(|inbox| (inbox.host().clone(), inbox.clone()))
    .collect()
}

fn local(to: &[&Account]) -> Vec<AccountId> {
    let mut known = HashSet::new();
    to.iter()
        .filter(|account| matches!(account.home, Home::Here | Home::Site) && account.state.is_live())
        .map(|account| account.id)
        .filter(|id| known.insert(*id))
        .collect()
}

/// Inboxes one report is made of at most.
const REPORTED: i64 = 10_000;

/// How a message stands, host by host. A host with several inboxes is told by
/// the one that matters most: what waits, then what went wrong.
pub fn report(tx: &mut Tx, message: MessageId) -> Result<Vec<HostReport>> {
    let mut hosts: Vec<HostReport> = Vec::new();
    for inbox in store::delivery::of_message(tx, message, REPORTED)? {
        match hosts.last_mut().filter(|last| last.host == inbox.host) {
            Some(last) if weight(inbox.state) > weight(last.state) => *last = inbox,
            Some(_) => (),
            None => hosts.push(inbox),
        }
    }
    Ok(hosts)
}

const fn weight(state: DeliveryState) -> u8 {
    match state {
        DeliveryState::Delivered => 0,
        DeliveryState::Gone => 1,
        DeliveryState::Expired => 2,
        DeliveryState::Refused => 3,
        DeliveryState::Waiting => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_key_is_the_same_in_every_process() {
        assert_eq!(order_key(&[]), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
        assert_eq!(order_key(&["a", "b"]), order_key(&["a", "b"]));
        assert_ne!(order_key(&["a", "b"]), order_key(&["ab"]));
        assert_ne!(order_key(&["a", "b"]), order_key(&["b", "a"]));
    }
}
