//! Real documents of peers go through the inbound walk, with keys made for
//! their actors, without an error that is ours.

use domain::message::MessageState;
use serde_json::{Value, json};
use std::path::Path;
use testkit::peer::Answer;
use testkit::{Peer, TestServer, eventually, fixtures};
use url::Url;
use wire::key::SigningKey;

/// An activity that says who acts.
fn actor_of(json: &Value) -> Option<Url> {
    let is_activity = json.get("object").is_some() && json.get("id").is_some_and(Value::is_string);
    let actor = json.get("actor")?;
    let actor = actor.as_str().or_else(|| actor.get("id")?.as_str())?;
    Url::parse(actor).ok().filter(|url| is_activity && matches!(url.scheme(), "http" | "https"))
}

/// The document as if the peer were its actor's server.
fn moved(json: &Value, actor: &Url, peer: &Peer) -> Value {
    let text = json.to_string().replace(&actor.origin().ascii_serialization(), &peer.origin());
    serde_json::from_str(&text).unwrap()
}

/// Each comes from a host of its own: some delete their actor.
async fn deliver(server: &TestServer, key: &SigningKey, path: &Path, json: &Value, actor: &Url) {
    let peer = Peer::start().await;
    peer.add_with_key("someone", key.clone());
    let activity = moved(json, actor, &peer);
    let id = actor.as_str().replace(&actor.origin().ascii_serialization(), &peer.origin());
    let mut signer = peer.signer("someone");
    signer.key_id = format!("{}#main-key", id.split('#').next().unwrap());
    let mut document = peer.actor("someone");
    document["id"] = json!(id);
    document["publicKey"]["id"] = json!(signer.key_id);
    document["publicKey"]["owner"] = json!(id);
    let target = Url::parse(&id).unwrap();
    let target =
        target.query().map_or_else(|| target.path().to_owned(), |query| format!("{}?{query}", target.path()));
    peer.answer(&target, Answer::document(&document));
    let reply = peer.letter("someone", &server.url("/inbox"), &activity).signer(signer).send().await;
    assert!(matches!(reply.code(), 202 | 400), "{}: {} {}", path.display(), reply.code(), reply.text());
}

#[tokio::test]
async fn real_activities_are_taken_and_break_nothing() {
    let Some(documents) = fixtures::documents() else { return };
    let (server, key) = (TestServer::start().await, SigningKey::generate_rsa().unwrap());
    server.create("alice").await;
    let mut sent = 0;
    for (path, json) in &documents {
        if let Some(actor) = actor_of(json) {
            deliver(&server, &key, path, json, &actor).await;
            sent += 1;
        }
    }
    assert!(sent > 20, "only {sent} of {} documents are activities", documents.len());
    eventually("all was acted upon", || async {
        let log = server.log().await;
        log.iter().all(|line| line.state != MessageState::Waiting).then_some(())
    })
    .await;
    for line in
        server.log().await.iter().filter(|line| line.state == MessageState::Failed && line.kind != "GET")
    {
        let reason = line.reason.as_deref().unwrap_or_default();
        assert!(
            !["internal error", "the store failed", "panicked"].iter().any(|ours| reason.contains(ours)),
            "{line:?}"
        );
    }
}
