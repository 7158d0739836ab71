//! Polls: votes from here and from elsewhere, the numbers that are told, and
//! the end. Between servers a vote is a Note that has only the name of an
//! option, sent to the poll's author alone; the numbers come back in an Update.

use crate::activity::Sending;
use crate::arrival::Outcome;
use crate::errand::Errand;
use crate::notify::{self, News};
use crate::{Cx, Error, OrNotFound, Result, activity, post};
use activitypub::object::Vote;
use activitypub::render;
use domain::notification::{About, NotificationKind};
use domain::poll::{InvalidVote, Poll, PollView, Voter, check_vote};
use domain::visibility::may_see;
use domain::{Account, AccountId, Post, PostId, Timestamp};
use std::time::Duration;
use store::Tx;

/// New numbers wait so long for more, so that a busy poll does not flood anyone.
const TELL_AFTER: Duration = Duration::from_secs(180);
/// A peer's numbers are asked for again at most so often.
const FRESH_FOR: Duration = Duration::from_secs(180);
/// So long after the end of a peer's poll its last numbers are asked for.
const COUNTED_AFTER: Duration = Duration::from_secs(60);
/// How long somebody who looks at a poll waits for new numbers.
const PATIENCE: Duration = Duration::from_secs(3);
/// Polls or voters that are taken at a time.
const STEP: i64 = 200;

/// The poll of a post, if the viewer may see it.
pub fn view(tx: &mut Tx, viewer: Option<AccountId>, id: PostId) -> Result<PollView> {
    let view = crate::thread::one(tx, viewer, id)?;
    Ok(*view.poll.or_not_found("poll")?)
}

fn refused(why: InvalidVote) -> Error {
    let (who, problem) = match why {
        InvalidVote::Ended => ("The poll", "has already ended"),
        InvalidVote::NoSuchOption => ("The chosen vote option", "does not exist"),
        InvalidVote::OwnPoll => ("You", "cannot vote in your own polls"),
        InvalidVote::AlreadyVoted => ("You", "have already voted on this poll"),
    };
    Error::invalid(who, problem)
}

/// One of ours votes. Without choices nothing happens.
pub fn vote(tx: &mut Tx, viewer: &Account, id: PostId, choices: &[i64]) -> Result<()> {
    let (asked, author) = post::seen_by(tx, id, viewer)?;
    let poll = store::poll::find(tx, id)?.or_not_found("poll")?;
    let mut choices = choices.to_vec();
    choices.sort_unstable();
    choices.dedup();
    if choices.is_empty() {
        return Ok(());
    }
    let voter = if viewer.id == author.id { Voter::Author } else { Voter::Other };
    cast(tx, &asked, &poll, viewer.id, voter, &choices)?.map_err(refused)?;
    if author.is_ours() {
        return news(tx, &asked, &poll);
    }
    if let Some(end) = poll.ends_at {
        store::poll::await_end(tx, id, end.plus(COUNTED_AFTER))?;
    }
    for option in choices.iter().filter_map(|place| poll.options.get(usize::try_from(*place).ok()?)) {
        send(tx, viewer, &asked, &author, &option.title)?;
    }
    Ok(())
}

/// Counts a vote once, whichever way it comes.
fn cast(
    tx: &mut Tx,
    asked: &Post,
    poll: &Poll,
    account: AccountId,
    voter: Voter,
    choices: &[i64],
) -> Result<Result<(), InvalidVote>> {
    tx.lock(&format!("vote {} {account}", asked.id))?;
    let before = store::poll::choices_of(tx, asked.id, account)?;
    if let Err(why) = check_vote(poll, tx.now(), voter, &before, choices) {
        return Ok(Err(why));
    }
    for place in choices {
        store::poll::vote(tx, asked.id, account, *place)?;
    }
    if before.is_empty() {
        store::poll::add_voter(tx, asked.id)?;
    }
    Ok(Ok(()))
}

fn news(tx: &mut Tx, asked: &Post, poll: &Poll) -> Result<()> {
    // Hidden numbers are no news before the end.
    if asked.local_only || poll.hides_totals {
        return Ok(());
    }
    let at = tx.now().plus(TELL_AFTER);
    Ok(store::poll::has_news(tx, asked.id, at)?)
}

/// A vote of ours goes to the poll's author and to nobody else.
fn send(tx: &mut Tx, voter: &Account, asked: &Post, author: &Account, title: &str) -> Result<()> {
    let id = format!("{}#votes/{}", voter.actor_id, tx.new_id());
    let json = render::vote(&id, &voter.actor_id, &asked.object_id, &author.actor_id, title);
    let to: &[&Account] = &[author];
    let order = [asked.object_id.as_str(), voter.actor_id.as_str()];
    let sending = Sending::to_one("Create", asked.object_id.as_str(), to, &order);
    activity::post(tx, voter, &format!("{id}/activity"), &json, &sending)?;
    Ok(())
}

/// A peer's actor votes in a poll of ours.
pub fn receive_vote(tx: &mut Tx, sender: &Account, vote: &Vote) -> Result<Outcome> {
    if vote.attributed_to != sender.actor_id {
        return Ok(Outcome::ignored("somebody else's vote"));
    }
    let Some(asked) = store::post::by_object(tx, &vote.in_reply_to)? else {
        return Ok(Outcome::ignored("the poll is not known here"));
    };
    let author = store::account::get(tx, asked.author_id)?;
    let Some(poll) = store::poll::find(tx, asked.id)?.filter(|_| author.is_ours()) else {
        return Ok(Outcome::ignored("no poll of ours"));
    };
    let standing = store::post::standing(tx, &asked, Some(sender.id))?;
    if standing.blocked || !may_see(asked.visibility, standing) {
        return Ok(Outcome::ignored("policy: the actor may not see the post"));
    }
    let Some(place) = poll.place_of(&vote.name).or_else(|| poll.place_of(vote.name.trim())) else {
        return Ok(Outcome::ignored("the poll has no such option"));
    };
    match cast(tx, &asked, &poll, sender.id, Voter::Other, &[place])? {
        Ok(()) => news(tx, &asked, &poll).map(|()| Outcome::Processed),
        Err(why) => Ok(Outcome::ignored(why.to_string())),
    }
}

