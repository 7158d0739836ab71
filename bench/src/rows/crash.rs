//! `kill -9` under load: what was acknowledged is there after the restart, once.

use super::inbound::AUTHORS;
use crate::caller::{Connection, request, send_each};
use crate::stage::Stage;
use crate::table::{Bar, Table};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// How often the server is killed.
const KILLS: usize = 4;
/// Letters made for each time; the kill comes before the last is sent.
const LETTERS: usize = 8_000;
const CALLERS: usize = 32;
/// Hosts that follow alice.
const FOLLOWERS: usize = 10;
const WITHIN: Duration = Duration::from_secs(120);
const SERIES: [&str; KILLS] = ["k0-", "k1-", "k2-", "k3-"];
const NONE: Bar = Bar { least: "0", then: "0 on power loss" };

pub(crate) async fn measure(table: &mut Table, binary: &Path) -> Result<()> {
    let mut stage = Stage::open(binary, 1, AUTHORS).await?;
    stage.follow_authors(AUTHORS).await?;
    stage.gather_followers(FOLLOWERS).await?;
    stage.peers.clear();
    let (mut acknowledged, mut written) = (BTreeSet::new(), BTreeSet::new());
    for (round, series) in (1..).zip(SERIES) {
        // Sooner and later after the load began.
        let after = Duration::from_millis(250 * round);
        strike(&mut stage, series, after, &mut acknowledged, &mut written).await?;
    }
    ensure!(stage.rows()?.until_acted_upon(WITHIN).await?, "messages wait");
    posts(table, &stage, &acknowledged, &written)?;
    deliveries(table, &stage, &written).await
}

/// Load from both sides, and the kill in the middle of it.
async fn strike(
    stage: &mut Stage,
    series: &'static str,
    after: Duration,
    acknowledged: &mut BTreeSet<String>,
    written: &mut BTreeSet<String>,
) -> Result<()> {
    let (ids, requests) = stage.creates(AUTHORS, LETTERS, series, None).await?;
    let address = stage.program.address();
    let arriving = tokio::spawn(send_each(address, requests, CALLERS));
    let body = json!({"status": format!("Sung before the end of {series}."), "visibility": "public"});
    let post = request(
        "POST",
        "/api/v1/statuses",
        address,
        "application/json",
        Some(&stage.alice().token),
        Some(&body),
    );
    let writing = tokio::spawn(async move {
        let mut uris = Vec::new();
        let Ok(mut connection) = Connection::open(address).await else { return uris };
        while let Ok(answer) = connection.call(&post).await {
            let posted: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            uris.extend(posted.get("uri").and_then(Value::as_str).map(str::to_owned));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        uris
    });
    tokio::time::sleep(after).await;
    stage.program.kill()?;
    let sent = arriving.await??;
    acknowledged.extend(sent.taken().filter_map(|number| ids.get(number).cloned()));
    written.extend(writing.await?);
    stage.program.start_again()?;
    Ok(())
}

fn posts(
    table: &mut Table,
    stage: &Stage,
    acknowledged: &BTreeSet<String>,
    written: &BTreeSet<String>,
) -> Result<()> {
    let there = stage.rows()?.texts("SELECT object_id FROM post")?;
    let once: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    let twice = there.len() - once.len();
    let lost = |wanted: &BTreeSet<String>| wanted.iter().filter(|id| !once.contains(id.as_str())).count();
    let told = format!("{KILLS} kills; {twice} there twice");
    ensure!(!acknowledged.is_empty() && !written.is_empty(), "nothing was acknowledged before the kill");
    table.row(
        "activities acknowledged, then lost on `kill -9`",
        NONE,
        lost(acknowledged).to_string(),
        format!("of {}; {told}", acknowledged.len()),
    );
    table.row(
        "posts acknowledged, then lost on `kill -9`",
        NONE,
        lost(written).to_string(),
        format!("of {}; {told}", written.len()),
    );
    Ok(())
}

/// Each post comes to each follower's host; what was under way at a kill may
/// come again.
async fn deliveries(table: &mut Table, stage: &Stage, written: &BTreeSet<String>) -> Result<()> {
    let wanted = written.len() * FOLLOWERS;
    let missing = || {
        let mut came: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for arrival in stage.peers.arrivals() {
            came.entry(arrival.object).or_default().insert(arrival.host);
        }
        let had = |id: &String| came.get(id).map_or(0, BTreeSet::len);
        wanted - written.iter().map(had).sum::<usize>().min(wanted)
    };
    for _ in 0..WITHIN.as_secs() {
        if missing() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let again = stage.peers.arrived().saturating_sub(wanted);
    table.row(
        "deliveries of acknowledged posts lost on `kill -9`",
        NONE,
        missing().to_string(),
        format!("of {wanted}; {again} more were sent (again, or of posts whose answer was cut off)"),
    );
    Ok(())
}
