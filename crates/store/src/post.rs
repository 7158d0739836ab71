//! Posts, their revisions, whom they address.

use crate::cursor::Cursor;
use crate::decoded::{self, Version, Weigh};
use crate::paged::{self, paged};
use crate::search::{self, Subject};
use crate::{Error, Result, Tx, json};
use domain::post::{Attachment, Post, PostCounts, PostKind, PostText};
use domain::visibility::Standing;
use domain::{AccountId, ApplicationId, ObjectId, Page, PostId, Timestamp, Visibility};
use std::collections::HashMap;
use std::sync::Arc;

/// The columns of a post under the alias `p`, as [`read`] wants them.
macro_rules! columns {
    () => {
        "p.id, p.object_id, p.author_id, p.kind, p.visibility, p.content_html, p.source, p.source_type, p.title,
         p.warning, p.sensitive, p.language, p.mentions, p.hashtags, p.emojis, p.attachments, p.url, p.in_reply_to,
         p.in_reply_to_id, p.in_reply_to_account_id, p.conversation_id, p.published_at_ms, p.edited_at_ms,
         p.local_only"
    };
}
pub(crate) use columns;

/// The condition under which the viewer `$v` (0: nobody) may see the post
/// under the alias `p`: [`domain::visibility::may_see`] in SQL. A test holds
/// them equal.
macro_rules! visible {
    ($v:literal) => {
        concat!(
            "(p.author_id = ",
            $v,
            " OR ((p.visibility <= 1
                OR EXISTS (SELECT 1 FROM post_addressed va WHERE va.post_id = p.id AND va.account_id = ",
            $v,
            ") OR (p.visibility = 2 AND EXISTS (SELECT 1 FROM follow vf WHERE vf.follower_id = ",
            $v,
            " AND vf.target_id = p.author_id AND vf.accepted = 1)))
                AND (p.local_only = 0 OR EXISTS (SELECT 1 FROM account vl WHERE vl.id = ",
            $v,
            " AND vl.home = 0))
                AND NOT EXISTS (SELECT 1 FROM block vb WHERE vb.account_id = p.author_id AND vb.target_id = ",
            $v,
            ") AND NOT EXISTS (SELECT 1 FROM block vc WHERE vc.account_id = ",
            $v,
            " AND vc.target_id = p.author_id)))"
        )
    };
}
pub(crate) use visible;

mod by_author;
pub use by_author::{Selection, by_author};

/// Reads a post from the columns of [`columns!`].
pub(crate) fn read(c: &mut Cursor<'_, '_>) -> Result<Post> {
    let (id, object_id, author_id) = (c.next()?, c.next()?, c.next()?);
    let kind: String = c.next()?;
    let visibility: i64 = c.next()?;
    let text = PostText {
        content_html: c.next()?,
        source: c.next()?,
        source_type: c.next()?,
        title: c.next()?,
        warning: c.next()?,
        sensitive: c.next()?,
        language: c.next()?,
        mentions: json::read(&c.next::<String>()?)?,
        hashtags: json::read(&c.next::<String>()?)?,
        emojis: json::read(&c.next::<String>()?)?,
        attachments: json::read(&c.next::<String>()?)?,
    };
    Ok(Post {
        id,
        object_id,
        author_id,
        kind: PostKind::from_type(&kind),
        visibility: Visibility::from_code(visibility)
            .ok_or_else(|| Error::Corrupt(format!("visibility {visibility}")))?,
        text,
        url: c.next()?,
        in_reply_to: c.next()?,
        in_reply_to_id: c.next()?,
        in_reply_to_account_id: c.next()?,
        conversation_id: c.next()?,
        published_at: c.next()?,
        edited_at: c.next()?,
        local_only: c.next()?,
    })
}

/// Adds a post; false where its object id is there already.
pub fn insert(tx: &mut Tx, post: &Post, application: Option<ApplicationId>, text_rules: i64) -> Result<bool> {
    let t = &post.text;
    let version = tx.new_id();
    let here = tx.names().is_ours(&post.object_id);
    let rows = tx.execute(
        "INSERT INTO post (id, object_id, author_id, kind, visibility, content_html, source, source_type, title, warning,
            sensitive, language, mentions, hashtags, emojis, attachments, url, in_reply_to, in_reply_to_id,
            in_reply_to_account_id, conversation_id, application_id, text_rules, published_at_ms, edited_at_ms,
            updated_at_ms, local_only, row_version, here)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $25, $26, $27, $28)
         ON CONFLICT DO NOTHING",
        &[
            &post.id,
            &post.object_id,
            &post.author_id,
            &post.kind.as_str(),
            &post.visibility.code(),
            &t.content_html,
            &t.source,
            &t.source_type,
            &t.title,
            &t.warning,
            &t.sensitive,
            &t.language,
            &json::write(&t.mentions),
            &json::write(&t.hashtags),
            &json::write(&t.emojis),
            &json::write(&t.attachments),
            &post.url,
            &post.in_reply_to,
            &post.in_reply_to_id,
            &post.in_reply_to_account_id,
            &post.conversation_id,
            &application,
            &text_rules,
            &post.published_at,
            &post.edited_at,
            &post.local_only,
            &version,
            &here,
        ],
    )?;
    if rows == 1 {
        search::changed(tx, Subject::Post(post.id))?;
    }
    Ok(rows == 1)
}

/// Addresses a post to accounts by name.
pub fn address(tx: &mut Tx, post: PostId, accounts: &[AccountId]) -> Result<()> {
    for account in accounts {
        tx.execute(
            "INSERT INTO post_addressed (post_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&post, account],
        )?;
    }
    Ok(())
}

/// Whom a post addresses by name.
pub fn addressed(tx: &mut Tx, post: PostId) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT account_id FROM post_addressed WHERE post_id = $1 ORDER BY account_id",
        &[&post],
        |row| row.get(0),
    )
}

