//! Accounts: ours and those of peers.

use crate::cursor::Cursor;
use crate::decoded::{self, Version, Weigh};
use crate::search::{self, Subject};
use crate::value::{Row, ToValue};
use crate::{Error, Result, Tx, json};
use domain::account::{AccountCounts, Collections, Flags, Profile};
use domain::memo::Memo;
use domain::{Account, AccountId, AccountKind, AccountState, ActorId, Handle, Home, Host, Inbox, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;

/// The columns of an account under the alias `a`, as [`read`] wants them.
macro_rules! columns {
    () => {
        "a.id, a.home, a.state, a.kind, a.actor_id, a.name, a.domain, a.inbox, a.shared_inbox, a.followers_url,
         a.following_url, a.outbox_url, a.featured_url, a.display_name, a.bio_html, a.bio_source, a.url, a.avatar_url,
         a.header_url, a.pictures, a.details, a.fields, a.emojis, a.also_known_as, a.moved_to, a.locked,
         a.discoverable, a.indexable, a.memorial, a.created_at_ms, a.fetched_at_ms"
    };
}

/// The columns of an account's numbers under the alias `c`, which may be an outer join.
macro_rules! count_columns {
    () => {
        "COALESCE(c.followers, 0), COALESCE(c.following, 0), COALESCE(c.posts, 0), c.last_post_at_ms"
    };
}
pub(crate) use count_columns;

/// A statement for accounts under the alias `a`, as [`read_row`] wants them.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM account a ", $rest)
    };
}

/// The same with their numbers, as [`read_counted`] wants them.
macro_rules! select_counted {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", ",
            count_columns!(),
            " FROM account a LEFT JOIN account_count c ON c.account_id = a.id ",
            $rest
        )
    };
}

const HERE: i64 = 0;
const SITE: i64 = 1;
const PEER: i64 = 2;

/// A column that is NULL where there is nothing to say, as for most.
fn optional<T: DeserializeOwned + Default>(text: Option<String>) -> Result<T> {
    text.map_or_else(|| Ok(T::default()), |text| json::read_one(&text))
}

/// The text of such a column.
fn optional_text<T: Serialize + Default + PartialEq>(value: &T) -> Option<String> {
    (*value != T::default()).then(|| json::write_one(value))
}

/// Reads an account from the columns of [`columns!`].
pub(crate) fn read(c: &mut Cursor<'_, '_>) -> Result<Account> {
    let id = c.next()?;
    let home: i64 = c.next()?;
    let state: i64 = c.next()?;
    let kind: String = c.next()?;
    let actor_id: ActorId = c.next()?;
    let handle = Handle { name: c.next()?, domain: Host::from_stored(c.next()?) };
    let (inbox, shared_inbox): (Option<Inbox>, _) = (c.next()?, c.next()?);
    let home = match (home, inbox) {
        (HERE, _) => Home::Here,
        (SITE, _) => Home::Site,
        (PEER, Some(inbox)) => Home::Peer { inbox, shared_inbox },
        _ => return Err(Error::Corrupt("a peer's account without inbox".into())),
    };
    let collections =
        Collections { followers: c.next()?, following: c.next()?, outbox: c.next()?, featured: c.next()? };
    let profile = Profile {
        display_name: c.next()?,
        bio_html: c.next()?,
        bio_source: c.next()?,
        url: c.next()?,
        avatar_url: c.next()?,
        header_url: c.next()?,
        pictures: optional(c.next()?)?,
        details: optional(c.next()?)?,
        fields: json::read(&c.next::<String>()?)?,
        emojis: json::read(&c.next::<String>()?)?,
    };
    let also_known_as = json::read(&c.next::<String>()?)?;
    Ok(Account {
        id,
        actor_id,
        home,
        state: AccountState::from_code(state)
            .ok_or_else(|| Error::Corrupt(format!("account state {state}")))?,
        kind: AccountKind::from_type(&kind),
        handle,
        profile,
        collections,
        also_known_as,
        moved_to: c.next()?,
        flags: Flags {
            locked: c.next()?,
            discoverable: c.next()?,
            indexable: c.next()?,
            memorial: c.next()?,
        },
        created_at: c.next()?,
        fetched_at: c.next()?,
        shown: Memo::default(),
    })
}

/// Reads numbers from the columns of [`count_columns!`].
pub(crate) fn read_counts(c: &mut Cursor<'_, '_>) -> Result<AccountCounts> {
    Ok(AccountCounts {
        followers: c.next()?,
        following: c.next()?,
        posts: c.next()?,
        last_post_at: c.next()?,
    })
}

fn read_row(row: &Row<'_>) -> Result<Account> {
    read(&mut Cursor::new(row))
}