/// Polls of ours with numbers that are to be told now.
pub fn with_news(tx: &mut Tx) -> Result<Vec<PostId>> {
    let now = tx.now();
    Ok(store::poll::with_news(tx, now, STEP)?)
}

/// Tells the numbers of a poll of ours.
pub fn tell(tx: &mut Tx, id: PostId) -> Result<()> {
    if !store::poll::take_news(tx, id)? {
        return Ok(());
    }
    let Some((asked, author)) = of(tx, id)?.filter(|(_, author)| author.is_ours()) else { return Ok(()) };
    post::send_update(tx, &author, &asked)
}

fn of(tx: &mut Tx, id: PostId) -> Result<Option<(Post, Account)>> {
    let Some(asked) = store::post::find(tx, id)? else { return Ok(None) };
    let author = store::account::get(tx, asked.author_id)?;
    Ok(author.state.is_live().then_some((asked, author)))
}

/// Polls whose end is to be told now.
pub fn ending(tx: &mut Tx) -> Result<Vec<PostId>> {
    let now = tx.now();
    Ok(store::poll::ending(tx, now, STEP)?)
}

/// Tells who asked or voted here that a poll has ended, with its last numbers.
/// Told again after a crash it is told once: a notification has a key.
pub async fn end(cx: &Cx, id: PostId) -> Result<()> {
    let found = cx.read(move |tx| of(tx, id)).await?;
    if let Some((asked, author)) = &found
        && !author.is_ours()
        && let Err(error) = post::renew(cx, &asked.object_id, &Errand::new(cx, None)).await
    {
        tracing::debug!(poll = %asked.object_id, %error, "the last numbers of a poll could not be had");
    }
    let mut after = Some(AccountId(0));
    while let Some(from) = after {
        after = cx.write_later(move |tx| tell_voters(tx, id, from)).await?;
    }
    cx.write_later(move |tx| close(tx, id)).await
}

/// Whether a poll that was to end still has to go on.
fn postponed(tx: &mut Tx, id: PostId) -> Result<Option<Timestamp>> {
    let now = tx.now();
    let poll = store::poll::find(tx, id)?.filter(|poll| !poll.is_over(now));
    Ok(poll.and_then(|poll| poll.ends_at))
}

/// Tells some of the voters; after whom to go on.
fn tell_voters(tx: &mut Tx, id: PostId, after: AccountId) -> Result<Option<AccountId>> {
    let Some((asked, author)) = of(tx, id)? else { return Ok(None) };
    if postponed(tx, id)?.is_some() {
        return Ok(None);
    }
    let voters = store::poll::voters_here(tx, id, after, STEP)?;
    for voter in &voters {
        notify(tx, *voter, &asked, &author)?;
    }
    Ok(voters.last().copied())
}

fn notify(tx: &mut Tx, account: AccountId, asked: &Post, author: &Account) -> Result<()> {
    let (kind, about) = (NotificationKind::Poll, About::Post(asked.id));
    notify::tell(tx, &News { to: account, kind, from: author.id, about })
}

fn close(tx: &mut Tx, id: PostId) -> Result<()> {
    if let Some(end) = postponed(tx, id)? {
        return Ok(store::poll::set_end_due(tx, id, Some(end.plus(COUNTED_AFTER)))?);
    }
    if !store::poll::take_end(tx, id)? {
        return Ok(());
    }
    let Some((asked, author)) = of(tx, id)?.filter(|(_, author)| author.is_ours()) else { return Ok(()) };
    notify(tx, author.id, &asked, &author)?;
    post::send_update(tx, &author, &asked)
}

/// Asks a peer for the numbers of its poll before somebody looks at it, if
/// ours are old. Who looks waits a moment at most.
pub async fn refresh(cx: &Cx, viewer: AccountId, id: PostId) -> Result<()> {
    let old = cx.read(move |tx| old(tx, viewer, id)).await?;
    let Some(object) = old else { return Ok(()) };
    let claimed = cx
        .write(move |tx| {
            let before = tx.now().minus(FRESH_FOR);
            Ok(store::poll::claim_refresh(tx, id, before)?)
        })
        .await?;
    if !claimed {
        return Ok(());
    }
    let errand = Errand::new(cx, None);
    match tokio::time::timeout(PATIENCE, post::renew(cx, &object, &errand)).await {
        Ok(Ok(())) => (),
        Ok(Err(error)) => tracing::debug!(poll = %object, %error, "new numbers of a poll could not be had"),
        Err(_) => tracing::debug!(poll = %object, "new numbers of a poll take too long"),
    }
    Ok(())
}

/// The object of a peer's poll that is not over, with old numbers.
fn old(tx: &mut Tx, viewer: AccountId, id: PostId) -> Result<Option<domain::ObjectId>> {
    let id = crate::thread::post_of(tx, Some(viewer), id)?;
    let Some((asked, author)) = of(tx, id)? else { return Ok(None) };
    let now = tx.now();
    let is_open = store::poll::find(tx, id)?.is_some_and(|poll| !poll.is_over(now));
    let is_old = store::poll::is_older(tx, id, now.minus(FRESH_FOR))?;
    Ok((!author.is_ours() && is_open && is_old).then_some(asked.object_id))
}
