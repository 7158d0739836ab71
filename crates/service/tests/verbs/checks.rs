//! What is looked at after a verb: homes, notifications, numbers, what went out.

use crate::stage::Stage;
use domain::message::{Direction, Message};
use domain::notification::NotificationKind;
use domain::post::PostCounts;
use domain::{Account, MessageId, Page, Post};
use serde_json::Value;
use service::delivery;
use store::timeline::Entry;

/// One of our activities, as it goes out.
pub(crate) struct Sent {
    pub(crate) message: Message,
    pub(crate) json: Value,
}

impl Stage {
    /// Whether one follows another: `None` not at all, `Some(false)` waiting.
    pub(crate) async fn follows(&self, follower: &Account, target: &Account) -> Option<bool> {
        let (follower, target) = (follower.id, target.id);
        let row = self.cx.read(move |tx| Ok(store::follow::find(tx, follower, target)?)).await.unwrap();
        row.map(|row| row.accepted)
    }

    pub(crate) async fn blocks(&self, account: &Account, target: &Account) -> bool {
        let (account, target) = (account.id, target.id);
        self.cx.read(move |tx| Ok(store::block::exists(tx, account, target)?)).await.unwrap()
    }

    /// Followers and followed of an account, as counted.
    pub(crate) async fn numbers(&self, account: &Account) -> (i64, i64) {
        let id = account.id;
        let counts = self.cx.read(move |tx| Ok(store::account::counts(tx, id)?)).await.unwrap();
        (counts.followers, counts.following)
    }

    pub(crate) async fn counts(&self, post: &Post) -> PostCounts {
        let id = post.id;
        self.cx.read(move |tx| Ok(store::post::counts(tx, id)?)).await.unwrap()
    }

    /// The home of an account.
    pub(crate) async fn home(&self, owner: &Account) -> Vec<Entry> {
        let id = owner.id;
        self.cx.read(move |tx| Ok(store::timeline::home(tx, id, Page::newest(100))?)).await.unwrap()
    }

    /// How often a post is in a home.
    pub(crate) async fn in_home(&self, owner: &Account, post: &Post) -> usize {
        self.home(owner).await.iter().filter(|entry| entry.post_id == post.id).count()
    }

    /// What an account was told, oldest first.
    pub(crate) async fn told(&self, account: &Account) -> Vec<NotificationKind> {
        let id = account.id;
        let mut kinds: Vec<NotificationKind> = self
            .cx
            .read(move |tx| {
                Ok(store::notification::list(
                    tx,
                    id,
                    &store::notification::Selection {
                        // What is kept back too.
                        place: store::notification::Place::KeptBack,
                        ..Default::default()
                    },
                    Page::newest(100),
                )?)
            })
            .await
            .unwrap()
            .into_iter()
            .map(|it| it.kind)
            .collect();
        kinds.reverse();
        kinds
    }

    /// Our activities of a kind, oldest first.
    pub(crate) async fn sent(&self, kind: &str) -> Vec<Sent> {
        let messages = self.log().await;
        let mut sent = Vec::new();
        for message in
            messages.into_iter().rev().filter(|it| it.direction == Direction::Out && it.kind == kind)
        {
            let id = message.id;
            let body = self.cx.read(move |tx| Ok(store::message::body(tx, id)?)).await.unwrap();
            let json = body.map_or(Value::Null, |body| serde_json::from_slice(&body).unwrap());
            sent.push(Sent { message, json });
        }
        sent
    }

    /// The one activity of a kind that went out.
    pub(crate) async fn only_sent(&self, kind: &str) -> Sent {
        let mut sent = self.sent(kind).await;
        assert_eq!(sent.len(), 1, "{kind}");
        sent.remove(0)
    }

    /// The inboxes a message goes to, in the order of the alphabet.
    pub(crate) async fn inboxes(&self, message: MessageId) -> Vec<String> {
        while self.cx.write(move |tx| delivery::expand(tx, message)).await.unwrap().more {}
        let now = self.cx.now();
        let mut inboxes: Vec<String> = self
            .cx
            .read(move |tx| {
                let mut found = Vec::new();
                for host in store::delivery::hosts(tx, "", 1000)? {
                    found.extend(store::delivery::due(tx, &host, now, 10_000)?);
                }
                Ok(found)
            })
            .await
            .unwrap()
            .into_iter()
            .filter(|delivery| delivery.message == message)
            .map(|delivery| delivery.inbox.to_string())
            .collect();
        inboxes.sort();
        inboxes
    }
}
