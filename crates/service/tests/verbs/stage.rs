//! A server with accounts, and peers' actors that sign.

use crate::peer::{Peer, actor_document};
use domain::{Account, AccountKind, ActorId, MessageId, ObjectId, Visibility};
use http::Method;
use serde_json::{Value, json};
use service::account::{self, NewAccount};
use service::inbound::{self, Arrived, Refused};
use service::keys::Pair;
use service::{Cx, Settings};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::testing::Fresh;
use tokio::sync::Semaphore;
use url::Url;
use wire::key::SigningKey;
use wire::signature::{Scheme, ToSign, sign};
use wire::{Client, ClientConfig, Limits};

/// Making one takes long.
static RSA: LazyLock<Pair> = LazyLock::new(|| Pair::rsa().unwrap());

pub(crate) const PUBLIC: &str = activitypub::PUBLIC;

/// A server on a fresh store, with a peer and somebody else's server.
pub(crate) struct Stage {
    pub(crate) cx: Cx,
    pub(crate) fresh: Fresh,
    pub(crate) peer: Peer,
    pub(crate) evil: Peer,
}

/// An actor of a peer that can sign.
#[derive(Clone)]
pub(crate) struct Remote {
    pub(crate) id: String,
    pub(crate) key: SigningKey,
    pub(crate) key_id: String,
    pub(crate) account: Account,
}

impl Remote {
    pub(crate) fn followers(&self) -> String {
        format!("{}/followers", self.id)
    }

    /// An id of something on this actor's host.
    pub(crate) fn new_id(&self, kind: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        format!("{}/{kind}/{}", self.id, COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// An activity of this actor under a fresh id.
    pub(crate) fn does(&self, kind: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.new_id("activities"),
            "type": kind,
            "actor": self.id,
            "object": object,
        })
    }

    pub(crate) fn follows(&self, target: &Account) -> Value {
        self.does("Follow", &json!(target.actor_id.as_str()))
    }

    /// A note of this actor.
    pub(crate) fn note(&self, text: &str, to: &[&str], cc: &[&str]) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.new_id("notes"),
            "type": "Note",
            "attributedTo": self.id,
            "content": format!("<p>{text}</p>"),
            "published": "2025-09-09T06:00:00Z",
            "to": to,
            "cc": cc,
        })
    }

    pub(crate) fn public_note(&self, text: &str) -> Value {
        self.note(text, &[PUBLIC], &[&self.followers()])
    }

    /// A note for one reader, with a mention.
    pub(crate) fn direct_note(&self, text: &str, to: &Account) -> Value {
        let mut note = self.note(text, &[to.actor_id.as_str()], &[]);
        mention(&mut note, to);
        note
    }

    /// The Create of a note, addressed as the note.
    pub(crate) fn creates(&self, note: &Value) -> Value {
        self.about("Create", note)
    }

    /// An activity that carries a note, addressed as the note.
    pub(crate) fn about(&self, kind: &str, note: &Value) -> Value {
        let mut activity = self.does(kind, note);
        activity["to"] = note["to"].clone();
        activity["cc"] = note["cc"].clone();
        activity
    }

    pub(crate) fn announces(&self, id: &str) -> Value {
        let mut announce = self.does("Announce", &json!(id));
        announce["to"] = json!([PUBLIC]);
        announce["cc"] = json!([self.followers()]);
        announce
    }
}

/// Names an account in a note, in its tags.
pub(crate) fn mention(note: &mut Value, account: &Account) {
    let tag = json!({ "type": "Mention", "href": account.actor_id.as_str(), "name": format!("@{}", account.handle) });
    match note["tag"].as_array_mut() {
        Some(tags) => tags.push(tag),
        None => note["tag"] = json!([tag]),
    }
}

/// A stage on each database there is.
pub(crate) async fn stages() -> Vec<Stage> {
    let mut stages = vec![Stage::new(Fresh::sqlite(|_| ())).await];
    if let Some(fresh) = Fresh::postgres(|_| ()) {
        stages.push(Stage::new(fresh).await);
    }
    stages
}