/// Writes which hashtags a post has.
pub fn set_hashtags(tx: &mut Tx, post: PostId, names: &[String]) -> Result<()> {
    tx.execute("DELETE FROM post_hashtag WHERE post_id = $1", &[&post])?;
    for name in names {
        tx.execute(
            "INSERT INTO post_hashtag (name, post_id, here) SELECT CAST($1 AS TEXT), p.id, p.here FROM post p WHERE p.id = $2
             ON CONFLICT DO NOTHING",
            &[name, &post],
        )?;
    }
    Ok(())
}

/// The post of a row.
pub fn find(tx: &mut Tx, id: PostId) -> Result<Option<Post>> {
    tx.find(concat!("SELECT ", columns!(), " FROM post p WHERE p.id = $1"), &[&id], |row| {
        read(&mut Cursor::new(row))
    })
}

/// Those of some posts that are there, in no order.
pub fn some(tx: &mut Tx, ids: &[PostId]) -> Result<Vec<Post>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(concat!("SELECT ", columns!(), " FROM post p WHERE p.id = ANY($1)"), &[&ids], |row| {
        read(&mut Cursor::new(row))
    })
}

/// The posts of rows in these versions.
pub(crate) fn in_versions(
    tx: &mut Tx,
    wanted: impl Iterator<Item = (PostId, Version)>,
) -> Result<HashMap<PostId, Arc<Post>>> {
    decoded::all(tx, Tx::posts, wanted, |tx, ids| {
        tx.query(
            concat!("SELECT ", columns!(), ", p.row_version FROM post p WHERE p.id = ANY($1)"),
            &[&ids],
            |row| {
                let mut c = Cursor::new(row);
                let post = read(&mut c)?;
                Ok((post.id, Version(c.next()?), post))
            },
        )
    })
}

impl Weigh for Post {
    fn bytes(&self) -> usize {
        /// What a post takes beside its texts and lists.
        const FRAME: usize = 1200;
        /// A mention or a file.
        const PART: usize = 500;
        let text = &self.text;
        let texts =
            text.content_html.len() + text.source.as_ref().map_or(0, String::len) + text.warning.len();
        let descriptions =
            text.attachments.iter().filter_map(|file| file.description.as_ref()).map(String::len);
        let parts = text.mentions.len() + text.attachments.len() + text.emojis.len();
        FRAME + texts + descriptions.sum::<usize>() + parts * PART
    }
}

/// The post of an object.
pub fn by_object(tx: &mut Tx, object: &ObjectId) -> Result<Option<Post>> {
    tx.find(concat!("SELECT ", columns!(), " FROM post p WHERE p.object_id = $1"), &[object], |row| {
        read(&mut Cursor::new(row))
    })
}

/// The row of an object.
pub fn id_by_object(tx: &mut Tx, object: &ObjectId) -> Result<Option<PostId>> {
    tx.find("SELECT id FROM post WHERE object_id = $1", &[object], |row| row.get(0))
}

