//! Lists of posts: home, and the pages that dress them.

use crate::cursor::Cursor;
use crate::decoded::Version;
use crate::paged::{self, paged};
use crate::value::Row;
use crate::wanted::wanted;
use crate::{Error, Result, Tx, account, card, poll, post};
use domain::account::AccountCounts;
use domain::post::{Application, BoostView, Post, PostCounts, ViewerMarks};
use domain::{
    Account, AccountId, BoostId, ObjectId, Page, PostId, PostKind, PostView, Timestamp, Visibility,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A place in a list: a post, or a boost of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What the list is sorted by: the id of the post or the boost.
    pub id: i64,
    /// The post.
    pub post_id: PostId,
    /// The boost that brought it.
    pub boost_id: Option<BoostId>,
}

impl From<PostId> for Entry {
    fn from(id: PostId) -> Self {
        Self { id: id.0, post_id: id, boost_id: None }
    }
}

pub(crate) fn read_entry(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry { id: row.get(0)?, post_id: row.get(1)?, boost_id: row.get(2)? })
}

/// The newest entries an owner keeps.
pub const HOME_LENGTH: i64 = 800;

/// Puts an entry into the home of each owner. `account`: who brought it.
pub fn push(tx: &mut Tx, owners: &[AccountId], entry: Entry, account: AccountId) -> Result<()> {
    for owner in owners {
        tx.execute(
            "INSERT INTO home_entry (owner_id, id, post_id, boost_id, account_id) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            &[owner, &entry.id, &entry.post_id, &entry.boost_id, &account],
        )?;
    }
    Ok(())
}

/// Of some owners, those whose newest entries (down to `since`) already show the post.
pub fn having(tx: &mut Tx, owners: &[AccountId], post: PostId, since: i64) -> Result<Vec<AccountId>> {
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(
        "SELECT DISTINCT owner_id FROM home_entry WHERE post_id = $1 AND id > $2 AND owner_id = ANY($3)",
        &[&post, &since, &owners],
        |row| row.get(0),
    )
}

/// The home of an account, newest first, as far as the owner may still see it.
pub fn home(tx: &mut Tx, owner: AccountId, page: Page) -> Result<Vec<Entry>> {
    let now = tx.now();
    let texts = paged!(
        "h.id",
        "SELECT h.id, h.post_id, h.boost_id FROM home_entry h JOIN post p ON p.id = h.post_id
         WHERE h.owner_id = $1 AND ",
        wanted!("p.author_id", "$1", "$5"),
        " AND (h.boost_id IS NULL OR ",
        wanted!("h.account_id", "$1", "$5"),
        ") AND ",
        crate::post::visible!("$1")
    );
    paged::list(tx, texts, &owner, page, &[&now], read_entry)
}

/// Takes what an account brought out of a home: after an unfollow or a block.
pub fn withdraw(tx: &mut Tx, owner: AccountId, account: AccountId) -> Result<()> {
    tx.execute(
        "DELETE FROM home_entry WHERE owner_id = $1 AND (account_id = $2
            OR post_id IN (SELECT p.id FROM post p JOIN home_entry h ON h.post_id = p.id
                WHERE h.owner_id = $1 AND p.author_id = $2 AND EXISTS
                    (SELECT 1 FROM block b WHERE b.account_id = $1 AND b.target_id = $2)))",
        &[&owner, &account],
    )?;
    Ok(())
}

/// Of posts of everyone, whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// Everybody's.
    #[default]
    Anywhere,
    /// Written here.
    Here,
    /// Written on other servers.
    Elsewhere,
}

/// Which posts of everyone to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// Whose.
    pub origin: Origin,
    /// Only with attachments.
    pub only_media: bool,
}

impl Selection {
    const fn origin_code(self) -> i64 {
        match self.origin {
            Origin::Anywhere => 0,
            Origin::Here => 1,
            Origin::Elsewhere => 2,
        }
    }
}

