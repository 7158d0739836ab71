//! Encrypted peers: whom we trust, and which protocol is spoken.

use std::sync::Arc;

use serde_json::json;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use wire::signature::Scheme;
use wire::{Client, ClientConfig, FetchError};

use crate::peer::{Peer, Reply};
use crate::{NOW, client, limits, signer, url};

/// A certificate of our own making, and a server that shows it.
fn certificate(name: &str, protocols: &[&str]) -> (Vec<u8>, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    (made.cert.der().to_vec(), TlsAcceptor::from(Arc::new(config)))
}

fn trusting(extra_ca: Vec<Vec<u8>>) -> Client {
    let peers_allow = vec!["127.0.0.0/8".parse().unwrap()];
    let user_agent = "antiphon-test/0".to_owned();
    Client::new(ClientConfig { peers_allow, extra_ca, user_agent, limits: limits() }).unwrap()
}

#[tokio::test]
async fn a_trusted_peer_is_asked_in_the_protocol_it_prefers() {
    for (protocols, version) in
        [(&["h2", "http/1.1"][..], http::Version::HTTP_2), (&["http/1.1"], http::Version::HTTP_11)]
    {
        let (der, tls) = certificate("tls.localhost", protocols);
        let peer = Peer::start_with("127.0.0.1", Some(tls), |_, seen| {
            if seen.method == "POST" { Reply::status(202) } else { Reply::json(&json!({ "type": "Note" })) }
        })
        .await;
        let (client, signer) = (trusting(vec![der]), signer());
        let place = format!("https://tls.localhost:{}", peer.port());
        for _ in 0..3 {
            client.fetch_document(&format!("{place}/note"), Some(&signer), NOW).await.unwrap();
        }
        let inbox = url(&format!("{place}/inbox"));
        let answer = client.deliver(&inbox, "{}".into(), &signer, Scheme::Cavage, NOW).await.unwrap();
        assert_eq!(answer.status, 202);
        assert!(peer.seen().iter().all(|seen| seen.version == version), "{:?}", peer.seen());
        assert_eq!(peer.connections(), 1);
    }
}

#[tokio::test]
async fn a_peer_nobody_vouches_for_is_refused() {
    let (_, tls) = certificate("tls.localhost", &["http/1.1"]);
    let peer = Peer::start_with("127.0.0.1", Some(tls), |_, _| Reply::document("{}")).await;
    let id = format!("https://tls.localhost:{}/note", peer.port());
    let failure = client().fetch_document(&id, None, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Tls(_)), "{failure:?}");
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (der, tls) = certificate("other.localhost", &["http/1.1"]);
    let peer = Peer::start_with("127.0.0.1", Some(tls), |_, _| Reply::document("{}")).await;
    let id = format!("https://tls.localhost:{}/note", peer.port());
    let failure = trusting(vec![der]).fetch_document(&id, None, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Tls(_)), "{failure:?}");
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn a_broken_authority_is_found_at_the_start() {
    let config = ClientConfig { extra_ca: vec![b"no certificate".to_vec()], ..ClientConfig::default() };
    assert!(Client::new(config).is_err());
}
