//! How many deliveries a second: one author followed from 200 hosts on
//! loopback, real signatures, SQLite on disk. The hosts run in this process,
//! so they take part of the machine.
//!
//! `cargo bench -p workers --bench fan_out -- [HOSTS] [MESSAGES] [DELAY_MS]`

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement tells its result and may fail")]

use bytes::Bytes;
use domain::account::Home;
use domain::{Account, AccountId, ActorId};
use http::Response;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use service::outbox::{self, Followers, Outgoing, Shared, order_key};
use service::{Cx, Settings};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use store::testing::Fresh;
use tokio::net::TcpListener;
use tokio::sync::watch;
use wire::key::SigningKey;
use wire::{Client, ClientConfig, Limits};

fn main() {
    let given: Vec<u64> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let number = |index: usize, usual: u64| given.get(index).copied().unwrap_or(usual);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(number(0, 200), number(1, 100), Duration::from_millis(number(2, 0))));
}

async fn measure(hosts: u64, messages: u64, delay: Duration) {
    let fresh = Fresh::sqlite(|_| ());
    fresh.clock.set(store::testing::NOW);
    let cx = cx(&fresh);
    let taken = Arc::new(AtomicUsize::new(0));
    let author = author(&cx).await;
    for number in 0..hosts {
        let address = host(number, delay, Arc::clone(&taken)).await;
        follow(&cx, address, author.id).await;
    }
    let (stop, stopped) = watch::channel(false);
    let workers = workers::start(&cx, &stopped);
    let wanted = usize::try_from(hosts * messages).unwrap();
    let began = Instant::now();
    for number in 0..messages {
        publish(&cx, &author, number).await;
    }
    let published = began.elapsed();
    while taken.load(Ordering::Relaxed) < wanted {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = began.elapsed();
    let rate = u128::from(hosts * messages) * 1000 / took.as_millis().max(1);
    println!(
        "{wanted} deliveries to {hosts} hosts at {delay:?}: {took:.2?} ({rate}/s); published in {published:.2?}"
    );
    stop.send_replace(true);
    workers.join().await;
    println!("{:?}", cx.store.stats());
}

fn cx(fresh: &Fresh) -> Cx {
    let client = Client::new(ClientConfig {
        peers_allow: vec!["127.0.0.0/8".parse().unwrap()],
        user_agent: "bench".into(),
        limits: Limits::default(),
        ..ClientConfig::default()
    });
    Cx::new(fresh.store.clone(), client.unwrap(), Settings::default())
}

async fn host(number: u64, delay: Duration, taken: Arc<AtomicUsize>) -> SocketAddr {
    let last = u8::try_from(2 + number % 250).unwrap();
    let third = u8::try_from(number / 250).unwrap();
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, third, last], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let taken = Arc::clone(&taken);
            tokio::spawn(async move {
                let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                    let taken = Arc::clone(&taken);
                    async move {
                        let _ = request.into_body().collect().await;
                        if !delay.is_zero() {
                            tokio::time::sleep(delay).await;
                        }
                        taken.fetch_add(1, Ordering::Relaxed);
                        let answer = Response::builder().status(202).body(Full::<Bytes>::default());
                        Ok::<_, Infallible>(answer.unwrap())
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new();
                let _ = connection.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

async fn author(cx: &Cx) -> Account {
    let key = SigningKey::generate_rsa().unwrap().to_pkcs8_der().unwrap();
    let author = account(1, &cx.names.actor("alice"), Home::Here);
    cx.write(move |tx| {
        store::account::insert(tx, &author, None, 1)?;
        let author = store::account::by_actor(tx, &author.actor_id)?.unwrap();
        store::key::insert(tx, Some(author.id), "rsa", &key, "unused")?;
        Ok(author)
    })
    .await
    .unwrap()
}

async fn follow(cx: &Cx, address: SocketAddr, target: AccountId) {
    let actor = ActorId::parse(&format!("http://{address}/users/bob")).unwrap();
    let inbox = domain::Inbox::parse(&format!("http://{address}/inbox")).unwrap();
    let bob = account(2, &actor, Home::Peer { inbox: inbox.clone(), shared_inbox: Some(inbox) });
    cx.write(move |tx| {
        store::account::insert(tx, &bob, None, 1)?;
        let bob = store::account::by_actor(tx, &bob.actor_id)?.unwrap().id;
        store::follow::request(tx, bob, target, "https://follow.example")?;
        store::follow::accept(tx, bob, target)?;
        Ok(())
    })
    .await
    .unwrap();
}

fn account(id: i64, actor: &ActorId, home: Home) -> Account {
    let last =
        actor.host().as_str().bytes().fold(id, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    Account { id: AccountId(last & i64::MAX), home, ..store::testing::peer(actor.as_str()) }
}

async fn publish(cx: &Cx, author: &Account, number: u64) {
    let author = author.clone();
    cx.write(move |tx| {
        let id = format!("https://here.example/{number}");
        let json =
            json!({"id": id, "type": "Create", "object": {"type": "Note", "content": "x".repeat(600)}});
        let outgoing = Outgoing {
            kind: "Create",
            object: "Note",
            activity_id: &id,
            json: &json,
            is_open: true,
            order_key: order_key(&[&id]),
            followers: Followers::All,
            to: &[],
            shared: Shared::Broadcast,
            cause: None,
        };
        outbox::publish(tx, &author, &outgoing)
    })
    .await
    .unwrap();
}