/// The condition of a post `p` by `a` that lists of everyone's posts may show;
/// $5 and $6 are what was selected.
macro_rules! for_everyone {
    () => {
        "p.visibility = 0 AND a.state IN (0, 3) AND ($5 = 0 OR ($5 = 1 AND a.home = 0) OR ($5 = 2 AND a.home <> 0))
            AND ($6 = 0 OR p.attachments <> '[]') AND "
    };
}

/// Public posts that answer nobody else, newest first.
pub fn public(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    selection: Selection,
    page: Page,
) -> Result<Vec<Entry>> {
    /// The condition has an index of its own.
    macro_rules! texts {
        ($few:literal) => {
            paged!(
                "p.id",
                "SELECT p.id, p.id, NULL FROM post p JOIN account a ON a.id = p.author_id
                 WHERE (p.in_reply_to IS NULL OR p.in_reply_to_account_id = p.author_id) AND ",
                $few,
                for_everyone!(),
                wanted!("p.author_id", "$1", "$7"),
                " AND ",
                crate::post::visible!("$1")
            )
        };
    }
    let viewer = viewer.unwrap_or(AccountId(0));
    let texts = match selection {
        Selection { origin: Origin::Here, .. } => texts!("p.here = 1 AND "),
        Selection { only_media: true, .. } => texts!("p.attachments <> '[]' AND "),
        _ => texts!(""),
    };
    let rest: [&dyn crate::value::ToValue; 3] = [&selection.origin_code(), &selection.only_media, &tx.now()];
    paged::list(tx, texts, &viewer, page, &rest, read_entry)
}

/// Public posts with a hashtag, newest first.
pub fn tagged(
    tx: &mut Tx,
    name: &str,
    viewer: Option<AccountId>,
    selection: Selection,
    page: Page,
) -> Result<Vec<Entry>> {
    macro_rules! texts {
        ($few:literal) => {
            paged!(
                "t.post_id",
                "SELECT p.id, p.id, NULL FROM post_hashtag t JOIN post p ON p.id = t.post_id
                 JOIN account a ON a.id = p.author_id WHERE t.name = $1 AND ",
                $few,
                for_everyone!(),
                wanted!("p.author_id", "$7", "$8"),
                " AND ",
                crate::post::visible!("$7")
            )
        };
    }
    let viewer = viewer.unwrap_or(AccountId(0));
    let texts = match selection.origin {
        Origin::Here => texts!("t.here = 1 AND "),
        _ => texts!(""),
    };
    let now = tx.now();
    let rest: [&dyn crate::value::ToValue; 4] =
        [&selection.origin_code(), &selection.only_media, &viewer, &now];
    paged::list(tx, texts, &name, page, &rest, read_entry)
}

/// Which hashtags posts must have, in lower case, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tags {
    /// At least one of these.
    pub any: Vec<String>,
    /// Each of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

/// Public posts by several hashtags, newest first.
pub fn tagged_by(
    tx: &mut Tx,
    tags: &Tags,
    viewer: Option<AccountId>,
    selection: Selection,
    page: Page,
) -> Result<Vec<Entry>> {
    let (viewer, now) = (viewer.unwrap_or(AccountId(0)), tx.now());
    let begin_with = rarest(tx, tags)?;
    // SQLite takes what a CROSS JOIN joins in the order it is written: the few first.
    let texts = paged!(
        "p.id",
        "SELECT p.id, p.id, NULL FROM (SELECT DISTINCT t.post_id FROM post_hashtag t
            WHERE t.name = ANY($1) AND t.post_id < $2 AND t.post_id > $3) s
         CROSS JOIN post p JOIN account a ON a.id = p.author_id
         WHERE p.id = s.post_id AND EXISTS (SELECT 1 FROM post_hashtag t WHERE t.post_id = p.id AND t.name = ANY($12)) AND (SELECT COUNT(*) FROM post_hashtag t WHERE t.post_id = p.id AND t.name = ANY($9)) = $10
            AND NOT EXISTS (SELECT 1 FROM post_hashtag t WHERE t.post_id = p.id AND t.name = ANY($11)) AND ",
        for_everyone!(),
        wanted!("p.author_id", "$7", "$8"),
        " AND ",
        crate::post::visible!("$7")
    );
    let (any, all, none) = (borrowed(&tags.any), borrowed(&tags.all), borrowed(&tags.none));
    let rest: [&dyn crate::value::ToValue; 8] =
        [&selection.origin_code(), &selection.only_media, &viewer, &now, &all, &all.len(), &none, &any];
    paged::list(tx, texts, &begin_with, page, &rest, read_entry)
}

