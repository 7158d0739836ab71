//! Posts and who may read them (N10, P01, P09, N51).

use crate::world::{ACTIVITY, Answer, ORIGIN, PUBLIC, World, in_world};
use domain::{BoostId, Host, ObjectId, Visibility};
use http::{Method, StatusCode};
use serde_json::json;
use store::boost::Boost;
use store::message::OwnActivity;

const PARTS: [&str; 5] = ["", "/activity", "/replies", "/likes", "/shares"];

/// Capability N1, N3.
#[test]
fn a_public_post_and_its_create() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[&world.bob]).await;
        let id = post.object_id.as_str();
        let answer = world.get(id).await;
        assert_eq!(answer.status, StatusCode::OK);
        let note = answer.json();
        assert_eq!(note["id"], id);
        assert_eq!(note["type"], "Note");
        assert_eq!(note["attributedTo"], format!("{ORIGIN}/users/alice"));
        assert_eq!(note["to"], json!([PUBLIC]));
        assert_eq!(
            note["cc"],
            json!([format!("{ORIGIN}/users/alice/followers"), format!("{ORIGIN}/users/bob")])
        );
        assert_eq!(note["content"], "<p>hello</p>");
        assert_eq!(note["contentMap"], json!({ "en": "<p>hello</p>" }));
        assert_eq!(note["source"], json!({ "content": "hello", "mediaType": "text/plain" }));
        assert_eq!(note["url"], format!("{ORIGIN}/@alice/{}", post.id));
        assert!(note["conversation"].as_str().unwrap().starts_with("tag:here.example,2025-09-09:"));
        for part in ["replies", "likes", "shares"] {
            assert_eq!(note[part]["id"], format!("{id}/{part}"));
        }
        let mention =
            json!({ "type": "Mention", "href": format!("{ORIGIN}/users/bob"), "name": "@bob@here.example" });
        let hashtag =
            json!({ "type": "Hashtag", "href": format!("{ORIGIN}/tags/k%C3%A4se"), "name": "#käse" });
        assert_eq!(note["tag"], json!([mention, hashtag]));
        let create = world.get(&format!("{id}/activity")).await.json();
        assert_eq!((&create["type"], &create["id"]), (&json!("Create"), &json!(format!("{id}/activity"))));
        assert_eq!((&create["to"], &create["cc"]), (&note["to"], &note["cc"]));
        assert_eq!(create["object"]["id"], id);
        assert_eq!(create["object"].get("@context"), None);
        assert_eq!(create["published"], note["published"]);
    });
}

