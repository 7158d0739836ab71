//! From handles to actors, and back.

use domain::{ActorId, Handle};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wire::FetchError;
use wire::guard::Forbidden;

use crate::peer::{Peer, Reply, Seen};
use crate::{NOW, client, client_with, limits};

const AS: &str = "application/activity+json";

fn jrd(json: &Value) -> Reply {
    Reply::status(200).header("content-type", "application/jrd+json").body(json.to_string())
}

fn handle(name: &str, peer: &Peer) -> Handle {
    Handle::parse(&format!("{name}@{}", peer.address)).unwrap()
}

/// Capability W2.
#[tokio::test]
async fn a_handle_leads_to_its_actor() {
    let peer = Peer::start("127.0.0.1", |origin, _| {
        jrd(&json!({
            "subject": format!("acct:Bob@{}", origin.trim_start_matches("http://")),
            "links": [
                { "rel": "http://ostatus.org/schema/1.0/subscribe", "template": format!("{origin}/follow?uri={{uri}}") },
                { "href": format!("{origin}/users/1"), "type": AS, "rel": "self" },
                { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": format!("{origin}/@Bob") },
            ],
        }))
    })
    .await;
    let client = client();
    for _ in 0..2 {
        let found = client.webfinger(&handle("bob", &peer), NOW).await.unwrap();
        assert_eq!(found.subject, handle("Bob", &peer));
        assert_eq!(found.actor.as_str(), peer.at("/users/1"));
        assert_eq!(found.subscribe_template, Some(peer.at("/follow?uri={uri}")));
        assert_eq!(found.profile_page, Some(peer.at("/@Bob")));
    }
    let resource = format!("/.well-known/webfinger?resource=acct%3Abob%40127.0.0.1%3A{}", peer.port());
    assert_eq!(peer.paths(), [resource.clone(), resource]);
    // An address that was allowed is asked by http at once.
    assert_eq!(peer.connections(), 1);
}

/// Answers a request in plain http, and waits for the end of one for ever.
async fn patient_peer() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut read = Vec::new();
                while !read.ends_with(b"\r\n\r\n") {
                    if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let body = json!({ "links": [{ "rel": "self", "type": AS, "href": format!("http://b.localhost:{port}/bob") }] });
                let head =
                    "HTTP/1.1 200 OK\r\ncontent-type: application/jrd+json\r\nconnection: close\r\n\r\n";
                stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            });
        }
    });
    port
}

#[tokio::test]
async fn a_peer_that_keeps_silent_when_asked_by_https_is_asked_by_http() {
    let port = patient_peer().await;
    let name = Handle::parse(&format!("bob@b.localhost:{port}")).unwrap();
    let found = client().webfinger(&name, NOW).await.unwrap();
    assert_eq!(found.actor.as_str(), format!("http://b.localhost:{port}/bob"));
}

#[tokio::test]
async fn names_under_localhost_are_loopback() {
    let peer = Peer::start("127.0.0.1", |_, seen| {
        let host = seen.header("host");
        jrd(&json!({ "links": [{ "rel": "self", "type": AS, "href": format!("http://{host}/bob") }] }))
    })
    .await;
    let name = Handle::parse(&format!("bob@b.localhost:{}", peer.port())).unwrap();
    let found = client().webfinger(&name, NOW).await.unwrap();
    assert_eq!(found.actor.as_str(), format!("http://b.localhost:{}/bob", peer.port()));
    assert_eq!(found.subject, name);
}

/// Capability W7.
#[tokio::test]
async fn a_descriptor_with_only_an_actor_is_enough_and_one_without_is_not() {
    let peer = Peer::start("127.0.0.1", |origin, seen| {
        let links = if seen.path.contains("bob") {
            json!([{ "rel": "self", "href": format!("{origin}/bob") }])
        } else {
            json!([{ "rel": "self", "type": "text/html", "href": format!("{origin}/eve") }])
        };
        // A static site may serve the file with any type.
        Reply::status(200).header("content-type", "text/plain").body(json!({ "links": links }).to_string())
    })
    .await;
    let found = client().webfinger(&handle("bob", &peer), NOW).await.unwrap();
    assert_eq!((found.subject, found.aliases.len()), (handle("bob", &peer), 0));
    assert_eq!(client().webfinger(&handle("eve", &peer), NOW).await, Err(FetchError::NoActor));
}

