//! A caller that costs next to nothing, so that the server is what is
//! measured: requests are bytes made beforehand, sent over connections that
//! stay open, each as soon as the one before it is answered.

use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// A connection that stays open.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a whole request and reads the whole answer.
    pub(crate) async fn call(&mut self, request: &[u8]) -> Result<Answer> {
        tokio::time::timeout(ANSWER, self.exchange(request)).await.context("no answer in time")?
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        let end = self.until(b"\r\n\r\n", 0).await?;
        let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default()).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status")?;
        let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let body = if let Some(length) = value("content-length:") {
            let whole = end + length.parse::<usize>()?;
            while self.buffer.len() < whole {
                self.read().await?;
            }
            let body = self.buffer.get(end..whole).unwrap_or_default().to_vec();
            self.buffer.drain(..whole);
            body
        } else if value("transfer-encoding:").is_some() {
            let whole = self.until(b"\r\n0\r\n\r\n", end.saturating_sub(2)).await?;
            self.buffer.drain(..whole).skip(end).collect()
        } else {
            self.buffer.drain(..end);
            Vec::new()
        };
        Ok(Answer { status, body })
    }

    /// Reads on until `mark` is there; where it ends.
    async fn until(&mut self, mark: &[u8], mut from: usize) -> Result<usize> {
        loop {
            let unseen = self.buffer.get(from..).unwrap_or_default();
            if let Some(at) = unseen.windows(mark.len()).position(|window| window == mark) {
                return Ok(from + at + mark.len());
            }
            from = self.buffer.len().saturating_sub(mark.len()).max(from);
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

/// What came of sending each of many requests once.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// For each request that was answered: its number, the status, the time.
    pub(crate) answers: Vec<(usize, u16, Duration)>,
}

impl Sent {
    /// The numbers of those that were taken.
    pub(crate) fn taken(&self) -> impl Iterator<Item = usize> {
        self.answers.iter().filter(|(_, status, _)| (200..300).contains(status)).map(|(number, ..)| *number)
    }

    /// The middle one of all times.
    pub(crate) fn median(&self) -> Duration {
        middle(self.answers.iter().map(|(.., time)| *time).collect())
    }
}

/// The middle one.
pub(crate) fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Sends each request once, over so many connections. A connection that
/// breaks ends; the others go on.
pub(crate) async fn send_each(
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    connections: usize,
) -> Result<Sent> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (requests, next) = (requests.clone(), next.clone());
        senders.spawn(async move {
            let mut answers = Vec::new();
            let Ok(mut connection) = Connection::open(address).await else { return answers };
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(number) else { return answers };
                let begun = Instant::now();
                let Ok(answer) = connection.call(request).await else { return answers };
                answers.push((number, answer.status, begun.elapsed()));
            }
        });
    }
    let mut sent = Sent::default();
    while let Some(answers) = senders.join_next().await {
        sent.answers.extend(answers?);
    }
    Ok(sent)
}

/// How often a request was answered well in a while, and the middle time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) per_second: f64,
    pub(crate) median: Duration,
}

/// Sends one request again and again for a while, over so many connections.
pub(crate) async fn repeat(
    address: SocketAddr,
    request: Vec<u8>,
    connections: usize,
    during: Duration,
) -> Result<Pace> {
    let request = Arc::new(request);
    let begun = Instant::now();
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let request = request.clone();
        senders.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::new();
            while begun.elapsed() < during {
                let asked = Instant::now();
                let answer = connection.call(&request).await?;
                anyhow::ensure!(answer.status == 200, "answered {}", answer.status);
                times.push(asked.elapsed());
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = senders.join_next().await {
        times.extend(ended??);
    }
    let per_second = crate::table::number(times.len()) / begun.elapsed().as_secs_f64();
    Ok(Pace { per_second, median: middle(times) })
}

/// A request of a client as bytes.
pub(crate) fn request(
    method: &str,
    target: &str,
    host: SocketAddr,
    accept: &str,
    token: Option<&str>,
    body: Option<&serde_json::Value>,
) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\naccept: {accept}\r\n");
    if let Some(token) = token {
        let _ = write!(text, "authorization: Bearer {token}\r\n");
    }
    let body = body.map(ToString::to_string).unwrap_or_default();
    if method == "POST" {
        let _ = write!(text, "content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    text.push_str("\r\n");
    text.push_str(&body);
    text.into_bytes()
}