#[test]
fn a_post_has_a_page_whether_it_is_there_or_not() {
    in_world(async |world| {
        let post = world.post(Visibility::Direct, &[]).await;
        for id in [post.id.to_string(), "1".into()] {
            let url = format!("/users/alice/statuses/{id}");
            let answer = world.ask(Method::GET, &url, &[("accept", "text/html")]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            assert_eq!(answer.header("location"), format!("{ORIGIN}/@alice/{id}"));
        }
    });
}

/// Capability N4, N5, N6.
#[test]
fn visibility_becomes_to_and_cc() {
    in_world(async |world| {
        let bob = world.peer("bob", "b.example").await;
        world.follow(&bob, &world.alice).await;
        let (followers, him) =
            (json!(format!("{ORIGIN}/users/alice/followers")), json!("https://b.example/users/bob"));
        for (visibility, to, cc) in [
            (Visibility::Unlisted, json!([followers]), json!([PUBLIC, him])),
            (Visibility::Followers, json!([followers]), json!([him])),
            (Visibility::Direct, json!([him]), json!([])),
        ] {
            let post = world.post(visibility, &[&bob]).await;
            let note = world.get_as(&bob, post.object_id.as_str()).await.json();
            assert_eq!((&note["to"], &note["cc"]), (&to, &cc), "{visibility:?}");
            for hidden in ["bto", "bcc"] {
                assert_eq!(note.get(hidden), None);
            }
        }
        let post = world.post(Visibility::Followers, &[]).await;
        assert_eq!(world.get_as(&bob, post.object_id.as_str()).await.json()["cc"], json!([]));
    });
}

fn same(private: &Answer, missing: &Answer) {
    assert_eq!((private.status, &private.body), (missing.status, &missing.body));
    for name in ["cache-control", "vary", "content-type", "etag"] {
        assert_eq!(private.header(name), missing.header(name), "{name}");
    }
}

/// Capability N5.
#[test]
fn p01_private_looks_like_missing() {
    in_world(async |world| {
        let stranger = world.peer("eve", "evil.example").await;
        for visibility in [Visibility::Followers, Visibility::Direct] {
            let post = world.post(visibility, &[&world.bob]).await;
            for part in PARTS {
                let missing = format!("/users/alice/statuses/1{part}");
                let url = format!("{}{part}", post.object_id);
                let unsigned = world.get(&url).await;
                assert_eq!(unsigned.status, StatusCode::NOT_FOUND, "{visibility:?} {part}");
                assert_eq!(unsigned.header("cache-control"), "private, no-store");
                same(&unsigned, &world.get(&missing).await);
                same(&world.get_as(&stranger, &url).await, &world.get_as(&stranger, &missing).await);
            }
        }
    });
}

#[test]
fn p01_whom_it_is_meant_for_may_read_it() {
    in_world(async |world| {
        let follower = world.peer("fay", "b.example").await;
        let named = world.peer("ned", "c.example").await;
        world.follow(&follower, &world.alice).await;
        let private = world.post(Visibility::Followers, &[&named]).await;
        let direct = world.post(Visibility::Direct, &[&named]).await;
        for part in PARTS {
            for (reader, post, status) in [
                (&follower, &private, StatusCode::OK),
                (&named, &private, StatusCode::OK),
                (&follower, &direct, StatusCode::NOT_FOUND),
                (&named, &direct, StatusCode::OK),
            ] {
                let answer = world.get_as(reader, &format!("{}{part}", post.object_id)).await;
                assert_eq!(answer.status, status, "{} {part}", reader.handle);
                assert_eq!(answer.header("cache-control"), "private, no-store");
                assert_eq!(answer.header("vary"), "Accept, Signature, Signature-Input");
            }
        }
    });
}

#[test]
fn a_signature_that_does_not_hold_opens_nothing_and_says_why() {
    in_world(async |world| {
        let named = world.peer("ned", "c.example").await;
        let direct = world.post(Visibility::Direct, &[&named]).await;
        let forged = format!(
            "keyId=\"{}#main-key\",headers=\"(request-target) host date\",signature=\"AAAA\"",
            named.actor_id
        );
        for url in [direct.object_id.as_str(), "/users/alice/statuses/1"] {
            let answer = world.ask(Method::GET, url, &[("accept", ACTIVITY), ("signature", &forged)]).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert!(answer.json()["detail"].is_string());
        }
    });
}

#[test]
fn p09_whom_the_author_blocks_sees_nothing_but_the_actor() {
    in_world(async |world| {
        let blocked = world.peer("eve", "evil.example").await;
        world.follow(&blocked, &world.alice).await;
        world.block(&world.alice, &blocked).await;
        for visibility in
            [Visibility::Public, Visibility::Unlisted, Visibility::Followers, Visibility::Direct]
        {
            let post = world.post(visibility, &[&blocked]).await;
            assert_eq!(world.get_as(&blocked, post.object_id.as_str()).await.status, StatusCode::NOT_FOUND);
        }
        for path in ["followers", "following", "outbox", "collections/featured"] {
            let answer = world.get_as(&blocked, &format!("/users/alice/{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(world.get_as(&blocked, "/users/alice").await.status, StatusCode::OK);
    });
}

#[test]
fn a_suspended_host_is_refused_whatever_it_asks_for() {
    in_world(async |world| {
        let eve = world.peer("eve", "sub.evil.example").await;
        let post = world.post(Visibility::Public, &[]).await;
        world
            .write(|tx| {
                let host = Host::parse("evil.example").unwrap();
                Ok(store::host_rule::set(tx, &host, domain::moderation::HostRule::Suspend, "")?)
            })
            .await;
        for url in ["/users/alice", post.object_id.as_str(), "/users/alice/outbox"] {
            assert_eq!(world.get_as(&eve, url).await.status, StatusCode::FORBIDDEN, "{url}");
        }
    });
}

#[test]
fn a_post_belongs_to_the_name_in_its_url() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[]).await;
        let theirs =
            world.post_by(&world.peer("ned", "c.example").await, Visibility::Public, &[], None).await;
        for url in [
            format!("/users/bob/statuses/{}", post.id),
            format!("/users/alice/statuses/{}", theirs.id),
            format!("/groups/alice/statuses/{}", post.id),
            format!("/users/alice/statuses/+{}", post.id),
            "/users/alice/statuses/x".into(),
            "/users/alice/statuses/99999999999999999999".into(),
            format!("/users/alice/statuses/{}/bookmarks", post.id),
        ] {
            assert_eq!(world.get(&url).await.status, StatusCode::NOT_FOUND, "{url}");
        }
    });
}