impl Stage {
    async fn new(fresh: Fresh) -> Self {
        let cx = context(&fresh);
        Self { cx, fresh, peer: Peer::at(2).await, evil: Peer::at(3).await }
    }

    /// Stops the server and starts it again.
    pub(crate) fn reopen(&mut self) {
        tokio::task::block_in_place(|| self.fresh.reopen());
        self.cx = context(&self.fresh);
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.fresh.clock.advance(by);
    }

    /// An account of ours.
    pub(crate) async fn local(&self, name: &str) -> Account {
        let new = NewAccount { name: name.into(), kind: AccountKind::Person, display_name: String::new() };
        let ed25519 = Pair::ed25519().unwrap();
        self.cx.write(move |tx| account::create_local(tx, &new, Some(&RSA), &ed25519)).await.unwrap()
    }

    /// An account of ours that approves its followers by hand.
    pub(crate) async fn locked(&self, name: &str) -> Account {
        let account = self.local(name).await;
        let change = account::ProfileChange { locked: Some(true), ..Default::default() };
        self.cx.write(move |tx| account::update_local(tx, account.id, &change)).await.unwrap()
    }

    /// An actor that a peer serves and that we do not know yet.
    pub(crate) fn stranger(peer: &Peer, name: &str) -> (String, SigningKey) {
        let id = peer.url(&format!("/users/{name}"));
        let key = SigningKey::generate_ed25519().unwrap();
        peer.serve(&actor_document(&id, &key.public().to_pem()));
        (id, key)
    }

    /// An actor of a peer that we know.
    pub(crate) async fn remote_at(&self, peer: &Peer, name: &str) -> Remote {
        let (id, key) = Self::stranger(peer, name);
        let account = self.absorb(&actor_document(&id, &key.public().to_pem())).await.unwrap();
        Remote { key_id: format!("{id}#main-key"), id, key, account }
    }

    pub(crate) async fn remote(&self, name: &str) -> Remote {
        self.remote_at(&self.peer, name).await
    }

    pub(crate) async fn absorb(&self, document: &Value) -> service::Result<Account> {
        let actor = account::document_of(document)?;
        self.cx.write(move |tx| account::absorb(tx, &actor)).await
    }

    /// Makes one account a follower of another.
    pub(crate) async fn befriend(&self, follower: &Account, target: &Account) {
        let (follower, target) = (follower.id, target.id);
        self.cx
            .write(move |tx| {
                store::follow::request(tx, follower, target, &format!("urn:follow:{follower}:{target}"))?;
                store::follow::accept(tx, follower, target)?;
                Ok(())
            })
            .await
            .unwrap();
    }

    /// Brings an activity to the door.
    pub(crate) async fn knock(&self, signer: &Remote, activity: &Value) -> Result<(), Refused> {
        self.knock_with(&signer.key, &signer.key_id, activity, Scheme::Cavage).await
    }

    pub(crate) async fn knock_with(
        &self,
        key: &SigningKey,
        key_id: &str,
        activity: &Value,
        scheme: Scheme,
    ) -> Result<(), Refused> {
        inbound::accept(&self.cx, self.signed(key, key_id, activity, scheme)).await
    }

    pub(crate) fn signed(&self, key: &SigningKey, key_id: &str, activity: &Value, scheme: Scheme) -> Arrived {
        let body = activity.to_string();
        let url = Url::parse(&self.cx.names.shared_inbox()).unwrap();
        let request = ToSign {
            method: &Method::POST,
            url: &url,
            body: Some(body.as_bytes()),
            content_type: Some("application/activity+json"),
            now: self.cx.now(),
        };
        let headers = sign(&request, key, key_id, scheme);
        Arrived {
            method: Method::POST,
            authority: "here.example".into(),
            target: "/inbox".into(),
            headers,
            body: body.into(),
        }
    }

