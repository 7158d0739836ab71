//! People read: their home, their notifications, a profile as a page.

use super::inbound::{AUTHORS, arrive};
use crate::caller::{Connection, Pace, repeat, send_each};
use crate::stage::{Person, Stage};
use crate::table::{Bar, Table, cpu_each, rate, time};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::Duration;

const CALLERS: usize = 12;
const WHILE: Duration = Duration::from_secs(3);
/// Posts in the store at first.
const POSTS: usize = 10_000;
/// Posts that tell alice something.
const MENTIONS: usize = 100;
/// Posts on alice's own page.
const OWN: usize = 25;
/// Posts that arrive in one go.
const PORTION: usize = 10_000;
const HOME: Bar = Bar { least: "4,000", then: "10,000" };
/// What brings the number of posts to the next portion.
const SERIES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

pub(crate) async fn measure(table: &mut Table, binary: &Path, posts: usize) -> Result<()> {
    let stage = Stage::open(binary, 1, AUTHORS).await?;
    stage.follow_authors(AUTHORS).await?;
    for number in 0..OWN {
        stage
            .write(
                stage.alice(),
                &format!("Verse {number}, with a #hashtag and a https://choir.example/ link."),
            )
            .await?;
    }
    arrive(&stage, POSTS, "first").await?;
    mention(&stage).await?;
    home(table, &stage, POSTS).await?;
    let pace = pace(&stage, "/api/v1/notifications?limit=20", "application/json", Some(stage.alice()), 20);
    row(table, "notifications of 20, req/s", Bar { least: "3,000", then: "5,000" }, &pace.await?);
    let pace = pace_of_page(&stage).await?;
    row(table, "profile page HTML, req/s", Bar { least: "3,000", then: "5,000" }, &pace);
    let mut there = POSTS;
    for series in SERIES.iter().take(posts.saturating_sub(POSTS).div_ceil(PORTION)) {
        arrive(&stage, PORTION, series).await?;
        there += PORTION;
    }
    if there > POSTS {
        home(table, &stage, there).await?;
    }
    Ok(())
}

/// What was measured of a request.
struct Measured {
    pace: Pace,
    cpu: String,
    bytes: usize,
}

async fn home(table: &mut Table, stage: &Stage, posts: usize) -> Result<()> {
    let pace = pace(stage, "/api/v1/timelines/home?limit=20", "application/json", Some(stage.alice()), 20);
    row(table, &format!("home timeline of 20 at {posts} posts, req/s"), HOME, &pace.await?);
    Ok(())
}

async fn pace_of_page(stage: &Stage) -> Result<Measured> {
    pace(stage, &format!("/@{}", stage.alice().name), "text/html", None, 0).await
}

/// Asks again and again; `items` are wanted in the list that comes.
async fn pace(
    stage: &Stage,
    target: &str,
    accept: &str,
    who: Option<&Person>,
    items: usize,
) -> Result<Measured> {
    let request = stage.ask(target, accept, who);
    let first = Connection::open(stage.program.address()).await?.call(&request).await?;
    ensure!(first.status == 200, "{target} answered {}", first.status);
    if items > 0 {
        let list: Vec<serde_json::Value> = serde_json::from_slice(&first.body)?;
        ensure!(list.len() == items, "{target} told {} things, not {items}", list.len());
    }
    let cpu = stage.program.cpu()?;
    let pace = repeat(stage.program.address(), request, CALLERS, WHILE).await?;
    let cpu = stage.program.cpu()?.saturating_sub(cpu);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of requests")]
    let count = (pace.per_second * WHILE.as_secs_f64()) as usize;
    Ok(Measured { pace, cpu: cpu_each(cpu, count), bytes: first.body.len() })
}

fn row(table: &mut Table, name: &str, bar: Bar, measured: &Measured) {
    let Measured { pace, cpu, bytes } = measured;
    let beside = format!("{cpu}; answered in {}; {bytes} bytes; {CALLERS} connections", time(pace.median));
    table.row(name, bar, format!("{}/s", rate(pace.per_second)), beside);
}

async fn mention(stage: &Stage) -> Result<()> {
    let alice = stage.alice_id().await?;
    let (_, requests) = stage.creates(AUTHORS, MENTIONS, "mention", Some(alice)).await?;
    let sent = send_each(stage.program.address(), requests, CALLERS).await?;
    ensure!(sent.taken().count() == MENTIONS, "not all mentions were taken");
    ensure!(stage.rows()?.until_acted_upon(Duration::from_secs(30)).await?, "mentions wait");
    Ok(())
}
