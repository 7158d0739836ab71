//! Many at once: one effect, and numbers that stay true.

use crate::stage::{mention, stages};
use domain::notification::NotificationKind::{Follow, Like, Mention};
use domain::{MessageId, Visibility};
use futures_util::future::join_all;
use serde_json::json;
use service::inbound;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Capability P6.
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
        let activities: Vec<_> = (0..20)
            .flat_map(|_| {
                let like = bob.does("Like", &json!(post.object_id.as_str()));
                [bob.creates(&note), bob.follows(&alice), like, bob.announces(post.object_id.as_str())]
            })
            .collect();
        let answers = join_all(activities.iter().map(|activity| stage.knock(&bob, activity))).await;
        assert!(answers.iter().all(Result::is_ok));
        let waiting = inbound::waiting(&stage.cx, MessageId(0), 100).await.unwrap();
        assert_eq!(waiting.len(), 20, "the others were acted upon at once");
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
        let mut activities = Vec::new();
        for fan in &fans {
            let mut reply = fan.public_note("answer");
            reply["inReplyTo"] = json!(post.object_id.as_str());
            mention(&mut reply, &alice);
            let like = fan.does("Like", &json!(post.object_id.as_str()));
            let boost = fan.announces(post.object_id.as_str());
            activities.extend([fan.follows(&alice), like, boost, fan.creates(&reply)].map(|it| (fan, it)));
        }
        join_all(activities.iter().map(|(fan, it)| async { stage.knock(fan, it).await.unwrap() })).await;
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
        let alice = stage.local("alice").await;
        let mut fans = Vec::new();
        for n in 0..20 {
            fans.push(stage.remote(&format!("fan{n}")).await);
        }
        for fan in &fans {
            stage.knock(fan, &fan.follows(&alice)).await.unwrap();
        }
        let half = inbound::waiting(&stage.cx, MessageId(0), 10).await.unwrap();
        assert_eq!(half.len(), 10);
        let running = Semaphore::new(1);
        for waiting in half.clone() {
            inbound::act(&stage.cx, waiting, &running).await;
        }
        stage.reopen();
        for waiting in half {
            inbound::act(&stage.cx, waiting, &running).await;
        }
        stage.settle().await;
        assert_eq!(stage.numbers(&alice).await, (20, 0));
        assert_eq!(stage.told(&alice).await.len(), 20);
        assert_eq!(stage.sent("Accept").await.len(), 20);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_acted_upon_at_once_has_its_effect_when_it_is_acknowledged() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let note = bob.direct_note("hello", &alice);
        let create = bob.creates(&note);
        stage.knock(&bob, &create).await.unwrap();
        assert!(stage.find(&note).await.is_some());
        assert_eq!(stage.end_of(&create).await, "processed");
        assert!(inbound::waiting(&stage.cx, MessageId(0), 10).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_overtakes_what_waits_about_the_same_thing() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let note = bob.direct_note("hello", &alice);
        let delete = bob.does("Delete", &json!(note["id"]));
        stage.knock(&bob, &delete).await.unwrap();
        let create = bob.creates(&note);
        stage.knock(&bob, &create).await.unwrap();
        assert_eq!(inbound::waiting(&stage.cx, MessageId(0), 10).await.unwrap().len(), 2);
        stage.settle().await;
        assert!(stage.find(&note).await.is_none(), "it was deleted before it came");
        assert!(stage.end_of(&create).await.starts_with("ignored"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_at_once_is_kept_and_tried_again() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.take(&bob, &bob.creates(&bob.direct_note("first", &alice))).await;
        // Its key is known; its account is suddenly not.
        let id = bob.account.id;
        stage.cx.write(move |tx| Ok(store::testing::lose_account(tx, id)?)).await.unwrap();
        let create = bob.creates(&bob.direct_note("second", &alice));
        stage.knock(&bob, &create).await.unwrap();
        let waiting = inbound::waiting(&stage.cx, MessageId(0), 10).await.unwrap();
        assert_eq!(waiting.len(), 1, "nothing that was acknowledged is lost");
    }
}