fn read_counted(row: &Row<'_>) -> Result<(Account, AccountCounts)> {
    let mut c = Cursor::new(row);
    Ok((read(&mut c)?, read_counts(&mut c)?))
}

const fn home_code(home: &Home) -> i64 {
    match home {
        Home::Here => HERE,
        Home::Site => SITE,
        Home::Peer { .. } => PEER,
    }
}

fn inboxes(home: &Home) -> (Option<&str>, Option<&str>) {
    match home {
        Home::Peer { inbox, shared_inbox } => {
            (Some(inbox.as_str()), shared_inbox.as_ref().map(Inbox::as_str))
        }
        Home::Here | Home::Site => (None, None),
    }
}

/// Whether an account was new to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It was.
    New,
    /// Its actor id or handle is there already.
    Taken,
}

/// The columns in which an account says what it is.
macro_rules! said {
    () => {
        "kind, inbox, shared_inbox, followers_url, following_url, outbox_url, featured_url, display_name, bio_html,
            bio_source, url, avatar_url, header_url, pictures, details, fields, emojis, also_known_as, moved_to, locked,
            discoverable, indexable, memorial, text_rules, fetched_at_ms, row_version"
    };
}

/// What [`execute`] gives for them.
macro_rules! said_values {
    () => {
        "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
            $25, $26, $27"
    };
}

/// Runs a statement with an account: $1 is its id, then come the columns of
/// [`said!`], $28 and on is `rest`.
fn execute(
    tx: &mut Tx,
    sql: &'static str,
    account: &Account,
    text_rules: i64,
    rest: &[&dyn ToValue],
) -> Result<u64> {
    let (inbox, shared_inbox) = inboxes(&account.home);
    let (p, f, c) = (&account.profile, &account.flags, &account.collections);
    let version = tx.new_id();
    let said: [&dyn ToValue; 27] = [
        &account.id,
        &account.kind.as_str(),
        &inbox,
        &shared_inbox,
        &c.followers,
        &c.following,
        &c.outbox,
        &c.featured,
        &p.display_name,
        &p.bio_html,
        &p.bio_source,
        &p.url,
        &p.avatar_url,
        &p.header_url,
        &optional_text(&p.pictures),
        &optional_text(&p.details),
        &json::write(&p.fields),
        &json::write(&p.emojis),
        &json::write(&account.also_known_as),
        &account.moved_to,
        &f.locked,
        &f.discoverable,
        &f.indexable,
        &f.memorial,
        &text_rules,
        &account.fetched_at,
        &version,
    ];
    tx.execute(sql, &[&said, rest].concat())
}

/// Adds an account. `owns_handle`: the handle is proven to be its own.
pub fn insert(
    tx: &mut Tx,
    account: &Account,
    owns_handle: Option<Timestamp>,
    text_rules: i64,
) -> Result<Inserted> {
    let sql = concat!(
        "INSERT INTO account (id, ",
        said!(),
        ", home, state, actor_id, host, name, domain, handle_key, handle_verified_at_ms, created_at_ms)
         VALUES ($1, ",
        said_values!(),
        ", $28, $29, $30, $31, $32, $33, $34, $35, $36)
         ON CONFLICT DO NOTHING"
    );
    let rest: [&dyn ToValue; 9] = [
        &home_code(&account.home),
        &account.state.code(),
        &account.actor_id,
        &account.actor_id.host(),
        &account.handle.name,
        &account.handle.domain,
        &owns_handle.map(|_| account.handle.key()),
        &owns_handle,
        &account.created_at,
    ];
    if execute(tx, sql, account, text_rules, &rest)? == 0 {
        return Ok(Inserted::Taken);
    }
    search::changed(tx, Subject::Account(account.id))?;
    Ok(Inserted::New)
}

/// Writes what an account says of itself: profile, switches, collections,
/// inboxes, kind. Id, actor id, home, state and handle stay.
pub fn update(tx: &mut Tx, account: &Account, text_rules: i64) -> Result<()> {
    search::author_may_change(tx, account.id, account.flags.indexable)?;
    let sql = concat!("UPDATE account SET (", said!(), ") = (", said_values!(), ") WHERE id = $1");
    execute(tx, sql, account, text_rules, &[])?;
    search::changed(tx, Subject::Account(account.id))
}

/// Gives an account a handle that it has proven to own; another account that
/// held it loses it: the newest proof counts.
pub fn claim_handle(tx: &mut Tx, id: AccountId, handle: &Handle, at: Timestamp) -> Result<()> {
    let key = handle.key();
    let version = tx.new_id();
    tx.execute(
        "UPDATE account SET handle_key = NULL, handle_verified_at_ms = NULL, row_version = $3
         WHERE handle_key = $1 AND id <> $2 AND home <> 0",
        &[&key, &id, &version],
    )?;
    tx.execute(
        "UPDATE account SET name = $2, domain = $3, handle_key = $4, handle_verified_at_ms = $5, row_version = $6
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM account o WHERE o.handle_key = $4 AND o.id <> $1)",
        &[&id, &handle.name, &handle.domain, &key, &at, &version],
    )?;
    Ok(())
}

