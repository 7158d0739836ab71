//! What a quiet server takes: memory, disk, time to start.

use crate::caller::middle;
use crate::stage::Stage;
use crate::table::{Bar, Table, mebibytes, time};
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

const STARTS: usize = 5;

/// Looks at the memory after `rest`.
pub(crate) async fn measure(table: &mut Table, binary: &Path, rest: Duration) -> Result<()> {
    let mut stage = Stage::open(binary, 1, 1).await?;
    let (mut starts, mut stops) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        stops.push(stage.program.stop()?);
        starts.push(stage.program.start_again()?);
    }
    tokio::time::sleep(rest).await;
    let memory = mebibytes(stage.program.memory_bytes()?);
    table.row(
        format!("memory {} s after start, one account", rest.as_secs()),
        Bar { least: "40 MiB", then: "25 MiB" },
        memory,
        "resident",
    );
    let size = binary.metadata()?.len();
    table.row("binary", Bar { least: "45 MB", then: "35 MB" }, mebibytes(size), format!("{size} bytes"));
    table.row(
        "warm start until it answers",
        Bar { least: "0.2 s", then: "0.1 s" },
        time(middle(starts)),
        format!("the middle of {STARTS}; stopping took {}", time(middle(stops))),
    );
    Ok(())
}
