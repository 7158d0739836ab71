//! What accounts are told.

use crate::paged::{self, paged};
use crate::{Error, Result, Tx};
use domain::notification::{Notification, NotificationKind};
use domain::{AccountId, Event, NotificationId, Page, PostId};

/// Tells an account something, once: a like repeated is not told again. What
/// comes of whom it mutes or whose host it blocks, or of a conversation it left,
/// is not told.
pub fn insert(
    tx: &mut Tx,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    post: Option<PostId>,
    group_key: &str,
) -> Result<()> {
    if crate::mute::silences(tx, account, from, post)? {
        return Ok(());
    }
    let (id, now) = (NotificationId(tx.new_id()), tx.now());
    let rows = tx.execute(
        "INSERT INTO notification (id, account_id, kind, from_id, post_id, group_key, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[&id, &account, &kind.code(), &from, &post, &group_key, &now],
    )?;
    if rows == 1 {
        tx.tell(Event::Notified(account, id));
    }
    Ok(())
}

fn read(row: &crate::value::Row<'_>) -> Result<Notification> {
    let kind: i64 = row.get(1)?;
    Ok(Notification {
        id: row.get(0)?,
        kind: NotificationKind::from_code(kind)
            .ok_or_else(|| Error::Corrupt(format!("notification kind {kind}")))?,
        from: row.get(2)?,
        post_id: row.get(3)?,
        group_key: row.get(4)?,
        created_at: row.get(5)?,
    })
}

/// Which notifications to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these kinds; empty means all.
    pub kinds: Vec<NotificationKind>,
    /// Not these.
    pub without: Vec<NotificationKind>,
    /// Only from this account.
    pub from: Option<AccountId>,
}

/// Notifications of an account, newest first.
pub fn list(tx: &mut Tx, account: AccountId, selection: &Selection, page: Page) -> Result<Vec<Notification>> {
    let wanted = |kind: &NotificationKind| {
        (selection.kinds.is_empty() || selection.kinds.contains(kind)) && !selection.without.contains(kind)
    };
    let kinds: Vec<i64> = NotificationKind::ALL.iter().filter(|k| wanted(k)).map(|k| k.code()).collect();
    let from = selection.from.unwrap_or(AccountId(0));
    let texts = paged!(
        "id",
        "SELECT id, kind, from_id, post_id, group_key, created_at_ms FROM notification
         WHERE account_id = $1 AND kind = ANY($5) AND (CAST($6 AS BIGINT) = 0 OR from_id = $6)"
    );
    paged::list(tx, texts, &account, page, &[&kinds, &from], read)
}

/// One notification of an account.
pub fn find(tx: &mut Tx, account: AccountId, id: NotificationId) -> Result<Option<Notification>> {
    tx.find(
        "SELECT id, kind, from_id, post_id, group_key, created_at_ms FROM notification WHERE account_id = $1 AND id = $2",
        &[&account, &id],
        read,
    )
}

/// Removes one notification.
pub fn dismiss(tx: &mut Tx, account: AccountId, id: NotificationId) -> Result<()> {
    tx.execute("DELETE FROM notification WHERE account_id = $1 AND id = $2", &[&account, &id])?;
    Ok(())
}

/// Removes all notifications of an account.
pub fn clear(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("DELETE FROM notification WHERE account_id = $1", &[&account])?;
    Ok(())
}

/// Removes what an account was told of another: after a block.
pub fn forget(tx: &mut Tx, account: AccountId, from: AccountId) -> Result<()> {
    tx.execute("DELETE FROM notification WHERE account_id = $1 AND from_id = $2", &[&account, &from])?;
    Ok(())
}

/// Takes back what one event told: an undone like or follow.
pub fn retract(
    tx: &mut Tx,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    group_key: &str,
) -> Result<()> {
    tx.execute(
        "DELETE FROM notification WHERE account_id = $1 AND kind = $2 AND from_id = $3 AND group_key = $4",
        &[&account, &kind.code(), &from, &group_key],
    )?;
    Ok(())
}

/// Removes what anyone was told of an account that is gone, up to `limit` rows.
pub fn forget_everywhere(tx: &mut Tx, from: AccountId, limit: i64) -> Result<()> {
    tx.execute(
        "DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE from_id = $1 ORDER BY id LIMIT $2)",
        &[&from, &limit],
    )?;
    Ok(())
}
