//! What a stop at any point leaves behind is sent after the next start.

use crate::sink::{Reply, Sink};
use crate::stage::stages;
use service::outbox::{Followers, Shared};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

/// N59, K02
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_for_a_dead_host_is_sent_soon_after_a_restart_under_the_same_id() {
    for mut stage in stages().await {
        let address = {
            let host = Sink::accepting(2);
            host.address
        };
        tokio::time::sleep(Duration::from_millis(50)).await;
        stage.follower(address, "bob").await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        for attempts in 1..=4 {
            stage.until_tried(message, attempts).await;
            if attempts < 4 {
                stage.advance(Duration::from_secs(3600));
            }
        }
        let host = Sink::start(address, |_| Reply::status(202));
        stage.restart().await;
        stage.until_delivered(message, 1).await;
        assert_eq!(host.ids(), ["https://here.example/1"]);
    }
}

/// N59
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_published_while_no_worker_runs_is_sent_after_the_start() {
    for mut stage in stages().await {
        let host = Sink::accepting(2);
        stage.followed_from(&[&host]).await;
        let message = stage.post("https://here.example/1", "one").await;
        stage.restart().await;
        stage.until_delivered(message, 1).await;
    }
}

/// N59
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_every_delivery_still_arrives() {
    for mut stage in stages().await {
        let hosts: Vec<Sink> = (2..8)
            .map(|n| Sink::replying(n, |_| Reply::status(202).after(Duration::from_millis(5))))
            .collect();
        stage.followed_from(&hosts.iter().collect::<Vec<_>>()).await;
        let mut messages = Vec::new();
        for number in 0..40 {
            messages.push(stage.post(&format!("https://here.example/{number}"), &format!("{number}")).await);
        }
        for _ in 0..5 {
            stage.start();
            tokio::time::sleep(Duration::from_millis(25)).await;
            stage.kill();
        }
        stage.start();
        for message in messages {
            stage.until_delivered(message, 6).await;
        }
        for host in &hosts {
            let distinct: HashSet<String> = host.ids().into_iter().collect();
            assert_eq!(distinct.len(), 40);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_lets_requests_under_way_end_and_writes_that_down() {
    for mut stage in stages().await {
        let host = Sink::replying(2, |_| Reply::status(202).after(Duration::from_millis(400)));
        let bob = stage.peer(host.address, "bob").await;
        stage.start();
        let to = vec![bob];
        let message = stage
            .publish("https://here.example/1", "one", Followers::No, to, Shared::Broadcast)
            .await
            .message;
        while host.seen().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stage.stop().await;
        stage.until_delivered(message, 1).await;
        assert_eq!(host.seen().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_for_a_host_that_hangs_longer_than_it_may() {
    for mut stage in stages().await {
        let hanging = SocketAddr::from(([127, 0, 0, 9], 0));
        let hanging = Sink::start(hanging, |_| Reply::status(202).after(Duration::from_secs(60)));
        let bob = stage.peer(hanging.address, "bob").await;
        stage.start();
        let to = vec![bob];
        stage.publish("https://here.example/1", "one", Followers::No, to, Shared::Broadcast).await;
        while hanging.seen().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let stop = tokio::time::timeout(Duration::from_secs(9), stage.stop());
        assert!(stop.await.is_ok());
    }
}
