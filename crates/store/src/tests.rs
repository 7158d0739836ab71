//! What the engine promises, on both databases.

mod decoded;
mod lane;
mod opening;
mod search;
mod statements;
mod verbs;
mod whole;

use crate::testing::create_numbers;
use crate::{Error, Result, Store};

/// A store with a table `number`.
fn with_numbers(store: &Store) {
    store.write_blocking(create_numbers).unwrap();
}

fn number(store: &Store, name: i64) -> Option<i64> {
    store.read_blocking(move |tx| crate::testing::find_number(tx, name)).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// A verb's own error.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    No,
    Store(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

type Refused<T> = Result<T, Refusal>;
