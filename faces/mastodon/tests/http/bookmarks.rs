//! Posts that are kept, and posts shown first on a profile.

use crate::stage::{id, ids, on_each};
use domain::Visibility;
use serde_json::json;

#[test]
fn a_bookmark_is_kept_by_its_time_and_for_its_owner() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let (one, two, three) = (
            ann.writes("one", "public").await,
            ann.writes("two", "public").await,
            ann.writes("three", "private").await,
        );
        let path = |verb: &str, post: &_| format!("/api/v1/statuses/{}/{verb}", id(post));
        for post in [&two, &one, &two] {
            assert_eq!(bob.post(&path("bookmark", post)).await.ok()["bookmarked"], true);
        }
        bob.post(&path("bookmark", &three)).await.refused(404);
        let first = bob.get("/api/v1/bookmarks?limit=1").await;
        assert_eq!(ids(&first.ok()), [id(&one)]);
        assert_eq!(ids(&bob.get(&first.link("next").unwrap()).await.ok()), [id(&two)]);
        assert_eq!(ann.get("/api/v1/bookmarks").await.ok(), json!([]));
        assert_eq!(ann.get(path("", &one).trim_end_matches('/')).await.ok()["bookmarked"], false);
        assert_eq!(bob.post(&path("unbookmark", &one)).await.ok()["bookmarked"], false);
        assert_eq!(ids(&bob.get("/api/v1/bookmarks").await.ok()), [id(&two)]);
        ann.delete(&format!("/api/v1/statuses/{}", id(&two))).await.ok();
        assert_eq!(bob.get("/api/v1/bookmarks").await.ok(), json!([]));
    });
}

#[test]
fn a_pinned_post_is_shown_first_on_the_own_profile() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let one = bob.writes("one", "public").await;
        let two = bob.writes("two", "private").await;
        let path = |verb: &str, post: &_| format!("/api/v1/statuses/{}/{verb}", id(post));
        assert_eq!(bob.post(&path("pin", &one)).await.ok()["pinned"], true);
        assert_eq!(bob.post(&path("pin", &two)).await.ok()["pinned"], true);
        assert_eq!(bob.post(&path("pin", &two)).await.ok()["pinned"], true);
        let pinned = format!("/api/v1/accounts/{}/statuses?pinned=true", bob.id());
        assert_eq!(ids(&bob.get(&pinned).await.ok()), [id(&two), id(&one)]);
        assert_eq!(ids(&ann.get(&pinned).await.ok()), [id(&one)], "what is for followers stays so");
        assert_eq!(ids(&server.get(&pinned).await.ok()), [id(&one)]);
        assert_eq!(ann.get(&pinned).await.ok()[0]["pinned"], false, "not pinned by who looks");
        assert_eq!(bob.post(&path("unpin", &two)).await.ok()["pinned"], false);
        assert_eq!(ids(&bob.get(&pinned).await.ok()), [id(&one)]);
    });
}

#[test]
fn only_few_own_posts_that_are_not_direct_can_be_pinned() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let theirs = ann.writes("mine", "public").await;
        let path = |post: &_| format!("/api/v1/statuses/{}/pin", id(post));
        let why = bob.post(&path(&theirs)).await.refused(422);
        assert_eq!(why, "Validation failed: Someone else's post cannot be pinned");
        let hidden = ann.writes("hidden", "private").await;
        bob.post(&path(&hidden)).await.refused(404);
        let direct = bob.writes("@ann psst", "direct").await;
        let why = bob.post(&path(&direct)).await.refused(422);
        assert!(why.contains("only visible to mentioned users"), "{why}");
        for number in 0..5 {
            let post = bob.writes(&format!("post {number}"), "public").await;
            bob.post(&path(&post)).await.ok();
        }
        let sixth = bob.writes("one too many", "public").await;
        let why = bob.post(&path(&sixth)).await.refused(422);
        assert_eq!(why, "Validation failed: You have already pinned the maximum number of posts");
    });
}

#[test]
fn favourites_page_by_the_time_of_the_like() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let mut posts = Vec::new();
        for _ in 0..3 {
            posts.push(server.peer_post(&zoe, Visibility::Public, &[]).await.id.to_string());
        }
        for post in [&posts[2], &posts[0], &posts[1]] {
            bob.post(&format!("/api/v1/statuses/{post}/favourite")).await.ok();
        }
        let first = bob.get("/api/v1/favourites?limit=2").await;
        assert_eq!(ids(&first.ok()), [posts[1].clone(), posts[0].clone()]);
        let next = bob.get(&first.link("next").unwrap()).await;
        assert_eq!(ids(&next.ok()), [posts[2].clone()]);
        assert_eq!(
            ids(&bob.get(&next.link("prev").unwrap()).await.ok()),
            [posts[1].clone(), posts[0].clone()]
        );
    });
}
