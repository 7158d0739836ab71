//! What an account wrote and boosted.

use crate::paged;
use crate::timeline::{Entry, read_entry};
use crate::wanted::wanted;
use crate::{Result, Tx};
use domain::{AccountId, Page};

/// Which posts of an account to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each leaves something out by itself")]
pub struct Selection {
    /// Leave out answers to others.
    pub without_replies: bool,
    /// Leave out boosts.
    pub without_boosts: bool,
    /// Leave out direct posts.
    pub without_direct: bool,
    /// Only with attachments.
    pub only_media: bool,
    /// Only with this hashtag (lower case); no boosts then.
    pub tagged: Option<String>,
}

/// The text of [`by_author`], in one direction. Each side stops by itself after
/// $4 rows, so that a page costs the same whatever stands below it.
macro_rules! of_author {
    ($order:literal) => {
        concat!(
            "SELECT id, post_id, boost_id FROM (
                SELECT p.id, p.id AS post_id, CAST(NULL AS BIGINT) AS boost_id FROM post p
                WHERE p.author_id = $1 AND p.id < $2 AND p.id > $3
                    AND ($7 = 0 OR p.in_reply_to IS NULL OR p.in_reply_to_account_id = p.author_id)
                    AND ($8 = 0 OR p.attachments <> '[]') AND ($11 = 0 OR p.visibility <= 2)
                    AND ($9 = '' OR EXISTS (SELECT 1 FROM post_hashtag t WHERE t.name = $9 AND t.post_id = p.id)) AND ",
            visible!("$5"),
            " ORDER BY p.id ",
            $order,
            " LIMIT $4) wrote
             UNION ALL SELECT id, post_id, boost_id FROM (
                SELECT b.id, b.post_id, b.id AS boost_id FROM boost b JOIN post p ON p.id = b.post_id
                WHERE b.account_id = $1 AND b.id < $2 AND b.id > $3 AND b.visibility <= 1 AND $6 = 0
                    AND $9 = '' AND ($8 = 0 OR p.attachments <> '[]') AND ",
            wanted!("p.author_id", "$5", "$10"),
            " AND ",
            visible!("$5"),
            " ORDER BY b.id ",
            $order,
            " LIMIT $4) boosted ORDER BY 1 ",
            $order,
            " LIMIT $4"
        )
    };
}

/// Posts and boosts of an account as far as the viewer may see them, newest
/// first: the post and the boost that brought it. Boosts of whom the viewer
/// does not want to meet are left out.
pub fn by_author(
    tx: &mut Tx,
    author: AccountId,
    viewer: Option<AccountId>,
    selection: Selection,
    page: Page,
) -> Result<Vec<Entry>> {
    let (viewer, now) = (viewer.unwrap_or(AccountId(0)), tx.now());
    let tag = selection.tagged.unwrap_or_default();
    paged::list(
        tx,
        paged::Texts { downward: of_author!("DESC"), upward: of_author!("ASC") },
        &author,
        page,
        &[
            &viewer,
            &selection.without_boosts,
            &selection.without_replies,
            &selection.only_media,
            &tag,
            &now,
            &selection.without_direct,
        ],
        read_entry,
    )
}
