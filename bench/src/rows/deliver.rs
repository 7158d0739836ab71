//! Posts go out to the hosts of all followers.

use crate::caller::middle;
use crate::peers::NEVER;
use crate::stage::Stage;
use crate::table::{Bar, Table, cpu_each, per_second, rate, time};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::{Duration, Instant};

const HOSTS: usize = 200;
const HANGING: usize = 20;
const POSTS: usize = 40;
const WITHIN: Duration = Duration::from_secs(120);
/// How often the timed ones are measured; the middle counts.
const ROUNDS: usize = 5;

pub(crate) async fn measure(table: &mut Table, binary: &Path) -> Result<()> {
    let stage = Stage::open(binary, 1, HOSTS).await?;
    stage.gather_followers(HOSTS).await?;
    once(&stage, HOSTS).await?;
    many(table, &stage).await?;
    slow(table, &stage).await?;
    hanging(table, &stage).await
}

async fn many(table: &mut Table, stage: &Stage) -> Result<()> {
    stage.peers.clear();
    let (cpu, begun) = (stage.program.cpu()?, Instant::now());
    for number in 0..POSTS {
        stage.write(stage.alice(), &format!("Verse {number} of a long song.")).await?;
    }
    let wanted = POSTS * HOSTS;
    let came = stage.until(WITHIN, || stage.peers.arrived() >= wanted).await;
    let took = begun.elapsed();
    ensure!(came, "only {} of {wanted} deliveries came", stage.peers.arrived());
    let cpu = stage.program.cpu()?.saturating_sub(cpu);
    table.row(
        "deliveries/s to 200 hosts at 0 ms",
        Bar { least: "3,000", then: "4,000" },
        format!("{}/s", rate(per_second(wanted, took))),
        format!("{wanted} deliveries of {POSTS} posts; {}", cpu_each(cpu, wanted)),
    );
    Ok(())
}

async fn slow(table: &mut Table, stage: &Stage) -> Result<()> {
    stage.peers.delay(0, 100);
    let mut last = Vec::new();
    for _ in 0..ROUNDS {
        last.push(once(stage, HOSTS).await?.into_iter().max().unwrap_or_default());
    }
    stage.peers.delay(0, 0);
    table.row(
        "200 deliveries when each host takes 100 ms",
        Bar { least: "0.4 s", then: "0.25 s" },
        time(middle(last)),
        format!("until the last was answered; the middle of {ROUNDS} posts"),
    );
    Ok(())
}

async fn hanging(table: &mut Table, stage: &Stage) -> Result<()> {
    stage.peers.delay(HOSTS - HANGING, NEVER);
    let mut medians = Vec::new();
    for _ in 0..ROUNDS {
        medians.push(middle(once(stage, HOSTS - HANGING).await?));
    }
    let worst = medians.iter().max().copied().unwrap_or_default();
    table.row(
        "healthy hosts' median with 20 of 200 hanging",
        Bar { least: "0.5 s", then: "0.25 s" },
        time(middle(medians)),
        format!("the middle of {ROUNDS} posts; the worst {}", time(worst)),
    );
    Ok(())
}

/// One post; how long after it each of the first hosts had it.
async fn once(stage: &Stage, hosts: usize) -> Result<Vec<Duration>> {
    stage.peers.clear();
    let begun = Instant::now();
    stage.write(stage.alice(), "One verse.").await?;
    let came = stage.until(WITHIN, || stage.peers.arrived() >= hosts).await;
    ensure!(came, "only {} of {hosts} deliveries came", stage.peers.arrived());
    Ok(stage
        .peers
        .arrivals()
        .iter()
        .filter(|arrival| arrival.host < hosts)
        .map(|arrival| arrival.at.saturating_duration_since(begun))
        .collect())
}
