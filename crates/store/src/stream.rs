//! Whom what just happened concerns, among those who watch.

use crate::post::visible;
use crate::wanted::wanted;
use crate::{Result, Tx};
use domain::event::Withdrawn;
use domain::stream::{Reach, Side};
use domain::{AccountId, Event, ListId, Post, PostId};
use std::sync::Arc;

/// In whose homes an entry (a post or a boost of it) stands.
pub fn owners(tx: &mut Tx, post: PostId, entry: i64) -> Result<Vec<AccountId>> {
    tx.query("SELECT owner_id FROM home_entry WHERE post_id = $1 AND id = $2", &[&post, &entry], |row| {
        row.get(0)
    })
}

/// In whose homes a post stands, by itself or by a boost.
pub fn holders(tx: &mut Tx, post: PostId) -> Result<Vec<AccountId>> {
    tx.query("SELECT DISTINCT owner_id FROM home_entry WHERE post_id = $1", &[&post], |row| row.get(0))
}

/// Of some accounts, those that may see a post and wish to, also where
/// `booster` brings it.
pub fn readers_among(
    tx: &mut Tx,
    post: PostId,
    booster: Option<AccountId>,
    accounts: &[AccountId],
) -> Result<Vec<AccountId>> {
    let (now, booster) = (tx.now(), booster.unwrap_or(AccountId(0)));
    tx.query(
        concat!(
            "SELECT v.id FROM account v JOIN post p ON p.id = $1 WHERE v.id = ANY($2) AND ",
            visible!("v.id"),
            " AND ",
            wanted!("p.author_id", "v.id", "$3"),
            " AND ",
            wanted!("$4", "v.id", "$3")
        ),
        &[&post, &accounts, &now, &booster],
        |row| row.get(0),
    )
}

/// Of some accounts, those to whom a post looks different than to a stranger
/// who may see it: they wrote it, did something with it, or filter words.
pub fn familiar_among(tx: &mut Tx, post: PostId, accounts: &[AccountId]) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT author_id FROM post WHERE id = $1 AND author_id = ANY($2)
         UNION SELECT account_id FROM like_ WHERE post_id = $1 AND account_id = ANY($2)
         UNION SELECT account_id FROM boost WHERE post_id = $1 AND account_id = ANY($2)
         UNION SELECT account_id FROM bookmark WHERE post_id = $1 AND account_id = ANY($2)
         UNION SELECT c.account_id FROM post p JOIN conversation_mute c ON c.conversation_id = p.conversation_id
            WHERE p.id = $1 AND c.account_id = ANY($2)
         UNION SELECT account_id FROM poll_vote WHERE post_id = $1 AND account_id = ANY($2)
         UNION SELECT account_id FROM word_filter WHERE account_id = ANY($2)",
        &[&post, &accounts],
        |row| row.get(0),
    )
}

/// In which lists of accounts a post stands, by itself or by a boost.
pub fn lists(tx: &mut Tx, post: PostId) -> Result<Vec<ListId>> {
    tx.query("SELECT DISTINCT list_id FROM list_entry WHERE post_id = $1", &[&post], |row| row.get(0))
}

/// Tells, before a post is removed, that it is, with all whom it was shown to.
pub(crate) fn withdraw_post(tx: &mut Tx, post: &Post) -> Result<()> {
    let mut to = holders(tx, post.id)?;
    to.extend(crate::post::addressed(tx, post.id)?);
    to.sort_unstable();
    to.dedup();
    let lists = lists(tx, post.id)?;
    let side = if tx.names().is_ours(&post.object_id) { Side::Here } else { Side::There };
    tx.tell(Event::Withdrawn(Arc::new(Withdrawn { id: post.id.0, to, lists, reach: Reach::of(post, side) })));
    Ok(())
}

/// The same of a boost.
pub(crate) fn withdraw_boost(tx: &mut Tx, boost: &crate::boost::Boost) -> Result<()> {
    let (to, lists) = (owners(tx, boost.post_id, boost.id.0)?, lists(tx, boost.post_id)?);
    tx.tell(Event::Withdrawn(Arc::new(Withdrawn { id: boost.id.0, to, lists, reach: None })));
    Ok(())
}
