//! Who here gets to see a new post, and who is told of it: the same for posts
//! written here and posts that arrive.

use crate::notify::{self, News};
use crate::{Result, conversation, list};
use domain::notification::{About, NotificationKind};
use domain::{Account, AccountId, Event, Post, Visibility};
use std::collections::HashSet;
use store::Tx;
use store::follow::LocalFollower;
use store::timeline::{self, Entry};

/// Writes a new post into homes and tells whom it names.
pub(super) fn spread(tx: &mut Tx, post: &Post, author: &Account, addressed: &[AccountId]) -> Result<()> {
    let followers = into_homes(tx, post, author, addressed)?;
    if post.visibility == Visibility::Public && !post.text.hashtags.is_empty() {
        // Who follows the author too has it already: it stands there once.
        let owners = store::tag::followers(tx, &post.text.hashtags)?;
        timeline::push(tx, &owners, Entry::from(post.id), author.id)?;
    }
    let told = tell_named(tx, post, author, addressed)?;
    conversation::add(tx, post, author, addressed)?;
    // What answers others is not announced.
    let announced = post.leads();
    for follower in followers.iter().filter(|f| announced && f.notifies && !told.contains(&f.account_id)) {
        notify::tell(tx, &news(follower.account_id, NotificationKind::Status, post))?;
    }
    tx.tell(Event::Posted(post.id));
    Ok(())
}

/// An answer came before what it answers, and into few homes: now it enters the
/// others it belongs to. Who is named has been told.
pub(super) fn spread_late(tx: &mut Tx, post: &Post) -> Result<()> {
    let author = store::account::get(tx, post.author_id)?;
    let addressed = store::post::addressed(tx, post.id)?;
    into_homes(tx, post, &author, &addressed).map(drop)
}

/// Writes a post into the homes and lists it belongs to; the followers it is for.
fn into_homes(
    tx: &mut Tx,
    post: &Post,
    author: &Account,
    addressed: &[AccountId],
) -> Result<Vec<LocalFollower>> {
    let followers = followers(tx, post, author, addressed)?;
    let may_have: HashSet<AccountId> = followers.iter().map(|follower| follower.account_id).collect();
    let followers = readers(tx, post, author, addressed, followers)?;
    let elsewhere = list::spread_post(tx, post, &may_have)?;
    let mut owners: Vec<AccountId> = followers.iter().map(|follower| follower.account_id).collect();
    owners.retain(|owner| !elsewhere.contains(owner));
    if author.is_ours() {
        owners.push(author.id);
    }
    timeline::push(tx, &owners, Entry::from(post.id), author.id)?;
    Ok(followers)
}

fn news(to: AccountId, kind: NotificationKind, post: &Post) -> News {
    News { to, kind, from: post.author_id, about: About::Post(post.id) }
}

/// Followers here that the post is for, in home or in a list: who reads its
/// language and does not shun whom it names; of direct posts, only those addressed.
fn followers(
    tx: &mut Tx,
    post: &Post,
    author: &Account,
    addressed: &[AccountId],
) -> Result<Vec<LocalFollower>> {
    let mut followers = store::follow::local_followers(tx, author.id)?;
    followers.retain(|follower| follower.reads(post.text.language.as_deref()));
    let (named, mut others): (Vec<_>, Vec<_>) =
        followers.into_iter().partition(|follower| addressed.contains(&follower.account_id));
    leave_out_averse(tx, post, &mut others)?;
    let mut followers = [named, others].concat();
    if post.visibility == Visibility::Direct {
        followers.retain(|follower| addressed.contains(&follower.account_id));
    }
    Ok(followers)
}

/// Takes out of some followers those who shun somebody whom a post names.
pub(crate) fn leave_out_averse(tx: &mut Tx, post: &Post, followers: &mut Vec<LocalFollower>) -> Result<()> {
    let named: Vec<AccountId> = post.text.mentions.iter().map(|mention| mention.account_id).collect();
    if named.is_empty() || followers.is_empty() {
        return Ok(());
    }
    let ids: Vec<AccountId> = followers.iter().map(|follower| follower.account_id).collect();
    let averse = store::mute::averse_among(tx, &ids, &named)?;
    followers.retain(|follower| !averse.contains(&follower.account_id));
    Ok(())
}

/// Of these, those in whose home it belongs: of answers to others, only those
/// who follow both.
fn readers(
    tx: &mut Tx,
    post: &Post,
    author: &Account,
    addressed: &[AccountId],
    mut followers: Vec<LocalFollower>,
) -> Result<Vec<LocalFollower>> {
    match (&post.in_reply_to, post.in_reply_to_account_id) {
        (Some(_), Some(answered)) if answered != author.id => {
            let ids: Vec<AccountId> = followers.iter().map(|follower| follower.account_id).collect();
            let both = store::follow::followers_among(tx, &ids, answered)?;
            followers.retain(|f| f.account_id == answered || both.contains(&f.account_id));
        }
        // Whom it answers is not known: nobody here can know the conversation.
        (Some(_), None) => followers.retain(|follower| addressed.contains(&follower.account_id)),
        _ => (),
    }
    Ok(followers)
}

/// Tells accounts of ours that a post names them, but not where one blocks the
/// other, or where they block whom it names beside them or whom it answers.
pub(super) fn tell_named(
    tx: &mut Tx,
    post: &Post,
    author: &Account,
    addressed: &[AccountId],
) -> Result<Vec<AccountId>> {
    let mut told = store::account::local_among(tx, addressed)?;
    let mentioned = |id: &AccountId| post.text.mentions.iter().any(|mention| mention.account_id == *id);
    told.retain(|id| *id != author.id && (post.visibility == Visibility::Direct || mentioned(id)));
    let blocking = store::block::apart(tx, &told, author.id)?;
    told.retain(|id| !blocking.contains(id));
    let others = post.text.mentions.iter().map(|mention| mention.account_id);
    let others: Vec<AccountId> = others.chain(post.in_reply_to_account_id).collect();
    let shunning = store::block::blockers_of_any(tx, &told, &others)?;
    told.retain(|id| !shunning.contains(id));
    for account in &told {
        notify::tell(tx, &news(*account, NotificationKind::Mention, post))?;
    }
    Ok(told)
}
