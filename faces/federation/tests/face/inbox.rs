//! Inboxes: what is taken, and what is refused and why (H03).

use crate::world::{ACTIVITY, LD, ORIGIN, World, in_world, request};
use axum::body::Body;
use domain::{Account, AccountState};
use http::{Method, Request, StatusCode};
use serde_json::json;

const INBOXES: [&str; 4] = ["/inbox", "/users/alice/inbox", "/groups/birds/inbox", "/actor/inbox"];

fn follow(sender: &Account, number: usize) -> Vec<u8> {
    let activity = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}/follows/{number}", sender.actor_id),
        "type": "Follow",
        "actor": sender.actor_id.as_str(),
        "object": format!("{ORIGIN}/users/alice"),
    });
    serde_json::to_vec(&activity).unwrap()
}

async fn waiting(world: &World) -> i64 {
    world.cx.read(|tx| Ok(store::message::waiting_count(tx)?)).await.unwrap()
}

/// Capability P6, N17.
#[test]
fn every_inbox_takes_both_types() {
    in_world(async |world| {
        world.group("birds").await;
        let sender = world.peer("fay", "b.example").await;
        let mut number = 0;
        for inbox in INBOXES {
            for kind in [ACTIVITY, LD] {
                number += 1;
                let answer = world.deliver(&sender, inbox, kind, &follow(&sender, number)).await;
                assert_eq!((answer.status, answer.body.len()), (StatusCode::ACCEPTED, 0), "{inbox} {kind}");
            }
        }
        assert_eq!(waiting(world).await, 8, "on disk before the yes");
    });
}

#[test]
fn h03_other_methods_and_types_are_refused() {
    in_world(async |world| {
        world.group("birds").await;
        for inbox in INBOXES {
            for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
                let answer = world.ask(method.clone(), inbox, &[("accept", ACTIVITY)]).await;
                assert_eq!(
                    (answer.status, answer.header("allow")),
                    (StatusCode::METHOD_NOT_ALLOWED, "POST"),
                    "{method}"
                );
            }
            for kind in ["application/json", "application/ld+json; profile=x", "text/plain"] {
                let answer = world.ask(Method::POST, inbox, &[("content-type", kind)]).await;
                assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{inbox} {kind}");
                assert_eq!(answer.header("content-type"), "application/problem+json");
            }
            assert_eq!(world.ask(Method::POST, inbox, &[]).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        assert_eq!(waiting(world).await, 0);
    });
}

#[test]
fn what_is_no_activity_is_refused() {
    in_world(async |world| {
        for body in ["", "{", "[]", "null", "{}", "{\"type\":\"Follow\"}", "\u{0}"] {
            let asked = request(Method::POST, "/inbox", &[("content-type", ACTIVITY)], body.into());
            let answer = world.send(asked).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
            assert!(!answer.json()["detail"].as_str().unwrap().is_empty());
        }
    });
}

#[test]
fn more_than_a_mebibyte_is_refused_announced_or_not() {
    in_world(async |world| {
        let long = vec![b' '; (1 << 20) + 1];
        let announced = request(
            Method::POST,
            "/inbox",
            &[("content-type", ACTIVITY), ("content-length", "1048577")],
            vec![],
        );
        let unannounced = request(Method::POST, "/inbox", &[("content-type", ACTIVITY)], long);
        for asked in [announced, unannounced] {
            let answer = world.send(asked).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
    });
}

#[test]
fn what_is_not_proven_is_refused_with_the_reason() {
    in_world(async |world| {
        let sender = world.peer("fay", "b.example").await;
        let body = follow(&sender, 1);
        let unsigned =
            world.send(request(Method::POST, "/inbox", &[("content-type", ACTIVITY)], body.clone())).await;
        assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
        assert!(unsigned.header("www-authenticate").starts_with("Signature"));
        assert!(unsigned.json()["detail"].as_str().unwrap().len() > 5);
        // The signature holds, but is another's.
        let other = world.peer("eve", "c.example").await;
        let answer = world.deliver(&other, "/inbox", ACTIVITY, &body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(waiting(world).await, 0);
    });
}

#[test]
fn a_rule_of_policy_is_not_told() {
    in_world(async |world| {
        let eve = world.peer("eve", "evil.example").await;
        world
            .write(|tx| {
                let host = domain::Host::parse("evil.example").unwrap();
                Ok(store::host_rule::set(tx, &host, domain::moderation::HostRule::Suspend, "spam")?)
            })
            .await;
        let answer = world.deliver(&eve, "/inbox", ACTIVITY, &follow(&eve, 1)).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"]),
            (StatusCode::FORBIDDEN, &json!("not accepted"))
        );
    });
}

#[test]
fn an_inbox_without_an_account_is_missing_or_gone() {
    in_world(async |world| {
        let bob = world.bob.id;
        world.write(move |tx| Ok(store::account::set_state(tx, bob, AccountState::Deleted)?)).await;
        for (inbox, status) in [
            ("/users/nobody/inbox", StatusCode::NOT_FOUND),
            ("/groups/alice/inbox", StatusCode::NOT_FOUND),
            ("/users/bob/inbox", StatusCode::GONE),
        ] {
            let sender = world.peer("fay", "b.example").await;
            assert_eq!(
                world.deliver(&sender, inbox, ACTIVITY, &follow(&sender, 1)).await.status,
                status,
                "{inbox}"
            );
        }
    });
}

#[test]
fn a_host_that_is_not_ours_is_misdirected() {
    in_world(async |world| {
        let asked = Request::post("/inbox").header("host", "other.example").header("content-type", ACTIVITY);
        let answer = world.send(asked.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    });
}
