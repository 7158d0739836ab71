//! Nobody waits for a host that is slow, dead or far behind.

use crate::sink::{Reply, Sink};
use crate::stage::stages;
use domain::delivery::DeliveryState;
use service::outbox::{Followers, Shared};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// N52
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hanging_and_dead_hosts_do_not_delay_healthy_ones() {
    for mut stage in stages().await {
        let healthy: Vec<Sink> = (2..12).map(Sink::accepting).collect();
        let hanging: Vec<Sink> = (20..30)
            .map(|n| Sink::replying(n, |_| Reply::status(202).after(Duration::from_secs(60))))
            .collect();
        stage.followed_from(&hanging.iter().collect::<Vec<_>>()).await;
        for number in 40..45 {
            stage.follower(SocketAddr::from(([127, 0, 0, number], 9)), "bob").await;
        }
        stage.followed_from(&healthy.iter().collect::<Vec<_>>()).await;
        stage.start();
        let began = Instant::now();
        let mut last = None;
        for number in 0..10 {
            last = Some(stage.post(&format!("https://here.example/{number}"), &format!("{number}")).await);
        }
        let delivered = |state: DeliveryState| state == DeliveryState::Delivered;
        stage
            .until(last.unwrap(), |report| report.iter().filter(|host| delivered(host.state)).count() == 10)
            .await;
        assert!(
            began.elapsed() < Duration::from_millis(2500),
            "{:?}, before the first timeout",
            began.elapsed()
        );
        for host in &healthy {
            assert_eq!(host.ids().len(), 10);
        }
        stage.kill();
    }
}

/// N52
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_far_behind_does_not_delay_others() {
    for mut stage in stages().await {
        let behind = Sink::replying(2, |_| Reply::status(202).after(Duration::from_millis(100)));
        let prompt = Sink::accepting(3);
        let (bob, carol) =
            (stage.peer(behind.address, "bob").await, stage.peer(prompt.address, "carol").await);
        for number in 0..2000 {
            let id = format!("https://here.example/{number}");
            stage.publish(&id, &id, Followers::No, vec![bob.clone()], Shared::Broadcast).await;
        }
        stage.start();
        let began = Instant::now();
        let to = vec![carol];
        let message =
            stage.publish("https://here.example/x", "x", Followers::No, to, Shared::Broadcast).await.message;
        stage.until_delivered(message, 1).await;
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        stage.settle_down().await;
        assert!(!behind.ids().is_empty());
    }
}
