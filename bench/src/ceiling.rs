//! What the machine can do at all, measured in the same run: the floor of
//! work below every row.

use crate::letters;
use crate::peers::Actor;
use crate::table::{Table, number, rate};
use activitypub::Activity;
use anyhow::Result;
use rusqlite::Connection;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wire::key::{Algorithm, SigningKey};

/// How long each is measured.
const WHILE: Duration = Duration::from_millis(700);
/// Rows that share a commit in the second measurement of the disk.
const SHARED: usize = 64;

/// What one core, and both, do in a second.
#[derive(Debug, Clone, Copy)]
struct Ceiling {
    one: f64,
    two: f64,
}

/// Measures all of them and writes them down.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let key = SigningKey::generate_rsa()?;
    let text = [7_u8; 300];
    let signature = key.sign(&text);
    let public = key.public();
    let sign = both(|| drop(black_box(key.sign(&text))));
    let verify =
        both(|| assert!(public.verifies(Algorithm::RsaSha256, &text, &signature), "a signature that holds"));
    let actor = Actor {
        id: "http://127.1.0.1:9000/users/u1".into(),
        name: "u1".into(),
        origin: "http://127.1.0.1:9000".into(),
        key: key.clone(),
    };
    let body = serde_json::to_vec(&letters::create(&actor, "1", None))?;
    let parse = both(|| {
        let json = activitypub::read(&body).expect("JSON of ours");
        black_box(Activity::parse(&json).expect("an activity of ours"));
    });
    let line = |name: &str, ceiling: Ceiling, table: &mut Table| {
        table.ceiling(name, format!("{}/s", rate(ceiling.one)), format!("{}/s", rate(ceiling.two)));
    };
    line("RSA-2048 signatures made", sign, table);
    line("RSA-2048 signatures checked", verify, table);
    line(&format!("a Create of {} bytes read", body.len()), parse, table);
    let (single, shared) = (commits(1)?, commits(SHARED)?);
    table.ceiling("durable SQLite commits of one row", format!("{}/s", rate(single)), String::new());
    table.ceiling(
        &format!("rows in durable commits of {SHARED}"),
        format!("{}/s", rate(shared)),
        String::new(),
    );
    let alone = 1.0 / (1.0 / verify.two + 2.0 / parse.two);
    table.ceiling("check once and read twice, nothing else", String::new(), format!("{}/s", rate(alone)));
    Ok(())
}

fn both(work: impl Fn() + Sync) -> Ceiling {
    let one = count(&work);
    let two = std::thread::scope(|scope| {
        let threads = [scope.spawn(|| count(&work)), scope.spawn(|| count(&work))];
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).sum()
    });
    Ceiling { one, two }
}

fn count(work: &impl Fn()) -> f64 {
    let begun = Instant::now();
    let mut done = 0;
    while begun.elapsed() < WHILE {
        work();
        done += 1;
    }
    number(done) / begun.elapsed().as_secs_f64()
}

/// Rows written in a second, so many to a commit, on the disk that the
/// server's folder is on.
fn commits(rows: usize) -> Result<f64> {
    let folder = tempfile::Builder::new().prefix("antiphon-bench-").tempdir()?;
    let connection = Connection::open(folder.path().join("rows.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000;
         CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
    )?;
    let text = "x".repeat(200);
    let begun = Instant::now();
    let mut done = 0;
    while begun.elapsed() < WHILE {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..rows {
            connection.prepare_cached("INSERT INTO line (text) VALUES (?1)")?.execute([&text])?;
        }
        connection.execute_batch("COMMIT")?;
        done += rows;
    }
    Ok(number(done) / begun.elapsed().as_secs_f64())
}
