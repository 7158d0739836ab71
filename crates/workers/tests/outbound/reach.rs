//! Whom a message reaches, and how many requests that takes.

use crate::sink::{Reply, Sink};
use crate::stage::stages;
use domain::delivery::DeliveryState;
use domain::moderation::HostRule;
use domain::{Host, account::AccountState};
use service::outbox::{Followers, Shared};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_followers_on_few_hosts_make_one_request_a_host() {
    for mut stage in stages().await {
        let hosts: Vec<Sink> = (2..7).map(Sink::accepting).collect();
        for number in 0..600 {
            stage.follower(hosts[number % 5].address, &format!("f{number}")).await;
        }
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        stage.until_delivered(message, 5).await;
        stage.settle_down().await;
        for host in &hosts {
            assert_eq!(host.ids(), ["https://here.example/1"]);
            assert_eq!(host.seen()[0].path, "/inbox");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_it_names_among_its_followers_costs_no_second_request() {
    for mut stage in stages().await {
        let host = Sink::accepting(2);
        let named = stage.follower(host.address, "bob").await;
        stage.start();
        let message = stage
            .publish("https://here.example/1", "one", Followers::All, vec![named], Shared::Broadcast)
            .await
            .message;
        stage.until_delivered(message, 1).await;
        stage.settle_down().await;
        assert_eq!(host.ids().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_personal_goes_to_the_own_inbox_and_whom_it_names_here_is_handed_back() {
    for mut stage in stages().await {
        let host = Sink::accepting(2);
        let (bob, here) = (stage.peer(host.address, "bob").await, stage.author.clone());
        let here_id = here.id;
        stage.start();
        let published = stage
            .publish("https://here.example/1", "one", Followers::No, vec![bob, here], Shared::Personal)
            .await;
        assert_eq!(published.local, [here_id]);
        stage.until_delivered(published.message, 1).await;
        assert_eq!(host.seen()[0].path, "/users/bob/inbox");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_host_and_a_suspended_account_get_nothing() {
    for mut stage in stages().await {
        let (host, blocked) = (Sink::accepting(2), Sink::accepting(3));
        stage.followed_from(&[&host, &blocked]).await;
        let (named, suspended) =
            (stage.peer(blocked.address, "carol").await, stage.peer(host.address, "dan").await);
        let (rule, id) = (Host::parse(&blocked.address.to_string()).unwrap(), suspended.id);
        stage
            .cx
            .write(move |tx| {
                store::host_rule::set(tx, &rule, HostRule::Suspend, "")?;
                Ok(store::account::set_state(tx, id, AccountState::Suspended)?)
            })
            .await
            .unwrap();
        let suspended = domain::Account { state: AccountState::Suspended, ..suspended };
        stage.start();
        let to = vec![named, suspended];
        let message = stage
            .publish("https://here.example/1", "one", Followers::All, to, Shared::Personal)
            .await
            .message;
        stage.until_delivered(message, 1).await;
        stage.settle_down().await;
        assert_eq!(host.seen().iter().map(|seen| seen.path.as_str()).collect::<Vec<_>>(), ["/inbox"]);
        assert!(blocked.seen().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_about_one_object_arrive_in_order_and_others_do_not_wait_for_them() {
    for mut stage in stages().await {
        let host = Sink::replying(2, |seen| {
            let slow = if seen.id.contains("slow") { 120 } else { 0 };
            Reply::status(202).after(Duration::from_millis(slow))
        });
        stage.followed_from(&[&host]).await;
        stage.start();
        let mut last = None;
        for number in 0..15 {
            last = Some(stage.post(&format!("https://here.example/slow/{number:02}"), "object").await);
            stage.post(&format!("https://here.example/quick/{number:02}"), &format!("other {number}")).await;
        }
        stage.until_delivered(last.unwrap(), 1).await;
        let (slow, quick): (Vec<String>, Vec<String>) =
            host.ids().into_iter().partition(|id| id.contains("slow"));
        assert_eq!(slow.len(), 15);
        assert!(slow.is_sorted(), "{slow:?}");
        assert_eq!(quick.len(), 15);
        assert!(host.ids().iter().rposition(|id| id.contains("quick")) < host.ids().len().checked_sub(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_tells_each_host_and_the_words_of_who_refused() {
    for mut stage in stages().await {
        let (good, bad) =
            (Sink::accepting(2), Sink::replying(3, |_| Reply::status(422).words("no notes from strangers")));
        stage.followed_from(&[&good, &bad]).await;
        stage.start();
        let message = stage.post("https://here.example/1", "one").await;
        let report = stage
            .until(message, |report| report.len() == 2 && report.iter().all(|host| host.attempts == 1))
            .await;
        assert_eq!(report[0].state, DeliveryState::Delivered);
        assert_eq!(report[0].host.as_str(), good.address.to_string());
        assert_eq!(report[0].answer, None);
        assert_eq!(report[1].state, DeliveryState::Refused);
        assert_eq!(report[1].answer.as_deref(), Some("422 no notes from strangers"));
        assert_eq!(report[1].next_try_at, None);
    }
}
