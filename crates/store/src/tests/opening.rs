//! Opening: whose database it is, its shape, its ids.

use super::{number, with_numbers};
use crate::engine::migrate_sqlite;
use crate::ids::Ids;
use crate::migrations::{self, Migration};
use crate::testing::{Fresh, NOW, for_each_fresh, insert_number, names};
use crate::tx::{Conn, Shared, Tx};
use crate::{Clock, Config, Database, Error, Store, backup, sqlite};
use domain::id::{first_at, time_of};
use domain::{Names, Timestamp};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const LATER: Migration =
    Migration { number: 9001, name: "later", text: "CREATE TABLE later (id BIGINT PRIMARY KEY) /*strict*/;" };

/// A connection to a file whose store is closed.
fn raw(fresh: &Fresh, path: &Path) -> Tx {
    connected(path, Arc::clone(fresh.store.names()), fresh.clock.clone())
}

fn connected(path: &Path, names: Arc<Names>, clock: Clock) -> Tx {
    let session = sqlite::Session::writer(path).unwrap();
    let shared = Shared {
        names,
        clock,
        ids: Ids::starting(0, 0, NOW).unwrap(),
        filters: crate::filter::Ready::default(),
        wishes: crate::wishes::Wishes::default(),
        posts: crate::decoded::Decoded::new(),
        accounts: crate::decoded::Decoded::new(),
    };
    let mut tx = Tx::new(Conn::Sqlite(session), Arc::new(shared));
    tx.start();
    tx
}

#[test]
fn a_database_keeps_its_rows_and_its_origin() {
    for_each_fresh(
        |_| (),
        |fresh| {
            with_numbers(&fresh.store);
            fresh.store.write_blocking(|tx| insert_number(tx, 1, 2)).unwrap();
            fresh.reopen();
            assert_eq!(number(&fresh.store, 1), Some(2));

            fresh.store.shut_down_blocking();
            let mut elsewhere = fresh.config.clone();
            elsewhere.names = names("https://there.example");
            let refused = Store::open(elsewhere).unwrap_err();
            let (stored, given) = ("https://here.example".to_owned(), "https://there.example".to_owned());
            assert_eq!(refused, Error::OtherOrigin { stored, given });
        },
    );
}

#[test]
fn a_folder_is_held_by_one_store() {
    let fresh = Fresh::sqlite(|_| ());
    let refused = Store::open(fresh.config.clone()).unwrap_err();
    assert!(matches!(refused, Error::Held(_)), "{refused}");
    fresh.store.write_blocking(|tx| tx.batch("SELECT 1")).unwrap();
}

#[test]
fn a_folder_is_free_once_its_store_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("antiphon.db");
    let config =
        Config::new(Database::Sqlite(file.clone()), names("https://here.example"), crate::Clock::manual(NOW));
    for _ in 0..3 {
        drop(Store::open(config.clone()).unwrap());
        assert!(!file.with_file_name("antiphon.db-wal").exists());
    }
}

/// N67
#[test]
fn ids_grow_across_a_restart_with_a_clock_set_back() {
    for_each_fresh(
        |_| (),
        |fresh| {
            let table = "CREATE TABLE thing (id BIGINT PRIMARY KEY) /*strict*/;";
            let make = move |tx: &mut Tx| {
                let id = tx.new_id();
                tx.execute("INSERT INTO thing (id) VALUES ($1)", &[&id])?;
                Ok::<i64, Error>(id)
            };
            fresh
                .store
                .write_blocking(move |tx| tx.batch(&crate::dialect::migration(table, tx.dialect())))
                .unwrap();
            let mut last = 0;
            for now in [NOW.0, NOW.0 - 3_600_000, NOW.0 - 7_200_000] {
                fresh.clock.set(Timestamp(now));
                for _ in 0..20 {
                    let id = fresh.store.write_blocking(make).unwrap();
                    assert!(id > last);
                    last = id;
                }
                fresh.reopen();
            }
            assert_eq!(time_of(last), NOW.0 + 2, "each restart uses up a millisecond and no more");
        },
    );
}

