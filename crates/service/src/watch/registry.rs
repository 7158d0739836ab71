//! The index of all lines: by what they watch, and by whose they are.

use super::line::{End, Line, Parcel, Queue};
use domain::filter::Context;
use domain::stream::Topic;
use domain::{AccountId, TokenId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most lines at a time.
const MAX_LINES: usize = 16_384;
/// Most lines of one account: each program on each device has one or two.
const MAX_OF_ACCOUNT: usize = 64;
/// Most lines of one network: a school may be behind one address.
const MAX_OF_NETWORK: usize = 512;
/// Most streams on one line.
const MAX_STREAMS: usize = 100;

/// The number of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LineId(u64);

/// Who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watcher {
    /// As whom.
    pub account: AccountId,
    /// With which token.
    pub token: TokenId,
    /// From where.
    pub network: IpAddr,
}

/// Why something is not watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There are too many already.
    TooMany,
    /// The server stops.
    Stopping,
}

#[derive(Debug)]
struct Entry {
    watcher: Watcher,
    queue: Arc<Queue>,
    streams: HashMap<Arc<str>, Vec<Topic>>,
}

#[derive(Debug, Default)]
struct Registry {
    lines: HashMap<LineId, Entry>,
    topics: HashMap<Topic, HashSet<(LineId, Arc<str>)>>,
    of_account: HashMap<AccountId, usize>,
    of_network: HashMap<IpAddr, usize>,
    opened: u64,
    stopping: bool,
}

/// All lines of a server.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<Registry>>);

/// A line that watches what something happened to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Whose it is.
    pub account: AccountId,
    /// As what its filters take what it is told.
    pub context: Context,
    stream: Arc<str>,
    queue: Arc<Queue>,
}

impl Target {
    /// Puts a parcel into the line's queue.
    pub fn send(&self, event: &'static str, payload: Arc<super::Payload>) {
        self.queue.push(Parcel { stream: Arc::clone(&self.stream), event, payload });
    }
}

impl Streams {
    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new line for somebody.
    pub fn open(&self, watcher: Watcher) -> Result<Line, Refused> {
        let queue = Arc::new(Queue::default());
        let mut registry = self.registry();
        if registry.stopping {
            return Err(Refused::Stopping);
        }
        let full = registry.lines.len() >= MAX_LINES
            || registry.of_account.get(&watcher.account).is_some_and(|count| *count >= MAX_OF_ACCOUNT)
            || registry.of_network.get(&watcher.network).is_some_and(|count| *count >= MAX_OF_NETWORK);
        if full {
            return Err(Refused::TooMany);
        }
        registry.opened += 1;
        let id = LineId(registry.opened);
        *registry.of_account.entry(watcher.account).or_default() += 1;
        *registry.of_network.entry(watcher.network).or_default() += 1;
        registry.lines.insert(id, Entry { watcher, queue: Arc::clone(&queue), streams: HashMap::new() });
        drop(registry);
        Ok(Line { id, queue, streams: self.clone() })
    }

    pub(super) fn watch(&self, id: LineId, stream: &Arc<str>, topics: Vec<Topic>) -> Result<(), Refused> {
        let mut registry = self.registry();
        let registry = &mut *registry;
        let Some(entry) = registry.lines.get_mut(&id) else { return Ok(()) };
        if entry.streams.contains_key(stream) {
            return Ok(());
        }
        if entry.streams.len() >= MAX_STREAMS {
            return Err(Refused::TooMany);
        }
        for topic in &topics {
            registry.topics.entry(topic.clone()).or_default().insert((id, Arc::clone(stream)));
        }
        entry.streams.insert(Arc::clone(stream), topics);
        Ok(())
    }

    pub(super) fn leave(&self, id: LineId, stream: &str) {
        let mut registry = self.registry();
        let left = registry.lines.get_mut(&id).and_then(|entry| entry.streams.remove_entry(stream));
        if let Some((stream, topics)) = left {
            registry.forget(id, &stream, &topics);
        }
    }

    pub(super) fn close(&self, id: LineId) {
        let mut registry = self.registry();
        let Some(entry) = registry.lines.remove(&id) else { return };
        for (stream, topics) in &entry.streams {
            registry.forget(id, stream, topics);
        }
        less(&mut registry.of_account, &entry.watcher.account);
        less(&mut registry.of_network, &entry.watcher.network);
    }

    /// Whether nobody watches anything.
    pub fn is_empty(&self) -> bool {
        self.registry().lines.is_empty()
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.registry().lines.len()
    }

    /// Whether an account has a line.
    pub fn has(&self, account: AccountId) -> bool {
        self.registry().of_account.contains_key(&account)
    }

    /// The lines that watch any of these; one that does so under several names
    /// is there once for each.
    pub fn targets(&self, topics: impl IntoIterator<Item = Topic>) -> Vec<Target> {
        let registry = self.registry();
        let mut seen = HashSet::new();
        let mut targets = Vec::new();
        for topic in topics {
            for place in registry.topics.get(&topic).into_iter().flatten() {
                if let (true, Some(entry)) = (seen.insert(place.clone()), registry.lines.get(&place.0)) {
                    targets.push(Target {
                        account: entry.watcher.account,
                        context: topic.context(),
                        stream: Arc::clone(&place.1),
                        queue: Arc::clone(&entry.queue),
                    });
                }
            }
        }
        targets
    }

    /// The lines that watch any home at all.
    pub fn homes(&self) -> Vec<Target> {
        let homes: Vec<Topic> =
            self.registry().topics.keys().filter(|topic| matches!(topic, Topic::Home(_))).cloned().collect();
        self.targets(homes)
    }

