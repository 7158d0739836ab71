//! Backups, many callers at once, and a process that is killed.

use super::{number, run, with_numbers};
use crate::dialect::Dialect;
use crate::testing::{Fresh, NOW, for_each_database, increment, insert_number, names};
use crate::{Clock, Config, Database, Error, Store};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// N66
#[test]
fn a_backup_is_a_whole_database_of_one_moment() {
    let fresh = Fresh::sqlite(|_| ());
    with_numbers(&fresh.store);
    for name in 0..100 {
        fresh.store.write_blocking(move |tx| insert_number(tx, name, 3)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy.db");
    run(fresh.store.backup(to.clone())).unwrap();
    let config = Config::new(Database::Sqlite(to), names("https://here.example"), Clock::manual(NOW));
    let copy = Store::open(config).unwrap();
    assert_eq!((number(&copy, 0), number(&copy, 99)), (Some(3), Some(3)));
}

/// N66
#[test]
fn a_backup_made_while_others_write_is_of_one_moment_too() {
    let fresh = Fresh::sqlite(|_| ());
    with_numbers(&fresh.store);
    fresh.store.write_blocking(|tx| insert_number(tx, 1, 0)).unwrap();
    fresh.store.write_blocking(|tx| insert_number(tx, 2, 0)).unwrap();
    let ending = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let (store, ending) = (fresh.store.clone(), Arc::clone(&ending));
            std::thread::spawn(move || {
                while !ending.load(Ordering::Relaxed) {
                    let both = |tx: &mut crate::Tx| increment(tx, 1).and_then(|()| increment(tx, 2));
                    store.write_blocking(both).unwrap();
                }
            })
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let mut before = Some(0);
    for copy in 0..5 {
        while number(&fresh.store, 2) <= before {
            std::thread::yield_now();
        }
        let to = folder.path().join(format!("copy{copy}.db"));
        run(fresh.store.backup(to.clone())).unwrap();
        let config = Config::new(Database::Sqlite(to), names("https://here.example"), Clock::manual(NOW));
        let copy = Store::open(config).unwrap();
        let (one, other) = (number(&copy, 1), number(&copy, 2));
        assert_eq!(one, other);
        assert!(other > before, "what was there when it began is in it");
        before = number(&fresh.store, 2);
    }
    ending.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.join().unwrap();
    }
}

/// N62: what a test can see of it; that a disk keeps its word it cannot.
#[test]
fn a_commit_is_on_the_disk_before_anybody_is_told() {
    for_each_database(|store| {
        let read = |tx: &mut crate::Tx| match tx.dialect() {
            Dialect::Sqlite => tx.number("PRAGMA synchronous").map(|level| level.to_string()),
            Dialect::Postgres => {
                tx.get("SELECT current_setting('synchronous_commit')", &[], |row| row.get(0))
            }
        };
        let told = store.write_blocking(read).unwrap();
        assert!(["2", "on"].contains(&told.as_str()), "{told}: 2 is FULL");
    });
}

#[test]
fn a_backup_of_postgresql_is_not_ours_to_make() {
    let Some(fresh) = Fresh::postgres(|_| ()) else { return };
    let refused = run(fresh.store.backup("/nowhere/copy.db".into()));
    assert_eq!(refused, Err(Error::Unsupported("a backup")));
}

#[test]
fn a_store_is_opened_used_and_closed_inside_a_runtime() {
    run(async {
        for_each_database(|store| {
            with_numbers(store);
            store.write_blocking(|tx| insert_number(tx, 1, 1)).unwrap();
            assert_eq!(number(store, 1), Some(1));
        });
    });
}

/// A folder on a file system of 6 megabytes. Where none is named, the test is
/// run once more with one of its own, if the system lets anybody mount one.
const SMALL_DISK: &str = "ANTIPHON_TEST_SMALL_DISK";

/// Runs a test of this crate with a small disk.
fn run_with_small_disk(test: &str) {
    const MOUNTED: &str = r#"mount -t tmpfs -o size=6m tmpfs "$ANTIPHON_TEST_SMALL_DISK" || exit 99
        exec "$0" --exact "$1" --nocapture"#;
    let folder = tempfile::tempdir().unwrap();
    let tried = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED])
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env(SMALL_DISK, folder.path())
        .output();
    match tried {
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}", String::from_utf8_lossy(&output.stderr))
        }
        Ok(output) if output.status.success() => {
            assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{test} is no test");
        }
        _ => eprintln!("skipped: {SMALL_DISK} is not set, and nothing can be mounted here"),
    }
}

