//! A verb on its way through the store, whatever it returns.

use crate::error::{Error, Result};
use crate::tx::Tx;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// What is to become of what a verb wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// What the threads know of a verb.
pub(crate) trait Job: Send {
    /// Runs it, perhaps again. What it returns is kept until [`Job::answer`].
    fn run(&mut self, tx: &mut Tx) -> Verdict;

    /// It did not happen after all.
    fn fail(&mut self, error: Error);

    /// Tells the caller, if there still is one.
    fn answer(self: Box<Self>);
}

/// A verb, what it returned, and who wants to know.
pub(crate) struct Verb<T, E, F> {
    run: F,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Verb<T, E, F> {
    pub(crate) fn new(run: F, answer: oneshot::Sender<Result<T, E>>) -> Self {
        Self { run, result: None, answer }
    }
}

impl<T, E, F> Job for Verb<T, E, F>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> Verdict {
        tx.start();
        // The verb's rows are undone and the thread goes on: nothing half
        // done is left to be seen.
        let returned = catch_unwind(AssertUnwindSafe(|| (self.run)(tx)))
            .unwrap_or_else(|panic| Err(Error::Panicked(words_of(&*panic)).into()));
        // A verb that swallowed the failure of a statement did not do what it says.
        let result = match (returned, tx.failure()) {
            (Ok(_), Some(failure)) => Err(failure.clone().into()),
            (returned, _) => returned,
        };
        let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.result = Some(result);
        verdict
    }

    fn fail(&mut self, error: Error) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // The caller may have gone away; its verb counts nevertheless.
            drop(self.answer.send(result));
        }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words").to_owned()
}