/// Takes a handle from an account that turned out not to own it.
pub fn release_handle(tx: &mut Tx, id: AccountId) -> Result<()> {
    let version = tx.new_id();
    tx.execute(
        "UPDATE account SET handle_key = NULL, handle_verified_at_ms = NULL, row_version = $2
         WHERE id = $1 AND home <> 0",
        &[&id, &version],
    )?;
    Ok(())
}

/// Changes what an account may do.
pub fn set_state(tx: &mut Tx, id: AccountId, state: AccountState) -> Result<()> {
    set_states(tx, &[id], state)
}

/// The same of several.
pub(crate) fn set_states(tx: &mut Tx, ids: &[AccountId], state: AccountState) -> Result<()> {
    let version = tx.new_id();
    tx.execute(
        "UPDATE account SET state = $2, row_version = $3 WHERE id = ANY($1)",
        &[&ids, &state.code(), &version],
    )?;
    Ok(())
}

/// The account of a row.
pub fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>> {
    tx.find(select!("WHERE a.id = $1"), &[&id], read_row)
}

/// The account of a row that must be there.
pub fn get(tx: &mut Tx, id: AccountId) -> Result<Account> {
    find(tx, id)?.ok_or(Error::Missing)
}

/// The account of an actor.
pub fn by_actor(tx: &mut Tx, actor: &ActorId) -> Result<Option<Account>> {
    by_actor_text(tx, actor.as_str())
}

fn by_actor_text(tx: &mut Tx, actor: &str) -> Result<Option<Account>> {
    tx.find(select!("WHERE a.actor_id = $1"), &[&actor], read_row)
}

/// So few are looked up one by one: for more SQLite makes a table of them first.
const FEW: usize = 3;

/// The accounts of actors, in no order; unknown ones are left out.
pub fn by_actors(tx: &mut Tx, actors: &[&str]) -> Result<Vec<Account>> {
    if actors.len() <= FEW {
        let mut found = Vec::new();
        for actor in actors {
            found.extend(by_actor_text(tx, actor)?);
        }
        return Ok(found);
    }
    tx.query(select!("WHERE a.actor_id = ANY($1)"), &[&actors], read_row)
}

/// The account that has proven to own a handle.
pub fn by_handle(tx: &mut Tx, handle: &Handle) -> Result<Option<Account>> {
    tx.find(select!("WHERE a.handle_key = $1"), &[&handle.key()], read_row)
}

/// The page a person would open, where one of the accounts we know names it.
pub fn by_url(tx: &mut Tx, url: &str) -> Result<Option<Account>> {
    tx.find(select!("WHERE a.url = $1 ORDER BY a.id LIMIT 1"), &[&url], read_row)
}

/// Accounts by row with their numbers, in no order.
pub fn list(tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<(Arc<Account>, AccountCounts)>> {
    let rows = tx.query(
        concat!(
            "SELECT a.id, a.row_version, ",
            count_columns!(),
            " FROM account a LEFT JOIN account_count c ON c.account_id = a.id WHERE a.id = ANY($1)"
        ),
        &[&ids],
        |row| {
            let mut c = Cursor::new(row);
            Ok(((c.next()?, Version(c.next()?)), read_counts(&mut c)?))
        },
    )?;
    let mut accounts = in_versions(tx, rows.iter().map(|(row, _)| *row))?;
    Ok(rows.into_iter().filter_map(|((id, _), counts)| Some((accounts.remove(&id)?, counts))).collect())
}

/// The accounts of rows in these versions.
pub(crate) fn in_versions(
    tx: &mut Tx,
    wanted: impl Iterator<Item = (AccountId, Version)>,
) -> Result<HashMap<AccountId, Arc<Account>>> {
    decoded::all(tx, Tx::accounts, wanted, |tx, ids| {
        tx.query(
            concat!("SELECT ", columns!(), ", a.row_version FROM account a WHERE a.id = ANY($1)"),
            &[&ids],
            |row| {
                let mut c = Cursor::new(row);
                let account = read(&mut c)?;
                Ok((account.id, Version(c.next()?), account))
            },
        )
    })
}

impl Weigh for Account {
    fn bytes(&self) -> usize {
        /// What an account takes beside its longer texts, which stand in what is shown as well.
        const FRAME: usize = 3500;
        let profile = &self.profile;
        let fields = profile.fields.iter().map(|field| field.name.len() + field.value_html.len());
        let emojis = profile.emojis.iter().map(|emoji| emoji.shortcode.len() + 2 * emoji.url.len());
        let texts = profile.bio_html.len() + profile.bio_source.len() + profile.display_name.len();
        FRAME + 2 * (texts + fields.chain(emojis).sum::<usize>())
    }
}

/// Accounts whose handle begins like `prefix` (lower case), best known first.
pub fn search(tx: &mut Tx, prefix: &str, limit: i64) -> Result<Vec<AccountId>> {
    let end = format!("{prefix}\u{10ffff}");
    tx.query(
        "SELECT a.id FROM account a LEFT JOIN account_count c ON c.account_id = a.id
         WHERE a.handle_key >= $1 AND a.handle_key < $2 AND a.state IN (0, 3)
         ORDER BY COALESCE(c.followers, 0) DESC, a.id LIMIT $3",
        &[&prefix, &end, &limit],
        |row| row.get(0),
    )
}

/// Of some accounts, those that a search may show.
pub fn shown_among(tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<AccountId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT id FROM account WHERE id = ANY($1) AND state IN (0, 3) AND handle_key IS NOT NULL",
        &[&ids],
        |row| row.get(0),
    )
}

