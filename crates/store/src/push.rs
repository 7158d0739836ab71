//! Where programs want to be told, and what waits to be sent there.

use crate::notification::News;
use crate::value::Row;
use crate::{Result, Tx};
use domain::notification::Kinds;
use domain::push::{PushForm, PushPolicy, PushWishes};
use domain::{AccountId, NotificationId, Timestamp, TokenId};
use std::time::Duration;

/// Pushes that may wait for one account; more are left out.
const MOST_WAITING: i64 = 500;

/// A place where a program wants to be told.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Our row.
    pub id: i64,
    /// Of which token.
    pub token_id: TokenId,
    /// Whose notifications.
    pub account_id: AccountId,
    /// The push service's URL for the program.
    pub endpoint: String,
    /// The program's public key, an uncompressed point of P-256.
    pub p256dh: Vec<u8>,
    /// The secret it shares with us.
    pub auth: Vec<u8>,
    /// How it reads.
    pub form: PushForm,
    /// What it asked for.
    pub wishes: PushWishes,
    /// The token, by which apps of several accounts know whose a push is.
    pub access_token: String,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// The columns of a subscription under the alias `s`, as [`read`] wants them.
macro_rules! columns {
    () => {
        "s.id, s.token_id, s.account_id, s.endpoint, s.p256dh, s.auth, s.standard, s.alerts, s.policy, s.access_token"
    };
}

fn read(row: &Row<'_>) -> Result<Subscription> {
    let standard: bool = row.get(6)?;
    Ok(Subscription {
        id: row.get(0)?,
        token_id: row.get(1)?,
        account_id: row.get(2)?,
        endpoint: row.get(3)?,
        p256dh: row.get(4)?,
        auth: row.get(5)?,
        form: if standard { PushForm::Standard } else { PushForm::Draft },
        wishes: PushWishes {
            alerts: Kinds::from_bits(row.get(7)?),
            policy: PushPolicy::from_code(row.get(8)?),
        },
        access_token: row.get(9)?,
    })
}

/// Writes a subscription in place of what its token had.
pub fn subscribe(tx: &mut Tx, new: &Subscription) -> Result<()> {
    let now = tx.now();
    remove_of_token(tx, new.token_id)?;
    tx.execute(
        "INSERT INTO push_subscription (id, token_id, account_id, endpoint, p256dh, auth, standard, alerts, policy,
            access_token, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (token_id) DO UPDATE SET id = $1, endpoint = $4, p256dh = $5, auth = $6, standard = $7,
            alerts = $8, policy = $9, access_token = $10, created_at_ms = $11",
        &[
            &new.id,
            &new.token_id,
            &new.account_id,
            &new.endpoint,
            &new.p256dh,
            &new.auth,
            &(new.form == PushForm::Standard),
            &new.wishes.alerts.bits(),
            &new.wishes.policy.code(),
            &new.access_token,
            &now,
        ],
    )?;
    Ok(())
}

/// The subscription of a token.
pub fn of_token(tx: &mut Tx, token: TokenId) -> Result<Option<Subscription>> {
    tx.find(
        concat!("SELECT ", columns!(), " FROM push_subscription s WHERE s.token_id = $1"),
        &[&token],
        read,
    )
}

/// Writes what the program of a token asks for now.
pub fn set_wishes(tx: &mut Tx, token: TokenId, wishes: &PushWishes) -> Result<()> {
    tx.execute(
        "UPDATE push_subscription SET alerts = $2, policy = $3 WHERE token_id = $1",
        &[&token, &wishes.alerts.bits(), &wishes.policy.code()],
    )?;
    Ok(())
}

/// Ends the subscription of a token.
pub fn remove_of_token(tx: &mut Tx, token: TokenId) -> Result<()> {
    tx.execute(
        "DELETE FROM push WHERE subscription_id IN (SELECT id FROM push_subscription WHERE token_id = $1)",
        &[&token],
    )?;
    tx.execute("DELETE FROM push_subscription WHERE token_id = $1", &[&token])?;
    Ok(())
}

/// Ends a subscription.
pub fn remove(tx: &mut Tx, subscription: i64) -> Result<()> {
    tx.execute("DELETE FROM push WHERE subscription_id = $1", &[&subscription])?;
    tx.execute("DELETE FROM push_subscription WHERE id = $1", &[&subscription])?;
    Ok(())
}

/// Ends the oldest subscriptions of an account beyond the newest `keep`.
pub fn keep_newest(tx: &mut Tx, account: AccountId, keep: i64) -> Result<()> {
    tx.execute(
        "DELETE FROM push_subscription WHERE account_id = $1 AND id NOT IN
            (SELECT id FROM push_subscription WHERE account_id = $1 ORDER BY id DESC LIMIT $2)",
        &[&account, &keep],
    )?;
    Ok(())
}

