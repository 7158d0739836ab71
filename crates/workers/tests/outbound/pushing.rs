use crate::sink::{Reply, Sink};
use crate::stage::{Stage, stages};
use domain::notification::{About, Kinds, NotificationKind};
use domain::push::{PushForm, PushPolicy, PushWishes};
use domain::user::Scopes;
use domain::{AccountId, TokenId};
use service::notify::{self, News};
use service::push::{self, NewSubscription};
use std::time::Duration;
use store::oauth::Token;

/// Of the program of RFC 8291, Appendix A.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// A program of the author's that asked to be told of follows.
async fn subscribe(stage: &Stage, service: &Sink) -> TokenId {
    let account = stage.author.id;
    let token = stage
        .cx
        .write(move |tx| {
            let token = TokenId(tx.new_id());
            let scopes = Scopes::parse("push").unwrap();
            let row = Token {
                id: token,
                application_id: None,
                person: None,
                scopes,
                created_at: tx.now(),
                used_at: None,
            };
            store::oauth::insert_token(tx, &token.0.to_be_bytes(), &row)?;
            Ok(token)
        })
        .await
        .unwrap();
    let new = NewSubscription {
        endpoint: format!("http://{}/send/1", service.address),
        p256dh: P256DH.into(),
        auth: AUTH.into(),
        access_token: "secret".into(),
    };
    let wishes = PushWishes { alerts: Kinds::of([NotificationKind::Follow]), policy: PushPolicy::All };
    push::subscribe(&stage.cx, account, token, new, PushForm::Standard, wishes).await.unwrap();
    token
}

async fn tell(stage: &Stage, from: AccountId) {
    let news = News { to: stage.author.id, kind: NotificationKind::Follow, from, about: About::Sender };
    stage.cx.write(move |tx| notify::tell(tx, &news)).await.unwrap();
}

async fn follower(stage: &Stage, name: &str) -> AccountId {
    stage.peer("127.0.0.9:1".parse().unwrap(), name).await.id
}

async fn until_nothing_waits(stage: &Stage) {
    for _ in 0..1000 {
        if stage.cx.read(push::next_due).await.unwrap().is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("something still waits");
}

#[tokio::test]
async fn a_push_is_sent_once_and_settled() {
    for mut stage in stages().await {
        let service = Sink::accepting(31);
        subscribe(&stage, &service).await;
        stage.start();
        let bob = follower(&stage, "bob").await;
        tell(&stage, bob).await;
        service.until_seen(1).await;
        until_nothing_waits(&stage).await;
        stage.settle_down().await;
        let seen = service.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].path, "/send/1");
        stage.stop().await;
    }
}

#[tokio::test]
async fn a_push_service_that_hangs_holds_up_no_other() {
    for mut stage in stages().await {
        let hanging = Sink::replying(34, |_| Reply::status(201).after(Duration::from_secs(60)));
        let healthy = Sink::accepting(35);
        subscribe(&stage, &hanging).await;
        subscribe(&stage, &healthy).await;
        stage.start();
        let (bob, cid) = (follower(&stage, "bob").await, follower(&stage, "cid").await);
        tell(&stage, bob).await;
        healthy.until_seen(1).await;
        hanging.until_seen(1).await;
        tell(&stage, cid).await;
        healthy.until_seen(2).await;
        stage.stop().await;
    }
}

#[tokio::test]
async fn a_push_is_tried_again_after_a_pause_and_after_a_restart() {
    for mut stage in stages().await {
        let service = Sink::replying(32, |_| Reply::status(503));
        subscribe(&stage, &service).await;
        stage.start();
        let bob = follower(&stage, "bob").await;
        tell(&stage, bob).await;
        service.until_seen(1).await;
        stage.settle_down().await;
        assert_eq!(service.seen().len(), 1);
        stage.advance(Duration::from_secs(30));
        service.until_seen(2).await;
        stage.settle_down().await;
        stage.restart().await;
        stage.advance(Duration::from_secs(60));
        service.until_seen(3).await;
        stage.stop().await;
    }
}

#[tokio::test]
async fn a_program_that_is_gone_is_told_nothing_more() {
    for mut stage in stages().await {
        let service = Sink::replying(33, |_| Reply::status(410));
        let token = subscribe(&stage, &service).await;
        stage.start();
        let (bob, cid) = (follower(&stage, "bob").await, follower(&stage, "cid").await);
        tell(&stage, bob).await;
        service.until_seen(1).await;
        until_nothing_waits(&stage).await;
        let gone = stage.cx.read(move |tx| push::of_token(tx, token)).await;
        assert!(matches!(gone, Err(service::Error::NotFound(_))));
        tell(&stage, cid).await;
        stage.settle_down().await;
        assert_eq!(service.seen().len(), 1);
        stage.stop().await;
    }
}

#[tokio::test]
async fn what_waits_for_a_token_that_was_taken_back_is_not_sent() {
    for mut stage in stages().await {
        let service = Sink::accepting(34);
        let token = subscribe(&stage, &service).await;
        let bob = follower(&stage, "bob").await;
        tell(&stage, bob).await;
        stage
            .cx
            .write(move |tx| {
                let now = tx.now();
                Ok(store::oauth::revoke(tx, token, now)?)
            })
            .await
            .unwrap();
        stage.start();
        until_nothing_waits(&stage).await;
        assert!(service.seen().is_empty());
        stage.stop().await;
    }
}