/// The hashtags among whose posts to look: those of which a post needs one, or
/// one that it needs, whichever fewer posts have.
fn rarest<'a>(tx: &mut Tx, tags: &'a Tags) -> Result<Vec<&'a str>> {
    let mut fewest = (i64::MAX, borrowed(&tags.any));
    if tags.all.is_empty() {
        return Ok(fewest.1);
    }
    for names in std::iter::once(borrowed(&tags.any)).chain(tags.all.iter().map(|name| vec![name.as_str()])) {
        // Counting stops where it no longer matters.
        let count = tx.get(
            "SELECT COUNT(*) FROM (SELECT 1 FROM post_hashtag WHERE name = ANY($1) LIMIT 5000) few",
            &[&names],
            |row| row.get(0),
        )?;
        if count < fewest.0 {
            fewest = (count, names);
        }
    }
    Ok(fewest.1)
}

fn borrowed(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// Posts that an account likes, by the like, newest first.
pub fn liked(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Vec<Entry>> {
    let texts = paged!(
        "l.id",
        "SELECT l.id, l.post_id, NULL FROM like_ l JOIN post p ON p.id = l.post_id WHERE l.account_id = $1 AND ",
        crate::post::visible!("$1")
    );
    paged::list(tx, texts, &viewer, page, &[], read_entry)
}

/// Of some posts, those that the viewer may see, in no order.
pub fn visible_among(tx: &mut Tx, ids: &[PostId], viewer: Option<AccountId>) -> Result<HashSet<PostId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let viewer = viewer.unwrap_or(AccountId(0));
    let rows = tx.query(
        concat!(
            "SELECT p.id FROM post p JOIN account a ON a.id = p.author_id
             WHERE p.id = ANY($2) AND a.state IN (0, 1, 3) AND ",
            crate::post::visible!("$1")
        ),
        &[&viewer, &ids],
        |row| row.get(0),
    )?;
    Ok(rows.into_iter().collect())
}

/// Hashtags of public posts that begin like `prefix`, the most used first.
pub fn hashtags(tx: &mut Tx, prefix: &str, limit: i64, offset: i64) -> Result<Vec<String>> {
    let end = format!("{prefix}\u{10ffff}");
    // Counting stops at some number: a prefix of one letter may stand for all there are.
    tx.query(
        "SELECT few.name FROM (SELECT t.name, t.post_id FROM post_hashtag t WHERE t.name >= $1 AND t.name < $2
            ORDER BY t.name, t.post_id LIMIT 1000) few CROSS JOIN post p
         WHERE p.id = few.post_id AND p.visibility = 0 GROUP BY few.name ORDER BY COUNT(*) DESC, few.name LIMIT $3 OFFSET $4",
        &[&prefix, &end, &limit, &offset],
        |row| row.get(0),
    )
}

/// How a hashtag was used on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayOfTag {
    /// The hashtag.
    pub name: String,
    /// Days since 1970.
    pub day: i64,
    /// Public posts.
    pub uses: i64,
    /// Their authors.
    pub accounts: i64,
}

/// How hashtags were used, by day, in public posts with a row after `since`.
pub fn tag_days(tx: &mut Tx, names: &[String], since: i64) -> Result<Vec<DayOfTag>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    tx.query(
        "SELECT t.name, p.published_at_ms / 86400000, COUNT(*), COUNT(DISTINCT p.author_id)
         FROM post_hashtag t JOIN post p ON p.id = t.post_id
         WHERE t.name = ANY($1) AND t.post_id > $2 AND p.visibility = 0
         GROUP BY t.name, p.published_at_ms / 86400000",
        &[&names, &since],
        |row| Ok(DayOfTag { name: row.get(0)?, day: row.get(1)?, uses: row.get(2)?, accounts: row.get(3)? }),
    )
}