/// Puts down a push for each program that asked to be told of this.
pub fn enqueue(tx: &mut Tx, news: &News, id: NotificationId) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO push (notification_id, subscription_id, attempts, next_try_at_ms, created_at_ms)
         SELECT CAST($3 AS BIGINT), s.id, 0, CAST($5 AS BIGINT), CAST($5 AS BIGINT) FROM push_subscription s
         WHERE s.account_id = $1 AND (s.alerts & $4) <> 0
            AND (s.policy = 0
                OR (s.policy = 1 AND EXISTS (SELECT 1 FROM follow f
                    WHERE f.follower_id = $1 AND f.target_id = $2 AND f.accepted = 1))
                OR (s.policy = 2 AND EXISTS (SELECT 1 FROM follow f
                    WHERE f.follower_id = $2 AND f.target_id = $1 AND f.accepted = 1)))
            AND (SELECT COUNT(*) FROM push w WHERE w.subscription_id = s.id) < $6
         ON CONFLICT (subscription_id, notification_id) DO NOTHING",
        &[&news.to, &news.from, &id, &news.kind.bit(), &now, &MOST_WAITING],
    )?;
    Ok(())
}

/// A push whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Where to.
    pub subscription: Subscription,
    /// What of.
    pub notification_id: NotificationId,
    /// How often it was tried.
    pub attempts: i64,
    /// Since when it waits.
    pub created_at: Timestamp,
}

/// Pushes whose time has come, the oldest first. Those of tokens that were
/// taken back are not among them.
pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Due>> {
    tx.query(
        concat!(
            "SELECT ",
            columns!(),
            ", w.notification_id, w.attempts, w.created_at_ms
             FROM push w JOIN push_subscription s ON s.id = w.subscription_id
             JOIN token t ON t.id = s.token_id AND t.revoked_at_ms IS NULL
             WHERE w.next_try_at_ms <= $1 ORDER BY w.next_try_at_ms, w.notification_id LIMIT $2"
        ),
        &[&now, &limit],
        |row| {
            Ok(Due {
                subscription: read(row)?,
                notification_id: row.get(10)?,
                attempts: row.get(11)?,
                created_at: row.get(12)?,
            })
        },
    )
}

/// When the next push is due that waits.
pub fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.get("SELECT MIN(next_try_at_ms) FROM push", &[], |row| row.get(0))
}

/// Removes a push: it is done, or given up.
pub fn settle(tx: &mut Tx, subscription: i64, notification: NotificationId) -> Result<()> {
    tx.execute(
        "DELETE FROM push WHERE subscription_id = $1 AND notification_id = $2",
        &[&subscription, &notification],
    )?;
    Ok(())
}

/// Takes a push to send it: for `span` nobody else does. False where somebody
/// did already, or it is gone.
pub fn claim(
    tx: &mut Tx,
    subscription: i64,
    notification: NotificationId,
    now: Timestamp,
    span: Duration,
) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE push SET attempts = attempts + 1, next_try_at_ms = $4
         WHERE subscription_id = $1 AND notification_id = $2 AND next_try_at_ms <= $3",
        &[&subscription, &notification, &now, &now.plus(span)],
    )?;
    Ok(rows == 1)
}

/// Puts a push off.
pub fn put_off(tx: &mut Tx, subscription: i64, notification: NotificationId, until: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE push SET next_try_at_ms = $3 WHERE subscription_id = $1 AND notification_id = $2",
        &[&subscription, &notification, &until],
    )?;
    Ok(())
}

/// Removes what was due and had nobody to be sent to: its subscription ended,
/// or its token was taken back.
pub fn drop_ended(tx: &mut Tx, now: Timestamp) -> Result<()> {
    tx.execute(
        "DELETE FROM push WHERE next_try_at_ms <= $1 AND NOT EXISTS (SELECT 1 FROM push_subscription s
            JOIN token t ON t.id = s.token_id AND t.revoked_at_ms IS NULL WHERE s.id = push.subscription_id)",
        &[&now],
    )?;
    Ok(())
}

/// Keeps the server's key, unless there is one; the one that is kept.
pub fn keep_key(tx: &mut Tx, key: &str) -> Result<String> {
    tx.execute(
        "INSERT INTO setting (key, value) VALUES ('vapid', $1) ON CONFLICT (key) DO NOTHING",
        &[&key],
    )?;
    tx.get("SELECT value FROM setting WHERE key = 'vapid'", &[], |row| row.get(0))
}

/// Removes subscriptions of tokens that were taken back, and what waits for none.
pub fn sweep(tx: &mut Tx, limit: i64) -> Result<u64> {
    let rows = tx.execute(
        "DELETE FROM push_subscription WHERE id IN (SELECT s.id FROM push_subscription s
            JOIN token t ON t.id = s.token_id WHERE t.revoked_at_ms IS NOT NULL ORDER BY s.id LIMIT $1)",
        &[&limit],
    )?;
    let lost = tx.execute(
        "DELETE FROM push WHERE subscription_id IN (SELECT w.subscription_id FROM push w
            WHERE NOT EXISTS (SELECT 1 FROM push_subscription s WHERE s.id = w.subscription_id) LIMIT $1)",
        &[&limit],
    )?;
    Ok(rows.max(lost))
}
