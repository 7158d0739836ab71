//! The same text is the same meaning.

use super::{number, run, with_numbers};
use crate::testing::{Fresh, for_each_database, increment, insert_number};
use crate::{Error, Result, Store, Tx};
use domain::{AccountId, ActorId, Host, ObjectId, Timestamp};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

fn read<T: Send + 'static>(store: &Store, verb: impl FnMut(&mut Tx) -> Result<T> + Send + 'static) -> T {
    store.read_blocking(verb).unwrap()
}

#[test]
fn parameters_are_bound_by_number_not_by_appearance() {
    for_each_database(|store| {
        let found = read(store, |tx| {
            tx.get(
                "SELECT CAST($3 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($1 AS TEXT)",
                &[&"one", &"two", &"three"],
                |row| Ok([row.get::<String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?]),
            )
        });
        assert_eq!(found, ["three", "one", "two", "one"]);
    });
}

#[test]
fn any_takes_lists() {
    for_each_database(|store| {
        store
            .write_blocking(|tx| {
                tx.batch("CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT)")?;
                for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
                    tx.execute("INSERT INTO thing (id, name) VALUES ($1, $2)", &[&id, &name])?;
                }
                Ok::<(), Error>(())
            })
            .unwrap();
        let by_id = |ids: Vec<AccountId>| {
            read(store, move |tx| {
                let sql = "SELECT id FROM thing WHERE name <> $1 AND id = ANY($2) ORDER BY id";
                tx.query(sql, &[&"c", &ids], |row| row.get::<i64>(0))
            })
        };
        assert_eq!(by_id(vec![AccountId(3), AccountId(2), AccountId(1)]), [1, 2]);
        assert_eq!(by_id(Vec::new()), [0_i64; 0]);
        let names = vec!["c".to_owned(), "a".to_owned(), "no".to_owned()];
        let found = read(store, move |tx| {
            let sql = "SELECT id FROM thing WHERE name = ANY($1) ORDER BY id";
            let left =
                tx.query("SELECT id FROM thing WHERE name <> ALL($1)", &[&names], |row| row.get::<i64>(0))?;
            Ok((tx.query(sql, &[&names], |row| row.get::<i64>(0))?, left))
        });
        assert_eq!(found, (vec![1, 3], vec![2]));
    });
}

#[test]
fn text_sorts_by_bytes_and_null_where_it_is_told() {
    for_each_database(|store| {
        store
            .write_blocking(|tx| {
                let table = "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT) /*strict*/;";
                tx.batch(&crate::dialect::migration(table, tx.dialect()))?;
                for (id, name) in [(1, Some("b")), (2, None), (3, Some("B")), (4, Some("ä")), (5, Some("a"))]
                {
                    tx.execute("INSERT INTO thing (id, name) VALUES ($1, $2)", &[&id, &name])?;
                }
                Ok::<(), Error>(())
            })
            .unwrap();
        let order = |sql: &'static str| read(store, move |tx| tx.query(sql, &[], |row| row.get::<i64>(0)));
        assert_eq!(order("SELECT id FROM thing ORDER BY name NULLS LAST"), [3, 5, 1, 4, 2]);
        assert_eq!(order("SELECT id FROM thing ORDER BY name DESC NULLS FIRST"), [2, 4, 1, 5, 3]);
    });
}

#[test]
fn every_kind_of_value_comes_back_as_it_went() {
    const ALL: &str = "SELECT number, wide, name, host, actor, truth, bytes, at_ms, none_ FROM thing";
    for_each_database(|store| {
        let actor = ActorId::parse("https://A.example/~Bob").unwrap();
        let given = actor.clone();
        store
            .write_blocking(move |tx| {
                let table =
                    "CREATE TABLE thing (number BIGINT, wide BIGINT, name TEXT, host TEXT, actor TEXT,
                    truth BIGINT, bytes BYTEA, at_ms BIGINT, none_ TEXT) /*strict*/;";
                tx.batch(&crate::dialect::migration(table, tx.dialect()))?;
                tx.execute(
                    "INSERT INTO thing (number, wide, name, host, actor, truth, bytes, at_ms, none_)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    &[
                        &-7_i32,
                        &i64::MAX,
                        &"naïve 🎶 'quoted' $1",
                        &Host::parse("b.example:81").unwrap(),
                        &given,
                        &true,
                        &vec![0_u8, 255],
                        &Timestamp(5),
                        &None::<ObjectId>,
                    ],
                )
            })
            .unwrap();
        read(store, move |tx| {
            tx.get(ALL, &[], |row| {
                assert_eq!((row.get::<i32>(0)?, row.get::<i64>(1)?), (-7, i64::MAX));
                assert_eq!(row.get::<String>(2)?, "naïve 🎶 'quoted' $1");
                assert_eq!(row.get::<Host>(3)?.as_str(), "b.example:81");
                assert_eq!(row.get::<ActorId>(4)?, actor);
                assert!(row.get::<bool>(5)?);
                assert_eq!(row.get::<Vec<u8>>(6)?, [0, 255]);
                assert_eq!(row.get::<Timestamp>(7)?, Timestamp(5));
                assert_eq!(row.get::<Option<ObjectId>>(8)?, None);
                assert!(matches!(row.get::<i64>(8), Err(Error::Corrupt(_))));
                assert!(matches!(row.get::<ActorId>(3), Err(Error::Corrupt(_))));
                assert!(matches!(row.get::<i64>(99), Err(Error::Corrupt(_))));
                Ok(())
            })
        });
    });
}

