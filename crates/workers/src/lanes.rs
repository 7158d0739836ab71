//! Sends what waits: a lane for each host, in order within each, hosts in turn
//! (see [`roster`]), what became of it written down in batches.
//!
//! One task decides; requests, reads and writes are tasks of their own that
//! report back to it. Nothing here is the only copy: who is stopped at any
//! point sends, after the next start, what is still waiting in the database.

mod queue;
mod roster;
mod settling;

use crate::pace::{AFTER_TROUBLE, News, lies_ready, news, stopped};
use domain::delivery::Weather;
use domain::{Event, Host, Timestamp};
use futures_util::FutureExt;
use roster::Roster;
use service::delivery::{self, Landed, Parcel, Postman, Scan, Scanned, Tried, Waiting, Want};
use service::{Cx, Result};
use settling::{Batch, Settling};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long a look at the clock may be delayed.
const LOOK: Duration = Duration::from_secs(1);
/// How often the database is searched for hosts that no event told of.
const SCAN_EVERY: Duration = Duration::from_secs(60);
/// How long requests under way may take after we were told to stop.
const WIND_DOWN: Duration = Duration::from_secs(8);
/// How long writing down may take after that.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a task of ours reports.
#[derive(Debug)]
enum Step {
    /// A request has ended.
    Landed(Box<Landed>),
    /// Deliveries were read.
    Read(Vec<Want>, Result<Vec<Waiting>>),
    /// What became of some is on disk.
    Settled(Batch, Result<()>),
    /// Hosts were looked for.
    Scanned(Scan, Result<(Scanned, Weather)>),
}

/// The task that decides.
#[derive(Debug)]
struct Lanes {
    cx: Cx,
    postman: Postman,
    roster: Roster,
    settling: Settling,
    steps: JoinSet<Step>,
    weather: Weather,
    is_reading: bool,
    scan: Scanning,
}

/// Looking for hosts through the database.
#[derive(Debug)]
struct Scanning {
    which: Scan,
    after: Option<Host>,
    at: Instant,
    is_under_way: bool,
}

/// Runs until told to stop.
pub(crate) async fn run(
    cx: Cx,
    mut events: broadcast::Receiver<Event>,
    mut addressed: mpsc::Receiver<Vec<Host>>,
    kick: Arc<Notify>,
    mut shutdown: watch::Receiver<bool>,
) {
    let mut lanes = Lanes::new(cx);
    loop {
        let pause = lanes.begin_what_may();
        tokio::select! {
            () = stopped(&mut shutdown) => break,
            Some(step) = lanes.steps.join_next() => lanes.note(step),
            news = news(&mut events) => lanes.hear(news, &mut events),
            Some(hosts) = addressed.recv() => lanes.addressed(hosts),
            () = kick.notified() => (),
            () = tokio::time::sleep(pause) => (),
        }
    }
    lanes.wind_down().await;
}

impl Lanes {
    fn new(cx: Cx) -> Self {
        let scan = Scanning { which: Scan::All, after: None, at: Instant::now(), is_under_way: false };
        Self {
            postman: Postman::new(cx.clone()),
            cx,
            roster: Roster::default(),
            settling: Settling::default(),
            steps: JoinSet::new(),
            weather: Weather::Fair,
            is_reading: false,
            scan,
        }
    }

    /// Begins all that may begin now; how long nothing else will, unless
    /// something is reported.
    fn begin_what_may(&mut self) -> Duration {
        let now = self.cx.now();
        let next = self.roster.wake(now);
        self.begin_scan();
        self.begin_reading(now);
        while let Some(parcel) = self.roster.next(now, self.cx.settings.delivery_sockets) {
            self.begin(parcel);
        }
        let until_next = next.map_or(LOOK, |next| next.since(now)).min(LOOK);
        until_next.min(self.begin_settling().unwrap_or(LOOK))
    }

    fn begin(&mut self, parcel: Parcel) {
        let postman = self.postman.clone();
        self.steps.spawn(async move {
            let delivery = parcel.delivery.clone();
            let landed = AssertUnwindSafe(postman.carry(parcel)).catch_unwind().await;
            Step::Landed(Box::new(landed.unwrap_or_else(|_| {
                tracing::error!(delivery = %delivery.id, "carrying a delivery panicked");
                let words = "it could not be sent for a fault of this server".to_owned();
                Landed { delivery, tried: Tried::Impossible(words), reads_rfc9421: None }
            })))
        });
    }

    fn begin_reading(&mut self, now: Timestamp) {
        if self.is_reading {
            return;
        }
        let wants = self.roster.wants(now);
        if wants.is_empty() {
            return;
        }
        self.is_reading = true;
        let cx = self.cx.clone();
        self.steps.spawn(async move {
            let asked = wants.clone();
            let read = cx.read(move |tx| delivery::load(tx, &asked)).await;
            if read.is_err() {
                tokio::time::sleep(AFTER_TROUBLE).await;
            }
            Step::Read(wants, read)
        });
    }