#[test]
fn a_hash_in_a_column_named_id_does_not_lead_the_clock_astray() {
    for_each_fresh(
        |_| (),
        |fresh| {
            let table = "CREATE TABLE thing (id BIGINT PRIMARY KEY) /*strict*/;";
            fresh
                .store
                .write_blocking(move |tx| {
                    tx.batch(&crate::dialect::migration(table, tx.dialect()))?;
                    tx.execute("INSERT INTO thing (id) VALUES ($1)", &[&(i64::MAX - 5)])
                })
                .unwrap();
            fresh.reopen();
            let id = fresh.store.write_blocking(|tx| Ok::<i64, Error>(tx.new_id())).unwrap();
            assert_eq!(time_of(id), NOW.0);
            let past = fresh.store.write_blocking(|tx| Ok::<i64, Error>(tx.id_at(Timestamp(1000)))).unwrap();
            assert!((first_at(1000)..first_at(1001)).contains(&past));
        },
    );
}

#[test]
fn a_copy_is_made_before_a_database_changes_its_shape() {
    let fresh = Fresh::sqlite(|_| ());
    with_numbers(&fresh.store);
    fresh.store.write_blocking(|tx| insert_number(tx, 1, 7)).unwrap();
    fresh.store.shut_down_blocking();
    let file = fresh.file().unwrap();
    let origin = fresh.config.names.origin();
    let all: Vec<Migration> = migrations::ALL.iter().copied().chain([LATER]).collect();

    migrate_sqlite(&mut raw(&fresh, &file), &file, &all, origin).unwrap();
    let copy = backup::copy_before(&file, 9001);
    let shape = |path: &Path| {
        let sql = "SELECT (SELECT value FROM number), (SELECT MAX(number) FROM migration)";
        raw(&fresh, path).get(sql, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))).unwrap()
    };
    assert_eq!(shape(&copy), (7, migrations::ALL.last().unwrap().number));
    assert_eq!(shape(&file), (7, 9001));

    std::fs::remove_file(&copy).unwrap();
    migrate_sqlite(&mut raw(&fresh, &file), &file, &all, origin).unwrap();
    assert!(!copy.exists(), "nothing was pending");

    let mut tx = raw(&fresh, &file);
    let known = migrations::ALL.last().unwrap().number;
    let refused = migrate_sqlite(&mut tx, &file, migrations::ALL, origin);
    assert_eq!(refused, Err(Error::TooNew { found: 9001, known }));
}

/// N65
#[test]
fn a_migration_that_fails_leaves_everything_as_it_was() {
    let fresh = Fresh::sqlite(|_| ());
    fresh.store.shut_down_blocking();
    let file = fresh.file().unwrap();
    let origin = fresh.config.names.origin();
    let broken = Migration { number: 9002, name: "broken", text: "CREATE TABLE account (id BIGINT);" };
    let all: Vec<Migration> = migrations::ALL.iter().copied().chain([LATER, broken]).collect();
    let failed = migrate_sqlite(&mut raw(&fresh, &file), &file, &all, origin);
    assert!(matches!(failed, Err(Error::Sqlite(_))), "{failed:?}");
    assert_eq!(migrate_sqlite(&mut raw(&fresh, &file), &file, migrations::ALL, origin), Ok(()));
}

/// Where the child of the next test migrates.
const CHILD: &str = "ANTIPHON_TEST_MIGRATING_CHILD";

const ENDLESS: Migration = Migration {
    number: 9002,
    name: "endless",
    text: "INSERT INTO later (id) WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000000)
           SELECT x FROM n;",
};

