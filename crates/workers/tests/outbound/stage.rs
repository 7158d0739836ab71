//! A server with one author, who can be given followers and publish.

use crate::sink::Sink;
use domain::account::Home;
use domain::delivery::{DeliveryState, HostReport};
use domain::{Account, AccountId, ActorId, MessageId};
use serde_json::json;
use service::outbox::{Followers, Outgoing, Published, Shared, order_key};
use service::{Cx, Settings, outbox};
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::testing::Fresh;
use tokio::sync::watch;
use wire::key::SigningKey;
use wire::{Client, ClientConfig, Limits};
use workers::Workers;

/// Making one takes long.
static KEY: LazyLock<Vec<u8>> = LazyLock::new(|| SigningKey::generate_rsa().unwrap().to_pkcs8_der().unwrap());

/// A server, its workers not yet started.
pub(crate) struct Stage {
    pub(crate) cx: Cx,
    pub(crate) fresh: Fresh,
    pub(crate) author: Account,
    running: Option<(watch::Sender<bool>, Workers)>,
}

/// A stage on each database there is.
pub(crate) async fn stages() -> Vec<Stage> {
    let mut stages = vec![Stage::new(Fresh::sqlite(|_| ())).await];
    if let Some(fresh) = Fresh::postgres(|_| ()) {
        stages.push(Stage::new(fresh).await);
    }
    stages
}

impl Stage {
    async fn new(fresh: Fresh) -> Self {
        let cx = cx(&fresh);
        let actor = cx.names.actor("alice");
        let author = account(&actor, Home::Here);
        let key = KEY.clone();
        let author = cx
            .write(move |tx| {
                let id = insert(tx, &author);
                store::key::insert(tx, Some(id), "rsa", &key, "unused")?;
                Ok(store::account::get(tx, id)?)
            })
            .await
            .unwrap();
        Self { cx, fresh, author, running: None }
    }

    pub(crate) fn start(&mut self) {
        let (stop, stopped) = watch::channel(false);
        self.running = Some((stop, workers::start(&self.cx, &stopped)));
    }

    pub(crate) async fn stop(&mut self) {
        if let Some((stop, workers)) = self.running.take() {
            stop.send_replace(true);
            workers.join().await;
        }
    }

    /// Ends the workers in the middle of whatever they do.
    pub(crate) fn kill(&mut self) {
        self.running = None;
    }

    /// Stops, opens the store again, and starts.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.fresh.reopen();
        self.cx = cx(&self.fresh);
        self.start();
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.fresh.clock.advance(by);
        if let Some((_, workers)) = &self.running {
            workers.kick();
        }
    }

    /// A peer's account, whose host shares an inbox.
    pub(crate) async fn peer(&self, address: SocketAddr, name: &str) -> Account {
        let shared_inbox = domain::Inbox::parse(&format!("http://{address}/inbox")).unwrap();
        self.peer_with(address, name, Some(shared_inbox)).await
    }

    async fn peer_with(
        &self,
        address: SocketAddr,
        name: &str,
        shared_inbox: Option<domain::Inbox>,
    ) -> Account {
        let actor = ActorId::parse(&format!("http://{address}/users/{name}")).unwrap();
        let inbox = domain::Inbox::parse(&format!("http://{address}/users/{name}/inbox")).unwrap();
        let account = account(&actor, Home::Peer { inbox, shared_inbox });
        self.cx
            .write(move |tx| {
                let id = insert(tx, &account);
                Ok(store::account::get(tx, id)?)
            })
            .await
            .unwrap()
    }

    pub(crate) async fn follower(&self, address: SocketAddr, name: &str) -> Account {
        let follower = self.peer(address, name).await;
        self.follow(&follower).await;
        follower
    }

    /// A follower whose host shares no inbox.
    pub(crate) async fn lone_follower(&self, address: SocketAddr, name: &str) {
        let follower = self.peer_with(address, name, None).await;
        self.follow(&follower).await;
    }

    async fn follow(&self, follower: &Account) {
        let (id, target) = (follower.id, self.author.id);
        self.cx
            .write(move |tx| {
                store::follow::request(tx, id, target, "https://follow.example")?;
                store::follow::accept(tx, id, target)?;
                Ok(())
            })
            .await
            .unwrap();
    }

    /// One follower on each host.
    pub(crate) async fn followed_from(&self, hosts: &[&Sink]) {
        for host in hosts {
            self.follower(host.address, "bob").await;
        }
    }

    /// Sends an activity about an object to all followers.
    pub(crate) async fn post(&self, activity: &str, object: &str) -> MessageId {
        self.publish(activity, object, Followers::All, Vec::new(), Shared::Broadcast).await.message
    }

    pub(crate) async fn publish(
        &self,
        activity: &str,
        object: &str,
        followers: Followers,
        to: Vec<Account>,
        shared: Shared,
    ) -> Published {
        let (sender, activity, object) = (self.author.clone(), activity.to_owned(), object.to_owned());
        self.cx
            .write(move |tx| {
                let json = json!({"id": activity, "type": "Create", "object": object});
                let outgoing = Outgoing {
                    kind: "Create",
                    object: &object,
                    activity_id: &activity,
                    json: &json,
                    is_open: true,
                    order_key: order_key(&[&object]),
                    followers,
                    to: &to.iter().collect::<Vec<_>>(),
                    shared,
                    cause: None,
                };
                outbox::publish(tx, &sender, &outgoing)
            })
            .await
            .unwrap()
    }

    pub(crate) async fn report(&self, message: MessageId) -> Vec<HostReport> {
        self.cx.read(move |tx| outbox::report(tx, message)).await.unwrap()
    }

    /// Waits until the report is as wanted.
    pub(crate) async fn until(
        &self,
        message: MessageId,
        wanted: impl Fn(&[HostReport]) -> bool,
    ) -> Vec<HostReport> {
        for _ in 0..1000 {
            let report = self.report(message).await;
            if wanted(&report) {
                return report;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("still {:?}", self.report(message).await);
    }

    /// Waits until so many hosts took it.
    pub(crate) async fn until_delivered(&self, message: MessageId, hosts: usize) {
        self.until(message, |report| {
            report.len() == hosts && report.iter().all(|host| host.state == DeliveryState::Delivered)
        })
        .await;
    }

    /// Waits until the one host it goes to has been tried so often.
    pub(crate) async fn until_tried(&self, message: MessageId, attempts: i64) -> HostReport {
        let report = self.until(message, |report| report.iter().any(|host| host.attempts >= attempts)).await;
        report.into_iter().next().unwrap()
    }

    /// Gives what must not happen some time to happen.
    pub(crate) async fn settle_down(&self) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn cx(fresh: &Fresh) -> Cx {
    let client = Client::new(ClientConfig {
        peers_allow: vec!["127.0.0.0/8".parse().unwrap()],
        user_agent: "test".into(),
        limits: Limits { delivery: Duration::from_secs(3), ..Limits::default() },
        ..ClientConfig::default()
    })
    .unwrap();
    Cx::new(fresh.store.clone(), client, Settings::default())
}

fn insert(tx: &mut service::Tx, account: &Account) -> AccountId {
    store::account::insert(tx, account, None, 1).unwrap();
    store::account::by_actor(tx, &account.actor_id).unwrap().unwrap().id
}

fn account(actor: &ActorId, home: Home) -> Account {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    Account {
        id: AccountId(NEXT.fetch_add(1, Ordering::Relaxed)),
        home,
        ..store::testing::peer(actor.as_str())
    }
}