#[test]
fn a_truth_of_the_database_is_read_as_a_truth() {
    for_each_database(|store| {
        let found = read(store, |tx| {
            tx.get("SELECT EXISTS (SELECT 1 FROM setting), 1 = 2", &[], |row| Ok((row.get(0)?, row.get(1)?)))
        });
        assert_eq!(found, (true, false));
    });
}

#[test]
fn a_row_that_is_not_there_is_no_failed_statement() {
    for_each_database(|store| {
        with_numbers(store);
        store
            .write_blocking(|tx| {
                let missing = tx.get("SELECT value FROM number WHERE name = 1", &[], |row| row.get::<i64>(0));
                assert_eq!(missing, Err(Error::Missing));
                insert_number(tx, 1, 1)
            })
            .unwrap();
        assert_eq!(number(store, 1), Some(1));
    });
}

#[test]
fn what_a_statement_returns_is_read_and_what_it_does_is_done() {
    for_each_database(|store| {
        with_numbers(store);
        let found = store.write_blocking(|tx| {
            let sql = "INSERT INTO number (name, value) VALUES ($1, 1), ($2, 1) RETURNING name";
            tx.find(sql, &[&1, &2], |row| row.get::<i64>(0))
        });
        assert_eq!(found, Ok(Some(1)));
        assert_eq!((number(store, 1), number(store, 2)), (Some(1), Some(1)));
    });
}

#[test]
fn a_wrong_number_of_parameters_is_an_error() {
    for_each_database(|store| {
        let failed: Result<Option<i64>> =
            store.read_blocking(|tx| tx.find("SELECT CAST($1 AS BIGINT)", &[], |row| row.get(0)));
        assert!(failed.is_err());
        let failed: Result<Option<i64>> =
            store.read_blocking(|tx| tx.find("SELECT CAST($1 AS BIGINT)", &[&1, &2], |row| row.get(0)));
        assert!(failed.is_err());
    });
}

#[test]
fn who_asks_for_a_lock_waits_for_it() {
    for_each_database(|store| {
        with_numbers(store);
        run(async {
            // Reads, decides and writes: only right behind a lock.
            let tasks: Vec<_> = (0..40)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        store
                            .write(|tx| {
                                tx.lock("number")?;
                                let newest: i64 =
                                    tx.get("SELECT COALESCE(MAX(name), 0) FROM number", &[], |row| {
                                        row.get(0)
                                    })?;
                                insert_number(tx, newest + 1, 0)
                            })
                            .await
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        });
        assert_eq!(number(store, 40), Some(0));
    });
}

#[test]
fn verbs_that_block_each_other_are_run_again() {
    let Some(fresh) = Fresh::postgres(|_| ()) else { return };
    with_numbers(&fresh.store);
    for name in [1, 2] {
        fresh.store.write_blocking(move |tx| insert_number(tx, name, 0)).unwrap();
    }
    let barrier = Arc::new(Barrier::new(2));
    let crossing = |first: i64, second: i64| {
        let (store, barrier) = (fresh.store.clone(), Arc::clone(&barrier));
        let met = AtomicBool::new(false);
        std::thread::spawn(move || {
            store.write_blocking(move |tx| {
                increment(tx, first)?;
                if !met.swap(true, Ordering::SeqCst) {
                    barrier.wait();
                }
                increment(tx, second)
            })
        })
    };
    let (one, two) = (crossing(1, 2), crossing(2, 1));
    one.join().unwrap().unwrap();
    two.join().unwrap().unwrap();
    assert_eq!((number(&fresh.store, 1), number(&fresh.store, 2)), (Some(2), Some(2)));
}

/// N63
#[test]
fn a_connection_that_broke_is_made_again() {
    let Some(fresh) = Fresh::postgres(|_| ()) else { return };
    with_numbers(&fresh.store);
    let cut = "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for name in 0..20 {
        if name % 5 == 0 {
            read(&fresh.store, move |tx| tx.get(cut, &[], |row| row.get::<i64>(0)));
        }
        fresh.store.write_blocking(move |tx| insert_number(tx, name, 0)).unwrap();
    }
    let cut_off: Result<()> = fresh.store.write_blocking(|tx| {
        insert_number(tx, 50, 0)?;
        tx.query("SELECT pg_terminate_backend(pg_backend_pid())", &[], |_| Ok(())).map(drop)
    });
    assert!(matches!(cut_off, Err(Error::Unavailable(_))), "{cut_off:?}");
    assert_eq!(number(&fresh.store, 50), None);
    fresh.store.write_blocking(|tx| insert_number(tx, 50, 1)).unwrap();
}
