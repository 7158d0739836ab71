//! What has served its time goes, a few rows at a time, so that nobody waits
//! for it.

use crate::{Cx, Result};
use domain::delivery::{END_AFTER, GIVE_UP_AFTER, Weather};
use domain::{AccountId, Host, ListId, Timestamp};
use std::time::Duration;
use store::Tx;
use store::timeline::HOME_LENGTH;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Rows one transaction takes.
const STEP: i64 = 500;
/// How long a session lives after its last use.
const SESSION: Duration = Duration::from_secs(180 * 24 * 3600);
/// How long activity ids are remembered.
const SEEN: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a host is remembered to which nothing goes.
const LANE: Duration = Duration::from_secs(60 * 24 * 3600);

/// How long what was read of a page is kept after it has expired.
const CARD: Duration = Duration::from_secs(90 * 24 * 3600);

/// How long lines of the message log are kept; their bodies go earlier.
const LINES: Duration = Duration::from_secs(60 * 24 * 3600);

/// A step of sweeping that takes few rows and says how many they were.
type Step = fn(&mut Tx, Timestamp) -> Result<u64>;

/// All there is to do that needs no settings.
const STEPS: [Step; 16] = [
    |tx, now| Ok(store::mute::expire(tx, now, STEP)?),
    |tx, now| Ok(store::sweep::seen(tx, now.minus(SEEN), STEP)?),
    |tx, now| Ok(store::sweep::sessions(tx, now.minus(SESSION), STEP)?),
    |tx, now| Ok(store::sweep::codes(tx, now.minus(DAY), STEP)?),
    |tx, _| crate::oauth::sweep(tx),
    |tx, _| crate::sign_up::sweep(tx),
    |tx, now| Ok(store::totp::sweep_steps(tx, now)?),
    |tx, now| Ok(store::letter::sweep_tickets(tx, now)?),
    |tx, now| Ok(store::sweep::idempotency(tx, now.minus(DAY), STEP)?),
    |tx, now| Ok(store::delivery::expire_all(tx, now.minus(END_AFTER), STEP)?),
    |tx, now| Ok(store::delivery::remove_ended(tx, now.minus(END_AFTER + GIVE_UP_AFTER), STEP)?),
    |tx, now| Ok(store::lane::forget(tx, now.minus(LANE), STEP)?),
    crate::media::unattached,
    |tx, now| Ok(store::card::sweep(tx, now.minus(CARD), STEP)?),
    |tx, now| refused(tx, now.minus(DAY)),
    |tx, now| old(tx, now.minus(LINES)),
];

/// Sweeps everything once.
pub async fn sweep(cx: &Cx) -> Result<()> {
    for step in STEPS {
        repeat(cx, step).await?;
    }
    repeat(cx, |tx, _| crate::push::sweep(tx, STEP)).await?;
    dead_hosts(cx).await?;
    bodies(cx).await?;
    homes(cx).await?;
    lists(cx).await
}

/// Does a step again until it finds less than it may take.
async fn repeat(
    cx: &Cx,
    mut step: impl FnMut(&mut Tx, Timestamp) -> Result<u64> + Copy + Send + 'static,
) -> Result<()> {
    let step_rows = u64::try_from(STEP).unwrap_or(u64::MAX);
    let run = move |tx: &mut Tx| {
        let now = tx.now();
        step(tx, now)
    };
    while cx.write_later(run).await? >= step_rows {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Refused messages are kept for a day: they are easily sent in numbers.
fn refused(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let messages = store::sweep::refused(tx, before, STEP)?;
    store::sweep::remove_bodies(tx, &messages)?;
    Ok(store::sweep::remove_messages(tx, &messages)?)
}

/// Lines of the log outlive their bodies, but not for ever.
fn old(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let messages = store::sweep::old_messages(tx, before, STEP)?;
    store::sweep::remove_bodies(tx, &messages)?;
    Ok(store::sweep::remove_messages(tx, &messages)?)
}

/// Gives up what has waited for a week for hosts that have failed for a week,
/// unless most hosts fail.
async fn dead_hosts(cx: &Cx) -> Result<()> {
    if cx.read(crate::delivery::weather).await? == Weather::Storm {
        return Ok(());
    }
    let mut after = String::new();
    loop {
        let from = after.clone();
        let hosts = cx
            .read(move |tx| {
                let week_ago = tx.now().minus(GIVE_UP_AFTER);
                Ok(store::lane::failing(tx, week_ago, &from, STEP)?)
            })
            .await?;
        let Some(last) = hosts.last() else { return Ok(()) };
        last.as_str().clone_into(&mut after);
        for host in hosts {
            while expire(cx, host.clone()).await? > 0 {}
        }
    }
}

async fn expire(cx: &Cx, host: Host) -> Result<u64> {
    cx.write_later(move |tx| {
        let week_ago = tx.now().minus(GIVE_UP_AFTER);
        Ok(store::delivery::expire(tx, &host, week_ago, STEP)?)
    })
    .await
}

/// Removes bodies of the log that are too old, then the oldest of those that
/// are too many.
async fn bodies(cx: &Cx) -> Result<()> {
    let days = DAY.saturating_mul(cx.settings.log_days);
    while oldest_bodies(cx, days, u64::MAX).await? > 0 {}
    let mut excess =
        cx.read(|tx| Ok(store::sweep::log_bytes(tx)?)).await?.saturating_sub(cx.settings.log_bytes);
    while excess > 0 {
        let freed = oldest_bodies(cx, Duration::ZERO, excess).await?;
        if freed == 0 {
            break;
        }
        excess = excess.saturating_sub(freed);
    }
    Ok(())
}

/// Removes some of the bodies older than `age` that nothing waits for, until
/// `enough` bytes are freed; how many bytes were.
async fn oldest_bodies(cx: &Cx, age: Duration, enough: u64) -> Result<u64> {
    cx.write_later(move |tx| {
        let before = tx.now().minus(age);
        let mut freed = 0_u64;
        let mut messages = Vec::new();
        for (message, size) in store::sweep::oldest_bodies(tx, before, STEP)? {
            if freed >= enough {
                break;
            }
            freed = freed.saturating_add(size.max(1));
            messages.push(message);
        }
        store::sweep::remove_bodies(tx, &messages)?;
        Ok(freed)
    })
    .await
}

/// Shortens home timelines.
async fn homes(cx: &Cx) -> Result<()> {
    let mut after = AccountId(0);
    loop {
        let owners = cx.read(move |tx| Ok(store::sweep::home_owners(tx, after, 100)?)).await?;
        let Some(last) = owners.last() else { return Ok(()) };
        after = *last;
        for owner in owners {
            repeat(cx, move |tx, _| Ok(store::sweep::home(tx, owner, HOME_LENGTH, STEP)?)).await?;
        }
    }
}

/// Shortens the timelines of lists.
async fn lists(cx: &Cx) -> Result<()> {
    let mut after = ListId(0);
    loop {
        let some = cx.read(move |tx| Ok(store::list::some(tx, after, 100)?)).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = *last;
        for list in some {
            repeat(cx, move |tx, _| Ok(store::list::shorten(tx, list, store::list::LENGTH, STEP)?)).await?;
        }
    }
}
