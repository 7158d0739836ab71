//! What the sweep takes, and what it leaves.

use crate::sink::Sink;
use crate::stage::stages;
use domain::delivery::DeliveryState;
use service::outbox::{Followers, Shared};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_bodies_go_unless_a_delivery_still_needs_them() {
    for mut stage in stages().await {
        let host = Sink::accepting(2);
        let (bob, dead) = (
            stage.peer(host.address, "bob").await,
            stage.peer(SocketAddr::from(([127, 0, 0, 3], 9)), "eve").await,
        );
        stage.start();
        let mut messages = Vec::new();
        for (number, to) in [bob, dead].into_iter().enumerate() {
            let id = format!("https://here.example/{number}");
            messages.push(stage.publish(&id, &id, Followers::No, vec![to], Shared::Personal).await.message);
        }
        stage.until_delivered(messages[0], 1).await;
        stage.until_tried(messages[1], 1).await;
        service::sweep::sweep(&stage.cx).await.unwrap();
        assert_eq!(bodies(&stage.cx, &messages).await, [true, true]);
        stage.stop().await;
        let settings = service::Settings { log_days: 1, ..service::Settings::default() };
        stage.cx.settings = Arc::new(settings);
        stage.advance(2 * DAY);
        service::sweep::sweep(&stage.cx).await.unwrap();
        assert_eq!(bodies(&stage.cx, &messages).await, [false, true]);
        // A week in vain ends the delivery, and with it the need.
        stage.advance(6 * DAY);
        service::sweep::sweep(&stage.cx).await.unwrap();
        assert_eq!(stage.report(messages[1]).await[0].state, DeliveryState::Expired);
        assert_eq!(bodies(&stage.cx, &messages).await, [false, false]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_beyond_the_bound_go_oldest_first() {
    for mut stage in stages().await {
        let mut messages = Vec::new();
        for number in 0..10 {
            let id = format!("https://here.example/{number}");
            messages.push(stage.publish(&id, &id, Followers::No, Vec::new(), Shared::Personal).await.message);
            stage.advance(Duration::from_secs(1));
        }
        let size = stage.cx.read(|tx| Ok(store::sweep::log_bytes(tx)?)).await.unwrap();
        let settings = service::Settings { log_bytes: size / 2, ..service::Settings::default() };
        stage.cx.settings = Arc::new(settings);
        service::sweep::sweep(&stage.cx).await.unwrap();
        let kept = bodies(&stage.cx, &messages).await;
        assert_eq!(kept, [false, false, false, false, false, true, true, true, true, true]);
    }
}

/// Which of some messages still have their bodies.
async fn bodies(cx: &service::Cx, messages: &[domain::MessageId]) -> Vec<bool> {
    let messages = messages.to_vec();
    cx.read(move |tx| {
        let mut found = Vec::new();
        for message in &messages {
            found.push(store::message::body(tx, *message)?.is_some());
        }
        Ok(found)
    })
    .await
    .unwrap()
}
