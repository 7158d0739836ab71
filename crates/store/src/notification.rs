//! What accounts are told.

pub mod group;
pub mod policy;
pub mod request;
pub mod severance;

use crate::paged::{self, paged};
use crate::value::Row;
use crate::{Error, Result, Tx};
use domain::notification::{About, GROUP_HOURS, GroupKey, Kinds, Notification, NotificationKind};
use domain::{AccountId, NotificationId, Page, PostId};

/// Something an account is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// Whom.
    pub to: AccountId,
    /// Why.
    pub kind: NotificationKind,
    /// Who caused it.
    pub from: AccountId,
    /// What it is about.
    pub about: About,
}

/// Whether a notification is seen without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among all others.
    Shown,
    /// Among what is kept back.
    KeptBack,
}

const HOUR_MS: i64 = 3_600_000;

/// Writes down what an account is told, once: a like repeated is not told
/// again. One of a kind that is grouped joins a group that is not too old.
pub fn insert(tx: &mut Tx, news: &News, place: Place) -> Result<Option<NotificationId>> {
    let (id, now) = (NotificationId(tx.new_id()), tx.now());
    let (post, subject) = match news.about {
        About::Sender => (None, None),
        About::Post(post) => (Some(post), None),
        About::Row(row) => (None, Some(row)),
    };
    // No hour: the group is this one alone.
    let hour = if news.kind.is_grouped() { now.0 / HOUR_MS } else { 0 };
    let rows = tx.execute(
        "INSERT INTO notification
            (id, account_id, kind, from_id, post_id, subject_id, about, bucket, filtered, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7,
            CASE WHEN CAST($8 AS BIGINT) = 0 THEN CAST($1 AS BIGINT) ELSE COALESCE(
                (SELECT MAX(g.bucket) FROM notification g
                 WHERE g.account_id = $2 AND g.kind = $3 AND g.about = $7 AND g.bucket > $8 - $9),
                $8) END,
            $10, $11)
         ON CONFLICT DO NOTHING",
        &[
            &id,
            &news.to,
            &news.kind.code(),
            &news.from,
            &post,
            &subject,
            &news.about.number(),
            &hour,
            &GROUP_HOURS,
            &(place == Place::KeptBack),
            &now,
        ],
    )?;
    Ok((rows == 1).then_some(id))
}

/// The columns of a notification under the alias `n`, as [`read`] wants them.
macro_rules! columns {
    () => {
        "n.id, n.kind, n.from_id, n.post_id, n.subject_id, n.created_at_ms, n.about, n.bucket"
    };
}
pub(crate) use columns;

fn kind_of(code: i64) -> Result<NotificationKind> {
    NotificationKind::from_code(code).ok_or_else(|| Error::Corrupt(format!("notification kind {code}")))
}

/// Reads a notification from the columns of [`columns!`].
pub(crate) fn read(row: &Row<'_>) -> Result<Notification> {
    let (id, kind) = (row.get(0)?, kind_of(row.get(1)?)?);
    let group = if kind.is_grouped() {
        GroupKey::Together { kind, about: row.get(6)?, bucket: row.get(7)? }
    } else {
        GroupKey::Alone(id)
    };
    Ok(Notification {
        id,
        kind,
        from: row.get(2)?,
        post_id: row.get(3)?,
        subject_id: row.get(4)?,
        created_at: row.get(5)?,
        group,
    })
}

/// Which notifications to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// Only these kinds.
    pub kinds: Kinds,
    /// Only from this account.
    pub from: Option<AccountId>,
    /// Only what is shown, or also what is kept back.
    pub place: Place,
}

impl Default for Selection {
    fn default() -> Self {
        Self { kinds: Kinds::ALL, from: None, place: Place::Shown }
    }
}

impl Selection {
    /// Everything of some kinds.
    pub fn of(kinds: Kinds) -> Self {
        Self { kinds, ..Self::default() }
    }

    fn sender(&self) -> AccountId {
        self.from.unwrap_or(AccountId(0))
    }