    fn begin_scan(&mut self) {
        if self.scan.is_under_way || Instant::now() < self.scan.at {
            return;
        }
        self.scan.is_under_way = true;
        self.roster.tidy();
        let (cx, which, after) = (self.cx.clone(), self.scan.which, self.scan.after.clone());
        self.steps.spawn(async move {
            let found =
                cx.read(move |tx| Ok((delivery::scan(tx, after.as_ref(), which)?, delivery::weather(tx)?)));
            Step::Scanned(which, found.await)
        });
    }

    /// Writes down what has landed, once it is worth it; else how long until then.
    fn begin_settling(&mut self) -> Option<Duration> {
        let pause = self.settling.pause()?;
        if !pause.is_zero() {
            return Some(pause);
        }
        let batch = self.settling.begin(&mut self.roster);
        let cx = self.cx.clone();
        self.steps.spawn(async move {
            let (settlements, lanes) = (batch.settlements(), batch.lanes());
            let written = cx.write_later(move |tx| delivery::settle(tx, &settlements, &lanes)).await;
            Step::Settled(batch, written)
        });
        None
    }

    /// Takes a report, and all that lie ready with it.
    fn note(&mut self, first: Result<Step, tokio::task::JoinError>) {
        let now = self.cx.now();
        let mut next = Some(first);
        while let Some(step) = next {
            match step {
                Ok(step) => self.take(step, now),
                Err(error) => tracing::error!(%error, "a task of the lanes broke"),
            }
            next = self.steps.try_join_next();
        }
    }

    fn take(&mut self, step: Step, now: Timestamp) {
        match step {
            Step::Landed(landed) => self.landed(*landed, now),
            Step::Read(wants, read) => self.read(&wants, read, now),
            Step::Settled(batch, written) => self.settled(batch, written, now),
            Step::Scanned(which, found) => self.scanned(which, found, now),
        }
    }

    fn landed(&mut self, landed: Landed, now: Timestamp) {
        let settlement = self.roster.land(&landed, now, self.weather, self.cx.chance.next());
        if let Some(settlement) = settlement {
            self.settling.add(landed.delivery.host, settlement);
        }
    }

    fn read(&mut self, wants: &[Want], read: Result<Vec<Waiting>>, now: Timestamp) {
        self.is_reading = false;
        match read {
            Ok(found) => {
                for (want, waiting) in wants.iter().zip(found) {
                    self.roster.read(want, waiting, now);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "deliveries wait to be read");
                for want in wants {
                    self.roster.unread(want, now);
                }
            }
        }
    }

    fn settled(&mut self, batch: Batch, written: Result<()>, now: Timestamp) {
        match written {
            Ok(()) => {
                for (host, id) in self.settling.done(batch) {
                    self.roster.settled(&host, id, now);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "deliveries wait to be settled");
                self.settling.again(batch);
            }
        }
    }

    fn scanned(&mut self, which: Scan, found: Result<(Scanned, Weather)>, now: Timestamp) {
        self.scan.is_under_way = false;
        match found {
            Ok((scanned, weather)) => {
                self.weather = weather;
                for host in scanned.hosts {
                    self.roster.found(&host, which, now);
                }
                self.scan.after = scanned.next;
                if self.scan.after.is_none() {
                    self.scan.which = Scan::Due;
                    self.scan.at = Instant::now() + SCAN_EVERY;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "hosts wait to be looked for");
                self.scan.at = Instant::now() + AFTER_TROUBLE;
            }
        }
    }

    fn addressed(&mut self, hosts: Vec<Host>) {
        let now = self.cx.now();
        for host in hosts {
            self.roster.addressed(&host, now);
        }
    }

    /// Takes news, and all that lie ready with them.
    fn hear(&mut self, first: News, events: &mut broadcast::Receiver<Event>) {
        let now = self.cx.now();
        let mut next = Some(first);
        while let Some(news) = next {
            match news {
                News::Event(Event::Addressed(host)) => self.roster.addressed(&host, now),
                News::Event(Event::Alive(host)) => self.roster.alive(&host, now),
                News::Event(Event::Changed(account)) => self.cx.keys.forget(account),
                News::Event(_) | News::Closed => (),
                News::Missed => self.scan.at = Instant::now(),
            }
            next = lies_ready(events);
        }
    }

    /// Begins nothing new, waits for what is under way and writes it down.
    async fn wind_down(mut self) {
        let deadline = Instant::now() + WIND_DOWN;
        while self.roster.flying() > 0 {
            self.begin_settling();
            match tokio::time::timeout_at(deadline, self.steps.join_next()).await {
                Ok(Some(step)) => self.note(step),
                Ok(None) | Err(_) => break,
            }
        }
        let deadline = Instant::now() + LAST_WORDS;
        while !self.settling.is_empty() {
            let pause = self.begin_settling().unwrap_or(LOOK);
            let step = tokio::time::timeout_at(deadline.min(Instant::now() + pause), self.steps.join_next());
            match step.await {
                Ok(Some(step)) => self.note(step),
                Ok(None) => (),
                Err(_) if Instant::now() >= deadline => break,
                Err(_) => (),
            }
        }
    }
}
