//! Actors that nobody here knows ask to follow.

use crate::caller::send_each;
use crate::letters;
use crate::peers::Actor;
use crate::stage::Stage;
use crate::table::{Bar, Table, cpu_each, per_second, rate, time};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::{Duration, Instant};

const HOSTS: usize = 100;
const CALLERS: usize = 32;
const WITHIN: Duration = Duration::from_secs(120);

/// Each costs a fetch of the actor, a fetch of WebFinger, a signature checked
/// and an Accept signed and sent.
pub(crate) async fn measure(table: &mut Table, binary: &Path, count: usize) -> Result<()> {
    let stage = Stage::open(binary, 1, HOSTS).await?;
    let (alice, inbox) = (stage.alice_id().await?, stage.inbox()?);
    let actors: Vec<Actor> = (0..count).map(|number| stage.peers.actor(number)).collect();
    let (_, requests) = letters::many(count, move |number| {
        let actor = actors.get(number).context("an actor")?;
        letters::post(actor, &letters::follow(actor, number, &alice), &inbox)
    })
    .await?;
    let (cpu, begun) = (stage.program.cpu()?, Instant::now());
    let sent = send_each(stage.program.address(), requests, CALLERS).await?;
    let taken = sent.taken().count();
    ensure!(stage.until(WITHIN, || stage.peers.accepts() >= taken).await, "Accepts are missing");
    let took = begun.elapsed();
    let cpu = stage.program.cpu()?.saturating_sub(cpu);
    table.row(
        "Follow from unknown actors/s, accepts sent",
        Bar { least: "300", then: "500" },
        format!("{}/s", rate(per_second(taken, took))),
        format!("{taken} of {count} taken; {}; answered in {}", cpu_each(cpu, count), time(sent.median())),
    );
    Ok(())
}
