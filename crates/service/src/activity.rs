//! Our own activities that are not Creates: named, kept so that they can be
//! read again, and sent.

use crate::outbox::{self, Followers, Outgoing, Published, Shared};
use crate::{Error, Result};
use activitypub::render::Envelope;
use domain::{Account, ActivityRowId};
use serde_json::Value;
use store::Tx;
use store::message::OwnActivity;

/// A new activity of one of our accounts.
#[derive(Debug)]
pub struct Minted {
    number: i64,
    /// Its id and actor.
    pub envelope: Envelope,
}

/// Names a new activity.
pub fn mint(tx: &mut Tx, actor: &Account) -> Minted {
    let number = tx.new_id();
    let id = tx.names().activity(number);
    Minted { number, envelope: Envelope::new(id.as_str(), actor.actor_id.clone()) }
}

/// To whom and how an activity goes.
#[derive(Debug)]
pub struct Sending<'a> {
    /// Its type.
    pub kind: &'a str,
    /// What it is done to, for the log and to keep the order.
    pub object: &'a str,
    /// Whom it names.
    pub to: &'a [&'a Account],
    /// Whether followers get it.
    pub followers: Followers,
    /// To which inboxes.
    pub shared: Shared,
    /// Anyone may read it.
    pub is_open: bool,
    /// What must arrive in order; see [`outbox::order_key`].
    pub order: &'a [&'a str],
}

impl<'a> Sending<'a> {
    /// From one actor to another, for nobody else's eyes.
    pub fn to_one(kind: &'a str, object: &'a str, to: &'a [&'a Account], order: &'a [&'a str]) -> Self {
        Self { kind, object, to, followers: Followers::No, shared: Shared::Personal, is_open: false, order }
    }
}

/// Keeps an activity under its id and sends it.
pub fn send(
    tx: &mut Tx,
    sender: &Account,
    minted: &Minted,
    json: &Value,
    sending: &Sending<'_>,
) -> Result<Published> {
    let kept = OwnActivity {
        account_id: sender.id,
        is_open: sending.is_open,
        audience: sending.to.iter().map(|account| account.actor_id.to_string()).collect(),
        json: json.to_string(),
    };
    store::message::keep_activity(tx, minted.number, &kept)?;
    post(tx, sender, &minted.envelope.id, json, sending)
}

/// Sends an activity that is kept elsewhere: with its post or its boost.
pub fn post(
    tx: &mut Tx,
    sender: &Account,
    id: &str,
    json: &Value,
    sending: &Sending<'_>,
) -> Result<Published> {
    outbox::publish(
        tx,
        sender,
        &Outgoing {
            kind: sending.kind,
            object: sending.object,
            activity_id: id,
            json,
            is_open: sending.is_open,
            order_key: outbox::order_key(sending.order),
            followers: sending.followers,
            to: sending.to,
            shared: sending.shared,
            cause: None,
        },
    )
}

/// The number in `ORIGIN/activities/ID`.
pub fn number(text: &str) -> Result<i64> {
    text.parse::<ActivityRowId>().map(|id| id.0).map_err(|_| Error::NotFound("activity"))
}
