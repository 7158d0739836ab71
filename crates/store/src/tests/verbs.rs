//! Verbs are whole: kept or undone, one at a time or together.

use super::{Refusal, Refused, number, run, with_numbers};
use crate::testing::{Fresh, for_each_database, for_each_fresh, increment, insert_number, limit_growth};
use crate::{Error, Store, Tx};
use domain::{Event, PostId};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Holds the only writer until the sender is dropped, so that what is asked
/// meanwhile shares one batch. Returns once it holds.
fn hold_the_writer(store: &Store) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let (holding, holds) = mpsc::channel();
    let store = store.clone();
    std::thread::spawn(move || {
        let held = std::sync::Mutex::new(held);
        store.write_blocking(move |_: &mut Tx| {
            holding.send(()).ok();
            held.lock().unwrap().recv().ok();
            Ok::<(), Error>(())
        })
    });
    holds.recv().unwrap();
    release
}

fn wait_until_queued(store: &Store, verbs: usize) {
    while store.stats().waiting_foreground + store.stats().waiting_background < verbs {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn what_was_answered_is_seen() {
    for_each_database(|store| {
        with_numbers(store);
        for name in 0..50 {
            store.write_blocking(move |tx| insert_number(tx, name, name * 2)).unwrap();
            assert_eq!(number(store, name), Some(name * 2));
        }
    });
}

#[test]
fn an_err_undoes_its_verb_and_no_other() {
    for_each_database(|store| {
        with_numbers(store);
        let release = hold_the_writer(store);
        let asked: Vec<_> = (0..30)
            .map(|name| {
                let store = store.clone();
                std::thread::spawn(move || {
                    store.write_blocking(move |tx| -> Refused<()> {
                        insert_number(tx, name, 1)?;
                        if name % 3 == 0 { Err(Refusal::No) } else { Ok(()) }
                    })
                })
            })
            .collect();
        drop(release);
        for (name, asked) in (0..).zip(asked) {
            let refused = name % 3 == 0;
            assert_eq!(asked.join().unwrap(), if refused { Err(Refusal::No) } else { Ok(()) });
            assert_eq!(number(store, name), if refused { None } else { Some(1) });
        }
    });
}

/// Runs verbs in one batch, of which one is refused; how often verbs were run.
fn runs_with_a_refusal(store: &Store, writes_before: bool) -> usize {
    with_numbers(store);
    let runs = Arc::new(AtomicUsize::new(0));
    let release = hold_the_writer(store);
    let asked: Vec<_> = (0..20)
        .map(|name| {
            let (store, runs) = (store.clone(), Arc::clone(&runs));
            std::thread::spawn(move || {
                store.write_blocking(move |tx| -> Refused<()> {
                    runs.fetch_add(1, Ordering::SeqCst);
                    if name != 7 || writes_before {
                        insert_number(tx, name, 1)?;
                    }
                    if name == 7 { Err(Refusal::No) } else { Ok(()) }
                })
            })
        })
        .collect();
    wait_until_queued(store, 20);
    drop(release);
    for (name, asked) in (0..).zip(asked) {
        let refused = name == 7;
        assert_eq!(asked.join().unwrap(), if refused { Err(Refusal::No) } else { Ok(()) });
        assert_eq!(number(store, name), if refused { None } else { Some(1) });
    }
    runs.load(Ordering::SeqCst)
}

#[test]
fn a_refusal_that_wrote_nothing_costs_the_others_nothing() {
    let fresh = Fresh::sqlite(|_| ());
    assert_eq!(runs_with_a_refusal(&fresh.store, false), 20);
}

#[test]
fn one_that_wrote_is_undone_alone_and_the_others_are_run_again_once() {
    let fresh = Fresh::sqlite(|_| ());
    let runs = runs_with_a_refusal(&fresh.store, true);
    assert!((21..=40).contains(&runs), "{runs}");
}

#[test]
fn a_panic_is_one_verbs_own() {
    for_each_database(|store| {
        with_numbers(store);
        let failed: Result<(), Error> = store.write_blocking(|tx| {
            insert_number(tx, 1, 1)?;
            panic!("of the verb");
        });
        assert_eq!(failed, Err(Error::Panicked("of the verb".to_owned())));
        let failed: Result<(), Error> = store.read_blocking(|_| panic!("of a {}", "read"));
        assert_eq!(failed, Err(Error::Panicked("of a read".to_owned())));
        assert_eq!(number(store, 1), None);
        store.write_blocking(|tx| insert_number(tx, 1, 2)).unwrap();
        assert_eq!(number(store, 1), Some(2));
    });
}

#[test]
fn a_failed_statement_poisons_the_transaction() {
    for_each_database(|store| {
        with_numbers(store);
        store.write_blocking(|tx| insert_number(tx, 1, 1)).unwrap();
        let swallowed: Result<(), Error> = store.write_blocking(|tx| {
            insert_number(tx, 2, 2)?;
            assert!(matches!(insert_number(tx, 1, 1), Err(Error::Conflict(_))));
            assert_eq!(insert_number(tx, 3, 3), Err(Error::Poisoned));
            Ok(())
        });
        assert!(matches!(swallowed, Err(Error::Conflict(_))), "{swallowed:?}");
        assert_eq!((number(store, 2), number(store, 3)), (None, None));
    });
}

#[test]
fn two_hundred_concurrent_increments_all_count() {
    for_each_database(|store| {
        with_numbers(store);
        store.write_blocking(|tx| insert_number(tx, 1, 0)).unwrap();
        run(async {
            let tasks: Vec<_> = (0..200)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move { store.write(|tx| increment(tx, 1)).await })
                })
                .collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        });
        assert_eq!(number(store, 1), Some(200));
    });
}