/// Our own accounts, oldest first.
pub fn ours(tx: &mut Tx) -> Result<Vec<(Account, AccountCounts)>> {
    tx.query(select_counted!("WHERE a.home = 0 ORDER BY a.id"), &[], read_counted)
}

/// An account's numbers.
pub fn counts(tx: &mut Tx, id: AccountId) -> Result<AccountCounts> {
    let found = tx.find(
        concat!("SELECT ", count_columns!(), " FROM account_count c WHERE c.account_id = $1"),
        &[&id],
        |row| read_counts(&mut Cursor::new(row)),
    )?;
    Ok(found.unwrap_or_default())
}

/// Adds to an account's numbers.
pub fn add_counts(tx: &mut Tx, id: AccountId, followers: i64, following: i64, posts: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO account_count (account_id, followers, following, posts) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id) DO UPDATE SET followers = account_count.followers + $2,
            following = account_count.following + $3, posts = account_count.posts + $4",
        &[&id, &followers, &following, &posts],
    )?;
    Ok(())
}

/// Counts a post and remembers when it was.
pub fn posted(tx: &mut Tx, id: AccountId, at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO account_count (account_id, followers, following, posts, last_post_at_ms) VALUES ($1, 0, 0, 1, $2)
         ON CONFLICT (account_id) DO UPDATE SET posts = account_count.posts + 1,
            last_post_at_ms = CASE WHEN account_count.last_post_at_ms > $2 THEN account_count.last_post_at_ms ELSE $2 END",
        &[&id, &at],
    )?;
    Ok(())
}

/// How many people sign in here and how many posts they wrote.
pub fn usage(tx: &mut Tx) -> Result<(i64, i64)> {
    tx.get(
        "SELECT (SELECT COUNT(*) FROM account WHERE home = 0 AND state IN (0, 1) AND kind <> 'Application'),
                (SELECT CAST(COALESCE(SUM(c.posts), 0) AS BIGINT) FROM account a JOIN account_count c ON c.account_id = a.id WHERE a.home = 0)",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Of some accounts, those that live here.
pub fn local_among(tx: &mut Tx, accounts: &[AccountId]) -> Result<Vec<AccountId>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    tx.query("SELECT id FROM account WHERE home = 0 AND id = ANY($1)", &[&accounts], |row| row.get(0))
}

/// A deleted account of which something is left to sweep away. While its last
/// words are still being written out to its followers, these are kept.
pub fn deleted_with_rests(tx: &mut Tx) -> Result<Option<AccountId>> {
    tx.find(
        "SELECT a.id FROM account a WHERE a.state = 4 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.account_id = a.id) AND (
            EXISTS (SELECT 1 FROM post p WHERE p.author_id = a.id)
            OR EXISTS (SELECT 1 FROM boost b WHERE b.account_id = a.id)
            OR EXISTS (SELECT 1 FROM like_ l WHERE l.account_id = a.id)
            OR EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = a.id OR f.target_id = a.id))
         LIMIT 1",
        &[],
        |row| row.get(0),
    )
}

/// Peers' accounts whose own inbox this is.
pub fn by_inbox(tx: &mut Tx, inbox: &str) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT id FROM account WHERE inbox = $1 AND home = 2 AND (shared_inbox IS NULL OR shared_inbox <> $1)",
        &[&inbox],
        |row| row.get(0),
    )
}
