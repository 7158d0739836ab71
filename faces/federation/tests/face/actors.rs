//! Actors, and the two forms of one URL (H05).

use crate::world::{ACTIVITY, LD, ORIGIN, in_world};
use domain::{AccountKind, AccountState, ActorId, Visibility};
use http::{Method, StatusCode};
use serde_json::json;

/// Capability P1, P2.
#[test]
fn one_url_has_a_page_and_a_document() {
    in_world(async |world| {
        let page = format!("{ORIGIN}/@alice");
        for accept in ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""] {
            let answer = world.ask(Method::GET, "/users/alice", &[("accept", accept)]).await;
            assert_eq!(
                (answer.status, answer.header("location")),
                (StatusCode::SEE_OTHER, page.as_str()),
                "{accept}"
            );
            assert_eq!(answer.header("vary"), "Accept");
        }
        let without = world.ask(Method::GET, "/users/alice", &[]).await;
        assert_eq!((without.status, without.header("location")), (StatusCode::SEE_OTHER, page.as_str()));
        let one = world.ask(Method::GET, "/users/alice", &[("accept", ACTIVITY)]).await;
        let other = world.ask(Method::GET, "/users/alice", &[("accept", LD)]).await;
        assert_eq!((one.status, &one.body), (StatusCode::OK, &other.body));
        assert_eq!(one.header("content-type"), "application/activity+json; charset=utf-8");
        assert_eq!(one.header("vary"), "Accept");
        assert_eq!(one.header("access-control-allow-origin"), "*");
        assert_eq!(one.header("cache-control"), "public, max-age=60");
    });
}

/// Capability P2.
#[test]
fn each_document_comes_for_each_of_its_types() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[]).await;
        let fan = world.peer("fay", "b.example").await;
        world.follow(&fan, &world.alice).await;
        for path in [
            "",
            "/followers",
            "/followers?page=1",
            "/following",
            "/outbox",
            "/outbox?page=1",
            "/collections/featured",
            &format!("/statuses/{}", post.id),
            &format!("/statuses/{}/activity", post.id),
            &format!("/statuses/{}/replies", post.id),
        ] {
            let url = format!("/users/alice{path}");
            let one = world.ask(Method::GET, &url, &[("accept", ACTIVITY)]).await;
            assert_eq!(one.status, StatusCode::OK, "{url}");
            assert!(one.json()["@context"] != json!(null), "{url}");
            for accept in [LD, "application/ld+json"] {
                let other = world.ask(Method::GET, &url, &[("accept", accept)]).await;
                assert_eq!((other.status, &other.body), (StatusCode::OK, &one.body), "{url} {accept}");
                assert_eq!(other.header("content-type"), "application/activity+json; charset=utf-8", "{url}");
            }
        }
    });
}

/// N24
#[test]
fn a_strange_name_leads_to_no_other_site() {
    in_world(async |world| {
        for (name, page) in
            [("%2F%2Fevil.example", "/@%2F%2Fevil.example"), ("a%0D%0Ab", "/@a%0D%0Ab"), ("%3Fx", "/@%3Fx")]
        {
            let answer = world.ask(Method::GET, &format!("/users/{name}"), &[("accept", "text/html")]).await;
            assert_eq!(answer.header("location"), format!("{ORIGIN}{page}"));
            assert_eq!(world.get(&format!("/users/{name}")).await.status, StatusCode::NOT_FOUND);
        }
        assert!(world.get("/users/%FF").await.status.is_client_error());
    });
}

