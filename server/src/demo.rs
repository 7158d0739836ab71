//! `antiphon demo`: three servers in one process, four people on them, and
//! every message between them as it passes.
//!
//! The [story](story) says what is done and what must come of it; the
//! [stage](stage) is three real servers on loopback that know of each other
//! only what they are told over HTTP. Nothing here is played: an effect counts
//! when it is found on every side it concerns.

mod cast;
mod story;
mod stage;
mod deeds;
mod effects;
mod stranger;
mod traffic;
mod printer;
mod summary;

use crate::boot::StartError;
use crate::commands::Output;
use effects::Check;
use printer::{Colour, Printer};
use stage::Stage;
use std::io::{IsTerminal, Write, stdout};
use std::path::PathBuf;
use std::time::Duration;
use story::{Deed, STORY, Step};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;
use traffic::{Passed, Traffic};

/// How long all effects of one step may take together.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether they are there.
const GLANCE: Duration = Duration::from_millis(15);
/// How long someone who watches gets to read a step.
const READING_TIME: Duration = Duration::from_millis(300);
/// The exit status of what was interrupted, as shells count.
const INTERRUPTED: u8 = 130;
/// How often new messages are looked for after the story.
const IDLE_GLANCE: Duration = Duration::from_millis(250);

/// How the demonstration is run.
#[derive(Debug, Clone, clap::Args)]
pub struct DemoCommand {
    /// End after the last step; exit status 0 only if every effect happened
    #[arg(long)]
    pub once: bool,
    /// Keep the data of the three servers in this new folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

/// Why the demonstration broke off.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{0}")]
    Service(#[from] service::Error),
    #[error("{path}: {why}")]
    Folder { path: String, why: std::io::Error },
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Story(String),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Plays the story, sums it up, and lets people look around until they have seen enough.
pub async fn run(command: &DemoCommand, out: &mut (dyn Write + Send)) -> Output {
    match Box::pin(play(command, out)).await {
        Ok(Ending::Complete) => Output::default(),
        Ok(Ending::Lacking) => Output { code: 1, ..Output::default() },
        Ok(Ending::Interrupted) => Output { code: INTERRUPTED, ..Output::default() },
        Err(Error::Start(error)) if error.is_setting() => Output::misused(error),
        Err(error) => Output::failed(error),
    }
}

/// How the story ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Every effect happened.
    Complete,
    Lacking,
    /// Somebody had seen enough.
    Interrupted,
}

async fn play(command: &DemoCommand, out: &mut (dyn Write + Send)) -> Result<Ending> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut printer = Printer::new(out, if stdout().is_terminal() { Colour::Some } else { Colour::None });
    let pace = if command.once || !stdout().is_terminal() { Duration::ZERO } else { READING_TIME };
    let folder = stage::folder(command.keep.as_deref())?;
    let password = if command.once { None } else { Some(password()?) };
    let mut stage = Box::pin(Stage::open(folder.path(), password)).await?;
    let mut traffic = Traffic::default();
    let ended = tokio::select! {
        ended = Box::pin(perform(&mut stage, &mut traffic, &mut printer, pace)) => ended,
        _ = interrupt.recv() => Ok(Ending::Interrupted),
        _ = terminate.recv() => Ok(Ending::Interrupted),
    };
    if !command.once && matches!(ended, Ok(Ending::Complete | Ending::Lacking)) {
        tokio::select! {
            watched = Box::pin(watch(&stage, &mut traffic, &mut printer)) => watched?,
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    }
    stage.close().await;
    ended
}

/// Short enough to type, and good for as long as this runs.
fn password() -> Result<String> {
    Ok(service::keys::secret()?.chars().filter(char::is_ascii_alphanumeric).take(12).collect())
}

/// All steps, then the summary.
async fn perform(
    stage: &mut Stage,
    traffic: &mut Traffic,
    printer: &mut Printer<'_>,
    pace: Duration,
) -> Result<Ending> {
    printer.opening(stage)?;
    let mut score = summary::Score::default();
    let mut number = 0;
    for scene in STORY {
        printer.scene(scene.title)?;
        for step in scene.steps {
            number += 1;
            printer.step(number, step.says)?;
            let checks = Box::pin(one(stage, traffic, printer, step)).await?;
            printer.checks(&checks)?;
            score.count(number, &checks);
            tokio::time::sleep(pace).await;
        }
    }
    summary::print(stage, &score, printer).await?;
    printer.addresses(stage).await?;
    Ok(if score.is_complete() { Ending::Complete } else { Ending::Lacking })
}

/// One step: does it, shows what passes, and waits for what is expected.
async fn one(
    stage: &mut Stage,
    traffic: &mut Traffic,
    printer: &mut Printer<'_>,
    step: &Step,
) -> Result<Vec<Check>> {
    let deadline = Instant::now() + PATIENCE;
    if let Err(error) = Box::pin(deeds::perform(stage, step.does)).await {
        return Ok(vec![Check::failed("it can be done", &error)]);
    }
    if let (Deed::Forge(_), Some(reply)) = (step.does, &stage.reply) {
        printer.reply(reply)?;
    }
    let mut passed = Vec::new();
    loop {
        let still = traffic.is_still(stage).await?;
        show_new(stage, traffic, printer, &mut passed).await?;
        let late = Instant::now() > deadline;
        if still || late {
            let checks = Box::pin(effects::check(stage, step, &passed)).await?;
            // What a server writes on the side may come a moment after the rest.
            if late || checks.iter().all(Check::holds) {
                return Ok(checks);
            }
        }
        tokio::time::sleep(GLANCE).await;
    }
}

async fn show_new(
    stage: &Stage,
    traffic: &mut Traffic,
    printer: &mut Printer<'_>,
    passed: &mut Vec<Passed>,
) -> Result<()> {
    for entry in traffic.take(stage).await? {
        printer.passed(stage, &entry)?;
        passed.push(entry);
    }
    Ok(())
}

/// Shows what still passes. Ends only with an error.
async fn watch(stage: &Stage, traffic: &mut Traffic, printer: &mut Printer<'_>) -> Result<()> {
    printer.staying()?;
    loop {
        show_new(stage, traffic, printer, &mut Vec::new()).await?;
        tokio::time::sleep(IDLE_GLANCE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_did_not_happen_is_missing() {
        let folder = stage::folder(None).unwrap();
        let stage = Box::pin(Stage::open(folder.path(), None)).await.unwrap();
        let mut score = summary::Score::default();
        for (number, step) in (1..).zip(STORY.iter().flat_map(|scene| scene.steps).take(2)) {
            let checks = Box::pin(effects::check(&stage, step, &[])).await.unwrap();
            assert!(checks.len() == 3 && !checks.iter().any(Check::holds), "{checks:#?}");
            score.count(number, &checks);
        }
        assert!(!score.is_complete());
        stage.close().await;
    }
}
