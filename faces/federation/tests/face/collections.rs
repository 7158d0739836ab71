//! Collections and their pages (N47, P03).

use crate::world::{ORIGIN, World, in_world};
use domain::{Account, Post, Visibility};
use http::StatusCode;
use serde_json::{Value, json};

/// Walks a collection from `first` along `next`; the pages' items.
async fn walk(world: &World, collection: &str) -> Vec<Vec<Value>> {
    let whole = world.get(collection).await.json();
    assert_eq!((&whole["type"], &whole["id"]), (&json!("OrderedCollection"), &json!(collection)));
    let mut pages = Vec::new();
    let mut next = whole["first"].as_str().map(str::to_owned);
    while let Some(url) = next {
        let page = world.get(&url).await.json();
        assert_eq!((&page["type"], &page["id"]), (&json!("OrderedCollectionPage"), &json!(url)));
        assert_eq!((&page["partOf"], &page["totalItems"]), (&json!(collection), &whole["totalItems"]));
        pages.push(page["orderedItems"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
        assert!(pages.len() < 20, "the walk ends");
    }
    pages
}

/// Capability F9, F10.
#[test]
fn followers_are_walked_page_by_page() {
    in_world(async |world| {
        let mut expected = Vec::new();
        for number in 0..95 {
            let peer = world.peer(&format!("p{number}"), "b.example").await;
            world.follow(&peer, &world.alice).await;
            expected.push(json!(peer.actor_id.as_str()));
        }
        expected.reverse();
        let url = format!("{ORIGIN}/users/alice/followers");
        assert_eq!(
            world.get(&url).await.json(),
            json!({
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": url,
                "type": "OrderedCollection",
                "totalItems": 95,
                "first": format!("{url}?page=1"),
            })
        );
        let pages = walk(world, &url).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [40, 40, 15]);
        assert_eq!(pages.concat(), expected);
    });
}

/// Capability F10.
#[test]
fn a_full_last_page_has_no_next() {
    in_world(async |world| {
        for number in 0..40 {
            let peer = world.peer(&format!("p{number}"), "b.example").await;
            world.follow(&peer, &world.alice).await;
        }
        let pages = walk(world, &format!("{ORIGIN}/users/alice/followers")).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [40]);
    });
}

/// Capability F11.
#[test]
fn a_follow_is_seen_on_both_sides_and_its_end_too() {
    in_world(async |world| {
        let (alice, bob) = (&world.alice, &world.bob);
        let lists = async || {
            let following = walk(world, &format!("{}/following", alice.actor_id)).await.concat();
            (following, walk(world, &format!("{}/followers", bob.actor_id)).await.concat())
        };
        assert_eq!(lists().await, (vec![], vec![]));
        let (one, other) = (alice.id, bob.id);
        world
            .write(move |tx| Ok(store::follow::request(tx, one, other, "https://here.example/activities/1")?))
            .await;
        assert_eq!(lists().await, (vec![], vec![]), "not agreed to yet");
        world.follow(alice, bob).await;
        let id = |account: &Account| json!(account.actor_id.as_str());
        assert_eq!(lists().await, (vec![id(bob)], vec![id(alice)]));
        world.write(move |tx| Ok(store::follow::remove(tx, one, other)?)).await;
        assert_eq!(lists().await, (vec![], vec![]));
    });
}

#[test]
fn a_page_that_is_none_is_not_found() {
    in_world(async |world| {
        for query in
            ["page=2", "page=x", "page=1&max_id=x", "page=1&max_id=-1", "page=1&max_id=99999999999999999999"]
        {
            for list in ["followers", "following", "outbox"] {
                let answer = world.get(&format!("/users/alice/{list}?{query}")).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{list}?{query}");
            }
        }
        assert_eq!(world.get("/users/nobody/followers").await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            world.get("/users/alice/followers?page=1&max_id=1").await.json()["orderedItems"],
            json!([])
        );
    });
}

