//! Activities of our actors, signed beforehand: the bytes of whole requests.

use crate::peers::Actor;
use anyhow::Result;
use domain::Timestamp;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use url::Url;
use wire::signature::{Scheme, ToSign, sign};

/// As long as many posts are.
const TEXT: &str = "<p>Two choirs answer each other across the nave: what the one has sung, the other takes up, \
    and nobody waits for anybody. It is an old way of singing, and a good one for those who live far apart, as \
    each hears the other without hurry. <a href=\"https://choir.example/tags/antiphon\">#antiphon</a></p>";

/// A request that is ready to be sent.
pub(crate) struct Letter {
    /// The id of the post in it, or of the activity.
    pub(crate) id: String,
    /// The whole request.
    pub(crate) bytes: Vec<u8>,
}

/// This moment.
#[expect(clippy::disallowed_methods, reason = "the server's clock is this machine's; dates must fit it")]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A public post of about 1 KB, as a peer tells its followers.
pub(crate) fn create(actor: &Actor, number: &str, mentioned: Option<&str>) -> Value {
    let id = format!("{}/statuses/{number}", actor.id);
    let followers = format!("{}/followers", actor.id);
    let mut to = vec!["https://www.w3.org/ns/activitystreams#Public".to_owned()];
    to.extend(mentioned.map(str::to_owned));
    let tag: Vec<Value> =
        mentioned.iter().map(|href| json!({"type": "Mention", "href": href, "name": "@somebody"})).collect();
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams",
            {"ostatus": "http://ostatus.org#", "sensitive": "as:sensitive", "conversation": "ostatus:conversation"}],
        "id": format!("{id}/activity"),
        "type": "Create",
        "actor": actor.id,
        "published": "2026-01-02T03:04:05Z",
        "to": to,
        "cc": [followers],
        "object": {
            "id": id,
            "type": "Note",
            "attributedTo": actor.id,
            "published": "2026-01-02T03:04:05Z",
            "url": format!("{}/@{}/{number}", actor.origin, actor.name),
            "to": to,
            "cc": [followers],
            "sensitive": false,
            "content": TEXT,
            "contentMap": {"en": TEXT},
            "attachment": [],
            "tag": tag,
        },
    })
}

/// An actor asks to follow.
pub(crate) fn follow(actor: &Actor, number: usize, target: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}#follows/{number}", actor.id),
        "type": "Follow",
        "actor": actor.id,
        "object": target,
    })
}

/// An actor accepts what was asked.
pub(crate) fn accept(actor: &Actor, follow: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}#accepts/{}", actor.id, follow.get("id").and_then(Value::as_str).unwrap_or("it")),
        "type": "Accept",
        "actor": actor.id,
        "object": follow,
    })
}

/// Signs an activity and writes the request for it down.
pub(crate) fn post(actor: &Actor, activity: &Value, inbox: &Url) -> Result<Letter> {
    let body = serde_json::to_vec(activity)?;
    let asked = ToSign {
        method: &http::Method::POST,
        url: inbox,
        body: Some(&body),
        content_type: Some("application/activity+json"),
        now: now(),
    };
    let headers = sign(&asked, &actor.key, &format!("{}#main-key", actor.id), Scheme::Cavage);
    let mut bytes = format!("POST {} HTTP/1.1\r\n", inbox.path()).into_bytes();
    for (name, value) in &headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(&body);
    let id = activity.pointer("/object/id").or(activity.get("id")).and_then(Value::as_str);
    Ok(Letter { id: id.unwrap_or_default().to_owned(), bytes })
}

/// Makes many letters on both cores.
pub(crate) async fn many<F>(count: usize, make: F) -> Result<(Vec<String>, Arc<Vec<Vec<u8>>>)>
where
    F: Fn(usize) -> Result<Letter> + Send + Sync + 'static,
{
    let make = Arc::new(make);
    let halves = [0..count / 2, count / 2..count].map(|range| {
        let make = make.clone();
        tokio::task::spawn_blocking(move || range.map(|number| make(number)).collect::<Result<Vec<_>>>())
    });
    let (mut ids, mut requests) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for half in halves {
        for letter in half.await?? {
            ids.push(letter.id);
            requests.push(letter.bytes);
        }
    }
    Ok((ids, Arc::new(requests)))
}

/// Where all letters to a server may go.
pub(crate) fn shared_inbox(server: SocketAddr) -> Result<Url> {
    Ok(Url::parse(&format!("http://{server}/inbox"))?)
}
