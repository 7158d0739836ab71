//! Polls, their options, and who voted.

use crate::value::Row;
use crate::{Result, Tx, json};
use domain::poll::{Poll, PollOption, PollView};
use domain::{AccountId, PostId, Timestamp};
use std::collections::HashMap;

/// Writes the poll of a post. `end_due`: when its end is to be told.
pub fn insert(tx: &mut Tx, post: PostId, poll: &Poll, end_due: Option<Timestamp>) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO poll (post_id, multiple, hides_totals, ends_at_ms, is_closed, voters, end_due_ms, fetched_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        &[
            &post,
            &poll.multiple,
            &poll.hides_totals,
            &poll.ends_at,
            &poll.is_closed,
            &poll.voters,
            &end_due,
            &now,
        ],
    )?;
    for (place, option) in (0_i64..).zip(&poll.options) {
        tx.execute(
            "INSERT INTO poll_option (post_id, place, title, votes) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            &[&post, &place, &option.title, &option.votes],
        )?;
    }
    Ok(())
}

/// Removes the poll of a post with all votes.
pub fn remove(tx: &mut Tx, post: PostId) -> Result<()> {
    for sql in [
        "DELETE FROM poll_vote WHERE post_id = $1",
        "DELETE FROM poll_option WHERE post_id = $1",
        "DELETE FROM poll WHERE post_id = $1",
    ] {
        tx.execute(sql, &[&post])?;
    }
    Ok(())
}

/// Keeps the options that a poll had with the newest revision of its post.
pub fn keep_options(tx: &mut Tx, post: PostId, options: &[String]) -> Result<()> {
    tx.execute(
        "UPDATE post_revision SET poll = $2 WHERE post_id = $1
            AND number = (SELECT MAX(r.number) FROM post_revision r WHERE r.post_id = $1)",
        &[&post, &json::write(options)],
    )?;
    Ok(())
}

/// The poll of a post.
pub fn find(tx: &mut Tx, post: PostId) -> Result<Option<Poll>> {
    Ok(of(tx, &[post])?.remove(&post))
}

/// What polls of posts let people choose from, in their order.
pub fn titles(tx: &mut Tx, posts: &[PostId]) -> Result<Vec<(PostId, String)>> {
    tx.query(
        "SELECT post_id, title FROM poll_option WHERE post_id = ANY($1) ORDER BY post_id, place",
        &[&posts],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The polls of posts, in two statements.
fn of(tx: &mut Tx, posts: &[PostId]) -> Result<HashMap<PostId, Poll>> {
    let rows = tx.query(
        "SELECT post_id, multiple, hides_totals, ends_at_ms, is_closed, voters FROM poll WHERE post_id = ANY($1)",
        &[&posts],
        |row| {
            let poll = Poll {
                options: Vec::new(),
                multiple: row.get(1)?,
                hides_totals: row.get(2)?,
                ends_at: row.get(3)?,
                is_closed: row.get(4)?,
                voters: row.get(5)?,
            };
            Ok((row.get(0)?, poll))
        },
    )?;
    let mut polls: HashMap<PostId, Poll> = rows.into_iter().collect();
    let options = tx.query(
        "SELECT post_id, title, votes FROM poll_option WHERE post_id = ANY($1) ORDER BY post_id, place",
        &[&posts],
        |row| Ok((row.get::<PostId>(0)?, PollOption { title: row.get(1)?, votes: row.get(2)? })),
    )?;
    for (post, option) in options {
        if let Some(poll) = polls.get_mut(&post) {
            poll.options.push(option);
        }
    }
    Ok(polls)
}

/// The polls of posts as a viewer sees them, in three statements.
pub fn views(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    posts: &[(PostId, AccountId)],
) -> Result<HashMap<PostId, PollView>> {
    let ids: Vec<PostId> = posts.iter().map(|(post, _)| *post).collect();
    let polls = of(tx, &ids)?;
    let mut own: HashMap<PostId, Vec<i64>> = HashMap::new();
    if let Some(viewer) = viewer {
        let rows = tx.query(
            "SELECT post_id, place FROM poll_vote WHERE account_id = $1 AND post_id = ANY($2)
             ORDER BY post_id, created_at_ms, place",
            &[&viewer, &ids],
            |row| Ok((row.get::<PostId>(0)?, row.get(1)?)),
        )?;
        for (post, place) in rows {
            own.entry(post).or_default().push(place);
        }
    }
    let authors: HashMap<PostId, AccountId> = posts.iter().copied().collect();
    let now = tx.now();
    let dressed = polls.into_iter().map(|(post, poll)| {
        let own_votes = viewer.map(|_| own.remove(&post).unwrap_or_default());
        let is_own = viewer.is_some() && authors.get(&post).copied() == viewer;
        (post, PollView { poll, now, own_votes, is_own })
    });
    Ok(dressed.collect())
}

/// What an account chose.
pub fn choices_of(tx: &mut Tx, post: PostId, account: AccountId) -> Result<Vec<i64>> {
    tx.query(
        "SELECT place FROM poll_vote WHERE post_id = $1 AND account_id = $2 ORDER BY place",
        &[&post, &account],
        |row| row.get(0),
    )
}

/// Writes a vote down and counts it; false where it was counted before.
pub fn vote(tx: &mut Tx, post: PostId, account: AccountId, place: i64) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "INSERT INTO poll_vote (post_id, account_id, place, created_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &[&post, &account, &place, &now],
    )?;
    if rows == 1 {
        tx.execute(
            "UPDATE poll_option SET votes = votes + 1 WHERE post_id = $1 AND place = $2",
            &[&post, &place],
        )?;
    }
    Ok(rows == 1)
}