#[test]
fn waiting_verbs_share_a_commit() {
    let fresh = Fresh::sqlite(|_| ());
    let store = &fresh.store;
    with_numbers(store);
    let release = hold_the_writer(store);
    let before = store.stats();
    let asked: Vec<_> = (0..40)
        .map(|name| {
            let store = store.clone();
            std::thread::spawn(move || store.write_blocking(move |tx| insert_number(tx, name, 0)))
        })
        .collect();
    wait_until_queued(store, 40);
    drop(release);
    for asked in asked {
        asked.join().unwrap().unwrap();
    }
    let after = store.stats();
    assert_eq!(after.verbs - before.verbs, 41);
    assert!(after.commits - before.commits <= 4, "{before:?} {after:?}");
}

#[test]
fn news_goes_out_after_the_commit_in_order_and_not_of_what_was_undone() {
    for_each_database(|store| {
        let mut heard = store.subscribe();
        for id in 0..20 {
            let told: Refused<()> = store.write_blocking(move |tx| {
                tx.tell(Event::Posted(PostId(id)));
                tx.tell(Event::Edited(PostId(id)));
                if id % 2 == 0 { Ok(()) } else { Err(Refusal::No) }
            });
            assert_eq!(told.is_ok(), id % 2 == 0);
        }
        for id in (0..20).filter(|id| id % 2 == 0) {
            assert_eq!(heard.try_recv().unwrap(), Event::Posted(PostId(id)));
            assert_eq!(heard.try_recv().unwrap(), Event::Edited(PostId(id)));
        }
        assert!(heard.try_recv().is_err());
    });
}

/// N63
#[test]
fn a_database_that_another_program_holds_is_said_and_passes() {
    let fresh = Fresh::sqlite(|_| ());
    let store = &fresh.store;
    with_numbers(store);
    store.write_blocking(|tx| tx.number("PRAGMA busy_timeout = 100").map(drop)).unwrap();
    let other = rusqlite::Connection::open(fresh.file().unwrap()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.write_blocking(|tx| insert_number(tx, 1, 0)).unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)) && refused.is_temporary(), "{refused}");
    assert_eq!(number(store, 1), None, "reads go on");
    other.execute_batch("ROLLBACK").unwrap();
    store.write_blocking(|tx| insert_number(tx, 1, 0)).unwrap();
    assert_eq!(number(store, 1), Some(0));
}

/// N63
#[test]
fn a_full_queue_says_so_at_once() {
    let tune = |config: &mut crate::Config| {
        config.postgres_connections = 2;
        config.foreground_bound = 2;
        config.background_bound = 1;
    };
    for_each_fresh(tune, |fresh| {
        let store = &fresh.store;
        with_numbers(store);
        let release = hold_the_writer(store);
        run(async {
            let tasks: Vec<_> = (0..2)
                .map(|name| {
                    let store = store.clone();
                    tokio::spawn(async move { store.write(move |tx| insert_number(tx, name, 0)).await })
                })
                .collect();
            while store.stats().waiting_foreground < 2 {
                tokio::task::yield_now().await;
            }
            assert_eq!(store.write(|tx| insert_number(tx, 9, 0)).await, Err(Error::Busy));
            let background = store.clone();
            let background =
                tokio::spawn(async move { background.write_background(|tx| insert_number(tx, 8, 0)).await });
            while store.stats().waiting_background < 1 {
                tokio::task::yield_now().await;
            }
            assert_eq!(store.write_background(|tx| insert_number(tx, 9, 0)).await, Err(Error::Busy));
            drop(release);
            for task in tasks {
                task.await.unwrap().unwrap();
            }
            background.await.unwrap().unwrap();
        });
        assert_eq!((number(store, 8), number(store, 9)), (Some(0), None));
    });
}