    /// Lets an activity come in and be acted upon; what became of it.
    pub(crate) async fn deliver(&self, signer: &Remote, activity: &Value) -> String {
        if let Err(refused) = self.knock(signer, activity).await {
            return format!("refused: {refused}");
        }
        self.settle().await;
        self.end_of(activity).await
    }

    /// As [`Self::deliver`], for what must have an effect.
    pub(crate) async fn take(&self, signer: &Remote, activity: &Value) {
        assert_eq!(self.deliver(signer, activity).await, "processed", "{activity:#}");
    }

    /// As [`Self::deliver`], for what must have none.
    pub(crate) async fn shrug(&self, signer: &Remote, activity: &Value) {
        let end = self.deliver(signer, activity).await;
        assert!(end.starts_with("ignored: ") || end.starts_with("refused: "), "{end}: {activity:#}");
    }

    /// Acts upon all that waits.
    pub(crate) async fn settle(&self) {
        let running = Semaphore::new(8);
        loop {
            let waiting = inbound::waiting(&self.cx, MessageId(0), 100).await.unwrap();
            let now = self.cx.now();
            let ready: Vec<_> = waiting.into_iter().filter(|it| it.not_before <= now).collect();
            if ready.is_empty() {
                return;
            }
            for waiting in ready {
                inbound::act(&self.cx, waiting, &running).await;
            }
        }
    }

    /// What became of an activity that came in, by its newest line in the log.
    pub(crate) async fn end_of(&self, activity: &Value) -> String {
        let id = activity["id"].as_str().map(str::to_owned);
        let messages = self.log().await;
        let message = messages
            .iter()
            .find(|it| it.direction == domain::message::Direction::In && it.activity_id == id)
            .unwrap_or_else(|| panic!("not in the log: {activity:#}"));
        let state = format!("{:?}", message.state).to_lowercase();
        match &message.reason {
            Some(reason) => format!("{state}: {reason}"),
            None => state,
        }
    }

    /// The log, newest first.
    pub(crate) async fn log(&self) -> Vec<domain::message::Message> {
        let filter = store::message::Filter::default();
        self.cx.read(move |tx| Ok(store::message::list(tx, &filter, 2000)?)).await.unwrap()
    }

    /// Writes a post.
    pub(crate) async fn post(&self, author: &Account, text: &str, visibility: Visibility) -> domain::Post {
        self.publish(author, draft(text, visibility)).await
    }

    pub(crate) async fn publish(&self, author: &Account, draft: domain::post::Draft) -> domain::Post {
        let id = service::post::publish(&self.cx, author, draft, None, None).await.unwrap().id;
        self.cx.read(move |tx| Ok(store::post::find(tx, id)?)).await.unwrap().unwrap()
    }

    /// The post we have of an object.
    pub(crate) async fn find(&self, object: &Value) -> Option<domain::Post> {
        let id = object.as_str().or_else(|| object["id"].as_str()).unwrap();
        let id = ObjectId::parse(id).unwrap();
        self.cx.read(move |tx| Ok(store::post::by_object(tx, &id)?)).await.unwrap()
    }

    pub(crate) async fn account(&self, actor: &str) -> Option<Account> {
        let actor = ActorId::parse(actor).unwrap();
        self.cx.read(move |tx| Ok(store::account::by_actor(tx, &actor)?)).await.unwrap()
    }
}

pub(crate) fn draft(text: &str, visibility: Visibility) -> domain::post::Draft {
    domain::post::Draft {
        text: text.into(),
        format: domain::post::Format::Plain,
        warning: String::new(),
        sensitive: false,
        language: None,
        visibility,
        in_reply_to: None,
        ..domain::post::Draft::default()
    }
}

fn context(fresh: &Fresh) -> Cx {
    let config = ClientConfig {
        peers_allow: vec!["127.0.0.0/8".parse().unwrap()],
        user_agent: "Antiphon/test".into(),
        limits: Limits { total: Duration::from_secs(3), ..Limits::default() },
        ..ClientConfig::default()
    };
    Cx::new(fresh.store.clone(), Client::new(config).unwrap(), Settings::default())
}
