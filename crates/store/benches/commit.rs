//! Durable single-row commits and point reads a second, on SQLite and, where
//! `ANTIPHON_TEST_POSTGRES` names a server, on PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use store::Store;
use store::testing::{Fresh, create_numbers, find_number, insert_number};

/// How many callers wait at once.
const CALLERS: usize = 64;

const TIME: Duration = Duration::from_secs(5);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let fresh = [("sqlite", Some(Fresh::sqlite(|_| ()))), ("postgresql", Fresh::postgres(|_| ()))];
    for (name, fresh) in fresh {
        let Some(fresh) = fresh else { continue };
        fresh.store.write_blocking(create_numbers).expect("a table");
        let next = Arc::new(AtomicI64::new(0));
        let made = Arc::clone(&next);
        let commits = runtime.block_on(rate(&fresh.store, move |store| {
            let name = made.fetch_add(1, Ordering::Relaxed);
            async move {
                store.write(move |tx| insert_number(tx, name, name)).await.expect("a commit");
            }
        }));
        let stats = fresh.store.stats();
        let rows = next.load(Ordering::Relaxed).min(10_000);
        let reads = runtime.block_on(rate(&fresh.store, move |store| {
            let name = next.fetch_add(7919, Ordering::Relaxed) % rows;
            async move {
                let found = store.read(move |tx| find_number(tx, name)).await.expect("a read");
                assert_eq!(found, Some(name));
            }
        }));
        eprintln!(
            "{name}: {commits} durable single-row verbs/s from {CALLERS} callers, {reads} point reads/s"
        );
        eprintln!("{name}: {} verbs in {} commits", stats.verbs, stats.commits);
    }
}

/// How often a second `step` is done by all callers together.
async fn rate<F>(store: &Store, step: impl Fn(Store) -> F + Clone + Send + 'static) -> usize
where
    F: Future<Output = ()> + Send,
{
    let begun = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (store, step) = (store.clone(), step.clone());
            tokio::spawn(async move {
                let mut done = 0;
                while begun.elapsed() < TIME {
                    step(store.clone()).await;
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done: usize = 0;
    for caller in callers {
        done += caller.await.expect("no panic");
    }
    done * 1000 / usize::try_from(begun.elapsed().as_millis()).expect("a short time")
}
