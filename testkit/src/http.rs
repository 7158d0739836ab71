//! A plain client, without any guard, for whoever calls from outside.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::time::Duration;

/// The longest a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes requests; clones share connections.
#[derive(Debug, Clone)]
pub struct Http(Client<HttpConnector, Full<Bytes>>);

impl Default for Http {
    fn default() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// Where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}), status {}: {}", self.status, self.text()))
    }

    /// The status as a number.
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }
}

impl Http {
    /// Sends a request; `Err` where there was no answer.
    pub async fn try_send(&self, request: Request<Bytes>) -> Result<Reply, String> {
        let answer = async {
            let response = self.0.request(request.map(Full::new)).await.map_err(|error| error.to_string())?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
            Ok(Reply { status: head.status, headers: head.headers, body })
        };
        tokio::time::timeout(PATIENCE, answer).await.map_err(|_| "no answer in time".to_owned())?
    }

    /// Sends a request.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn send(&self, request: Request<Bytes>) -> Reply {
        self.try_send(request).await.expect("an answer")
    }

    /// `GET`, saying what is accepted.
    pub async fn get(&self, url: &str, accept: &str) -> Reply {
        let request = Request::get(url).header("accept", accept).body(Bytes::new());
        self.send(request.expect("a URL")).await
    }
}
