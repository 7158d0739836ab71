//! WebFinger, host-meta, `NodeInfo`.

use crate::world::{ORIGIN, in_world};
use domain::{AccountState, Visibility};
use http::{Method, StatusCode};
use serde_json::json;

fn finger(resource: &str) -> String {
    format!("/.well-known/webfinger?resource={resource}")
}

/// Capability W2, W3.
#[test]
fn a_handle_in_any_form_gives_the_same_descriptor() {
    in_world(async |world| {
        let expected = json!({
            "subject": "acct:alice@here.example",
            "aliases": [format!("{ORIGIN}/@alice"), format!("{ORIGIN}/users/alice")],
            "links": [
                { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": format!("{ORIGIN}/@alice") },
                { "rel": "self", "type": "application/activity+json", "href": format!("{ORIGIN}/users/alice") },
                {
                    "rel": "http://ostatus.org/schema/1.0/subscribe",
                    "template": format!("{ORIGIN}/authorize_interaction?uri={{uri}}"),
                },
            ],
        });
        for resource in [
            "acct:alice@here.example",
            "acct%3Aalice%40here.example",
            "acct:ALICE@HERE.example",
            "alice@here.example",
            "https://here.example/users/alice",
            "https%3A%2F%2Fhere.example%2Fusers%2Falice",
            "https://here.example/@alice",
            "https://here.example/@Alice/",
        ] {
            let answer = world.ask(Method::GET, &finger(resource), &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{resource}");
            assert_eq!(answer.json(), expected, "{resource}");
            assert!(answer.header("content-type").starts_with("application/jrd+json"));
            assert_eq!(answer.header("access-control-allow-origin"), "*");
        }
        let head = world.ask(Method::HEAD, &finger("acct:alice@here.example"), &[]).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    });
}

#[test]
fn groups_and_the_server_are_found_too() {
    in_world(async |world| {
        world.group("birds").await;
        for (resource, id) in [
            ("acct:birds@here.example", "/groups/birds"),
            ("acct:here.example@here.example", "/actor"),
            ("acct:instance.actor@here.example", "/actor"),
            ("https://here.example/", "/actor"),
            ("https://here.example/actor", "/actor"),
        ] {
            let answer = world.ask(Method::GET, &finger(resource), &[]).await.json();
            assert_eq!(answer["links"][1]["href"], format!("{ORIGIN}{id}"), "{resource}");
        }
    });
}

#[test]
fn who_is_not_here_is_not_found_and_what_names_nobody_is_refused() {
    in_world(async |world| {
        world.peer("ned", "b.example").await;
        for missing in [
            "acct:nobody@here.example",
            "acct:alice@elsewhere.example",
            "acct:ned@b.example",
            "https://b.example/users/ned",
            "https://here.example/users/nobody",
            "https://here.example/@alice/1",
        ] {
            let answer = world.ask(Method::GET, &finger(missing), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{missing}");
        }
        for malformed in ["", "alice", "acct:alice", "acct:@here.example", "mailto:x", "https://", "%FF"] {
            let answer = world.ask(Method::GET, &finger(malformed), &[]).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{malformed}");
        }
        assert_eq!(
            world.ask(Method::GET, "/.well-known/webfinger", &[]).await.status,
            StatusCode::BAD_REQUEST
        );
    });
}

#[test]
fn a_deleted_account_is_gone() {
    in_world(async |world| {
        let alice = world.alice.id;
        world.write(move |tx| Ok(store::account::set_state(tx, alice, AccountState::Deleted)?)).await;
        assert_eq!(
            world.ask(Method::GET, &finger("acct:alice@here.example"), &[]).await.status,
            StatusCode::GONE
        );
    });
}

#[test]
fn host_meta_leads_to_webfinger() {
    in_world(async |world| {
        let template = format!("{ORIGIN}/.well-known/webfinger?resource={{uri}}");
        let xml = world.ask(Method::GET, "/.well-known/host-meta", &[]).await;
        assert!(xml.header("content-type").starts_with("application/xrd+xml"));
        assert!(String::from_utf8(xml.body).unwrap().contains(&template));
        let json = world.ask(Method::GET, "/.well-known/host-meta.json", &[]).await.json();
        assert_eq!(json["links"][0]["template"], template);
    });
}

#[test]
fn nodeinfo_tells_what_and_how_large() {
    in_world(async |world| {
        world.post(Visibility::Public, &[]).await;
        world.post(Visibility::Direct, &[]).await;
        let index = world.ask(Method::GET, "/.well-known/nodeinfo", &[]).await.json();
        for (link, version) in index["links"].as_array().unwrap().iter().zip(["2.0", "2.1"]) {
            assert_eq!(link["rel"], format!("http://nodeinfo.diaspora.software/ns/schema/{version}"));
            let answer = world.ask(Method::GET, link["href"].as_str().unwrap(), &[]).await;
            assert!(answer.header("content-type").contains(version));
            let info = answer.json();
            assert_eq!((&info["version"], &info["software"]["name"]), (&json!(version), &json!("antiphon")));
            assert_eq!(info["protocols"], json!(["activitypub"]));
            assert_eq!(info["openRegistrations"], json!(false));
            assert_eq!(
                info["usage"],
                json!({ "users": { "total": 2, "activeMonth": 0, "activeHalfyear": 0 }, "localPosts": 1 })
            );
            assert_eq!(info["metadata"]["upstream"]["name"], "mastodon");
        }
    });
}