/// S06
#[tokio::test]
async fn a_redirect_to_an_address_inside_is_not_followed() {
    let inside = Peer::start("127.0.0.1", |_, _| jrd(&json!({}))).await;
    let client = client_with(&["127.9.1.1/32"], limits());
    let to = inside.at("/secret");
    let lure = Peer::start("127.9.1.1", move |_, _| Reply::redirect(&to)).await;
    let failure = client.webfinger(&handle("bob", &lure), NOW).await.unwrap_err();
    assert!(failure.is_lasting() || matches!(failure, FetchError::Tls(_)), "{failure:?}");

    let template = inside.at("/secret?resource={uri}");
    let lure = Peer::start("127.9.1.1", move |_, seen| host_meta(seen, &template)).await;
    let failure = client.webfinger(&handle("bob", &lure), NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Forbidden(Forbidden::Address(_))), "{failure:?}");
    assert_eq!(inside.connections(), 0);
}

fn host_meta(seen: &Seen, template: &str) -> Reply {
    match seen.path.as_str() {
        "/.well-known/host-meta" => {
            Reply::status(200).body(format!("<XRD><Link rel=\"lrdd\" template=\"{template}\"/></XRD>"))
        }
        _ => Reply::status(404),
    }
}

#[tokio::test]
async fn host_meta_leads_to_where_webfinger_is_answered() {
    let other = Peer::start("127.0.0.2", |origin, _| {
        jrd(&json!({ "links": [{ "rel": "self", "type": AS, "href": format!("{origin}/bob") }] }))
    })
    .await;
    let template = other.at("/find?a=1&amp;r={uri}");
    let peer = Peer::start("127.0.0.1", move |_, seen| host_meta(seen, &template)).await;
    let found = client().webfinger(&handle("bob", &peer), NOW).await.unwrap();
    assert_eq!(found.actor.as_str(), other.at("/bob"));
    assert_eq!(other.paths(), [format!("/find?a=1&r=acct%3Abob%40127.0.0.1%3A{}", peer.port())]);
}

#[tokio::test]
async fn an_unknown_handle_is_told_as_such() {
    let peer = Peer::start("127.0.0.1", |_, seen| {
        if seen.path.contains("gone") { Reply::status(410) } else { Reply::status(404) }
    })
    .await;
    let failure = client().webfinger(&handle("nobody", &peer), NOW).await.unwrap_err();
    assert_eq!(failure.status(), Some(404));
    assert_eq!(client().webfinger(&handle("gone", &peer), NOW).await, Err(FetchError::Gone));
}

/// Capability W5.
#[tokio::test]
async fn a_handle_is_confirmed_when_its_domain_leads_back() {
    let main = Peer::start("127.0.0.2", |origin, _| {
        let domain = origin.trim_start_matches("http://");
        jrd(&json!({
            "subject": format!("acct:bob@{domain}"),
            "links": [{ "rel": "self", "type": AS, "href": "https://actors.example/bob" }],
        }))
    })
    .await;
    let subject = format!("acct:bob@{}", main.address);
    let alias = Peer::start("127.0.0.1", move |_, _| {
        jrd(&json!({
            "subject": subject,
            "links": [{ "rel": "self", "type": AS, "href": "https://actors.example/bob" }],
        }))
    })
    .await;
    let (client, bob) = (client(), ActorId::parse("https://actors.example/bob").unwrap());
    for asked in [handle("BOB", &main), handle("b", &alias)] {
        assert_eq!(client.confirm_handle(&asked, &bob, NOW).await.unwrap(), handle("bob", &main));
    }
    let eve = ActorId::parse("https://actors.example/eve").unwrap();
    let failure = client.confirm_handle(&handle("bob", &main), &eve, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::NotConfirmed { .. }), "{failure:?}");
}

/// O15
#[tokio::test]
async fn a_domain_cannot_give_away_the_handles_of_another() {
    let victim = Peer::start("127.0.0.2", |_, _| {
        jrd(&json!({ "links": [{ "rel": "self", "type": AS, "href": "https://victim.example/alice" }] }))
    })
    .await;
    let subject = format!("acct:alice@{}", victim.address);
    let evil = Peer::start("127.0.0.1", move |_, _| {
        jrd(&json!({
            "subject": subject,
            "links": [{ "rel": "self", "type": AS, "href": "https://evil.example/eve" }],
        }))
    })
    .await;
    let eve = ActorId::parse("https://evil.example/eve").unwrap();
    let failure = client().confirm_handle(&handle("eve", &evil), &eve, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::NotConfirmed { .. }), "{failure:?}");
}