/// Capability N10.
#[test]
fn n51_a_deleted_post_leaves_a_tombstone() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[]).await;
        let kept = post.clone();
        world
            .write(move |tx| {
                store::post::remove(tx, &kept)?;
                Ok(store::tombstone::bury(
                    tx,
                    kept.object_id.as_str(),
                    "https://here.example/users/alice",
                    Some("Note"),
                    store::tombstone::Grave::Open,
                )?)
            })
            .await;
        for part in PARTS {
            let gone = world.get(&format!("{}{part}", post.object_id)).await;
            assert_eq!(gone.status, StatusCode::GONE);
            let tombstone = gone.json();
            assert_eq!(
                (&tombstone["type"], &tombstone["id"]),
                (&json!("Tombstone"), &json!(post.object_id.as_str()))
            );
            assert_eq!(tombstone["formerType"], "Note");
            assert!(tombstone["deleted"].is_string());
        }
    });
}

async fn boost(world: &World, visibility: Visibility) -> Boost {
    let (alice, post) = (world.alice.clone(), world.post_by(&world.bob, Visibility::Public, &[], None).await);
    world
        .write(move |tx| {
            let id = tx.new_id();
            let activity_id = ObjectId::parse(&format!("{}/statuses/{id}/activity", alice.actor_id)).unwrap();
            let (account_id, post_id, created_at) = (alice.id, post.id, tx.now());
            let boost = Boost { id: BoostId(id), activity_id, account_id, post_id, visibility, created_at };
            assert!(store::boost::insert(tx, &boost)?);
            Ok(boost)
        })
        .await
}

/// Capability B1.
#[test]
fn a_boost_is_an_announce_of_an_id() {
    in_world(async |world| {
        let public = boost(world, Visibility::Public).await;
        let announce = world.get(public.activity_id.as_str()).await.json();
        assert_eq!(announce["type"], "Announce");
        assert_eq!(announce["id"], public.activity_id.as_str());
        assert_eq!(announce["to"], json!([PUBLIC]));
        let cc = json!([format!("{ORIGIN}/users/alice/followers"), format!("{ORIGIN}/users/bob")]);
        assert_eq!(announce["cc"], cc);
        assert!(announce["object"].as_str().unwrap().starts_with("https://here.example/users/bob/statuses/"));
        let bare = format!("/users/alice/statuses/{}", public.id);
        assert_eq!(world.get(&bare).await.status, StatusCode::NOT_FOUND);
        let follower = world.peer("fay", "b.example").await;
        let stranger = world.peer("eve", "c.example").await;
        world.follow(&follower, &world.alice).await;
        let private = boost(world, Visibility::Followers).await;
        let url = private.activity_id.as_str();
        assert_eq!(world.get(url).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.get_as(&stranger, url).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.get_as(&follower, url).await.status, StatusCode::OK);
    });
}

#[test]
fn other_activities_are_read_by_whom_they_concern() {
    in_world(async |world| {
        let (named, other) = (world.peer("ned", "b.example").await, world.peer("eve", "c.example").await);
        let (alice, audience) = (world.alice.id, vec![named.actor_id.to_string()]);
        world
            .write(move |tx| {
                for (number, is_open) in [(11, true), (12, false)] {
                    let json = format!("{{\"id\":\"{ORIGIN}/activities/{number}\",\"type\":\"Like\"}}");
                    let activity =
                        OwnActivity { account_id: alice, is_open, audience: audience.clone(), json };
                    store::message::keep_activity(tx, number, &activity)?;
                }
                Ok(())
            })
            .await;
        assert_eq!(world.get("/activities/11").await.json()["type"], "Like");
        // There is no page of it, so a browser gets the document as well.
        assert_eq!(
            world.ask(Method::GET, "/activities/11", &[("accept", "text/html")]).await.status,
            StatusCode::OK
        );
        same(&world.get("/activities/12").await, &world.get("/activities/13").await);
        same(&world.get_as(&other, "/activities/12").await, &world.get_as(&other, "/activities/13").await);
        let read = world.get_as(&named, "/activities/12").await;
        assert_eq!((read.status, read.header("cache-control")), (StatusCode::OK, "private, no-store"));
        for wrong in ["x", "-1", "99999999999999999999"] {
            assert_eq!(world.get(&format!("/activities/{wrong}")).await.status, StatusCode::NOT_FOUND);
        }
    });
}