/// What `asker` is to the post and its author.
pub fn standing(tx: &mut Tx, post: &Post, asker: Option<AccountId>) -> Result<Standing> {
    let Some(asker) = asker else {
        return Ok(Standing { blocked: post.local_only, ..Standing::STRANGER });
    };
    if asker == post.author_id {
        return Ok(Standing { is_author: true, ..Standing::STRANGER });
    }
    tx.get(
        "SELECT (SELECT COUNT(*) FROM follow WHERE follower_id = $1 AND target_id = $2 AND accepted = 1),
            (SELECT COUNT(*) FROM post_addressed WHERE post_id = $3 AND account_id = $1),
            (SELECT COUNT(*) FROM block WHERE account_id = $1 AND target_id = $2)
                + (SELECT COUNT(*) FROM block WHERE account_id = $2 AND target_id = $1)
                + (SELECT COUNT(*) FROM account WHERE $4 = 1 AND id = $1 AND home <> 0)",
        &[&asker, &post.author_id, &post.id, &post.local_only],
        |row| {
            Ok(Standing {
                is_author: false,
                follows: row.get::<i64>(0)? > 0,
                addressed: row.get::<i64>(1)? > 0,
                blocked: row.get::<i64>(2)? > 0,
            })
        },
    )
}

/// Keeps what a post says now as a revision, then writes the new text.
/// `updated`: the time that the author's server gives; false where a newer edit is stored.
pub fn edit(tx: &mut Tx, post: &Post, text: &PostText, updated: Timestamp, text_rules: i64) -> Result<bool> {
    let old = &post.text;
    let since = post.edited_at.unwrap_or(post.published_at);
    tx.lock(&format!("post {}", post.id))?;
    let version = tx.new_id();
    let rows = tx.execute(
        "UPDATE post SET content_html = $2, source = $3, source_type = $4, title = $5, warning = $6, sensitive = $7,
            language = $8, mentions = $9, hashtags = $10, emojis = $11, attachments = $12, edited_at_ms = $13,
            updated_at_ms = $13, text_rules = $14, row_version = $15
         WHERE id = $1 AND (updated_at_ms IS NULL OR updated_at_ms < $13)",
        &[
            &post.id,
            &text.content_html,
            &text.source,
            &text.source_type,
            &text.title,
            &text.warning,
            &text.sensitive,
            &text.language,
            &json::write(&text.mentions),
            &json::write(&text.hashtags),
            &json::write(&text.emojis),
            &json::write(&text.attachments),
            &updated,
            &text_rules,
            &version,
        ],
    )?;
    if rows == 0 {
        return Ok(false);
    }
    search::changed(tx, Subject::Post(post.id))?;
    tx.execute(
        "INSERT INTO post_revision (post_id, number, content_html, warning, sensitive, attachments, emojis, created_at_ms)
         SELECT $1, COALESCE(MAX(number), 0) + 1, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT),
            CAST($6 AS TEXT), CAST($7 AS BIGINT)
         FROM post_revision WHERE post_id = $1",
        &[
            &post.id,
            &old.content_html,
            &old.warning,
            &old.sensitive,
            &json::write(&old.attachments),
            &json::write(&old.emojis),
            &since,
        ],
    )?;
    Ok(true)
}

/// Makes something else of a post: a poll was added or taken away.
pub fn set_kind(tx: &mut Tx, post: PostId, kind: &PostKind) -> Result<()> {
    let version = tx.new_id();
    tx.execute(
        "UPDATE post SET kind = $2, row_version = $3 WHERE id = $1",
        &[&post, &kind.as_str(), &version],
    )?;
    Ok(())
}