#[test]
fn p03_the_outbox_has_what_is_open_and_nothing_else() {
    in_world(async |world| {
        let mut open = Vec::new();
        for visibility in
            [Visibility::Public, Visibility::Direct, Visibility::Unlisted, Visibility::Followers]
        {
            for _ in 0..12 {
                let post = world.post(visibility, &[&world.bob]).await;
                if visibility.is_open() {
                    open.push(json!(post.object_id.as_str()));
                }
            }
        }
        open.reverse();
        let url = format!("{ORIGIN}/users/alice/outbox");
        assert_eq!(world.get(&url).await.json()["totalItems"], 24);
        let pages = walk(world, &url).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [20, 4]);
        let items = pages.concat();
        assert!(items.iter().all(|item| item["type"] == "Create" && item.get("@context").is_none()));
        assert_eq!(items.iter().map(|item| item["object"]["id"].clone()).collect::<Vec<_>>(), open);
    });
}

#[test]
fn the_outbox_has_boosts_as_announces() {
    in_world(async |world| {
        let post = world.post_by(&world.bob, Visibility::Public, &[], None).await;
        let alice = world.alice.clone();
        let kept = post.clone();
        world
            .write(move |tx| {
                let id = tx.new_id();
                let activity = format!("{}/statuses/{id}/activity", alice.actor_id);
                let boost = store::boost::Boost {
                    id: domain::BoostId(id),
                    activity_id: domain::ObjectId::parse(&activity).unwrap(),
                    account_id: alice.id,
                    post_id: kept.id,
                    visibility: Visibility::Public,
                    created_at: tx.now(),
                };
                Ok(store::boost::insert(tx, &boost)?)
            })
            .await;
        let items = walk(world, &format!("{ORIGIN}/users/alice/outbox")).await.concat();
        assert_eq!((items.len(), &items[0]["type"]), (1, &json!("Announce")));
        assert_eq!(items[0]["object"], post.object_id.as_str());
        let own = world.get(items[0]["id"].as_str().unwrap()).await;
        assert_eq!(own.json()["id"], items[0]["id"]);
    });
}

async fn reply(world: &World, author: &Account, visibility: Visibility, parent: &Post) -> Value {
    json!(world.post_by(author, visibility, &[], Some(parent)).await.object_id.as_str())
}

/// Capability N13.
#[test]
fn n47_replies_are_those_that_anyone_may_read() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[]).await;
        let (friend, enemy) = (world.peer("fay", "b.example").await, world.peer("eve", "c.example").await);
        let one = reply(world, &friend, Visibility::Public, &post).await;
        let other = reply(world, &world.bob, Visibility::Unlisted, &post).await;
        for (author, visibility) in
            [(&friend, Visibility::Followers), (&friend, Visibility::Direct), (&enemy, Visibility::Public)]
        {
            reply(world, author, visibility, &post).await;
        }
        world.block(&world.alice, &enemy).await;
        let url = format!("{}/replies", post.object_id);
        assert_eq!(world.get(&url).await.json()["totalItems"], 2);
        assert_eq!(walk(world, &url).await.concat(), [other, one]);
        let note = world.get(post.object_id.as_str()).await.json();
        assert_eq!(note["replies"]["totalItems"], 2);
    });
}

#[test]
fn n47_likes_and_shares_are_only_counted() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[]).await;
        let (id, bob) = (post.id, world.bob.id);
        world.write(move |tx| Ok(store::like::insert(tx, bob, id, None)?)).await;
        for (part, total) in [("likes", 1), ("shares", 0)] {
            let url = format!("{}/{part}", post.object_id);
            let whole = json!({
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": url,
                "type": "OrderedCollection",
                "totalItems": total,
            });
            assert_eq!(world.get(&url).await.json(), whole);
            assert_eq!(world.get(&format!("{url}?page=1")).await.json(), whole);
        }
    });
}
