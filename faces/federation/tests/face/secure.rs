//! A server that answers signed requests only.

use crate::world::{ACTIVITY, LD, in_secure_world};
use domain::Visibility;
use http::{Method, StatusCode};

/// Capability H5.
#[test]
fn unsigned_requests_are_refused_and_signed_ones_answered() {
    in_secure_world(async |world| {
        let reader = world.peer("fay", "b.example").await;
        let post = world.post(Visibility::Public, &[]).await;
        for url in [
            "/users/alice",
            "/users/alice/followers",
            "/users/alice/outbox?page=1",
            post.object_id.as_str(),
            "/users/alice/collections/featured",
        ] {
            let unsigned = world.get(url).await;
            assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED, "{url}");
            assert!(unsigned.header("www-authenticate").starts_with("Signature"));
            assert!(unsigned.json()["detail"].as_str().unwrap().len() > 5);
            let signed = world.get_as(&reader, url).await;
            assert_eq!(signed.status, StatusCode::OK, "{url}");
            assert_eq!(signed.header("cache-control"), "private, no-store");
        }
        assert_eq!(world.get("/users/nobody").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(world.get_as(&reader, "/users/nobody").await.status, StatusCode::NOT_FOUND);
    });
}

/// Capability H5.
#[test]
fn the_servers_own_actor_webfinger_and_pages_stay_open() {
    in_secure_world(async |world| {
        for kind in [ACTIVITY, LD] {
            let actor = world.ask(Method::GET, "/actor", &[("accept", kind)]).await;
            assert_eq!(actor.status, StatusCode::OK);
            assert!(actor.json()["publicKey"]["publicKeyPem"].is_string());
        }
        let finger = "/.well-known/webfinger?resource=acct:alice@here.example";
        assert_eq!(world.ask(Method::GET, finger, &[]).await.status, StatusCode::OK);
        let page = world.ask(Method::GET, "/users/alice", &[("accept", "text/html")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    });
}

/// Capability H5.
#[test]
fn a_private_post_stays_private() {
    in_secure_world(async |world| {
        let (stranger, named) = (world.peer("eve", "b.example").await, world.peer("ned", "c.example").await);
        let post = world.post(Visibility::Direct, &[&named]).await;
        let url = post.object_id.as_str();
        assert_eq!(world.get_as(&stranger, url).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.get_as(&named, url).await.status, StatusCode::OK);
    });
}
