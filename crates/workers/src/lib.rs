//! Doors that time opens: the inbound loop, fan-out, lanes, pushes, letters, the
//! sweep.
//!
//! Each is one task that waits for news of the store, or for its time, and
//! calls verbs. All they hold in memory can be lost: what waits is in the
//! database.

mod cards;
mod due;
mod inbound;
mod fan_out;
mod lanes;
mod mail;
mod pace;
mod search;
mod media;
mod pushes;
mod sweep;
mod tidy;

use service::Cx;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

/// Parts of followers on their way from fan-out to the lanes; more wait.
const HANDED_OVER: usize = 16;

/// Workers that run.
#[derive(Debug)]
pub struct Workers {
    tasks: JoinSet<()>,
    /// Of those that wait for a time.
    kicks: [Arc<Notify>; 2],
}

/// Starts all workers. They stop when `shutdown` becomes true or its sender is
/// gone.
pub fn start(cx: &Cx, shutdown: &watch::Receiver<bool>) -> Workers {
    let kicks = [Arc::new(Notify::new()), Arc::new(Notify::new())];
    let [kick, kick_pushes] = kicks.clone();
    let mut tasks = JoinSet::new();
    let (addressed, hosts) = mpsc::channel(HANDED_OVER);
    // Both listen before they look, so that nothing falls between.
    let (to_fan_out, to_lanes, to_inbound) =
        (cx.store.subscribe(), cx.store.subscribe(), cx.store.subscribe());
    let to_pushes = cx.store.subscribe();
    tasks.spawn(inbound::run(cx.clone(), to_inbound, shutdown.clone()));
    tasks.spawn(fan_out::run(cx.clone(), to_fan_out, addressed, shutdown.clone()));
    tasks.spawn(lanes::run(cx.clone(), to_lanes, hosts, kick, shutdown.clone()));
    tasks.spawn(pushes::run(cx.clone(), to_pushes, kick_pushes, shutdown.clone()));
    tasks.spawn(search::run(cx.clone(), cx.store.subscribe(), shutdown.clone()));
    tasks.spawn(sweep::run(cx.clone(), shutdown.clone()));
    tasks.spawn(media::look(cx.clone(), shutdown.clone()));
    tasks.spawn(media::take_away(cx.clone(), shutdown.clone()));
    tasks.spawn(tidy::run(cx.clone(), shutdown.clone()));
    tasks.spawn(cards::run(cx.clone(), shutdown.clone()));
    tasks.spawn(due::run(cx.clone(), shutdown.clone()));
    if cx.settings.mailer.is_some() {
        tasks.spawn(mail::run(cx.clone(), shutdown.clone()));
    }
    Workers { tasks, kicks }
}

impl Workers {
    /// Lets what waits for its time look at the clock again, after a test has
    /// moved it.
    pub fn kick(&self) {
        for kick in &self.kicks {
            kick.notify_one();
        }
    }

    /// Waits until all have stopped.
    pub async fn join(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a worker broke");
            }
        }
    }
}
