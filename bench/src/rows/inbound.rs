//! Posts of known authors arrive.

use crate::caller::send_each;
use crate::stage::Stage;
use crate::table::{Bar, Table, cpu_each, mebibytes, per_second, rate, time};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::{Duration, Instant};

/// Authors, each on a host of its own.
pub(crate) const AUTHORS: usize = 50;
const CALLERS: usize = 32;
const WARM: usize = 200;
const WITHIN: Duration = Duration::from_secs(180);

/// `people` of the server follow every author.
pub(crate) async fn measure(table: &mut Table, binary: &Path, people: usize, count: usize) -> Result<()> {
    let stage = Stage::open(binary, people, AUTHORS).await?;
    stage.follow_authors(AUTHORS).await?;
    arrive(&stage, WARM, "warm").await?;
    let done = arrive(&stage, count, "post").await?;
    let (name, bar) = if people == 1 {
        ("Create processed/s (50 known authors)".to_owned(), Bar { least: "3,000", then: "6,000" })
    } else {
        (format!("the same with {people} local followers each"), Bar { least: "1,200", then: "2,400" })
    };
    let beside = format!(
        "{} of {count} taken and there; {}; answered in {}; {}",
        done.kept,
        cpu_each(done.cpu, count),
        time(done.median),
        mebibytes(stage.program.memory_bytes()?),
    );
    table.row(name, bar, format!("{}/s", rate(per_second(count, done.took))), beside);
    Ok(())
}

/// How it went.
pub(crate) struct Arrived {
    pub(crate) kept: usize,
    pub(crate) took: Duration,
    pub(crate) cpu: Duration,
    pub(crate) median: Duration,
}

/// Posts arrive, and have been acted upon when this returns.
pub(crate) async fn arrive(stage: &Stage, count: usize, series: &'static str) -> Result<Arrived> {
    let (_, requests) = stage.creates(AUTHORS, count, series, None).await?;
    let rows = stage.rows()?;
    let (cpu, begun) = (stage.program.cpu()?, Instant::now());
    let sent = send_each(stage.program.address(), requests, CALLERS).await?;
    let taken = sent.taken().count();
    ensure!(rows.until_acted_upon(WITHIN).await?, "not all was acted upon in {WITHIN:?}");
    let took = begun.elapsed();
    let cpu = stage.program.cpu()?.saturating_sub(cpu);
    let there =
        rows.number(&format!("SELECT COUNT(*) FROM post WHERE object_id LIKE '%/statuses/{series}%'"))?;
    ensure!(usize::try_from(there)? == taken, "{taken} posts were taken and {there} are there");
    ensure!(taken > count / 2, "only {taken} of {count} were taken: {}", stage.program.complaints());
    Ok(Arrived { kept: taken, took, cpu, median: sent.median() })
}