/// Posts with all that is shown with them, in the order of the entries; what
/// is gone meanwhile is left out. A few statements, however many entries.
pub fn views(tx: &mut Tx, viewer: Option<AccountId>, entries: &[Entry]) -> Result<Vec<PostView>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = entries.iter().map(|entry| entry.post_id).collect();
    let rows = shown(tx, viewer.unwrap_or(AccountId(0)), &ids)?;
    let boosts: Vec<BoostId> = entries.iter().filter_map(|entry| entry.boost_id).collect();
    let boosts = if boosts.is_empty() { HashMap::new() } else { boosted(tx, &boosts)? };
    let people = rows.iter().map(|row| row.author).chain(boosts.values().map(|row| row.account));
    let people = account::in_versions(tx, people)?;
    let texts = post::in_versions(tx, rows.iter().map(|row| row.post))?;
    let views = rows.into_iter().filter_map(|row| Some((row.post.0, row.view(&texts, &people)?)));
    let mut posts: HashMap<PostId, PostView> = views.collect();
    add_polls(tx, viewer, &mut posts)?;
    add_cards(tx, &mut posts)?;
    // A page seldom shows a post twice: then nothing needs to be copied.
    let repeats = posts.len() < entries.len();
    let mut take = |id: &PostId| if repeats { posts.get(id).cloned() } else { posts.remove(id) };
    Ok(entries
        .iter()
        .filter_map(|entry| {
            let mut view = take(&entry.post_id)?;
            if let Some(id) = entry.boost_id {
                view.boost = Some(boosts.get(&id)?.view(id, &people)?);
            }
            Some(view)
        })
        .collect())
}

/// What is read anew of a post each time that it is shown.
struct Shown {
    post: (PostId, Version),
    author: (AccountId, Version),
    author_counts: AccountCounts,
    counts: PostCounts,
    application: Option<Application>,
    marks: ViewerMarks,
}

impl Shown {
    fn view(
        self,
        posts: &HashMap<PostId, Arc<Post>>,
        people: &HashMap<AccountId, Arc<Account>>,
    ) -> Option<PostView> {
        Some(PostView {
            post: Arc::clone(posts.get(&self.post.0)?),
            author: Arc::clone(people.get(&self.author.0)?),
            author_counts: self.author_counts,
            author_moved_to: None,
            counts: self.counts,
            marks: self.marks,
            filtered: Vec::new(),
            boost: None,
            application: self.application,
            poll: None,
            card: None,
        })
    }
}

/// Posts with what the viewer (0: nobody) did with each.
fn shown(tx: &mut Tx, viewer: AccountId, ids: &[PostId]) -> Result<Vec<Shown>> {
    tx.query(
        concat!(
            "SELECT p.id, p.row_version, a.id, a.row_version, ",
            account::count_columns!(),
            ", COALESCE(n.replies, 0), COALESCE(n.boosts, 0), COALESCE(n.likes, 0), app.name, app.website,
             EXISTS (SELECT 1 FROM like_ m WHERE m.post_id = p.id AND m.account_id = $2),
             EXISTS (SELECT 1 FROM boost m WHERE m.account_id = $2 AND m.post_id = p.id),
             EXISTS (SELECT 1 FROM bookmark m WHERE m.post_id = p.id AND m.account_id = $2),
             EXISTS (SELECT 1 FROM conversation_mute m WHERE m.account_id = $2 AND m.conversation_id = p.conversation_id),
             EXISTS (SELECT 1 FROM pin m WHERE m.account_id = $2 AND m.post_id = p.id)
             FROM post p JOIN account a ON a.id = p.author_id
             LEFT JOIN account_count c ON c.account_id = a.id LEFT JOIN post_count n ON n.post_id = p.id
             LEFT JOIN application app ON app.id = p.application_id
             WHERE p.id = ANY($1)"
        ),
        &[&ids, &viewer],
        |row| {
            let mut c = Cursor::new(row);
            Ok(Shown {
                post: (c.next()?, Version(c.next()?)),
                author: (c.next()?, Version(c.next()?)),
                author_counts: account::read_counts(&mut c)?,
                counts: PostCounts { replies: c.next()?, boosts: c.next()?, likes: c.next()? },
                application: match (c.next::<Option<String>>()?, c.next()?) {
                    (Some(name), website) => Some(Application { name, website }),
                    (None, _) => None,
                },
                marks: ViewerMarks {
                    liked: c.next()?,
                    boosted: c.next()?,
                    bookmarked: c.next()?,
                    muted: c.next()?,
                    pinned: c.next()?,
                },
            })
        },
    )
}