/// Not a test by itself: begins a migration that never ends, until it is killed.
#[test]
fn child_that_migrates() {
    let Ok(file) = std::env::var(CHILD) else { return };
    let file = Path::new(&file);
    let names = names("https://here.example");
    let mut tx = connected(file, Arc::clone(&names), Clock::manual(NOW));
    // What is written goes into the journal before the end.
    tx.batch("PRAGMA cache_size = 10").unwrap();
    let all: Vec<Migration> = migrations::ALL.iter().copied().chain([LATER, ENDLESS]).collect();
    let ended = migrate_sqlite(&mut tx, file, &all, names.origin());
    panic!("it was to be killed: {ended:?}");
}

/// N65
#[test]
fn a_migration_that_is_killed_in_the_middle_leaves_everything_as_it_was() {
    let mut fresh = Fresh::sqlite(|_| ());
    with_numbers(&fresh.store);
    fresh.store.write_blocking(|tx| insert_number(tx, 1, 7)).unwrap();
    fresh.store.shut_down_blocking();
    let file = fresh.file().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::opening::child_that_migrates"])
        .env(CHILD, &file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let journal = file.with_file_name("antiphon.db-wal");
    let began = Instant::now();
    while std::fs::metadata(&journal).map_or(0, |found| found.len()) < 1 << 20 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it was killed");
        assert!(began.elapsed() < Duration::from_secs(20), "it never began to write");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    fresh.reopen();
    assert_eq!(number(&fresh.store, 1), Some(7));
    let newest = fresh.store.read_blocking(|tx| tx.number("SELECT MAX(number) FROM migration")).unwrap();
    fresh.store.shut_down_blocking();
    // The first of the two may have been finished; the second was not.
    assert!(newest < ENDLESS.number, "{newest}");
    let all: Vec<Migration> = migrations::ALL.iter().copied().chain([LATER]).collect();
    let origin = fresh.config.names.origin();
    assert_eq!(migrate_sqlite(&mut raw(&fresh, &file), &file, &all, origin), Ok(()));
    let later = raw(&fresh, &file).number("SELECT COUNT(*) FROM later").unwrap();
    assert_eq!(later, 0, "nothing of what was begun is there");
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("antiphon.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    let config =
        Config::new(Database::Sqlite(file), names("https://here.example"), crate::Clock::manual(NOW));
    assert_eq!(Store::open(config).unwrap_err(), Error::NotOurs);
}

#[test]
fn a_file_that_is_no_database_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("antiphon.db");
    std::fs::write(&file, "hello ".repeat(1000)).unwrap();
    let config =
        Config::new(Database::Sqlite(file), names("https://here.example"), crate::Clock::manual(NOW));
    assert!(matches!(Store::open(config), Err(Error::Damaged(_))));
}

#[test]
fn a_server_that_is_not_there_is_said_at_once() {
    let database = Database::parse("postgres://nobody@127.0.0.1:1/none").unwrap();
    let config = Config::new(database, names("https://here.example"), crate::Clock::manual(NOW));
    assert!(matches!(Store::open(config), Err(Error::Unavailable(_))));
    assert!(matches!(Database::parse("mysql://x"), Err(Error::Setting(_))));
    assert_eq!(Database::parse("sqlite:a/b").unwrap(), Database::Sqlite("a/b".into()));
}

/// Writes over a part of each page from the second on, as a failing disk may.
fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    for page in bytes.chunks_mut(4096).skip(1) {
        page[..64].fill(0xa5);
    }
    std::fs::write(file, bytes).unwrap();
}

