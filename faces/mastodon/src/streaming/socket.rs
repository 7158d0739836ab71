//! Streams over a WebSocket (RFC 6455): any number on one connection.

use super::names::{self, Refusal, Stream, Wanted, label};
use super::{StreamForm, line, protocol, viewer};
use crate::answer::Answer;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use serde::Deserialize;
use serde_json::json;
use service::Cx;
use service::watch::{End, Line, Parcel, Refused};
use std::time::Duration;
use tokio::time::Instant;
use web::{ApiError, ClientAddr, Params, Viewer};

/// The longest message a client may send, in bytes.
const MAX_MESSAGE: usize = 4 * 1024;
/// Room to read into. Most connections are silent, so it is small.
const READ_BUFFER: usize = 1024;
/// How often the other side is asked whether it is there ...
const PING_EVERY: Duration = Duration::from_secs(30);
/// ... and how long it may be silent.
const SILENCE: Duration = Duration::from_secs(75);
/// Most messages a client may send between two pings.
const MAX_MESSAGES: u32 = 200;
/// How long one message may take to be handed to the network.
const WRITE_WITHIN: Duration = Duration::from_secs(20);
/// How long is waited for the other side to close too.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

const GOING_AWAY: u16 = 1001;
const NOT_TEXT: u16 = 1003;
const AGAINST_RULES: u16 = 1008;
const COME_AGAIN: u16 = 1013;

/// `GET /api/v1/streaming`
pub(super) async fn open(
    State(cx): State<Cx>,
    from: ClientAddr,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    Params(form): Params<StreamForm>,
) -> Answer {
    let mut upgrade =
        upgrade.map_err(|_| ApiError::new(StatusCode::BAD_REQUEST, "Unknown channel requested"))?;
    let viewer = viewer(&cx, &headers, &uri).await?;
    let line = line(&cx, &viewer, from)?;
    let wanted = form.stream.as_deref().filter(|stream| !stream.is_empty());
    let first = match wanted {
        Some(stream) => {
            let wanted = Wanted { stream, tag: form.tag.as_deref(), list: form.list.as_deref() };
            subscribe(&cx, &viewer, &line, wanted).await.err()
        }
        None => None,
    };
    // RFC 6455 §4.2.2: of what is offered, one is chosen; browsers insist.
    if let Some(chosen) = protocol(&headers).and_then(|chosen| HeaderValue::from_str(chosen).ok()) {
        upgrade.set_selected_protocol(chosen);
    }
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| {
        let client = Client { cx, viewer, line, socket, heard: Instant::now(), messages: 0 };
        Box::pin(client.serve(first))
    }))
}

async fn subscribe(cx: &Cx, viewer: &Viewer, line: &Line, wanted: Wanted<'_>) -> Result<(), Refusal> {
    let Stream { name, topics } = names::find(cx, viewer, wanted).await?;
    line.watch(&name, topics).map_err(|why| match why {
        Refused::TooMany => Refusal(StatusCode::TOO_MANY_REQUESTS, "Too many streams on one connection"),
        Refused::Stopping => Refusal(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping"),
    })
}

/// What a client may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request {
    r#type: String,
    stream: String,
    tag: Option<String>,
    list: Option<String>,
}

/// The other side is gone, or is to be.
struct Over;

struct Client {
    cx: Cx,
    viewer: Viewer,
    line: Line,
    socket: WebSocket,
    heard: Instant,
    messages: u32,
}

impl Client {
    async fn serve(mut self, refused: Option<Refusal>) {
        if let Some(refusal) = refused
            && self.complain(refusal).await.is_err()
        {
            return;
        }
        let mut ping = tokio::time::interval(PING_EVERY);
        ping.reset();
        loop {
            let step = tokio::select! {
                parcel = self.line.next() => match parcel {
                    Ok(parcel) => self.send(Message::Text(envelope(&parcel).into())).await,
                    Err(end) => self.close(end).await,
                },
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    _ => Err(Over),
                },
                _ = ping.tick() => self.ask_for_life().await,
            };
            if step.is_err() {
                return;
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Over> {
        match tokio::time::timeout(WRITE_WITHIN, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }

    async fn complain(&mut self, Refusal(status, words): Refusal) -> Result<(), Over> {
        let text = json!({ "error": words, "status": status.as_u16() }).to_string();
        self.send(Message::Text(text.into())).await
    }

    async fn hear(&mut self, message: Message) -> Result<(), Over> {
        self.heard = Instant::now();
        self.messages += 1;
        if self.messages > MAX_MESSAGES {
            return self.end(AGAINST_RULES, "Too many messages").await;
        }
        match message {
            Message::Text(text) => self.obey(text.as_str()).await,
            Message::Binary(_) => self.end(NOT_TEXT, "Only text messages are understood").await,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(Over),
        }
    }

    async fn obey(&mut self, text: &str) -> Result<(), Over> {
        let Ok(request) = serde_json::from_str::<Request>(text) else {
            return self.complain(Refusal(StatusCode::BAD_REQUEST, "The message cannot be read")).await;
        };
        let wanted =
            Wanted { stream: &request.stream, tag: request.tag.as_deref(), list: request.list.as_deref() };
        let done = match request.r#type.as_str() {
            "subscribe" => subscribe(&self.cx, &self.viewer, &self.line, wanted).await,
            "unsubscribe" => {
                self.line.leave(&label(wanted.stream, parameter(wanted)));
                Ok(())
            }
            _ => Err(Refusal(StatusCode::BAD_REQUEST, "Unknown message type")),
        };
        match done {
            Ok(()) => Ok(()),
            Err(refusal) => self.complain(refusal).await,
        }
    }

    async fn ask_for_life(&mut self) -> Result<(), Over> {
        self.messages = 0;
        if self.heard.elapsed() > SILENCE {
            return Err(Over);
        }
        self.send(Message::Ping(axum::body::Bytes::new())).await
    }

    async fn close(&mut self, end: End) -> Result<(), Over> {
        match end {
            End::Stopping => self.end(GOING_AWAY, "The server is stopping").await,
            End::Revoked => self.end(AGAINST_RULES, "The access token is no longer valid").await,
            End::Slow => self.end(COME_AGAIN, "Messages were not read in time").await,
            End::Missed => self.end(COME_AGAIN, "Some events were missed").await,
        }
    }

    /// Says why, and waits a moment until the other side has read it.
    async fn end(&mut self, code: u16, words: &'static str) -> Result<(), Over> {
        self.send(Message::Close(Some(CloseFrame { code, reason: words.into() }))).await?;
        let closed = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        let _ = tokio::time::timeout(CLOSE_WITHIN, closed).await;
        Err(Over)
    }
}

/// What was asked of a stream, where it is one of those that are asked something.
fn parameter(wanted: Wanted<'_>) -> Option<&str> {
    match wanted.stream {
        "hashtag" | "hashtag:local" => wanted.tag,
        "list" => wanted.list,
        _ => None,
    }
}

/// One that says nothing beside its name has no payload.
fn envelope(parcel: &Parcel) -> String {
    if parcel.payload.plain() == "null" {
        return format!("{{\"stream\":{},\"event\":\"{}\"}}", parcel.stream, parcel.event);
    }
    format!(
        "{{\"stream\":{},\"event\":\"{}\",\"payload\":{}}}",
        parcel.stream,
        parcel.event,
        parcel.payload.quoted()
    )
}
