//! Rows P of the security table, as far as the client API goes.

use crate::stage::{Answer, Person, Server, id, ids, on_each};
use domain::Visibility;
use serde_json::{Value, json};

/// Every place of the API where a post may show up.
async fn places(server: &Server, who: Option<&Person>, author: &str, post: &str) -> Vec<(String, Answer)> {
    let mut found = Vec::new();
    for path in [
        format!("/api/v1/statuses/{post}"),
        format!("/api/v1/statuses?id[]={post}"),
        format!("/api/v1/statuses/{post}/context"),
        format!("/api/v1/statuses/{post}/history"),
        format!("/api/v1/statuses/{post}/reblogged_by"),
        format!("/api/v1/statuses/{post}/favourited_by"),
        format!("/api/v1/accounts/{author}/statuses"),
        format!("/api/v1/accounts/{author}/statuses?exclude_replies=true"),
        "/api/v1/timelines/public".to_owned(),
        "/api/v1/timelines/tag/secret".to_owned(),
        "/api/v2/search?q=secret".to_owned(),
        format!("/api/v2/search?q=https://here.example/@bob/{post}"),
        format!("/api/v2/search?q=https://here.example/users/bob/statuses/{post}"),
    ] {
        let answer = match who {
            Some(person) => person.get(&path).await,
            None => server.get(&path).await,
        };
        found.push((path, answer));
    }
    if let Some(person) = who {
        for path in [
            "/api/v1/timelines/home".to_owned(),
            "/api/v1/notifications".into(),
            "/api/v1/favourites".into(),
            format!("/api/v1/statuses/{post}/source"),
        ] {
            found.push((path.clone(), person.get(&path).await));
        }
    }
    found
}

async fn shown_nowhere(server: &Server, who: Option<&Person>, author: &str, post: &Value) {
    for (path, answer) in places(server, who, author, &id(post)).await {
        assert!(!answer.body.contains("secret"), "{path}: {}", answer.body);
        assert!(!answer.body.contains(&format!("\"id\":\"{}\"", id(post))), "{path}");
    }
}

/// Capability N5.
#[test]
fn p01_a_post_for_followers_is_shown_to_followers_alone() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        ann.follows(&bob).await;
        let post = bob.writes("a #secret", "private").await;
        shown_nowhere(&server, None, &bob.id(), &post).await;
        shown_nowhere(&server, Some(&eve), &bob.id(), &post).await;
        for person in [&ann, &bob] {
            let status = person.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
            assert_eq!(status["visibility"], "private");
            assert_eq!(
                ids(&person.get(&format!("/api/v1/accounts/{}/statuses", bob.id())).await.ok()),
                [id(&post)]
            );
            assert_eq!(ids(&person.get("/api/v1/timelines/home").await.ok()), [id(&post)]);
        }
        // Who no longer follows no longer sees.
        ann.post(&format!("/api/v1/accounts/{}/unfollow", bob.id())).await.ok();
        shown_nowhere(&server, Some(&ann), &bob.id(), &post).await;
    });
}

#[test]
fn p01_what_answers_a_private_post_stays_in_its_circle() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        ann.follows(&bob).await;
        let open = bob.writes("open", "public").await;
        let post = bob.answers(&open, "a #secret", "private").await;
        for around in [
            server.get(&format!("/api/v1/statuses/{}/context", id(&open))).await,
            eve.get(&format!("/api/v1/statuses/{}/context", id(&open))).await,
        ] {
            assert_eq!(around.ok()["descendants"], json!([]));
        }
        let around = ann.get(&format!("/api/v1/statuses/{}/context", id(&open))).await.ok();
        assert_eq!(ids(&around["descendants"]), [id(&post)]);
        let body = json!({ "status": "guess", "in_reply_to_id": id(&post) });
        eve.post_json("/api/v1/statuses", body).await.refused(404);
    });
}

#[test]
fn p03_a_direct_post_is_in_no_list_but_its_addressees() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        eve.follows(&bob).await;
        let post = bob.writes("@ann a #secret", "direct").await;
        shown_nowhere(&server, None, &bob.id(), &post).await;
        shown_nowhere(&server, Some(&eve), &bob.id(), &post).await;
        assert_eq!(ann.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok()["visibility"], "direct");
        // A stranger's private mention waits among the requests.
        assert_eq!(ann.get("/api/v1/notifications").await.ok(), json!([]));
        let told = ann.get("/api/v1/notifications?include_filtered=true").await.ok();
        assert_eq!(told[0]["type"], "mention");
    });
}

