//! When what failed is tried again.

use crate::sink::{Reply, Sink};
use crate::stage::{Stage, stages};
use domain::Host;
use domain::delivery::DeliveryState;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A host whose answer can be changed.
fn changing(number: u8, status: u16) -> (Sink, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(status));
    let now = Arc::clone(&status);
    (Sink::replying(number, move |_| Reply::status(now.load(Ordering::SeqCst))), status)
}

/// N54
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_says_when_to_come_back_is_left_alone_until_then() {
    for status in [429, 503] {
        for stage in stages().await {
            comes_back_when_told(stage, status).await;
        }
    }
}

async fn comes_back_when_told(mut stage: Stage, status: u16) {
    let count = AtomicUsize::new(0);
    let host = Sink::replying(2, move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::status(status).retry_after(90),
        _ => Reply::status(202),
    });
    stage.followed_from(&[&host]).await;
    stage.start();
    let message = stage.post("https://here.example/1", "one").await;
    let report = stage.until_tried(message, 1).await;
    assert_eq!(report.next_try_at, Some(stage.cx.now().plus(90 * SECOND)));
    stage.advance(89 * SECOND);
    stage.post("https://here.example/2", "two").await;
    stage.settle_down().await;
    assert_eq!(host.seen().len(), 1);
    stage.advance(SECOND);
    stage.until_delivered(message, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_fails_is_probed_with_one_request_at_a_time_and_then_gets_all() {
    for mut stage in stages().await {
        let (host, status) = changing(2, 503);
        stage.followed_from(&[&host]).await;
        for number in 0..10 {
            stage.post(&format!("https://here.example/{number}"), &format!("object {number}")).await;
        }
        stage.start();
        let last = stage.post("https://here.example/last", "last").await;
        stage.until(last, |report| !report.is_empty()).await;
        host.until_seen(1).await;
        stage.settle_down().await;
        let tried = host.seen().len();
        assert!((1..=4).contains(&tried), "{tried} at first, before any had failed");
        stage.advance(40 * SECOND);
        host.until_seen(tried + 1).await;
        stage.settle_down().await;
        assert_eq!(host.seen().len(), tried + 1);
        stage.advance(80 * SECOND);
        host.until_seen(tried + 2).await;
        stage.settle_down().await;
        assert_eq!(host.seen().len(), tried + 2);
        status.store(202, Ordering::SeqCst);
        stage.advance(160 * SECOND);
        stage.until_delivered(last, 1).await;
        host.until_seen(tried + 2 + 11).await;
        stage.settle_down().await;
        assert_eq!(host.seen().len(), tried + 2 + 11);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_five_times_while_others_pass_is_parked() {
    for mut stage in stages().await {
        let host =
            Sink::replying(2, |seen| Reply::status(if seen.id.contains("poison") { 500 } else { 202 }));
        stage.followed_from(&[&host]).await;
        stage.start();
        let poison = stage.post("https://here.example/poison", "poison").await;
        stage.until_tried(poison, 1).await;
        for tries in 2..=5 {
            let other = stage.post(&format!("https://here.example/{tries}"), &format!("other {tries}")).await;
            stage.until(other, |report| !report.is_empty()).await;
            stage.advance(Duration::from_secs(30 << tries));
            stage.until_tried(poison, tries).await;
            stage.advance(Duration::from_secs(30 << tries));
            stage.until_delivered(other, 1).await;
        }
        let report = stage.report(poison).await.remove(0);
        assert_eq!(report.state, DeliveryState::Waiting);
        let other = stage.post("https://here.example/after", "after").await;
        stage.until_delivered(other, 1).await;
        let seen = host.seen().len();
        stage.advance(600 * SECOND);
        stage.settle_down().await;
        assert_eq!(host.seen().len(), seen, "it rests for an hour");
        // What is about the same object stays behind it.
        let after = stage.post("https://here.example/delete", "poison").await;
        stage.settle_down().await;
        assert_eq!(stage.report(after).await[0].attempts, 0);
    }
}

/// N53
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_request_from_a_host_that_failed_long_revives_its_lane() {
    for mut stage in stages().await {
        let (host, status) = changing(2, 503);
        stage.followed_from(&[&host]).await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        for attempts in 1..=4 {
            stage.until_tried(message, attempts).await;
            if attempts < 4 {
                stage.advance(600 * SECOND);
            }
        }
        status.store(202, Ordering::SeqCst);
        stage.advance(40 * SECOND);
        stage.settle_down().await;
        assert_eq!(host.seen().len(), 4, "its next try is minutes away");
        let alive = Host::parse(&host.address.to_string()).unwrap();
        stage.cx.write(move |tx| service::delivery::revive(tx, &alive)).await.unwrap();
        stage.until_delivered(message, 1).await;
    }
}
