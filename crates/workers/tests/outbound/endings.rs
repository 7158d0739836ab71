//! How deliveries end: gone, refused, with the other signature, expired.

use crate::sink::{Reply, Sink};
use crate::stage::stages;
use domain::delivery::DeliveryState;
use std::net::SocketAddr;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_that_is_gone_ends_its_delivery_and_no_other() {
    for mut stage in stages().await {
        let (good, gone) = (Sink::accepting(2), Sink::replying(3, |_| Reply::status(410)));
        stage.followed_from(&[&good, &gone]).await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        let report =
            stage.until(message, |report| report.iter().filter(|host| host.attempts == 1).count() == 2).await;
        assert_eq!([report[0].state, report[1].state], [DeliveryState::Delivered, DeliveryState::Gone]);
        stage.advance(DAY);
        stage.settle_down().await;
        assert_eq!(gone.seen().len(), 1);
    }
}

// N55
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_whose_own_inbox_is_gone_follows_no_more_and_others_still_do() {
    for mut stage in stages().await {
        let (good, gone) = (Sink::accepting(2), Sink::replying(3, |_| Reply::status(410)));
        stage.followed_from(&[&good]).await;
        stage.lone_follower(gone.address, "carol").await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        stage.until(message, |report| report.iter().filter(|host| host.attempts == 1).count() == 2).await;
        let author = stage.author.id;
        let left = stage
            .cx
            .read(move |tx| Ok(store::account::counts(tx, author)?.followers))
            .await
            .expect("the store answers");
        assert_eq!(left, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_signature_is_tried_in_the_other_scheme_once_and_that_is_remembered() {
    for mut stage in stages().await {
        let host = Sink::replying(2, |seen| Reply::status(if seen.is_rfc9421 { 202 } else { 401 }));
        stage.followed_from(&[&host]).await;
        stage.start();
        let first = stage.post("https://here.example/1", "one").await;
        stage.until_delivered(first, 1).await;
        stage.restart().await;
        let second = stage.post("https://here.example/2", "two").await;
        stage.until_delivered(second, 1).await;
        let seen: Vec<(String, bool)> =
            host.seen().into_iter().map(|seen| (seen.id, seen.is_rfc9421)).collect();
        let id = |number| format!("https://here.example/{number}");
        assert_eq!(seen, [(id(1), false), (id(1), true), (id(2), true)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_refuses_both_signatures_has_refused() {
    for mut stage in stages().await {
        let host = Sink::replying(2, |_| Reply::status(403).words("not you"));
        stage.followed_from(&[&host]).await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        let report = stage.until_tried(message, 1).await;
        assert_eq!((report.state, report.answer.as_deref()), (DeliveryState::Refused, Some("403 not you")));
        stage.advance(DAY);
        stage.settle_down().await;
        assert_eq!(host.seen().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_in_vain_is_the_end_while_other_hosts_answer() {
    for mut stage in stages().await {
        let good = Sink::accepting(2);
        let dead = SocketAddr::from(([127, 0, 0, 3], 9));
        stage.followed_from(&[&good]).await;
        stage.follower(dead, "bob").await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        let report = stage
            .until(message, |report| report.len() == 2 && report.iter().all(|host| host.attempts == 1))
            .await;
        assert_eq!(report[1].state, DeliveryState::Waiting);
        assert!(report[1].answer.as_deref().is_some_and(|words| words.contains("connection")), "{report:?}");
        stage.advance(6 * DAY);
        let report = stage.until(message, |report| report[1].attempts == 2).await;
        assert_eq!(report[1].state, DeliveryState::Waiting);
        stage.advance(2 * DAY);
        let report = stage.until(message, |report| report[1].attempts == 3).await;
        assert_eq!(report[1].state, DeliveryState::Expired);
        assert!(report[1].answer.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_without_network_is_not_the_end() {
    for mut stage in stages().await {
        let dead = SocketAddr::from(([127, 0, 0, 3], 9));
        stage.follower(dead, "bob").await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        stage.until_tried(message, 1).await;
        // The weather is looked at after a restart.
        stage.restart().await;
        stage.until_tried(message, 2).await;
        stage.advance(8 * DAY);
        let report = stage.until_tried(message, 3).await;
        assert_eq!(report.state, DeliveryState::Waiting);
    }
}

/// N66
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_for_two_weeks_is_swept_and_not_sent() {
    for mut stage in stages().await {
        let host = Sink::accepting(2);
        stage.follower(host.address, "bob").await;
        let bob = stage.peer(host.address, "bob").await;
        let message = stage
            .publish(
                "https://here.example/1",
                "one",
                service::outbox::Followers::No,
                vec![bob],
                service::outbox::Shared::Personal,
            )
            .await
            .message;
        stage.advance(15 * DAY);
        service::sweep::sweep(&stage.cx).await.unwrap();
        stage.start();
        stage.settle_down().await;
        assert_eq!(stage.report(message).await[0].state, DeliveryState::Expired);
        assert!(host.seen().is_empty());
        stage.advance(10 * DAY);
        service::sweep::sweep(&stage.cx).await.unwrap();
        assert!(stage.report(message).await.is_empty());
    }
}
