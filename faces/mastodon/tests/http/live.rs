//! A server that listens, and clients that watch it.

use crate::stage::{HOST, Person, Server};
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// What does not come within this does not come.
const PATIENCE: Duration = Duration::from_secs(10);
/// What has not come within this is not on its way.
const SILENCE: Duration = Duration::from_millis(250);

/// A server that listens and tells what happens.
pub(crate) struct Live {
    pub(crate) address: SocketAddr,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) hub: JoinHandle<()>,
    listening: JoinHandle<()>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.listening.abort();
        self.hub.abort();
    }
}

impl Server {
    pub(crate) async fn live(&self) -> Live {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let hub = tokio::spawn(mastodon::stream(self.cx.clone(), stopped));
        let service = self.app().into_make_service_with_connect_info::<SocketAddr>();
        let listening = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Live { address, stop, hub, listening }
    }
}

impl Live {
    /// Opens a WebSocket as `person`, with the token in the URL.
    pub(crate) async fn watch(&self, person: &Person, query: &str) -> Socket {
        let query = format!("access_token={}&{query}", person.token());
        self.socket(&query, &[]).await.unwrap().0
    }

    /// Opens a WebSocket, or says with which status it was refused.
    pub(crate) async fn socket(
        &self,
        query: &str,
        headers: &[(&str, &str)],
    ) -> Result<(Socket, HeaderMap), u16> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let mut request = format!("ws://{HOST}/api/v1/streaming?{query}").into_client_request().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, response)) => Ok((Socket(socket), response.headers().clone())),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a stream of server-sent events.
    pub(crate) async fn events(&self, person: &Person, path: &str) -> Events {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = Request::get(path).body(()).unwrap();
        let text = format!(
            "GET {} HTTP/1.1\r\nhost: {HOST}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
            request.uri(),
            person.token()
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        Events { stream, read: String::new() }
    }
}

/// The client's end of a WebSocket.
pub(crate) struct Socket(pub(crate) WebSocketStream<TcpStream>);

impl Socket {
    pub(crate) async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(crate) async fn subscribe(&mut self, stream: &str) {
        self.say(&json!({ "type": "subscribe", "stream": stream })).await;
    }

    /// The next message, whatever it is.
    pub(crate) async fn next(&mut self) -> Message {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a message in time");
            match next.expect("an open socket").unwrap() {
                Message::Ping(_) | Message::Pong(_) => (),
                message => return message,
            }
        }
    }

    pub(crate) async fn json(&mut self) -> Value {
        match self.next().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no text: {other:?}"),
        }
    }

    /// The next event: its streams, its word, its payload read as JSON.
    pub(crate) async fn event(&mut self) -> (Value, String, Value) {
        let message = self.json().await;
        let payload = message["payload"].as_str().unwrap_or_else(|| panic!("no event: {message}"));
        let payload = serde_json::from_str(payload).unwrap();
        (message["stream"].clone(), message["event"].as_str().unwrap().to_owned(), payload)
    }

    /// The next event must have this word; its payload.
    pub(crate) async fn expect(&mut self, word: &str) -> Value {
        let (_, event, payload) = self.event().await;
        assert_eq!(event, word, "{payload}");
        payload
    }

    /// The code it is closed with.
    pub(crate) async fn closed(&mut self) -> u16 {
        match self.next().await {
            Message::Close(Some(frame)) => frame.code.into(),
            other => panic!("not closed: {other:?}"),
        }
    }

    pub(crate) async fn is_silent(&mut self) {
        if let Ok(Some(message)) = tokio::time::timeout(SILENCE, self.0.next()).await {
            panic!("not silent: {message:?}");
        }
    }
}

/// The client's end of a stream of server-sent events.
pub(crate) struct Events {
    stream: TcpStream,
    read: String,
}

impl Events {
    /// Reads until this stands there; all that stood before and after it.
    pub(crate) async fn until(&mut self, wanted: &str) -> String {
        let mut room = [0; 4096];
        while !self.read.contains(wanted) {
            let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut room)).await;
            let count = read.unwrap_or_else(|_| panic!("{wanted:?} is not in {:?}", self.read)).unwrap();
            assert!(count > 0, "ended without {wanted:?}: {:?}", self.read);
            self.read.push_str(&String::from_utf8_lossy(&room[..count]));
        }
        std::mem::take(&mut self.read)
    }

    /// Reads to the end.
    pub(crate) async fn rest(mut self) -> String {
        let mut bytes = Vec::new();
        tokio::time::timeout(PATIENCE, self.stream.read_to_end(&mut bytes)).await.expect("an end").unwrap();
        self.read + &String::from_utf8_lossy(&bytes)
    }
}