/// Removes a post and all that hangs on it. Its tombstone is the caller's matter.
pub fn remove(tx: &mut Tx, post: &Post) -> Result<()> {
    if post.visibility == Visibility::Direct {
        crate::conversation::forget_post(tx, post.id)?;
    }
    crate::stream::withdraw_post(tx, post)?;
    search::changed(tx, Subject::Post(post.id))?;
    let version = tx.new_id();
    tx.execute(
        "UPDATE post SET in_reply_to_id = NULL, row_version = $2 WHERE in_reply_to_id = $1",
        &[&post.id, &version],
    )?;
    for sql in [
        "UPDATE account_count SET posts = posts - 1
         WHERE account_id IN (SELECT account_id FROM boost WHERE post_id = $1)",
        "DELETE FROM home_entry WHERE post_id = $1",
        "DELETE FROM list_entry WHERE post_id = $1",
        "DELETE FROM word_filter_post WHERE post_id = $1",
        "DELETE FROM notification WHERE post_id = $1",
        "DELETE FROM boost WHERE post_id = $1",
        "DELETE FROM like_ WHERE post_id = $1",
        "DELETE FROM bookmark WHERE post_id = $1",
        "DELETE FROM pin WHERE post_id = $1",
        "DELETE FROM post_addressed WHERE post_id = $1",
        "DELETE FROM post_hashtag WHERE post_id = $1",
        "DELETE FROM post_revision WHERE post_id = $1",
        "DELETE FROM post_link WHERE post_id = $1",
        "DELETE FROM poll_vote WHERE post_id = $1",
        "DELETE FROM poll_option WHERE post_id = $1",
        "DELETE FROM poll WHERE post_id = $1",
        "DELETE FROM post_count WHERE post_id = $1",
        "DELETE FROM post WHERE id = $1",
    ] {
        tx.execute(sql, &[&post.id])?;
    }
    if let Some(parent) = post.in_reply_to_id.filter(|_| post.visibility.is_open()) {
        add_counts(tx, parent, -1, 0, 0)?;
    }
    if post.visibility != Visibility::Direct {
        crate::account::add_counts(tx, post.author_id, 0, 0, -1)?;
    }
    Ok(())
}

/// Adds to a post's numbers.
pub fn add_counts(tx: &mut Tx, post: PostId, replies: i64, boosts: i64, likes: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO post_count (post_id, replies, boosts, likes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (post_id) DO UPDATE SET replies = post_count.replies + $2, boosts = post_count.boosts + $3,
            likes = post_count.likes + $4",
        &[&post, &replies, &boosts, &likes],
    )?;
    Ok(())
}

/// A post's numbers.
pub fn counts(tx: &mut Tx, post: PostId) -> Result<PostCounts> {
    let found =
        tx.find("SELECT replies, boosts, likes FROM post_count WHERE post_id = $1", &[&post], |row| {
            Ok(PostCounts { replies: row.get(0)?, boosts: row.get(1)?, likes: row.get(2)? })
        })?;
    Ok(found.unwrap_or_default())
}

/// Hangs posts that answer `post` and came before it under it, and says which.
pub fn adopt(tx: &mut Tx, post: &Post) -> Result<Vec<PostId>> {
    let orphans: Vec<(PostId, PostId, AccountId, bool)> = tx.query(
        "SELECT id, conversation_id, author_id, visibility <= 1 FROM post
         WHERE in_reply_to = $1 AND in_reply_to_id IS NULL LIMIT 1000",
        &[&post.object_id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    for (child, conversation, author, _) in &orphans {
        let version = tx.new_id();
        tx.execute(
            "UPDATE post SET in_reply_to_id = $2, in_reply_to_account_id = $3, row_version = $4 WHERE id = $1",
            &[child, &post.id, &post.answered_by(*author), &version],
        )?;
        tx.execute(
            "UPDATE post SET conversation_id = $2, row_version = $3 WHERE conversation_id = $1",
            &[conversation, &post.conversation_id, &version],
        )?;
        crate::mute::follow_conversation(tx, *conversation, post.conversation_id)?;
    }
    let open = orphans.iter().filter(|(.., is_open)| *is_open).count();
    if open > 0 {
        add_counts(tx, post.id, i64::try_from(open).unwrap_or(i64::MAX), 0, 0)?;
    }
    Ok(orphans.into_iter().map(|(child, ..)| child).collect())
}

/// What a post answers, from the nearest to the first, as far as the viewer may see them.
/// Peers can make posts answer each other in a circle: each is named once.
pub fn ancestors(tx: &mut Tx, post: PostId, viewer: Option<AccountId>, limit: i64) -> Result<Vec<PostId>> {
    let viewer = viewer.unwrap_or(AccountId(0));
    tx.query(
        concat!(
            "WITH RECURSIVE up(id, depth) AS (
                SELECT in_reply_to_id, 1 FROM post WHERE id = $1 AND in_reply_to_id IS NOT NULL
                UNION ALL
                SELECT q.in_reply_to_id, up.depth + 1 FROM up JOIN post q ON q.id = up.id
                WHERE q.in_reply_to_id IS NOT NULL AND up.depth < $3)
             SELECT up.id FROM up JOIN post p ON p.id = up.id WHERE up.id <> $1 AND ",
            visible!("$2"),
            " GROUP BY up.id ORDER BY MIN(up.depth)"
        ),
        &[&post, &viewer, &limit],
        |row| row.get(0),
    )
}

/// What answers a post, directly or not, as far as the viewer may see it; older first.
/// As a post answers one other at most, a circle could only lead through the first.
pub fn descendants(tx: &mut Tx, post: PostId, viewer: Option<AccountId>, limit: i64) -> Result<Vec<PostId>> {
    let viewer = viewer.unwrap_or(AccountId(0));
    tx.query(
        concat!(
            "WITH RECURSIVE down(id, depth) AS (
                SELECT id, 1 FROM post WHERE in_reply_to_id = $1 AND id <> $1
                UNION ALL
                SELECT q.id, down.depth + 1 FROM down JOIN post q ON q.in_reply_to_id = down.id
                WHERE q.id <> $1 AND down.depth < 64)
             SELECT down.id FROM down JOIN post p ON p.id = down.id WHERE ",
            visible!("$2"),
            " ORDER BY down.id LIMIT $3"
        ),
        &[&post, &viewer, &limit],
        |row| row.get(0),
    )
}

