//! Hashtags that are followed, and those on profiles.

use crate::stage::{id, ids, on_each};
use serde_json::{Value, json};

#[test]
fn posts_with_a_followed_hashtag_enter_home_once() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        bob.follows(&ann).await;
        ann.writes("before #choir", "public").await;
        let tag = bob.post("/api/v1/tags/Choir/follow").await.ok();
        assert_eq!(
            (&tag["name"], &tag["following"], &tag["featuring"]),
            (&json!("choir"), &json!(true), &json!(false))
        );
        bob.post("/api/v1/tags/song/follow").await.ok();
        let followed = ann.writes("both #choir #song", "public").await;
        let strange = eve.writes("a #Choir #song", "public").await;
        let unlisted = eve.writes("a #choir", "unlisted").await;
        let home = ids(&bob.get("/api/v1/timelines/home").await.ok());
        assert_eq!(home.iter().filter(|it| **it == id(&followed)).count(), 1);
        assert_eq!(home.iter().filter(|it| **it == id(&strange)).count(), 1);
        assert!(!home.contains(&id(&unlisted)));
        bob.post("/api/v1/tags/choir/unfollow").await.ok();
        let home = ids(&bob.get("/api/v1/timelines/home").await.ok());
        assert!(home.contains(&id(&strange)), "the other hashtag still brings it");
        let tag = bob.post("/api/v1/tags/song/unfollow").await.ok();
        assert_eq!(tag["following"], false);
        let home = ids(&bob.get("/api/v1/timelines/home").await.ok());
        assert!(home.contains(&id(&followed)) && !home.contains(&id(&strange)), "{home:?}");
    });
}

#[test]
fn a_blocked_or_muted_account_does_not_come_in_by_a_hashtag() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        bob.post("/api/v1/tags/choir/follow").await.ok();
        bob.post(&format!("/api/v1/accounts/{}/block", ann.id())).await.ok();
        bob.post(&format!("/api/v1/accounts/{}/mute", eve.id())).await.ok();
        ann.writes("#choir", "public").await;
        eve.writes("#choir", "public").await;
        assert_eq!(bob.get("/api/v1/timelines/home").await.ok(), json!([]));
    });
}

#[test]
fn followed_hashtags_are_listed_page_by_page() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for name in ["one", "two", "three"] {
            bob.post(&format!("/api/v1/tags/{name}/follow")).await.ok();
        }
        let names = |list: &Value| {
            list.as_array()
                .unwrap()
                .iter()
                .map(|tag| tag["name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let first = bob.get("/api/v1/followed_tags?limit=2").await;
        assert_eq!(names(&first.ok()), ["three", "two"]);
        assert_eq!(names(&bob.get(&first.link("next").unwrap()).await.ok()), ["one"]);
        assert_eq!(bob.get("/api/v1/tags/two").await.ok()["following"], true);
        assert_eq!(server.get("/api/v1/tags/two").await.ok()["following"], Value::Null);
        bob.post("/api/v1/tags/no%20tag/follow").await.refused(404);
    });
}

#[test]
fn a_hashtag_on_a_profile_tells_how_often_it_was_used() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        bob.writes("one #Choir", "public").await;
        bob.writes("two #choir #song", "unlisted").await;
        bob.writes("three #choir", "private").await;
        ann.writes("four #choir", "public").await;
        let suggested = bob.get("/api/v1/featured_tags/suggestions").await.ok();
        assert_eq!(suggested[0]["name"], "choir");
        let tag = bob.post_form("/api/v1/featured_tags", "name=%23Choir").await.ok();
        let expected = json!({
            "id": tag["id"], "name": "Choir", "url": "https://here.example/@bob/tagged/Choir",
            "statuses_count": "2", "last_status_at": "2025-09-09"
        });
        assert_eq!(tag, expected);
        assert_eq!(bob.get("/api/v1/featured_tags").await.ok(), json!([expected]));
        let theirs = format!("/api/v1/accounts/{}/featured_tags", bob.id());
        assert_eq!(server.get(&theirs).await.ok(), json!([expected]));
        let suggested = bob.get("/api/v1/featured_tags/suggestions").await.ok();
        assert_eq!(suggested[0]["name"], "song");
        assert_eq!(bob.get("/api/v1/tags/choir").await.ok()["featuring"], true);
        assert_eq!(bob.post("/api/v1/tags/choir/unfeature").await.ok()["featuring"], false);
        assert_eq!(server.get(&theirs).await.ok(), json!([]));
        assert_eq!(bob.post("/api/v1/tags/song/feature").await.ok()["featuring"], true);
        let row = bob.get("/api/v1/featured_tags").await.ok();
        ann.delete(&format!("/api/v1/featured_tags/{}", id(&row[0]))).await.refused(404);
        assert_eq!(bob.delete(&format!("/api/v1/featured_tags/{}", id(&row[0]))).await.ok(), json!({}));
        bob.post_form("/api/v1/featured_tags", "name=").await.refused(422);
        bob.post_form("/api/v1/featured_tags", "name=a%20b").await.refused(422);
        for number in 0..10 {
            bob.post_form("/api/v1/featured_tags", &format!("name=tag{number}")).await.ok();
        }
        bob.post_form("/api/v1/featured_tags", "name=eleven").await.refused(422);
    });
}

#[test]
fn a_hashtag_timeline_takes_more_hashtags() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let (one, two, both) = (
            bob.writes("#alto", "public").await,
            bob.writes("#bass", "public").await,
            bob.writes("#alto #bass", "public").await,
        );
        let list =
            async |query: &str| ids(&server.get(&format!("/api/v1/timelines/tag/alto?{query}")).await.ok());
        assert_eq!(list("").await, [id(&both), id(&one)]);
        assert_eq!(list("any[]=Bass").await, [id(&both), id(&two), id(&one)]);
        assert_eq!(list("all[]=bass").await, [id(&both)]);
        assert_eq!(list("none[]=bass").await, [id(&one)]);
        let first = server.get("/api/v1/timelines/tag/alto?any[]=bass&limit=2").await;
        assert_eq!(ids(&server.get(&first.link("next").unwrap()).await.ok()), [id(&one)]);
        let own = async |query: &str| {
            ids(&server.get(&format!("/api/v1/accounts/{}/statuses?{query}", bob.id())).await.ok())
        };
        assert_eq!(own("tagged=Bass").await, [id(&both), id(&two)]);
    });
}
