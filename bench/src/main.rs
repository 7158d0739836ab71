//! Measures a server from outside: starts it in a folder of its own, plays its
//! peers and its people on loopback, and prints what it did beside the bar and
//! beside what the machine can do at all. Not part of the product.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a measurement tells its result")]

mod caller;
mod ceiling;
mod database;
mod letters;
mod peers;
mod program;
mod rows;
mod stage;
mod table;

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use std::path::{Path, PathBuf};
use std::time::Duration;
use table::Table;

/// Measures the rows of the table, one after the other.
#[derive(Debug, Parser)]
struct Wanted {
    /// Which; all, where none is named
    rows: Vec<Row>,
    /// The server's binary; else the one beside this program
    #[arg(long)]
    server: Option<PathBuf>,
    /// How many posts arrive
    #[arg(long, default_value_t = 10_000)]
    count: usize,
    /// How many posts are in the store at last where home is read
    #[arg(long, default_value_t = 10_000)]
    posts: usize,
    /// Seconds from the start until the memory is looked at
    #[arg(long, default_value_t = 60)]
    rest: u64,
    /// Local followers of each author in `create-many`
    #[arg(long, default_value_t = 20)]
    followers: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Row {
    /// What the machine can do
    Ceiling,
    /// Posts of known authors arrive
    Create,
    /// The same with many local followers
    CreateMany,
    /// Posts go out
    Deliver,
    /// Unknown actors ask to follow
    Follow,
    /// People read
    Read,
    /// Memory, size, time to start
    Footprint,
    /// Killed under load
    Crash,
}

fn main() -> Result<()> {
    let mut wanted = Wanted::parse();
    if wanted.rows.is_empty() {
        wanted.rows = Row::value_variants().to_vec();
    }
    let binary = wanted.server.clone().map_or_else(beside_us, Ok)?;
    ensure!(binary.is_file(), "{} is not there: cargo build --release -p server", binary.display());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (table, failed) = runtime.block_on(measure(&wanted, &binary));
    // Hosts that hang would be waited for.
    runtime.shutdown_background();
    println!("{table}");
    ensure!(failed == 0, "{failed} rows could not be measured");
    Ok(())
}

fn beside_us() -> Result<PathBuf> {
    let us = std::env::current_exe()?;
    Ok(us.parent().context("a program lies in a folder")?.join("antiphon"))
}

/// All rows that can be measured, and how many could not.
async fn measure(wanted: &Wanted, binary: &Path) -> (Table, usize) {
    let mut table = Table::default();
    let mut failed = 0;
    for row in &wanted.rows {
        if let Err(error) = Box::pin(measure_row(*row, wanted, binary, &mut table)).await {
            eprintln!("{row:?}: {error:#}");
            failed += 1;
        }
    }
    (table, failed)
}

async fn measure_row(row: Row, wanted: &Wanted, binary: &Path, table: &mut Table) -> Result<()> {
    match row {
        Row::Ceiling => ceiling::measure(table),
        Row::Create => rows::inbound::measure(table, binary, 1, wanted.count).await,
        Row::CreateMany => rows::inbound::measure(table, binary, wanted.followers, wanted.count).await,
        Row::Deliver => rows::deliver::measure(table, binary).await,
        Row::Follow => rows::follow::measure(table, binary, 1_000).await,
        Row::Read => rows::read::measure(table, binary, wanted.posts).await,
        Row::Footprint => rows::footprint::measure(table, binary, Duration::from_secs(wanted.rest)).await,
        Row::Crash => rows::crash::measure(table, binary).await,
    }
}
