//! Two of our servers vote in each other's polls; what waits for its time
//! survives a restart.

use serde_json::{Value, json};
use std::time::Duration;
use store::Clock;
use testkit::{Peer, Person, Setup, TestServer, eventually};

/// The client API's status of a post elsewhere.
async fn found(server: &TestServer, person: &Person, uri: &str) -> Value {
    let path = format!("/api/v2/search?resolve=true&type=statuses&q={uri}");
    let found = server.api_get(person, &path).await;
    found["statuses"][0].clone()
}

/// The time of this machine: keys and dates of both servers agree on it.
fn now() -> domain::Timestamp {
    Clock::system().now()
}

async fn numbers(server: &TestServer, person: &Person, id: &str) -> Vec<i64> {
    let poll = server.api_get(person, &format!("/api/v1/polls/{id}")).await;
    let options = poll["options"].as_array().unwrap();
    options.iter().map(|option| option["votes_count"].as_i64().unwrap()).collect()
}

/// Capability N14.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_vote_in_each_others_polls_and_learn_the_result() {
    let setup = Setup::default().with_clock(Clock::manual(now()));
    let one = TestServer::start_with(setup.clone()).await.unwrap();
    let two = TestServer::start_with(setup).await.unwrap();
    let (alice, bob) = (one.create("alice").await, two.create("bob").await);
    for (here, asker, there, voter) in [(&one, &alice, &two, &bob), (&two, &bob, &one, &alice)] {
        let poll = json!({ "options": ["yes", "no"], "expires_in": 600 });
        let asked =
            here.api_post(asker, "/api/v1/statuses", &json!({ "status": "what?", "poll": poll })).await;
        let asked_id = asked["poll"]["id"].as_str().unwrap().to_owned();
        let seen = found(there, voter, asked["uri"].as_str().unwrap()).await;
        assert_eq!(seen["poll"]["options"][1]["title"], "no", "{seen}");
        let id = seen["poll"]["id"].as_str().unwrap().to_owned();
        let voted =
            there.api_post(voter, &format!("/api/v1/polls/{id}/votes"), &json!({ "choices": [1] })).await;
        assert_eq!((&voted["voted"], &voted["votes_count"]), (&json!(true), &json!(1)));
        eventually("the vote has come", || async {
            (numbers(here, asker, &asked_id).await == [0, 1]).then_some(())
        })
        .await;
        // Somebody else votes; the numbers go out when they have waited.
        let carol = here.create("carol").await;
        here.api_post(&carol, &format!("/api/v1/polls/{asked_id}/votes"), &json!({ "choices": [0] })).await;
        here.advance(Duration::from_secs(181));
        eventually("the numbers are told", || async {
            (numbers(there, voter, &id).await == [1, 1]).then_some(())
        })
        .await;
        here.advance(Duration::from_secs(700));
        for (server, person) in [(here, asker), (there, voter)] {
            eventually("the end is told", || async {
                let told = server.api_get(person, "/api/v1/notifications?types[]=poll").await;
                told.as_array().is_some_and(|told| !told.is_empty()).then_some(())
            })
            .await;
        }
    }
}

/// N67
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_scheduled_is_published_once_after_a_restart() {
    let setup = Setup::default().with_clock(Clock::manual(now()));
    for setup in [setup.clone(), setup.on_postgres()] {
        let Some(mut server) = TestServer::start_with(setup).await else { continue };
        let alice = server.create("alice").await;
        let at = jiff::Timestamp::from_second(server.clock().now().seconds() + 900).unwrap();
        let draft = json!({ "status": "later", "scheduled_at": at.to_string() });
        server.api_post(&alice, "/api/v1/statuses", &draft).await;
        server.restart().await;
        server.advance(Duration::from_secs(901));
        let path = "/api/v1/timelines/home";
        eventually("it is published", || async {
            (server.api_get(&alice, path).await.as_array().unwrap().len() == 1).then_some(())
        })
        .await;
        server.restart().await;
        assert!(server.cx().read(service::scheduled::due).await.unwrap().is_empty());
        assert_eq!(server.api_get(&alice, path).await.as_array().unwrap().len(), 1);
        assert_eq!(server.api_get(&alice, "/api/v1/scheduled_statuses").await, json!([]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n67_a_clock_that_steps_doubles_nothing_and_signatures_recover() {
    let (start, day) = (now(), Duration::from_hours(24));
    let clock = Clock::manual(start);
    let server = TestServer::start_with(Setup::default().with_clock(clock.clone())).await.unwrap();
    let (alice, peer) = (server.create("alice").await, Peer::start_with(Clock::manual(start)).await);
    peer.add("bob");
    let follow = peer.activity("bob", 1, "Follow", &json!(alice.id()));
    assert_eq!(peer.post("bob", &alice.inbox(), &follow).await.code(), 202);
    peer.receives("Accept").await;
    let at = jiff::Timestamp::from_second(start.seconds() + 900).unwrap();
    let draft = json!({ "status": "later", "scheduled_at": at.to_string() });
    server.api_post(&alice, "/api/v1/statuses", &draft).await;
    let mut last = 0;
    let steps = [start.plus(day), start, start.minus(day), start.plus(Duration::from_secs(901))];
    for (number, time) in (10..).zip(steps) {
        clock.set(time);
        server.advance(Duration::ZERO);
        let post = server.api_post(&alice, "/api/v1/statuses", &json!({ "status": "now" })).await;
        let id: i64 = post["id"].as_str().unwrap().parse().unwrap();
        assert!(id > last, "{id} after {last}");
        last = id;
        let like = peer.activity("bob", number, "Like", &post["uri"]);
        let code = peer.post("bob", &server.url("/inbox"), &like).await.code();
        let off = time.since(start) > Duration::from_hours(12) || start.since(time) > Duration::from_hours(1);
        assert_eq!(code, if off { 401 } else { 202 }, "{time:?}");
        eventually("what was scheduled is done once", || async {
            server.cx().read(service::scheduled::due).await.unwrap().is_empty().then_some(())
        })
        .await;
    }
    let home = server.api_get(&alice, "/api/v1/timelines/home").await;
    let texts: Vec<&str> =
        home.as_array().unwrap().iter().map(|it| it["content"].as_str().unwrap()).collect();
    assert_eq!(texts.iter().filter(|text| text.contains("later")).count(), 1, "{texts:?}");
    assert_eq!(texts.len(), 5, "{texts:?}");
}