/// The condition of an answer to the post $1 that anyone may read: open, by a
/// live account whom the author of what it answers does not block.
macro_rules! open_reply {
    () => {
        "FROM post p JOIN account a ON a.id = p.author_id
         WHERE p.in_reply_to_id = $1 AND p.visibility <= 1 AND p.local_only = 0 AND a.state IN (0, 1, 3) AND NOT EXISTS
            (SELECT 1 FROM block b WHERE b.account_id = p.in_reply_to_account_id AND b.target_id = p.author_id)"
    };
}

/// Direct answers to a post that anyone may read, for its `replies` collection.
pub fn open_replies(tx: &mut Tx, post: PostId, page: Page) -> Result<Vec<(i64, ObjectId)>> {
    let texts = paged!("p.id", "SELECT p.id, p.object_id ", open_reply!());
    paged::list(tx, texts, &post, page, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// How many of these there are; beyond 10,000 nobody counts.
pub fn count_open_replies(tx: &mut Tx, post: PostId) -> Result<i64> {
    tx.get(concat!("SELECT COUNT(*) FROM (SELECT 1 ", open_reply!(), " LIMIT 10000) few"), &[&post], |row| {
        row.get(0)
    })
}

/// The rows of an account's posts, oldest first, for a sweep.
pub fn some_of(tx: &mut Tx, author: AccountId, limit: i64) -> Result<Vec<PostId>> {
    tx.query("SELECT id FROM post WHERE author_id = $1 ORDER BY id LIMIT $2", &[&author, &limit], |row| {
        row.get(0)
    })
}

/// One version of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Clean HTML.
    pub content_html: String,
    /// Content warning.
    pub warning: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// What hung on it.
    pub attachments: Vec<Attachment>,
    /// From when it stands so.
    pub created_at: Timestamp,
    /// The options of its poll.
    pub poll: Option<Vec<String>>,
}

/// Former versions, oldest first.
pub fn revisions(tx: &mut Tx, post: PostId) -> Result<Vec<Revision>> {
    tx.query(
        "SELECT content_html, warning, sensitive, created_at_ms, attachments, poll FROM post_revision
         WHERE post_id = $1 ORDER BY number",
        &[&post],
        |row| {
            Ok(Revision {
                content_html: row.get(0)?,
                warning: row.get(1)?,
                sensitive: row.get(2)?,
                created_at: row.get(3)?,
                attachments: json::read(&row.get::<String>(4)?)?,
                poll: row.get::<Option<String>>(5)?.map(|options| json::read(&options)).transpose()?,
            })
        },
    )
}

/// Accounts of peers that answered, liked or boosted a post.
pub fn interacted(tx: &mut Tx, post: PostId, limit: i64) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT a.id FROM account a WHERE a.home = 2 AND a.id IN (
            SELECT author_id FROM post WHERE in_reply_to_id = $1
            UNION SELECT account_id FROM like_ WHERE post_id = $1
            UNION SELECT account_id FROM boost WHERE post_id = $1)
         LIMIT $2",
        &[&post, &limit],
        |row| row.get(0),
    )
}