#[test]
fn a_caller_that_goes_away_does_not_undo_its_verb() {
    for_each_fresh(
        |config| config.postgres_connections = 2,
        |fresh| {
            let store = &fresh.store;
            with_numbers(store);
            let release = hold_the_writer(store);
            run(async {
                let caller = store.clone();
                let caller = tokio::spawn(async move { caller.write(|tx| insert_number(tx, 1, 1)).await });
                while store.stats().waiting_foreground < 1 {
                    tokio::task::yield_now().await;
                }
                caller.abort();
                assert!(caller.await.unwrap_err().is_cancelled());
            });
            drop(release);
            fresh.store.write_blocking(|_: &mut Tx| Ok::<(), Error>(())).unwrap();
            assert_eq!(number(&fresh.store, 1), Some(1));
        },
    );
}

#[test]
fn a_read_cannot_write() {
    for_each_database(|store| {
        with_numbers(store);
        assert_eq!(store.read_blocking(|tx| insert_number(tx, 1, 1)), Err(Error::ReadOnly));
        assert_eq!(number(store, 1), None);
    });
}

/// N61
#[test]
fn a_full_disk_is_one_verbs_own_and_passes() {
    let fresh = Fresh::sqlite(|_| ());
    let store = &fresh.store;
    with_numbers(store);
    store.write_blocking(|tx| tx.batch("CREATE TABLE heap (bytes BLOB)")).unwrap();
    for name in 0..20 {
        store.write_blocking(move |tx| insert_number(tx, name, 0)).unwrap();
    }
    limit_growth(store, Some(3)).unwrap();
    let much = |tx: &mut Tx| tx.execute("INSERT INTO heap (bytes) VALUES ($1)", &[&vec![7_u8; 1 << 20]]);
    let release = hold_the_writer(store);
    let asked: Vec<_> = (0..20)
        .map(|name| {
            let store = store.clone();
            std::thread::spawn(move || store.write_blocking(move |tx| increment(tx, name)))
        })
        .collect();
    wait_until_queued(store, 10);
    let large = std::thread::spawn({
        let store = store.clone();
        move || store.write_blocking(much)
    });
    wait_until_queued(store, 21);
    drop(release);
    assert_eq!(large.join().unwrap(), Err(Error::Full));
    for asked in asked {
        asked.join().unwrap().unwrap();
    }
    assert!((0..20).all(|name| number(store, name) == Some(1)));
    limit_growth(store, None).unwrap();
    assert_eq!(store.write_blocking(much), Ok(1));
}

#[test]
fn work_that_waits_is_finished_before_the_end() {
    for_each_fresh(
        |config| config.postgres_connections = 2,
        |fresh| {
            with_numbers(&fresh.store);
            let release = hold_the_writer(&fresh.store);
            let asked: Vec<_> = (0..5)
                .map(|name| {
                    let store = fresh.store.clone();
                    std::thread::spawn(move || store.write_blocking(move |tx| insert_number(tx, name, 1)))
                })
                .collect();
            wait_until_queued(&fresh.store, 5);
            let ending = std::thread::spawn({
                let store = fresh.store.clone();
                move || run(store.shut_down())
            });
            // Reads are the last to be refused, and none of them waits for the writer.
            while fresh.store.read_blocking(|_| Ok::<(), Error>(())) != Err(Error::Closed) {
                std::thread::yield_now();
            }
            assert_eq!(fresh.store.write_blocking(|tx| insert_number(tx, 9, 1)), Err(Error::Closed));
            drop(release);
            ending.join().unwrap();
            for asked in asked {
                asked.join().unwrap().unwrap();
            }
            fresh.reopen();
            assert!((0..5).all(|name| number(&fresh.store, name) == Some(1)));
        },
    );
}