/// N61
#[test]
fn a_disk_that_fills_up_loses_nothing_acknowledged_and_nothing_afterwards() {
    let Ok(folder) = std::env::var(SMALL_DISK) else {
        run_with_small_disk(
            "tests::whole::a_disk_that_fills_up_loses_nothing_acknowledged_and_nothing_afterwards",
        );
        return;
    };
    let dir = tempfile::tempdir_in(folder).unwrap();
    let ballast = dir.path().join("ballast");
    // Once it is gone, what is in the log also fits into the database.
    std::fs::write(&ballast, vec![0_u8; 7 << 19]).unwrap();
    let config = Config::new(
        Database::Sqlite(dir.path().join("antiphon.db")),
        names("https://here.example"),
        Clock::manual(NOW),
    );
    let store = Store::open(config.clone()).unwrap();
    store.write_blocking(|tx| tx.batch("CREATE TABLE heap (id BIGINT PRIMARY KEY, bytes BLOB)")).unwrap();
    let heap = |store: &Store, id: i64| {
        let insert = "INSERT INTO heap (id, bytes) VALUES ($1, $2)";
        store.write_blocking(move |tx| tx.execute(insert, &[&id, &vec![7_u8; 20_000]]))
    };
    let callers: Vec<_> = (0..8_i64)
        .map(|caller| {
            let store = store.clone();
            std::thread::spawn(move || {
                let first = caller * 10_000;
                let refused =
                    |id: &i64| heap(&store, *id).inspect_err(|why| assert_eq!(*why, Error::Full)).is_err();
                let end = (first..first + 10_000).find(refused);
                first..end.unwrap()
            })
        })
        .collect();
    let acknowledged: Vec<i64> = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
    std::fs::remove_file(ballast).unwrap();
    heap(&store, 1_000_000).unwrap();
    drop(store);

    let store = Store::open(config).unwrap();
    let kept =
        store.read_blocking(|tx| tx.query("SELECT id FROM heap", &[], |row| row.get::<i64>(0))).unwrap();
    assert!(acknowledged.len() > 20);
    assert!(acknowledged.iter().all(|id| kept.contains(id)));
    assert_eq!(kept.len(), acknowledged.len() + 1, "what was refused is not there");
}

/// Where the child of the next test writes.
const CHILD: &str = "ANTIPHON_TEST_KILLED_CHILD";

/// Not a test by itself: writes numbers and says each that was acknowledged,
/// until it is killed.
#[test]
fn child_that_is_killed() {
    let Ok(file) = std::env::var(CHILD) else { return };
    let config = Config::new(Database::Sqlite(file.into()), names("https://here.example"), Clock::system());
    let store = Store::open(config).unwrap();
    with_numbers(&store);
    run(async {
        for caller in 0..16_i64 {
            let store = store.clone();
            tokio::spawn(async move {
                for name in (caller << 32).. {
                    store.write(move |tx| insert_number(tx, name, 1)).await.unwrap();
                    eprintln!("acknowledged {name}");
                }
            });
        }
        std::future::pending::<()>().await;
    });
}

/// K01, K03
#[test]
fn what_was_acknowledged_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("antiphon.db");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::whole::child_that_is_killed", "--nocapture"])
        .env(CHILD, &file)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let name = |line: std::io::Result<String>| -> Option<i64> {
        line.ok()?.strip_prefix("acknowledged ")?.parse().ok()
    };
    let mut acknowledged: Vec<i64> = lines.by_ref().filter_map(name).take(300).collect();
    child.kill().unwrap();
    acknowledged.extend(lines.filter_map(name));
    child.wait().unwrap();

    let config = Config::new(Database::Sqlite(file), names("https://here.example"), Clock::system());
    let store = Store::open(config).unwrap();
    assert!(acknowledged.len() >= 300);
    let lost: Vec<_> = acknowledged.iter().filter(|name| number(&store, **name) != Some(1)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}