    /// Also what is kept back.
    fn hidden(&self) -> bool {
        self.place == Place::KeptBack
    }
}

/// The condition of a selected notification under the alias `$n`; $5, $6 and $7 are the selection.
macro_rules! selected {
    ($n:literal) => {
        concat!(
            "((CAST(1 AS BIGINT) << CAST(",
            $n,
            ".kind AS INTEGER)) & $5) <> 0
             AND (CAST($6 AS BIGINT) = 0 OR ",
            $n,
            ".from_id = $6) AND (",
            $n,
            ".filtered = 0 OR $7 = 1)"
        )
    };
}
pub(crate) use selected;

/// Notifications of an account, newest first.
pub fn list(tx: &mut Tx, account: AccountId, selection: &Selection, page: Page) -> Result<Vec<Notification>> {
    let texts = paged!(
        "n.id",
        "SELECT ",
        columns!(),
        " FROM notification n WHERE n.account_id = $1 AND ",
        selected!("n")
    );
    let rest: [&dyn crate::value::ToValue; 3] =
        [&selection.kinds.bits(), &selection.sender(), &selection.hidden()];
    paged::list(tx, texts, &account, page, &rest, read)
}

/// How many there are after `after`, counted up to `most`.
pub fn count(tx: &mut Tx, account: AccountId, selection: &Selection, after: i64, most: i64) -> Result<i64> {
    tx.get(
        concat!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM notification n WHERE n.account_id = $1 AND n.id > $2 AND ",
            selected!("n"),
            " AND n.id < $3 LIMIT $4) few"
        ),
        &[
            &account,
            &after,
            &i64::MAX,
            &most,
            &selection.kinds.bits(),
            &selection.sender(),
            &selection.hidden(),
        ],
        |row| row.get(0),
    )
}

/// One notification of an account.
pub fn find(tx: &mut Tx, account: AccountId, id: NotificationId) -> Result<Option<Notification>> {
    tx.find(
        concat!("SELECT ", columns!(), " FROM notification n WHERE n.account_id = $1 AND n.id = $2"),
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
pub fn retract(tx: &mut Tx, news: &News) -> Result<()> {
    tx.execute(
        "DELETE FROM notification WHERE account_id = $1 AND from_id = $2 AND kind = $3 AND about = $4",
        &[&news.to, &news.from, &news.kind.code(), &news.about.number()],
    )?;
    Ok(())
}

/// Removes what anyone was told of an account that is gone, up to `limit` rows.
pub fn forget_everywhere(tx: &mut Tx, from: AccountId, limit: i64) -> Result<()> {
    tx.execute(
        "DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE from_id = $1 LIMIT $2)",
        &[&from, &limit],
    )?;
    Ok(())
}

/// What there is to decide about the visibility of a post that names an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mentioned {
    /// Only who is addressed may read it.
    pub direct: bool,
    /// It goes on in what the account wrote to the sender alone.
    pub answers: bool,
}

/// Whether a post is direct, and whether `account` wrote directly to `from`
/// in what it answers, up to a hundred posts above it.
pub fn mentioned(
    tx: &mut Tx,
    post: PostId,
    account: AccountId,
    from: AccountId,
) -> Result<Option<Mentioned>> {
    tx.find(
        "WITH RECURSIVE up(id, parent, depth) AS (
            SELECT p.id, p.in_reply_to_id, 0 FROM post p WHERE p.id = $1
            UNION ALL
            SELECT p.id, p.in_reply_to_id, up.depth + 1 FROM up JOIN post p ON p.id = up.parent WHERE up.depth < 100)
         SELECT p.visibility, (SELECT COUNT(*) FROM up JOIN post q ON q.id = up.id
            JOIN post_addressed d ON d.post_id = q.id AND d.account_id = $3
            WHERE up.depth > 0 AND q.author_id = $2 AND q.visibility = 3)
         FROM post p WHERE p.id = $1",
        &[&post, &account, &from],
        |row| Ok(Mentioned { direct: row.get::<i64>(0)? == 3, answers: row.get::<i64>(1)? > 0 }),
    )
}