/// Counts one voter more, where voters are counted.
pub fn add_voter(tx: &mut Tx, post: PostId) -> Result<()> {
    tx.execute("UPDATE poll SET voters = voters + 1 WHERE post_id = $1", &[&post])?;
    Ok(())
}

/// Writes what a poll's server says of its numbers and its end.
pub fn recount(tx: &mut Tx, post: PostId, poll: &Poll) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "UPDATE poll SET ends_at_ms = $2, is_closed = $3, voters = $4, fetched_at_ms = $5 WHERE post_id = $1",
        &[&post, &poll.ends_at, &poll.is_closed, &poll.voters, &now],
    )?;
    for (place, option) in (0_i64..).zip(&poll.options) {
        tx.execute(
            "UPDATE poll_option SET votes = $3 WHERE post_id = $1 AND place = $2",
            &[&post, &place, &option.votes],
        )?;
    }
    Ok(())
}

/// Changes how a poll ends, and whether its numbers are hidden until then.
pub fn set_end(tx: &mut Tx, post: PostId, poll: &Poll) -> Result<()> {
    tx.execute(
        "UPDATE poll SET ends_at_ms = $2, end_due_ms = $2, hides_totals = $3, is_closed = 0 WHERE post_id = $1",
        &[&post, &poll.ends_at, &poll.hides_totals],
    )?;
    Ok(())
}

/// Has the end of a poll told at a time, or never.
pub fn set_end_due(tx: &mut Tx, post: PostId, due: Option<Timestamp>) -> Result<()> {
    tx.execute("UPDATE poll SET end_due_ms = $2 WHERE post_id = $1", &[&post, &due])?;
    Ok(())
}

/// Has the end of a poll told, now that somebody here waits for it.
pub fn await_end(tx: &mut Tx, post: PostId, due: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE poll SET end_due_ms = $2 WHERE post_id = $1 AND end_due_ms IS NULL AND ends_at_ms IS NOT NULL",
        &[&post, &due],
    )?;
    Ok(())
}

/// Has new numbers of a poll sent at a time, unless that is to happen anyway.
pub fn has_news(tx: &mut Tx, post: PostId, at: Timestamp) -> Result<()> {
    tx.execute("UPDATE poll SET tell_at_ms = $2 WHERE post_id = $1 AND tell_at_ms IS NULL", &[&post, &at])?;
    Ok(())
}

fn id(row: &Row<'_>) -> Result<PostId> {
    row.get(0)
}

/// Polls whose numbers are to be sent, the longest waiting first.
pub fn with_news(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<PostId>> {
    tx.query(
        "SELECT post_id FROM poll WHERE tell_at_ms IS NOT NULL AND tell_at_ms <= $1 ORDER BY tell_at_ms LIMIT $2",
        &[&now, &limit],
        id,
    )
}

/// Takes a poll's news; false where somebody else did.
pub fn take_news(tx: &mut Tx, post: PostId) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE poll SET tell_at_ms = NULL WHERE post_id = $1 AND tell_at_ms IS NOT NULL",
        &[&post],
    )?;
    Ok(rows == 1)
}

/// Polls whose end is to be told, the longest waiting first.
pub fn ending(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<PostId>> {
    tx.query(
        "SELECT post_id FROM poll WHERE end_due_ms IS NOT NULL AND end_due_ms <= $1 ORDER BY end_due_ms LIMIT $2",
        &[&now, &limit],
        id,
    )
}

/// Takes the end of a poll; false where somebody else did.
pub fn take_end(tx: &mut Tx, post: PostId) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE poll SET end_due_ms = NULL, tell_at_ms = NULL WHERE post_id = $1 AND end_due_ms IS NOT NULL",
        &[&post],
    )?;
    Ok(rows == 1)
}

/// Claims the asking for a poll's numbers; false where that was done since `before`.
pub fn claim_refresh(tx: &mut Tx, post: PostId, before: Timestamp) -> Result<bool> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE poll SET fetched_at_ms = $3 WHERE post_id = $1 AND fetched_at_ms <= $2",
        &[&post, &before, &now],
    )?;
    Ok(rows == 1)
}

/// Whether a poll's numbers were last asked for before a time.
pub fn is_older(tx: &mut Tx, post: PostId, before: Timestamp) -> Result<bool> {
    let count: i64 = tx.get(
        "SELECT COUNT(*) FROM poll WHERE post_id = $1 AND fetched_at_ms <= $2",
        &[&post, &before],
        |row| row.get(0),
    )?;
    Ok(count > 0)
}

/// Accounts of ours that voted, in the order of their rows after `after`.
pub fn voters_here(tx: &mut Tx, post: PostId, after: AccountId, limit: i64) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT DISTINCT v.account_id FROM poll_vote v JOIN account a ON a.id = v.account_id
         WHERE v.post_id = $1 AND a.home = 0 AND v.account_id > $2 ORDER BY v.account_id LIMIT $3",
        &[&post, &after, &limit],
        |row| row.get(0),
    )
}

/// Accounts of peers that voted.
pub fn voters_elsewhere(tx: &mut Tx, post: PostId, limit: i64) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT DISTINCT v.account_id FROM poll_vote v JOIN account a ON a.id = v.account_id
         WHERE v.post_id = $1 AND a.home = 2 ORDER BY v.account_id LIMIT $2",
        &[&post, &limit],
        |row| row.get(0),
    )
}
