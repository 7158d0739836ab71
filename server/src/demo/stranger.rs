//! Requests that no server of ours would make: unsigned, changed on the way,
//! old, or in another's name.

use super::cast::{ALICE, CARLOS, DORA, Inbox, Place};
use super::stage::Stage;
use super::story::Forgery;
use super::{Error, Result};
use bytes::Bytes;
use domain::Timestamp;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use url::Url;
use wire::signature::{Scheme, ToSign, sign};

const ACTIVITY: &str = "application/activity+json";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What the server said.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) words: String,
}

/// A message on its way, perhaps not what was signed.
struct Letter {
    body: Bytes,
    headers: HeaderMap,
}

/// Sends it to dora's inbox.
pub(super) async fn forge(stage: &Stage, forgery: Forgery) -> Result<Reply> {
    let inbox = Inbox::Own(DORA);
    let url = format!("{}{}", stage.origin(inbox.place()), inbox.path());
    let url = Url::parse(&url).map_err(|why| Error::Story(why.to_string()))?;
    let now = stage.cx(Place::Gamma).now();
    let letter = match forgery {
        Forgery::Unsigned => {
            // As a server would send it, but for the signature.
            let mut letter = signed(stage, &url, &follow(stage), now).await?;
            letter.headers.remove("signature");
            letter
        }
        Forgery::Tampered => {
            let signed = signed(stage, &url, &like(stage), now).await?;
            Letter { body: bytes(&follow(stage)), ..signed }
        }
        Forgery::Old => signed(stage, &url, &follow(stage), Timestamp(now.0 - millis(DAY))).await?,
        Forgery::InAnothersName => {
            let follow = activity(stage.actor(ALICE).as_str(), "Follow", stage.actor(DORA).as_str());
            signed(stage, &url, &follow, now).await?
        }
        Forgery::Hearsay(title) => {
            let id = stage.written(title)?.id.to_string();
            signed(stage, &url, &activity(stage.actor(ALICE).as_str(), "Delete", &id), now).await?
        }
    };
    post(stage, &url, letter).await
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn follow(stage: &Stage) -> Value {
    activity(stage.actor(CARLOS).as_str(), "Follow", stage.actor(DORA).as_str())
}

fn like(stage: &Stage) -> Value {
    activity(stage.actor(CARLOS).as_str(), "Like", stage.actor(DORA).as_str())
}

fn activity(actor: &str, kind: &str, object: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{actor}#forged/{kind}"),
        "type": kind,
        "actor": actor,
        "object": object,
    })
}

fn bytes(activity: &Value) -> Bytes {
    activity.to_string().into()
}

/// Signed by carlos, whoever it says has acted.
async fn signed(stage: &Stage, url: &Url, activity: &Value, now: Timestamp) -> Result<Letter> {
    let cx = stage.cx(CARLOS.home);
    let signer = cx.keys.signer(cx, stage.own(CARLOS).await?.id).await?;
    let body = bytes(activity);
    let request = ToSign { method: &Method::POST, url, body: Some(&body), content_type: Some(ACTIVITY), now };
    let headers = sign(&request, &signer.key, &signer.key_id, Scheme::Cavage);
    Ok(Letter { body, headers })
}

/// Straight to the socket: the house's own client signs whatever it sends.
async fn post(stage: &Stage, url: &Url, letter: Letter) -> Result<Reply> {
    let broken = |why: &dyn std::fmt::Display| Error::Story(format!("the forger got no answer: {why}"));
    let stream = TcpStream::connect(stage.server(DORA.home).address).await?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|why| broken(&why))?;
    let connection = tokio::spawn(connection);
    let mut request = Request::post(url.path()).body(Full::new(letter.body)).map_err(|why| broken(&why))?;
    *request.headers_mut() = letter.headers;
    let response = sender.send_request(request).await.map_err(|why| broken(&why))?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.map_err(|why| broken(&why))?.to_bytes();
    connection.abort();
    Ok(Reply { status, words: words(&body) })
}

/// The reason in a problem document (RFC 9457), else the text.
fn words(body: &[u8]) -> String {
    let problem: Option<Value> = serde_json::from_slice(body).ok();
    let field = |name: &str| problem.as_ref()?.get(name)?.as_str().map(str::to_owned);
    field("detail")
        .or_else(|| field("title"))
        .or_else(|| field("error"))
        .unwrap_or_else(|| String::from_utf8_lossy(body).chars().take(200).collect())
}
