//! What a timeline is given at once of an account that its owner begins to
//! follow, or takes into a list: its newest posts and boosts, those that would
//! have entered had they come now.

use crate::Result;
use domain::list::List;
use domain::{AccountId, Page, Post, PostId, Visibility};
use std::collections::{HashMap, HashSet};
use store::follow::LocalFollower;
use store::timeline::{self, Entry};
use store::{Tx, post};

/// Entries that are looked at.
const MOST: i64 = 40;

/// Fills a home.
pub(super) fn home(tx: &mut Tx, owner: AccountId, member: AccountId) -> Result<()> {
    let (entries, posts) = newest(tx, owner, member)?;
    let followed = followed(tx, owner, posts.values())?;
    for entry in entries {
        let Some(post) = posts.get(&entry.post_id) else { continue };
        let wanted = match (entry.boost_id, &post.in_reply_to, post.in_reply_to_account_id) {
            (Some(_), ..) => timeline::having(tx, &[owner], post.id, 0)?.is_empty(),
            (None, None, _) => true,
            (None, Some(_), Some(answered)) => {
                answered == member || answered == owner || followed.contains(&answered)
            }
            (None, Some(_), None) => false,
        };
        if wanted {
            timeline::push(tx, &[owner], entry, member)?;
        }
    }
    Ok(())
}

/// Fills a list.
pub(super) fn list(tx: &mut Tx, list: &List, member: AccountId) -> Result<()> {
    let (entries, posts) = newest(tx, list.owner, member)?;
    for entry in entries {
        let Some(post) = posts.get(&entry.post_id) else { continue };
        let wanted = if entry.boost_id.is_some() {
            store::list::having(tx, &[list.id], post.id, 0)?.is_empty()
        } else {
            super::belongs(tx, post, list)?
        };
        if wanted {
            store::list::push(tx, &[list.id], entry, member)?;
        }
    }
    Ok(())
}

/// The newest of an account, in the languages and with the boosts that the
/// owner's follow asks for, and the posts they show.
fn newest(tx: &mut Tx, owner: AccountId, member: AccountId) -> Result<(Vec<Entry>, HashMap<PostId, Post>)> {
    let follow = store::follow::local_follower(tx, owner, member)?;
    let boosts = follow.as_ref().is_none_or(|follow| follow.shows_boosts);
    let selection = post::Selection { without_boosts: !boosts, ..post::Selection::default() };
    let entries = post::by_author(tx, member, Some(owner), selection, Page::newest(MOST))?;
    let ids: Vec<PostId> = entries.iter().map(|entry| entry.post_id).collect();
    let reads = |post: &Post| {
        let language = post.text.language.as_deref();
        follow.as_ref().is_none_or(|follow: &LocalFollower| follow.reads(language))
    };
    let posts = post::some(tx, &ids)?.into_iter();
    let posts = posts.filter(|post| post.visibility != Visibility::Direct && reads(post));
    Ok((entries, posts.map(|post| (post.id, post)).collect()))
}

/// Of those whom posts answer, whom the owner follows.
fn followed<'a>(
    tx: &mut Tx,
    owner: AccountId,
    posts: impl Iterator<Item = &'a Post>,
) -> Result<HashSet<AccountId>> {
    let mut answered: Vec<AccountId> = posts.filter_map(|post| post.in_reply_to_account_id).collect();
    answered.sort_unstable();
    answered.dedup();
    Ok(store::follow::followed_among(tx, owner, &answered)?.into_iter().collect())
}
