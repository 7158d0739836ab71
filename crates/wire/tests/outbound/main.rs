//! Requests that leave, against peers on loopback: where they may go, what
//! they may cost, and what they bring.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod peer;

mod bounds;
mod deliveries;
mod documents;
mod forbidden;
mod handles;
mod tls;

use std::time::Duration;

use domain::Timestamp;
use url::Url;
use wire::key::SigningKey;
use wire::{Client, ClientConfig, Limits, Signer};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// Short enough that no test waits long.
fn limits() -> Limits {
    let short = Duration::from_millis(600);
    Limits { max_body: 64 * 1024, total: short, delivery: short, connect: short, ..Limits::default() }
}

fn client_with(peers_allow: &[&str], limits: Limits) -> Client {
    let peers_allow = peers_allow.iter().map(|net| net.parse().unwrap()).collect();
    let user_agent = "antiphon-test/0 (+https://here.example/)".to_owned();
    Client::new(ClientConfig { peers_allow, user_agent, limits, ..ClientConfig::default() }).unwrap()
}

/// A client that may speak with the peers of a test.
fn client() -> Client {
    client_with(&["127.0.0.0/8"], limits())
}

fn signer() -> Signer {
    Signer {
        key_id: "https://here.example/actor#main-key".to_owned(),
        key: SigningKey::generate_ed25519().unwrap(),
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}