/// Capability P3, P7.
#[test]
fn an_actor_says_all_that_peers_look_for() {
    in_world(async |world| {
        let actor = world.get("/users/alice").await.json();
        let id = format!("{ORIGIN}/users/alice");
        assert_eq!(actor["id"], id);
        assert_eq!(actor["type"], "Person");
        for (member, path) in [
            ("inbox", "inbox"),
            ("outbox", "outbox"),
            ("followers", "followers"),
            ("following", "following"),
            ("featured", "collections/featured"),
            ("featuredTags", "collections/tags"),
            ("devices", "collections/devices"),
        ] {
            assert_eq!(actor[member], format!("{id}/{path}"));
            if member != "inbox" {
                assert_eq!(world.get(&format!("{id}/{path}")).await.status, StatusCode::OK, "{member}");
            }
        }
        assert_eq!(actor["endpoints"]["sharedInbox"], format!("{ORIGIN}/inbox"));
        assert_eq!(actor["preferredUsername"], "alice");
        assert_eq!(actor["name"], "alice");
        assert_eq!(actor["url"], format!("{ORIGIN}/@alice"));
        assert_eq!(actor["publicKey"]["id"], format!("{id}#main-key"));
        assert_eq!(actor["publicKey"]["owner"], id);
        assert!(
            actor["publicKey"]["publicKeyPem"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----")
        );
        assert_eq!(actor["assertionMethod"][0]["id"], format!("{id}#ed25519-key"));
        assert!(actor["assertionMethod"][0]["publicKeyMultibase"].as_str().unwrap().starts_with('z'));
        for member in ["manuallyApprovesFollowers", "discoverable", "memorial"] {
            assert_eq!(actor[member], json!(false), "{member}");
        }
        assert_eq!((&actor["tag"], &actor["attachment"]), (&json!([]), &json!([])));
        assert!(actor["@context"].is_array() && actor["published"].is_string());
        let text = serde_json::to_string(&actor).unwrap();
        assert!(!text.contains("PRIVATE"), "the private half never leaves");
    });
}

/// Capability P9.
#[test]
fn groups_and_the_server_are_actors_too() {
    in_world(async |world| {
        world.group("birds").await;
        let group = world.get("/groups/birds").await.json();
        assert_eq!(
            (&group["type"], &group["id"]),
            (&json!("Group"), &json!(format!("{ORIGIN}/groups/birds")))
        );
        assert_eq!(world.get("/users/birds").await.status, StatusCode::NOT_FOUND);
        let server = world.get("/actor").await.json();
        assert_eq!(
            (&server["type"], &server["inbox"]),
            (&json!("Application"), &json!(format!("{ORIGIN}/actor/inbox")))
        );
        assert_eq!(server.get("followers"), None);
        let outbox = world.get("/actor/outbox").await.json();
        assert_eq!((&outbox["type"], &outbox["totalItems"]), (&json!("OrderedCollection"), &json!(0)));
    });
}

/// Capability P9.
#[test]
fn an_actor_needs_nobody_who_signs_in_as_it() {
    in_world(async |world| {
        world.group("birds").await;
        world.account("ticker", AccountKind::Service).await;
        let fan = world.peer("fay", "b.example").await;
        for (path, kind) in
            [("/groups/birds", "Group"), ("/users/ticker", "Service"), ("/actor", "Application")]
        {
            let actor = world.get(path).await.json();
            assert_eq!(actor["type"], kind);
            assert!(actor["publicKey"]["publicKeyPem"].is_string(), "{kind}");
            let id = ActorId::parse(actor["id"].as_str().unwrap()).unwrap();
            let user = world
                .write(move |tx| {
                    let account = store::account::by_actor(tx, &id)?.unwrap();
                    Ok(store::user::by_account(tx, account.id)?)
                })
                .await;
            assert!(user.is_none(), "{kind}");
            let follow = json!({
                "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}/follows/{kind}", fan.actor_id),
                "type": "Follow", "actor": fan.actor_id.as_str(), "object": actor["id"],
            });
            let inbox = actor["inbox"].as_str().unwrap();
            let answer = world.deliver(&fan, inbox, ACTIVITY, follow.to_string().as_bytes()).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{kind} is written to");
        }
    });
}

#[test]
fn a_name_is_found_in_any_case_and_keeps_its_id() {
    in_world(async |world| {
        let actor = world.get("/users/ALICE").await;
        assert_eq!(
            (actor.status, &actor.json()["id"]),
            (StatusCode::OK, &json!(format!("{ORIGIN}/users/alice")))
        );
        assert_eq!(world.get("/groups/alice").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn who_has_the_document_is_told_so() {
    in_world(async |world| {
        let first = world.get("/users/alice").await;
        let tag = first.header("etag");
        assert!(tag.starts_with("W/\""));
        let again =
            world.ask(Method::GET, "/users/alice", &[("accept", ACTIVITY), ("if-none-match", tag)]).await;
        assert_eq!(
            (again.status, again.body.len(), again.header("etag")),
            (StatusCode::NOT_MODIFIED, 0, tag)
        );
        let other = world
            .ask(Method::GET, "/users/alice", &[("accept", ACTIVITY), ("if-none-match", "W/\"0\"")])
            .await;
        assert_eq!(other.status, StatusCode::OK);
        let head = world.ask(Method::HEAD, "/users/alice", &[("accept", ACTIVITY)]).await;
        assert_eq!((head.status, head.body.len(), head.header("etag")), (StatusCode::OK, 0, tag));
    });
}

#[test]
fn a_deleted_account_is_gone_and_a_suspended_one_silent() {
    in_world(async |world| {
        let (alice, bob) = (world.alice.id, world.bob.id);
        world
            .write(move |tx| {
                store::account::set_state(tx, alice, AccountState::Deleted)?;
                Ok(store::account::set_state(tx, bob, AccountState::Suspended)?)
            })
            .await;
        for path in
            ["/users/alice", "/users/alice/followers", "/users/alice/outbox", "/users/alice/statuses/1"]
        {
            let gone = world.get(path).await;
            assert_eq!(
                (gone.status, &gone.json()["type"]),
                (StatusCode::GONE, &json!("Tombstone")),
                "{path}"
            );
        }
        let bob = world.get("/users/bob").await.json();
        assert_eq!(bob["suspended"], json!(true));
        assert!(bob["publicKey"]["publicKeyPem"].is_string());
        assert_eq!(world.get("/users/bob/outbox").await.status, StatusCode::NOT_FOUND);
    });
}