/// N64
#[test]
fn any_page_that_was_turned_over_is_found_at_the_start() {
    let fresh = Fresh::sqlite(|_| ());
    let Database::Sqlite(file) = fresh.config.database.clone() else { unreachable!() };
    with_numbers(&fresh.store);
    let many = |tx: &mut Tx| (0..2000).try_for_each(|name| insert_number(tx, name, name));
    fresh.store.write_blocking(many).unwrap();
    fresh.store.shut_down_blocking();
    let sound = std::fs::read(&file).unwrap();
    let pages = sound.len() / 4096;
    for page in (0..pages).step_by(1 + pages / 15) {
        let mut bytes = sound.clone();
        bytes.chunks_mut(4096).nth(page).unwrap().iter_mut().for_each(|byte| *byte = !*byte);
        std::fs::write(&file, bytes).unwrap();
        let refused = Store::open(fresh.config.clone()).unwrap_err();
        assert!(matches!(refused, Error::Damaged(_)), "page {page}: {refused}");
        assert!(refused.to_string().contains("antiphon restore FILE"), "{refused}");
    }
    std::fs::write(&file, sound).unwrap();
    let store = Store::open(fresh.config.clone()).unwrap();
    assert_eq!(number(&store, 1999), Some(1999));
    store.shut_down_blocking();
}

/// N64
#[test]
fn a_damaged_database_is_refused_with_the_way_back_and_a_copy_restores_it() {
    let fresh = Fresh::sqlite(|_| ());
    let Database::Sqlite(file) = fresh.config.database.clone() else { unreachable!() };
    with_numbers(&fresh.store);
    fresh.store.write_blocking(|tx| insert_number(tx, 1, 2)).unwrap();
    let copy = file.with_file_name("copy.db");
    backup::copy(&file, &copy).unwrap();

    let held = Store::restore(&fresh.config, &copy).unwrap_err();
    assert!(matches!(held, Error::Held(_)), "{held}");

    fresh.store.shut_down_blocking();
    damage(&file);
    let refused = Store::open(fresh.config.clone()).unwrap_err();
    assert!(matches!(refused, Error::Damaged(_)), "{refused}");
    assert!(refused.to_string().contains("antiphon restore FILE"), "{refused}");

    let kept = Store::restore(&fresh.config, &copy).unwrap().unwrap();
    assert!(kept.exists());
    let store = Store::open(fresh.config.clone()).unwrap();
    assert_eq!(number(&store, 1), Some(2));
    store.shut_down_blocking();
}

#[test]
fn only_a_sound_copy_of_ours_is_restored() {
    let fresh = Fresh::sqlite(|_| ());
    let Database::Sqlite(file) = fresh.config.database.clone() else { unreachable!() };
    with_numbers(&fresh.store);
    fresh.store.write_blocking(|tx| insert_number(tx, 1, 2)).unwrap();
    let (copy, foreign) = (file.with_file_name("copy.db"), file.with_file_name("foreign.db"));
    backup::copy(&file, &copy).unwrap();
    damage(&copy);
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    fresh.store.shut_down_blocking();
    for (wrong, why) in
        [(&copy, "damaged"), (&foreign, "another program"), (&file.with_file_name("none"), "no such file")]
    {
        let refused = Store::restore(&fresh.config, wrong).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
    let store = Store::open(fresh.config.clone()).unwrap();
    assert_eq!(number(&store, 1), Some(2));
    store.shut_down_blocking();
}

/// N64
#[test]
fn a_journal_cut_short_loses_only_what_was_cut() {
    let fresh = Fresh::sqlite(|_| ());
    let Database::Sqlite(file) = fresh.config.database.clone() else { unreachable!() };
    with_numbers(&fresh.store);
    fresh.store.write_blocking(|tx| insert_number(tx, 1, 2)).unwrap();
    // As the machine's end would leave it: the files while the store has them open.
    let elsewhere = file.parent().unwrap().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    for name in ["antiphon.db", "antiphon.db-wal"] {
        std::fs::copy(file.with_file_name(name), elsewhere.join(name)).unwrap();
    }
    let journal = std::fs::File::options().write(true).open(elsewhere.join("antiphon.db-wal")).unwrap();
    let length = journal.metadata().unwrap().len();
    journal.set_len(length - 100).unwrap();
    let mut config = fresh.config.clone();
    config.database = Database::Sqlite(elsewhere.join("antiphon.db"));
    let store = Store::open(config).unwrap();
    store.write_blocking(|tx| tx.batch("SELECT 1")).unwrap();
    store.shut_down_blocking();
}
