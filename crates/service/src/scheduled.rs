//! Posts that are written now and published later.

use crate::listed::Listed;
use crate::{Cx, Error, OrNotFound, Result, media, post};
use domain::{Account, AccountId, ApplicationId, Draft, Page, PostId, Timestamp};
use std::time::Duration;
use store::Tx;

pub use store::scheduled::Scheduled;

/// What is to be published later is to be so much later.
const MIN_AHEAD: Duration = Duration::from_secs(300);
/// Drafts of one account that may wait.
const MOST: i64 = 300;
/// The same for one day.
const MOST_A_DAY: i64 = 25;
const DAY_MS: i64 = 24 * 3_600_000;
/// Drafts that are published in one round.
const STEP: i64 = 50;
/// After so long it is tried again where the store or the network failed.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Until when a draft has to wait; what was due before need not. Too soon is
/// refused: whoever plans wants time to think again.
pub fn wait(now: Timestamp, at: Timestamp) -> Result<Option<Timestamp>> {
    if at > now.plus(MIN_AHEAD) {
        return Ok(Some(at));
    }
    if at <= now { Ok(None) } else { Err(too_soon()) }
}

fn too_soon() -> Error {
    Error::invalid("Scheduled at", "The scheduled date must be in the future, by five minutes or more")
}

/// Keeps a draft until its time. A repeated request is answered with the first
/// one's draft.
pub fn schedule(
    tx: &mut Tx,
    viewer: &Account,
    draft: &Draft,
    application_id: Option<ApplicationId>,
    due_at: Timestamp,
    key: Option<&str>,
) -> Result<Scheduled> {
    post::check(draft)?;
    tx.lock(&format!("scheduled {}", viewer.id))?;
    let key = key.map(|key| key.chars().take(200).collect::<String>());
    if let Some(key) = &key
        && let Some(first) = store::scheduled::by_key(tx, viewer.id, key)?
    {
        return Ok(first);
    }
    check_number(tx, viewer.id, due_at)?;
    let id = tx.new_id();
    // They are neither swept nor hung on anything else meanwhile.
    let attachments = media::hang(tx, viewer, PostId(id), &draft.media)?;
    let (account_id, draft) = (viewer.id, draft.clone());
    let scheduled = Scheduled { id, account_id, application_id, due_at, draft, attachments, key };
    store::scheduled::insert(tx, &scheduled)?;
    Ok(scheduled)
}

fn check_number(tx: &mut Tx, viewer: AccountId, due_at: Timestamp) -> Result<()> {
    let day = Timestamp(due_at.0 - due_at.0.rem_euclid(DAY_MS));
    let (all, that_day) = store::scheduled::count(tx, viewer, day, Timestamp(day.0 + DAY_MS))?;
    if all >= MOST {
        return Err(too_many(format!("have exceeded the limit of {MOST} scheduled posts")));
    }
    if that_day >= MOST_A_DAY {
        return Err(too_many(format!(
            "have exceeded the limit of {MOST_A_DAY} scheduled posts for that day"
        )));
    }
    Ok(())
}

fn too_many(problem: String) -> Error {
    Error::invalid("You", problem)
}

/// What the viewer has waiting, newest first.
pub fn list(tx: &mut Tx, viewer: AccountId, page: Page) -> Result<Listed<Scheduled>> {
    let rows = store::scheduled::list(tx, viewer, page)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    Ok(Listed::new(rows, ids.into_iter()))
}

/// One draft of the viewer.
pub fn one(tx: &mut Tx, viewer: AccountId, id: i64) -> Result<Scheduled> {
    store::scheduled::find(tx, id)?.filter(|it| it.account_id == viewer).or_not_found("scheduled post")
}

/// Gives a draft another time.
pub fn reschedule(tx: &mut Tx, viewer: AccountId, id: i64, due_at: Timestamp) -> Result<Scheduled> {
    one(tx, viewer, id)?;
    if wait(tx.now(), due_at)?.is_none() {
        return Err(too_soon());
    }
    store::scheduled::reschedule(tx, id, due_at)?;
    one(tx, viewer, id)
}

/// Takes a draft back.
pub fn cancel(tx: &mut Tx, viewer: AccountId, id: i64) -> Result<()> {
    one(tx, viewer, id)?;
    take(tx, id)?;
    Ok(())
}

/// Takes a draft away and sets its media free; false where somebody else did.
fn take(tx: &mut Tx, id: i64) -> Result<bool> {
    store::media::detach(tx, PostId(id))?;
    Ok(store::scheduled::take(tx, id)?)
}

/// Drafts whose time has come.
pub fn due(tx: &mut Tx) -> Result<Vec<i64>> {
    let now = tx.now();
    Ok(store::scheduled::due(tx, now, STEP)?)
}

/// Makes a post of a draft: the draft goes in the same transaction in which
/// the post comes, so that it is published once.
pub async fn publish(cx: &Cx, id: i64) -> Result<()> {
    let found = cx
        .read(move |tx| {
            let Some(scheduled) = store::scheduled::find(tx, id)? else { return Ok(None) };
            let account = store::account::find(tx, scheduled.account_id)?;
            Ok(account.filter(|account| account.state.is_live()).map(|account| (scheduled, account)))
        })
        .await?;
    let end = match found {
        Some((scheduled, account)) => post_it(cx, &account, scheduled).await,
        // Whose draft it was is gone.
        None => Err(Error::NotFound("account")),
    };
    let Err(error) = end else { return Ok(()) };
    let lasting = !matches!(error, Error::Store(_) | Error::Internal(_) | Error::Fetch(_));
    tracing::warn!(scheduled = id, %error, lasting, "a scheduled post was not published");
    cx.write_later(move |tx| {
        if lasting {
            take(tx, id)?;
        } else {
            let later = tx.now().plus(AGAIN_AFTER);
            store::scheduled::postpone(tx, id, later)?;
        }
        Ok(())
    })
    .await
}

async fn post_it(cx: &Cx, author: &Account, scheduled: Scheduled) -> Result<()> {
    let id = scheduled.id;
    post::publish_once(cx, author, scheduled.draft, scheduled.application_id, move |tx| take(tx, id)).await
}