#[test]
fn p06_private_posts_of_peers_are_on_no_public_list() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let direct = server.peer_post(&zoe, Visibility::Direct, &[bob.account.id]).await.id;
        let followers = server.peer_post(&zoe, Visibility::Followers, &[]).await.id;
        for id in [direct, followers] {
            server.get(&format!("/api/v1/statuses/{id}")).await.refused(404);
        }
        assert_eq!(server.get("/api/v1/timelines/public").await.ok(), json!([]));
        assert_eq!(server.get(&format!("/api/v1/accounts/{}/statuses", zoe.id)).await.ok(), json!([]));
        bob.get(&format!("/api/v1/statuses/{direct}")).await.ok();
        bob.get(&format!("/api/v1/statuses/{followers}")).await.refused(404);
    });
}

#[test]
fn p07_a_boost_of_anothers_private_post_is_refused_and_nothing_sent() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        ann.follows(&bob).await;
        eve.follows(&ann).await;
        let private = bob.writes("a #secret", "private").await;
        let direct = bob.writes("@ann another #secret", "direct").await;
        for post in [&private, &direct] {
            ann.post(&format!("/api/v1/statuses/{}/reblog", id(post))).await.refused(403);
            eve.post(&format!("/api/v1/statuses/{}/reblog", id(post))).await.refused(404);
            eve.post(&format!("/api/v1/statuses/{}/favourite", id(post))).await.refused(404);
            shown_nowhere(&server, Some(&eve), &bob.id(), post).await;
        }
        let again = bob.get(&format!("/api/v1/statuses/{}", id(&private))).await.ok();
        assert_eq!((&again["reblogs_count"], &again["favourites_count"]), (&json!(0), &json!(0)));
        // The author may show it again to the same followers.
        let boost = bob.post(&format!("/api/v1/statuses/{}/reblog", id(&private))).await.ok();
        assert_eq!(boost["visibility"], "private");
        server.get(&format!("/api/v1/statuses/{}", id(&boost))).await.refused(404);
        eve.get(&format!("/api/v1/statuses/{}", id(&boost))).await.refused(404);
        ann.get(&format!("/api/v1/statuses/{}", id(&boost))).await.ok();
    });
}

#[test]
fn p09_who_is_blocked_sees_does_and_says_nothing() {
    on_each(async |server| {
        let (bob, eve, ann) =
            (server.person("bob").await, server.person("eve").await, server.person("ann").await);
        eve.follows(&ann).await;
        let post = bob.writes("public secret", "public").await;
        let boost = ann.post(&format!("/api/v1/statuses/{}/reblog", id(&post))).await.ok();
        assert_eq!(ids(&eve.get("/api/v1/timelines/home").await.ok()), [id(&boost)]);
        bob.post(&format!("/api/v1/accounts/{}/block", eve.id())).await.ok();
        shown_nowhere(&server, Some(&eve), &bob.id(), &post).await;
        for verb in ["favourite", "reblog"] {
            eve.post(&format!("/api/v1/statuses/{}/{verb}", id(&post))).await.refused(404);
        }
        eve.writes("@bob are you there", "public").await;
        assert_eq!(
            bob.get("/api/v1/notifications")
                .await
                .ok()
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["type"] == "mention")
                .count(),
            0
        );
        assert_eq!(eve.get(&format!("/api/v1/accounts/{}/followers", bob.id())).await.ok(), json!([]));
        // Nor does who blocks see whom they block.
        assert_eq!(bob.get(&format!("/api/v1/accounts/{}/statuses", eve.id())).await.ok(), json!([]));
    });
}

#[test]
fn p11_nobody_reads_what_others_were_told() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        ann.follows(&bob).await;
        let told = bob.get("/api/v1/notifications").await.ok();
        eve.get(&format!("/api/v1/notifications/{}", id(&told[0]))).await.refused(404);
        eve.post(&format!("/api/v1/notifications/{}/dismiss", id(&told[0]))).await.refused(404);
        assert_eq!(bob.get("/api/v1/notifications").await.ok(), told);
    });
}
