//! Notifications that are shown as one.

use super::{Selection, columns, read, selected};
use crate::paged::{self, Texts, paged};
use crate::value::ToValue;
use crate::{Result, Tx};
use domain::notification::{GroupKey, Kinds, Notification};
use domain::{AccountId, NotificationId, Page, Timestamp};

/// The text of [`list`] in one direction: of each group only the one that is
/// met first. Of kinds that are not in $8 each stands alone.
macro_rules! first_of_groups {
    ($first:literal, $order:literal) => {
        concat!(
            "SELECT ", columns!(), " FROM notification n WHERE n.account_id = $1 AND n.id < $2 AND n.id > $3 AND ",
            selected!("n"),
            " AND (((CAST(1 AS BIGINT) << CAST(n.kind AS INTEGER)) & $8) = 0 OR NOT EXISTS (
                SELECT 1 FROM notification m WHERE m.account_id = $1 AND m.kind = n.kind AND m.about = n.about
                    AND m.bucket = n.bucket AND m.id ", $first, " n.id AND m.id < $2 AND m.id > $3 AND ",
            selected!("m"),
            ")) ORDER BY n.id ", $order, " LIMIT $4"
        )
    };
}

/// One notification of each group in the window, newest first: the newest of
/// its group, or the oldest where the page is counted off from below.
pub fn list(
    tx: &mut Tx,
    account: AccountId,
    selection: &Selection,
    grouped: Kinds,
    page: Page,
) -> Result<Vec<Notification>> {
    let texts = Texts { downward: first_of_groups!(">", "DESC"), upward: first_of_groups!("<", "ASC") };
    let rest: [&dyn ToValue; 4] =
        [&selection.kinds.bits(), &selection.sender(), &selection.hidden(), &grouped.bits()];
    paged::list(tx, texts, &account, page, &rest, read)
}

/// How many groups there are after `after`, counted up to `most`.
pub fn count(
    tx: &mut Tx,
    account: AccountId,
    selection: &Selection,
    grouped: Kinds,
    after: i64,
    most: i64,
) -> Result<i64> {
    tx.get(
        concat!("SELECT COUNT(*) FROM (", first_of_groups!("<", "ASC"), ") few"),
        &[
            &account,
            &i64::MAX,
            &after,
            &most,
            &selection.kinds.bits(),
            &selection.sender(),
            &selection.hidden(),
            &grouped.bits(),
        ],
        |row| row.get(0),
    )
}

/// One of the newest of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The notification that stands for the group.
    pub group: NotificationId,
    /// This one.
    pub id: NotificationId,
    /// Who caused it.
    pub from: AccountId,
    /// When.
    pub created_at: Timestamp,
    /// How many the group has.
    pub total: i64,
    /// The oldest of the group in the window.
    pub oldest: NotificationId,
}

/// The newest of each group that one of `ids` stands for, up to `to`; the
/// newest first. `from` is where the window begins below.
pub fn members(tx: &mut Tx, ids: &[NotificationId], from: i64, to: i64) -> Result<Vec<Member>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT stands_for, id, from_id, created_at_ms, total, oldest FROM (
            SELECT r.id AS stands_for, k.id, k.from_id, k.created_at_ms,
                ROW_NUMBER() OVER (PARTITION BY r.id ORDER BY k.id DESC) AS place,
                COUNT(*) OVER (PARTITION BY r.id) AS total,
                MIN(CASE WHEN k.id >= $2 THEN k.id ELSE r.id END) OVER (PARTITION BY r.id) AS oldest
            FROM notification r JOIN notification k ON k.account_id = r.account_id AND k.kind = r.kind
                AND k.about = r.about AND k.bucket = r.bucket AND k.id <= $3 AND (k.filtered = 0 OR k.id = r.id)
            WHERE r.id = ANY($1)) members
         WHERE place <= 8 ORDER BY id DESC",
        &[&ids, &from, &to],
        |row| {
            Ok(Member {
                group: row.get(0)?,
                id: row.get(1)?,
                from: row.get(2)?,
                created_at: row.get(3)?,
                total: row.get(4)?,
                oldest: row.get(5)?,
            })
        },
    )
}

/// What a key says to the statements below: an id, or kind, thing and hour.
const fn parts(key: GroupKey) -> (i64, i64, i64, i64) {
    match key {
        GroupKey::Alone(id) => (id.0, 0, 0, 0),
        GroupKey::Together { kind, about, bucket } => (0, kind.code(), about, bucket),
    }
}

/// The newest of a group.
pub fn newest(tx: &mut Tx, account: AccountId, key: GroupKey) -> Result<Option<Notification>> {
    let (id, kind, about, bucket) = parts(key);
    tx.find(
        concat!(
            "SELECT ",
            columns!(),
            " FROM notification n WHERE n.account_id = $1 AND (n.id = $2
                OR ($2 = 0 AND n.kind = $3 AND n.about = $4 AND n.bucket = $5)) ORDER BY n.id DESC LIMIT 1"
        ),
        &[&account, &id, &kind, &about, &bucket],
        read,
    )
}

/// Who caused those of a group, newest first, with the row to go on from.
pub fn senders(tx: &mut Tx, account: AccountId, key: GroupKey, page: Page) -> Result<Vec<(i64, AccountId)>> {
    let (id, kind, about, bucket) = parts(key);
    let texts = paged!(
        "n.id",
        "SELECT n.id, n.from_id FROM notification n WHERE n.account_id = $1 AND (n.id = $5
            OR ($5 = 0 AND n.kind = $6 AND n.about = $7 AND n.bucket = $8))"
    );
    let rest: [&dyn ToValue; 4] = [&id, &kind, &about, &bucket];
    paged::list(tx, texts, &account, page, &rest, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Removes a group.
pub fn dismiss(tx: &mut Tx, account: AccountId, key: GroupKey) -> Result<()> {
    let (id, kind, about, bucket) = parts(key);
    tx.execute(
        "DELETE FROM notification WHERE account_id = $1 AND (id = $2
            OR ($2 = 0 AND kind = $3 AND about = $4 AND bucket = $5))",
        &[&account, &id, &kind, &about, &bucket],
    )?;
    Ok(())
}