    /// The tokens all lines were opened with.
    pub fn tokens(&self) -> Vec<TokenId> {
        let tokens: HashSet<TokenId> =
            self.registry().lines.values().map(|entry| entry.watcher.token).collect();
        tokens.into_iter().collect()
    }

    /// Ends the lines of those tokens that were asked about and are not good.
    pub fn keep(&self, asked: &[TokenId], good: &HashSet<TokenId>) {
        let bad: HashSet<&TokenId> = asked.iter().filter(|token| !good.contains(token)).collect();
        let registry = self.registry();
        for entry in registry.lines.values() {
            if bad.contains(&entry.watcher.token) {
                entry.queue.end(End::Revoked);
            }
        }
    }

    /// Ends all lines.
    pub fn end_all(&self, why: End) {
        let mut registry = self.registry();
        registry.stopping |= why == End::Stopping;
        for entry in registry.lines.values() {
            entry.queue.end(why);
        }
    }
}

impl Registry {
    fn forget(&mut self, id: LineId, stream: &Arc<str>, topics: &[Topic]) {
        for topic in topics {
            if let Some(places) = self.topics.get_mut(topic) {
                places.remove(&(id, Arc::clone(stream)));
                if places.is_empty() {
                    self.topics.remove(topic);
                }
            }
        }
    }
}

fn less<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Payload;
    use domain::stream::{Pick, Side};
    use std::net::Ipv4Addr;

    fn watcher(account: i64) -> Watcher {
        Watcher {
            account: AccountId(account),
            token: TokenId(account),
            network: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    fn name(text: &str) -> Arc<str> {
        text.into()
    }

    fn home(account: i64) -> Topic {
        Topic::Home(AccountId(account))
    }

    #[test]
    fn a_line_is_found_by_what_it_watches_until_it_leaves() {
        let streams = Streams::default();
        let line = streams.open(watcher(1)).unwrap();
        line.watch(&name("user"), vec![home(1), Topic::Notifications(AccountId(1))]).unwrap();
        line.watch(&name("public"), vec![Topic::Public(Side::Both, Pick::All)]).unwrap();
        assert_eq!(streams.targets([home(1), Topic::Notifications(AccountId(1))]).len(), 1);
        assert_eq!(streams.targets([home(1), Topic::Public(Side::Both, Pick::All)]).len(), 2);
        assert!(streams.targets([home(2)]).is_empty());
        line.leave("user");
        assert!(streams.targets([home(1)]).is_empty());
        drop(line);
        assert!(streams.is_empty() && streams.registry().topics.is_empty());
        assert!(streams.registry().of_account.is_empty() && streams.registry().of_network.is_empty());
    }

    #[tokio::test]
    async fn who_does_not_keep_up_is_cut_off() {
        let streams = Streams::default();
        let (slow, quick) = (streams.open(watcher(1)).unwrap(), streams.open(watcher(2)).unwrap());
        for line in [&slow, &quick] {
            line.watch(&name("public"), vec![Topic::Public(Side::Both, Pick::All)]).unwrap();
        }
        for _ in 0..1000 {
            for target in streams.targets([Topic::Public(Side::Both, Pick::All)]) {
                target.send("update", Payload::new("{}".into()));
            }
            assert_eq!(quick.next().await.unwrap().payload.plain(), "{}");
        }
        assert_eq!(slow.next().await.unwrap_err(), End::Slow);
    }

    #[tokio::test]
    async fn large_news_fill_a_queue_sooner() {
        let streams = Streams::default();
        let line = streams.open(watcher(1)).unwrap();
        line.watch(&name("user"), vec![home(1)]).unwrap();
        for _ in 0..3 {
            for target in streams.targets([home(1)]) {
                target.send("update", Payload::new("x".repeat(400_000)));
            }
        }
        assert_eq!(line.next().await.unwrap_err(), End::Slow);
    }

    /// N27
    #[tokio::test]
    async fn a_token_that_is_good_no_more_ends_its_lines_and_no_others() {
        let streams = Streams::default();
        let (ann, bob) = (streams.open(watcher(1)).unwrap(), streams.open(watcher(2)).unwrap());
        bob.watch(&name("user"), vec![home(2)]).unwrap();
        streams.keep(&[TokenId(1), TokenId(2)], &HashSet::from([TokenId(2)]));
        assert_eq!(ann.next().await.unwrap_err(), End::Revoked);
        streams.targets([home(2)]).iter().for_each(|target| target.send("update", Payload::new("{}".into())));
        assert!(bob.next().await.is_ok());
    }

    /// N34
    #[test]
    fn one_account_has_so_many_lines_and_no_more() {
        let streams = Streams::default();
        let lines: Vec<Line> = (0..MAX_OF_ACCOUNT).map(|_| streams.open(watcher(1)).unwrap()).collect();
        assert_eq!(streams.open(watcher(1)).unwrap_err(), Refused::TooMany);
        assert!(streams.open(watcher(2)).is_ok());
        drop(lines);
        assert!(streams.open(watcher(1)).is_ok());
        streams.end_all(End::Stopping);
        assert_eq!(streams.open(watcher(1)).unwrap_err(), Refused::Stopping);
    }

    #[test]
    fn a_payload_is_quoted_as_json_wants_it() {
        assert_eq!(Payload::new("{\"a\":\"ü\n\"}".into()).quoted(), "\"{\\\"a\\\":\\\"ü\\n\\\"}\"");
    }
}