/// Only for posts that have a link and no media.
fn add_cards(tx: &mut Tx, posts: &mut HashMap<PostId, PostView>) -> Result<()> {
    let linking = posts
        .values()
        .map(|view| &view.post)
        .filter(|post| post.text.attachments.is_empty() && post.text.content_html.contains("<a "));
    let linking: Vec<PostId> = linking.map(|post| post.id).collect();
    if linking.is_empty() {
        return Ok(());
    }
    for (id, card) in card::of_posts(tx, &linking)? {
        if let Some(view) = posts.get_mut(&id) {
            view.card = Some(Box::new(card));
        }
    }
    Ok(())
}

/// Only where there are any, which is seldom.
fn add_polls(tx: &mut Tx, viewer: Option<AccountId>, posts: &mut HashMap<PostId, PostView>) -> Result<()> {
    let asking = posts.values().filter(|view| view.post.kind == PostKind::Question);
    let asking: Vec<_> = asking.map(|view| (view.post.id, view.post.author_id)).collect();
    if asking.is_empty() {
        return Ok(());
    }
    for (id, poll) in poll::views(tx, viewer, &asking)? {
        if let Some(view) = posts.get_mut(&id) {
            view.poll = Some(Box::new(poll));
        }
    }
    Ok(())
}

/// A boost that brought a post into a list.
struct Boosted {
    activity_id: ObjectId,
    visibility: Visibility,
    created_at: Timestamp,
    account: (AccountId, Version),
    account_counts: AccountCounts,
}

impl Boosted {
    fn view(&self, id: BoostId, people: &HashMap<AccountId, Arc<Account>>) -> Option<BoostView> {
        Some(BoostView {
            id,
            activity_id: self.activity_id.clone(),
            visibility: self.visibility,
            created_at: self.created_at,
            account: Arc::clone(people.get(&self.account.0)?),
            account_counts: self.account_counts,
            account_moved_to: None,
        })
    }
}

fn boosted(tx: &mut Tx, ids: &[BoostId]) -> Result<HashMap<BoostId, Boosted>> {
    let rows = tx.query(
        concat!(
            "SELECT b.id, b.activity_id, b.visibility, b.created_at_ms, a.id, a.row_version, ",
            account::count_columns!(),
            " FROM boost b JOIN account a ON a.id = b.account_id LEFT JOIN account_count c ON c.account_id = a.id
              WHERE b.id = ANY($1)"
        ),
        &[&ids],
        |row| {
            let mut c = Cursor::new(row);
            let (id, activity_id) = (c.next()?, c.next()?);
            let visibility: i64 = c.next()?;
            let boosted = Boosted {
                activity_id,
                visibility: Visibility::from_code(visibility)
                    .ok_or_else(|| Error::Corrupt(format!("visibility {visibility}")))?,
                created_at: c.next()?,
                account: (c.next()?, Version(c.next()?)),
                account_counts: account::read_counts(&mut c)?,
            };
            Ok((id, boosted))
        },
    )?;
    Ok(rows.into_iter().collect())
}
