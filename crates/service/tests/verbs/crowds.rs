//! Many at once: one effect, and numbers that stay true.

use crate::stage::{mention, stages};
use domain::notification::NotificationKind::{Follow, Like, Mention};
use domain::{MessageId, Visibility};
use futures_util::future::join_all;
use serde_json::json;
use service::inbound;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// O20
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_create_that_comes_forty_times_at_once_is_one_post() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut note = bob.public_note("hello");
        mention(&mut note, &alice);
        let create = bob.creates(&note);
        let answers = join_all((0..40).map(|_| stage.knock(&bob, &create))).await;
        assert!(answers.iter().all(Result::is_ok));
        stage.settle().await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!((stage.in_home(&alice, &post).await, stage.told(&alice).await), (1, vec![Mention]));
    }
}

/// O20, O21: what is acted upon at the same time, under forty names.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_comes_under_many_ids_at_once_counts_once() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        let mut note = bob.public_note("hello");
        mention(&mut note, &alice);
        for _ in 0..20 {
            stage.knock(&bob, &bob.creates(&note)).await.unwrap();
            stage.knock(&bob, &bob.follows(&alice)).await.unwrap();
            stage.knock(&bob, &bob.does("Like", &json!(post.object_id.as_str()))).await.unwrap();
            stage.knock(&bob, &bob.announces(post.object_id.as_str())).await.unwrap();
        }
        let waiting = inbound::waiting(&stage.cx, MessageId(0), 100).await.unwrap();
        assert_eq!(waiting.len(), 80);
        let running = Arc::new(Semaphore::new(16));
        join_all(waiting.into_iter().map(|it| inbound::act(&stage.cx, it, &running))).await;
        stage.advance(std::time::Duration::from_secs(60));
        stage.settle().await;
        let mut told = stage.told(&alice).await;
        told.sort_by_key(|kind| kind.code());
        assert_eq!(told, [Mention, domain::notification::NotificationKind::Boost, Like, Follow]);
        let counts = stage.counts(&post).await;
        assert_eq!((counts.likes, counts.boosts), (1, 1));
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((1, 0), (0, 1)));
        assert!(stage.log().await.iter().all(|it| it.state != domain::message::MessageState::Failed));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_do_the_same_at_once_are_all_counted() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        let mut fans = Vec::new();
        for n in 0..20 {
            fans.push(stage.remote(&format!("fan{n}")).await);
        }
        let mut notes = Vec::new();
        for fan in &fans {
            stage.knock(fan, &fan.follows(&alice)).await.unwrap();
            stage.knock(fan, &fan.does("Like", &json!(post.object_id.as_str()))).await.unwrap();
            stage.knock(fan, &fan.announces(post.object_id.as_str())).await.unwrap();
            let mut reply = fan.public_note("answer");
            reply["inReplyTo"] = json!(post.object_id.as_str());
            mention(&mut reply, &alice);
            stage.knock(fan, &fan.creates(&reply)).await.unwrap();
            notes.push(reply);
        }
        let waiting = inbound::waiting(&stage.cx, MessageId(0), 1000).await.unwrap();
        let running = Arc::new(Semaphore::new(16));
        join_all(waiting.into_iter().map(|it| inbound::act(&stage.cx, it, &running))).await;
        stage.advance(std::time::Duration::from_secs(60));
        stage.settle().await;
        let counts = stage.counts(&post).await;
        assert_eq!((counts.likes, counts.boosts, counts.replies), (20, 20, 20));
        assert_eq!(stage.numbers(&alice).await, (20, 0));
        assert_eq!(stage.told(&alice).await.len(), 80);
        for fan in &fans {
            stage.knock(fan, &fan.does("Delete", &json!(fan.id))).await.unwrap();
        }
        stage.settle().await;
        while stage.cx.write(service::leavings::sweep).await.unwrap() {}
        let counts = stage.counts(&post).await;
        assert_eq!((counts.likes, counts.boosts, counts.replies), (0, 0, 0));
        assert_eq!((stage.numbers(&alice).await, stage.told(&alice).await.len()), ((0, 0), 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ours_who_click_twice_at_once_send_once() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let id = stage.find(&note).await.unwrap().id;
        let target = stage.remote("target").await;
        join_all((0..10).map(|_| {
            let (cx, alice, target) = (stage.cx.clone(), alice.clone(), target.account.clone());
            async move {
                let (viewer, whom) = (alice.clone(), target.clone());
                cx.write(move |tx| {
                    service::follow::request(tx, &viewer, &whom, &service::follow::Wishes::default())
                })
                .await
                .unwrap();
                let viewer = alice.clone();
                cx.write(move |tx| service::like::like(tx, &viewer, id)).await.unwrap();
                let viewer = alice.clone();
                cx.write(move |tx| service::boost::boost(tx, &viewer, id, Visibility::Public)).await.unwrap();
            }
        }))
        .await;
        for kind in ["Follow", "Like", "Announce"] {
            assert_eq!(stage.sent(kind).await.len(), 1, "{kind}");
        }
        let counts = stage.counts(&stage.find(&note).await.unwrap()).await;
        assert_eq!((counts.likes, counts.boosts), (1, 1));
    }
}

/// K01: what was let in is acted upon after a stop, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_let_in_before_a_stop_is_acted_upon_after_it() {
    for mut stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let notes: Vec<_> = (0..20).map(|n| bob.direct_note(&n.to_string(), &alice)).collect();
        for note in &notes {
            stage.knock(&bob, &bob.creates(note)).await.unwrap();
        }
        let half = inbound::waiting(&stage.cx, MessageId(0), 10).await.unwrap();
        let running = Semaphore::new(1);
        for waiting in half.clone() {
            inbound::act(&stage.cx, waiting, &running).await;
        }
        stage.reopen();
        for waiting in half {
            inbound::act(&stage.cx, waiting, &running).await;
        }
        stage.settle().await;
        for note in &notes {
            assert!(stage.find(note).await.is_some());
        }
        assert_eq!(stage.told(&alice).await.len(), 20);
    }
}
